"""Which server a job's chat is a part of, where its platform has servers: their limits count all their chats."""

import sqlalchemy as sa
from alembic import op

revision = "0011_servers"
down_revision = "0010_report_locale"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.add_column("jobs", sa.Column("server", sa.String(length=128), nullable=True))
    op.create_index("ix_jobs_server", "jobs", ["platform", "server", "created_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_jobs_server", "jobs")
    op.drop_column("jobs", "server")
