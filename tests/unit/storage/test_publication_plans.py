"""What is asked of publications many times a minute is answered by indexes, however many posts stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage.database import SqlStore, SqlTransaction, make_engine
from storage.migrate import migrate

ASKED: dict[str, Callable[[SqlTransaction], object]] = {
    "ix_publications_state (state=? AND at<?)": lambda tx: tx.publications.due(["console"], now=1.0, limit=20),
    "ix_publications_job_id (job_id=?)": lambda tx: tx.publications.unlike(["console"], limit=20),
    "ix_publications_unlike": lambda tx: tx.publications.unlike(["console"], limit=20),
    "ix_publications_state (state=?)": lambda tx: tx.publications.posting(["console"], before=1.0, limit=20),
}


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[SqlStore]:
    url = f"sqlite:///{tmp_path / 'piying.db'}"
    store = SqlStore(make_engine(url))
    migrate(store.engine, url)
    yield store
    store.close()


@pytest.mark.parametrize("bound", ASKED)
def test_no_look_reads_all_posts(migrated: SqlStore, bound: str) -> None:
    asked: list[tuple[str, Any]] = []

    def explain(_: object, cursor: object, statement: str, parameters: Any, *__: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    sa.event.listen(migrated.engine, "before_cursor_execute", explain)
    with migrated.begin() as tx:
        ASKED[bound](tx)
    sa.event.remove(migrated.engine, "before_cursor_execute", explain)
    with migrated.engine.begin() as connection:
        steps = [
            str(row[3]) for one in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one[0]}", one[1])
        ]
    about = [step for step in steps if "publications" in step or " jobs" in step]
    assert any(bound in step for step in about), about
    assert [step for step in about if step.startswith("SCAN") and "ix_publications_unlike" not in step] == []
