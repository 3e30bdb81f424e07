"""What users declared about people, pictures and brands, and what they agreed to."""

import sqlalchemy as sa
from alembic import op

revision = "0009_agreements"
down_revision = "0008_chats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("matter", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.String(length=16), nullable=False),
        sa.Column("agreed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index(op.f("ix_agreements_account_id"), "agreements", ["account_id"])
    op.create_index(op.f("ix_agreements_agreed_at"), "agreements", ["agreed_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_agreements_agreed_at"), "agreements")
    op.drop_index(op.f("ix_agreements_account_id"), "agreements")
    op.drop_table("agreements")
