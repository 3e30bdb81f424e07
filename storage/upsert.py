"""Turns a table into an insert that may meet a row which is there already, on either database."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """With ``on_conflict_…``."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
