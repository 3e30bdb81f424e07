"""What adapters remember of somebody for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0012_memos"
down_revision = "0011_servers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "memos",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "kind", "code", name=op.f("pk_memos")),
    )
    op.create_index(op.f("ix_memos_until"), "memos", ["until"])
    op.create_index("ix_memos_user", "memos", ["platform", "user", "kind"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_memos_user", "memos")
    op.drop_index(op.f("ix_memos_until"), "memos")
    op.drop_table("memos")
