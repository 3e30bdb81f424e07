"""The table of what vendors take for clips."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables import metadata

costs = sa.Table(
    "costs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("vendor", sa.String(32), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("key", sa.Integer, nullable=False),
    sa.Column("usd", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("price", sa.String(200), nullable=False),
    sa.Column("task", sa.String(200), nullable=False),
    sa.Column("job_id", sa.String(32), nullable=False),
    sa.Index("ix_costs_task", "vendor", "task"),
    # The few that are open are looked for every hour among all that were.
    sa.Index("ix_costs_state", "state", "at"),
)
