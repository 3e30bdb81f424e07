"""Where a request came from, what can be appealed about, strikes of people forgotten, and notices to people."""

import sqlalchemy as sa
from alembic import op

revision = "0007_notices"
down_revision = "0006_casework"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.add_column("jobs", sa.Column("place", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("reports", sa.Column("by", sa.String(length=100), nullable=True))
    op.add_column("appeals", sa.Column("why", sa.String(length=1000), nullable=True))
    op.add_column("appeals", sa.Column("locale", sa.String(length=16), nullable=True))
    op.create_table(
        "refusals",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_account_id"), "refusals", ["account_id"])
    op.create_index(op.f("ix_refusals_at"), "refusals", ["at"])
    op.create_table(
        "forgotten_strikes",
        sa.Column("user_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_digest", "digest", name=op.f("pk_forgotten_strikes")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_account_id"), "notices", ["account_id"])
    op.create_index(op.f("ix_notices_created_at"), "notices", ["created_at"])
    op.create_index("ix_notices_untold", "notices", ["told_at", "platform", "due_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_notices_untold", "notices")
    op.drop_index(op.f("ix_notices_created_at"), "notices")
    op.drop_index(op.f("ix_notices_account_id"), "notices")
    op.drop_table("notices")
    op.drop_table("forgotten_strikes")
    op.drop_index(op.f("ix_refusals_at"), "refusals")
    op.drop_index(op.f("ix_refusals_account_id"), "refusals")
    op.drop_table("refusals")
    op.drop_column("appeals", "locale")
    op.drop_column("appeals", "why")
    op.drop_column("reports", "by")
    op.drop_column("jobs", "place")
