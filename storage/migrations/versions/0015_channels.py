"""Channels, their people, and what is published in them."""

import sqlalchemy as sa
from alembic import op

revision = "0015_channels"
down_revision = "0014_costs"
branch_labels = None
depends_on = None

_ADDRESS = (("platform", 32), ("chat", 128), ("user", 128))


def upgrade() -> None:
    """Expand."""
    _make_channels()
    _make_people()
    _make_publications()
    _make_steps()


def downgrade() -> None:
    """Undo."""
    for table in ("publication_steps", "publications", "channel_people", "channels"):
        op.drop_table(table)


def _address() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length=length), nullable=False) for name, length in _ADDRESS]


def _make_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        *_address(),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("code", name=op.f("uq_channels_code")),
        sa.UniqueConstraint("platform", "chat", name=op.f("uq_channels_platform_chat")),
    )


def _make_people() -> None:
    op.create_table(
        "channel_people",
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        *_address(),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_channel_people_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", "account_id", name=op.f("pk_channel_people")),
    )
    op.create_index(op.f("ix_channel_people_account_id"), "channel_people", ["account_id"])


def _make_publications() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        *_address(),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(length=128), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_publications_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("code", name=op.f("uq_publications_code")),
    )
    for name in ("job_id", "account_id"):
        op.create_index(op.f(f"ix_publications_{name}"), "publications", [name])
    op.create_index("ix_publications_state", "publications", ["state", "at"])
    op.create_index("ix_publications_channel", "publications", ["channel_id", "state"])
    unlike = sa.text("message IS NOT NULL AND shown <> revision")
    op.create_index(
        "ix_publications_unlike", "publications", ["changed_at"], sqlite_where=unlike, postgresql_where=unlike
    )


def _make_steps() -> None:
    op.create_table(
        "publication_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("publication_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_steps")),
    )
    for name in ("publication_id", "account_id"):
        op.create_index(op.f(f"ix_publication_steps_{name}"), "publication_steps", [name])
