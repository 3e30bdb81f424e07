"""What every message, every look at progress and every beat asks: none of it may read all the jobs that have ended."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import run_dbos_database_migrations

from core.types import Address
from storage.database import SqlStore, SqlTransaction, make_engine
from storage.migrate import migrate
from storage.places import find_place
from storage.queue import _owners
from storage.tables import executors
from tests.fakes import make_job

CHAT = Address("console", "chat", "user")

IN_TRANSACTION: dict[str, Callable[[SqlTransaction], object]] = {
    "(account_id=? AND state=?)": lambda tx: tx.jobs.waiting("a"),
    "(platform=? AND state=?)": lambda tx: tx.jobs.unfinished("console"),
    "(account_id=? AND created_at>?)": lambda tx: tx.jobs.spent_since(1.0, account="a"),
    "ix_holds_state (state=?)": lambda tx: tx.ledger.held_jobs(),
    "(finished_at>?)": lambda tx: tx.jobs.cancelled_since(1.0),
    "(deleted_at>?)": lambda tx: tx.jobs.deleted_since(1.0),
    "ix_costs_at (at>?)": lambda tx: tx.costs.since(1.0),
    "ix_costs_task (vendor=? AND task=?)": lambda tx: tx.costs.of_task("alibaba", "task"),
}


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[SqlStore]:
    """Both schemas, the product's and the queue's, as SQLite has them in use: without statistics."""
    url = f"sqlite:///{tmp_path / 'piying.db'}"
    store = SqlStore(make_engine(url))
    migrate(store.engine, url)
    run_dbos_database_migrations(url)
    yield store
    store.close()


def plans(store: SqlStore, ask: Callable[[], object]) -> list[str]:
    """How SQLite reads jobs, holds, workflows and costs to answer."""
    asked: list[tuple[str, Any]] = []

    def explain(_: object, cursor: object, statement: str, parameters: Any, *__: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    sa.event.listen(store.engine, "before_cursor_execute", explain)
    ask()
    sa.event.remove(store.engine, "before_cursor_execute", explain)
    with store.engine.begin() as connection:
        steps = [row[3] for one in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one[0]}", one[1])]
    large = (" jobs ", " holds ", " workflow_status ", " costs ")
    return [step for step in steps if any(name in step for name in large)]


@pytest.mark.parametrize("bound", IN_TRANSACTION)
def test_reads_only_what_the_index_leads_to(migrated: SqlStore, bound: str) -> None:
    def ask() -> None:
        with migrated.begin() as tx:
            IN_TRANSACTION[bound](tx)

    steps = plans(migrated, ask)
    assert len(steps) == 1
    assert bound in steps[0]


def test_a_day_of_a_chat_or_a_server_is_read_by_two_indexes(migrated: SqlStore) -> None:
    def ask() -> None:
        with migrated.begin() as tx:
            tx.jobs.spent_since(1.0, address=CHAT)

    steps = plans(migrated, ask)
    assert [step.split(" (")[1] for step in steps] == [
        "platform=? AND chat=? AND created_at>?)", "platform=? AND server=? AND created_at>?)",
    ]  # fmt: skip


def test_a_place_is_found_among_unfinished_jobs_and_the_last_clips(migrated: SqlStore) -> None:
    with migrated.begin() as tx:
        tx.connection.execute(executors.insert().values(id="worker", worker_class="scene", lanes=1, beats=1))
    steps = plans(migrated, lambda: find_place(migrated, make_job(), {}))
    assert len(steps) == 2
    assert all("ix_jobs_class_state (worker_class=? AND state=?)" in step for step in steps)


def test_owners_are_found_among_pending_workflows(migrated: SqlStore) -> None:
    assert plans(migrated, lambda: _owners(migrated.engine)) == [
        "SCAN workflow_status USING INDEX idx_workflow_status_pending"
    ]
