"""Turns an empty or older database into one with the present schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dbos import run_dbos_database_migrations

from storage.database import is_sqlite, make_queue_engine


def migrate(engine: sa.Engine, url: str) -> None:
    """Bring both schemas, the product's and the queue's, to the present version. Running it again changes nothing."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
    if is_sqlite(url):
        make_queue_engine(url).dispose()
    else:
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
