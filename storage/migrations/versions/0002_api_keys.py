"""API keys, limits of an account's own, jobs that were deleted, previews."""

import sqlalchemy as sa
from alembic import op

revision = "0002_api_keys"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.add_column("accounts", sa.Column("limits", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("jobs", sa.Column("deleted_at", sa.Double(), nullable=True))
    op.create_index("ix_jobs_deleted", "jobs", ["deleted_at"])
    op.add_column("job_progress", sa.Column("preview", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo. Jobs that were deleted are seen again until they are old enough to be removed."""
    op.drop_column("job_progress", "preview")
    op.drop_index("ix_jobs_deleted", "jobs")
    op.drop_column("jobs", "deleted_at")
    op.drop_column("accounts", "limits")
    op.drop_table("api_keys")
