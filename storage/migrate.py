"""Turns an empty or older database into one with the present schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from dbos import run_dbos_database_migrations

from storage.database import is_sqlite

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine, url: str) -> None:
    """Bring the schema to the present version. Running it again changes nothing.

    The queue's own tables as well on PostgreSQL; on SQLite the queue makes them when it starts.
    """
    if not is_current(engine):
        from alembic import command

        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    if not is_sqlite(url):
        run_dbos_database_migrations(url)


def is_current(engine: sa.Engine) -> bool:
    """Whether the product's schema is the one this code expects.

    Alembic is not asked: every start of every process would pay for loading it.
    """
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == newest_revision()


def newest_revision() -> str:
    """A revision has the name of its file, and the files' numbers put them in order."""
    return max(path.stem for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
