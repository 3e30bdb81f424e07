"""The tables of what chats add to jobs and accounts: choices, where jobs are shown, what waits there, payments."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables import metadata

# ``scope`` says what ``id`` is of: a user or a chat.
preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("platform", sa.String(32), primary_key=True),
    sa.Column("scope", sa.String(8), primary_key=True),
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
)

posts = sa.Table(
    "posts",
    metadata,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("facts", sa.JSON, nullable=False),
)

memos = sa.Table(
    "memos",
    metadata,
    sa.Column("platform", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("until", sa.Double, nullable=False, index=True),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Index("ix_memos_user", "platform", "user", "kind"),
)

# Of a payer who is forgotten, ``payment_id`` is a salted digest and ``user`` is empty.
payments = sa.Table(
    "payments",
    metadata,
    sa.Column("platform", sa.String(32), primary_key=True),
    sa.Column("payment_id", sa.String(256), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("user", sa.String(128), nullable=False),
    sa.Column("credits", sa.BigInteger, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("taken_back", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("refunded_at", sa.Double),
    sa.Index("ix_payments_state", "platform", "state"),
)
