"""In which language whoever reported a clip is told what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010_report_locale"
down_revision = "0009_agreements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.add_column("reports", sa.Column("locale", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("reports", "locale")
