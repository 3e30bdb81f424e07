"""What users and chats chose, where jobs are shown, and payments."""

import sqlalchemy as sa
from alembic import op

revision = "0008_chats"
down_revision = "0007_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "preferences",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "scope", "id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "posts",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_posts")),
    )
    op.create_table(
        "payments",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("payment_id", sa.String(length=256), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("taken_back", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("refunded_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payments_account_id")),
        sa.PrimaryKeyConstraint("platform", "payment_id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_account_id"), "payments", ["account_id"])
    op.create_index("ix_payments_state", "payments", ["platform", "state"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_payments_state", "payments")
    op.drop_index(op.f("ix_payments_account_id"), "payments")
    op.drop_table("payments")
    op.drop_table("posts")
    op.drop_table("preferences")
