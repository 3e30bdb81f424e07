"""Clips that their owners show to everybody, and the votes on them."""

import sqlalchemy as sa
from alembic import op

revision = "0016_showcase"
down_revision = "0015_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand."""
    op.create_table(
        "showcase",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("remix", sa.Boolean(), nullable=False),
        sa.Column("shown_at", sa.Double(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("cover", sa.Text(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_showcase")),
        sa.UniqueConstraint("code", name=op.f("uq_showcase_code")),
    )
    op.create_index(op.f("ix_showcase_account_id"), "showcase", ["account_id"])
    op.create_index("ix_showcase_newest", "showcase", ["shown_at", "code"])
    op.create_index("ix_showcase_top", "showcase", ["votes", "shown_at", "code"])
    op.create_table(
        "showcase_votes",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("voted_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "account_id", name=op.f("pk_showcase_votes")),
    )
    op.create_index(op.f("ix_showcase_votes_account_id"), "showcase_votes", ["account_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_showcase_votes_account_id"), "showcase_votes")
    op.drop_table("showcase_votes")
    op.drop_index("ix_showcase_top", "showcase")
    op.drop_index("ix_showcase_newest", "showcase")
    op.drop_index(op.f("ix_showcase_account_id"), "showcase")
    op.drop_table("showcase")
