"""Turns an empty or older database into one with the present schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dbos import run_dbos_database_migrations

from storage.database import is_sqlite


def migrate(engine: sa.Engine, url: str) -> None:
    """Bring the schema to the present version. Running it again changes nothing.

    The queue's own tables as well on PostgreSQL; on SQLite the queue makes them when it starts.
    """
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
    if not is_sqlite(url):
        run_dbos_database_migrations(url)


def is_current(engine: sa.Engine) -> bool:
    """Whether the product's schema is the one this code expects."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        return found == ScriptDirectory.from_config(_config(connection)).get_current_head()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
