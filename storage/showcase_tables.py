"""The tables of the showcase. A vote is an account's, so that a person's identities have one between them."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables import metadata

# ``votes`` counts the rows of the other table, so that the top is read from an index.
showcase = sa.Table(
    "showcase",
    metadata,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("account_id", sa.String(32), nullable=False, index=True),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("remix", sa.Boolean, nullable=False),
    sa.Column("shown_at", sa.Double, nullable=False),
    sa.Column("card", sa.Text, nullable=False),
    sa.Column("cover", sa.Text, nullable=False),
    sa.Column("votes", sa.Integer, nullable=False),
    sa.Index("ix_showcase_newest", "shown_at", "code"),
    sa.Index("ix_showcase_top", "votes", "shown_at", "code"),
)

showcase_votes = sa.Table(
    "showcase_votes",
    metadata,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("account_id", sa.String(32), primary_key=True, index=True),
    sa.Column("voted_at", sa.Double, nullable=False),
)
