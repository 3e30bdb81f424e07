from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.database import is_sqlite, make_engine
from storage.migrate import _config, is_current, migrate, newest_revision
from storage.tables import executors, metadata
from tests.stores import NOW


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def ours(engine: sa.Engine) -> set[str]:
    """Tables that are not the queue's: PostgreSQL keeps those in a schema of their own."""
    return set(sa.inspect(engine).get_table_names())


def test_an_empty_database_gets_exactly_the_tables_of_the_code(engine: sa.Engine, database_url: str) -> None:
    assert is_current(engine) is False
    migrate(engine, database_url)
    assert is_current(engine) is True
    assert ours(engine) == {*metadata.tables, "alembic_version"}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_constraints_are_there_under_the_same_names(engine: sa.Engine, database_url: str) -> None:
    migrate(engine, database_url)
    migrated, declared = sa.inspect(engine), set[str]()
    for table in metadata.tables.values():
        declared |= {str(constraint.name) for constraint in table.constraints if constraint.name}
    found = set[str]()
    for name in metadata.tables:
        found |= {str(check["name"]) for check in migrated.get_check_constraints(name)}
        found |= {str(unique["name"]) for unique in migrated.get_unique_constraints(name)}
        found |= {str(key["name"]) for key in migrated.get_foreign_keys(name)}
        found |= {str(migrated.get_pk_constraint(name)["name"])}
    assert found == declared


def test_running_it_again_changes_nothing(engine: sa.Engine, database_url: str) -> None:
    migrate(engine, database_url)
    with engine.begin() as connection:
        row = {"id": "a", "balance": 5, "held": 0, "blocked": False, "timezone": "UTC", "tier": "standard"}
        connection.execute(metadata.tables["accounts"].insert().values(row | {"created_at": NOW}))
    before = ours(engine)
    migrate(engine, database_url)
    assert ours(engine) == before
    with engine.begin() as connection:
        assert connection.execute(sa.select(metadata.tables["accounts"].c.balance)).scalars().all() == [5]


def test_a_downgrade_leaves_nothing_and_can_be_undone(engine: sa.Engine, database_url: str) -> None:
    migrate(engine, database_url)
    with engine.begin() as connection:
        command.downgrade(_config(connection), "base")
    assert ours(engine) == {"alembic_version"}
    assert is_current(engine) is False
    migrate(engine, database_url)
    assert is_current(engine) is True


def test_what_an_older_version_kept_is_there_after_an_upgrade_and_back(engine: sa.Engine, database_url: str) -> None:
    row = {"id": "a", "balance": 5, "held": 0, "blocked": False, "timezone": "UTC", "tier": "standard"}
    balance = sa.text("SELECT balance FROM accounts")
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001_first_tables")
        old = sa.Table("accounts", sa.MetaData(), autoload_with=connection)
        connection.execute(old.insert().values(row | {"created_at": NOW}))
    assert is_current(engine) is False
    migrate(engine, database_url)
    with engine.begin() as connection:
        limits = metadata.tables["accounts"].c.limits
        assert connection.execute(sa.select(limits)).scalars().all() == [None]
        command.downgrade(_config(connection), "0001_first_tables")
        assert connection.execute(balance).scalars().all() == [5]
        assert {check["name"] for check in sa.inspect(connection).get_check_constraints("accounts")} == {
            "ck_accounts_balance",
            "ck_accounts_held",
        }
    migrate(engine, database_url)
    assert is_current(engine) is True


def test_a_process_of_the_version_before_goes_on_beating(engine: sa.Engine, database_url: str) -> None:
    beat = sa.text("UPDATE executors SET beats = 2, worker_class = 'scene', lanes = 4 WHERE id = 'old'")
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0012_memos")
        connection.execute(sa.text("INSERT INTO executors VALUES ('old', 1, 'scene', 4)"))
    migrate(engine, database_url)
    row = {"id": "new", "beats": 1, "lanes": 1}
    with engine.begin() as connection:
        connection.execute(executors.insert(), [row | {"worker_class": name} for name in ("scene", "hosted")])
        assert connection.execute(beat).rowcount == 1
        assert len(connection.execute(sa.select(executors)).all()) == 3
        command.downgrade(_config(connection), "0012_memos")
        assert connection.execute(beat).rowcount == 0
        assert sa.inspect(connection).get_pk_constraint("executors")["constrained_columns"] == ["id"]


def test_a_failed_migration_leaves_nothing_half_done(engine: sa.Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE jobs (id INTEGER)"))
    with pytest.raises(sa.exc.DBAPIError):
        migrate(engine, database_url)
    assert ours(engine) == {"jobs"}


def test_the_queues_own_tables_are_made_on_postgresql(engine: sa.Engine, database_url: str) -> None:
    if is_sqlite(database_url):
        pytest.skip("the queue makes them at its start")
    migrate(engine, database_url)
    assert "workflow_status" in sa.inspect(engine).get_table_names(schema="dbos")


def test_the_newest_file_is_alembics_head(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert newest_revision() == ScriptDirectory.from_config(_config(connection)).get_current_head()
