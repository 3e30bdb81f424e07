"""The tables of channels, their people, and what is published in them."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables import metadata

UNLIKE = "message IS NOT NULL AND shown <> revision"
"""Which posts are out and not as they should be, in the words of the index, without which it is not used."""

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.UniqueConstraint("platform", "chat"),
)

channel_people = sa.Table(
    "channel_people",
    metadata,
    sa.Column("channel_id", sa.ForeignKey("channels.id"), primary_key=True),
    sa.Column("account_id", sa.String(32), primary_key=True, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("since", sa.Double, nullable=False),
)

# ``at``, ``turn`` and the like are as of ``core.publishing.types.Publication``. A row outlives its job, whose post may
# stand for years, so nothing of the job is asked for but whether its owner deleted it.
publications = sa.Table(
    "publications",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("channel_id", sa.ForeignKey("channels.id"), nullable=False),
    sa.Column("job_id", sa.String(32), nullable=False, index=True),
    sa.Column("account_id", sa.String(32), nullable=False, index=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(128), nullable=False),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    sa.Column("at", sa.Double),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("begun", sa.Boolean, nullable=False),
    sa.Column("message", sa.String(128)),
    sa.Column("error", sa.String(64)),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Index("ix_publications_state", "state", "at"),
    sa.Index("ix_publications_channel", "channel_id", "state"),
    # Posts that are not as they should be are few, and they are asked for many times a minute.
    sa.Index("ix_publications_unlike", "changed_at", sqlite_where=sa.text(UNLIKE), postgresql_where=sa.text(UNLIKE)),
)

publication_steps = sa.Table(
    "publication_steps",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("publication_id", sa.String(32), nullable=False, index=True),
    sa.Column("account_id", sa.String(32), nullable=False, index=True),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("role", sa.String(16)),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("why", sa.String(1000), nullable=False),
)
