"""What became of a prompt's words: those of the engine, and English."""

import sqlalchemy as sa
from alembic import op

revision = "0004_wording"
down_revision = "0003_translations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.add_column("jobs", sa.Column("wording", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("jobs", "wording")
