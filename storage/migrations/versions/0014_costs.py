"""What vendors take for clips."""

import sqlalchemy as sa
from alembic import op

revision = "0014_costs"
down_revision = "0013_classes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "costs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("vendor", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("usd", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("price", sa.String(length=200), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_costs")),
    )
    op.create_index(op.f("ix_costs_at"), "costs", ["at"])
    op.create_index("ix_costs_task", "costs", ["vendor", "task"])
    op.create_index("ix_costs_state", "costs", ["state", "at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_costs_state", "costs")
    op.drop_index("ix_costs_task", "costs")
    op.drop_index(op.f("ix_costs_at"), "costs")
    op.drop_table("costs")
