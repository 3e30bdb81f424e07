"""Translations that were made before."""

import sqlalchemy as sa
from alembic import op

revision = "0003_translations"
down_revision = "0002_api_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "translations",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("translator", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "translator", "version", "target", name=op.f("pk_translations")),
    )
    op.create_index(op.f("ix_translations_created_at"), "translations", ["created_at"])


def downgrade() -> None:
    """Undo. They are made again when they are needed."""
    op.drop_index(op.f("ix_translations_created_at"), "translations")
    op.drop_table("translations")
