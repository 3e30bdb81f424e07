"""Turns submissions beside 100 and beside 100 000 finished jobs into the ratio of their latencies."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from bench.fresh import percentile, run
from bench.history import HEAVY, fill
from bench.process import Notebook, make_process, play, settings, submit
from bench.report import Row
from storage.database import SqlStore, is_sqlite, make_engine
from storage.migrate import migrate
from tests.postgres import PostgresServer, find_binaries

FEW, MANY = 100, 100_000
REACH = 1.5
ROUNDS = 5
SUBMISSIONS = 200
_FIRST_USER = 999_999


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as folder:
        numbers = iter(range(100))
        yield from _compare("SQLite", lambda: f"sqlite:///{folder}/{next(numbers)}.db")
    binaries = find_binaries()
    if binaries is None:
        yield Row("enqueue, PostgreSQL", None, note="skipped: no initdb and pg_ctl (Debian package postgresql)")
        return
    with _postgres(binaries) as server:
        yield from _compare("PostgreSQL", server.new_database)


def _compare(database: str, new: Callable[[], str]) -> Iterator[Row]:
    """Rounds of the two take turns, each on a fresh copy, so that the machine's moods fall on both."""
    first = new()
    job_id = run("bench.enqueue", "first", first)
    few, many = (_with_history(first, new(), job_id, count) for count in (FEW, MANY))
    rounds: dict[str, list[list[float]]] = {few: [], many: []}
    for _ in range(ROUNDS):
        for filled, found in rounds.items():
            with _copied(filled, new()) as copy:
                found.append(run("bench.enqueue", "submit", copy))
    note = (
        f"`Commands.video`, one at a time, by {HEAVY} accounts that made a third of the finished clips; {ROUNDS} "
        f"rounds of {SUBMISSIONS} on each side in turn; medians of the rounds"
    )
    for percent, reach in ((99, REACH), (50, None)):
        with_few, with_many = (median(percentile(one, percent) for one in rounds[url]) * 1000 for url in (few, many))
        figures = f"{with_many:.1f} ms against {with_few:.1f} ms; {note}"
        yield Row(f"enqueue p{percent}, {MANY} / {FEW} jobs, {database}", with_many / with_few, "x", reach, figures)


def _with_history(first: str, url: str, job_id: str, count: int) -> str:
    """The first database's copy with more finished jobs; its URL."""
    _copy(first, url)
    store = SqlStore(make_engine(url))
    with store.begin() as tx:
        job = tx.jobs.get(job_id)
    assert job
    fill(store.engine, job, count)
    store.close()
    return url


@contextmanager
def _copied(source: str, target: str) -> Iterator[str]:
    _copy(source, target)
    yield target
    if is_sqlite(target):
        for file in _file(target).parent.glob(f"{_file(target).name}*"):
            file.unlink()


def _copy(source: str, target: str) -> None:
    """Make ``target``, which is empty, the same as ``source``, which nobody uses."""
    if is_sqlite(source):
        with closing(sqlite3.connect(_file(source))) as old, closing(sqlite3.connect(_file(target))) as new:
            old.backup(new)
        return
    old_name, new_name = (sa.make_url(url).database for url in (source, target))
    engine = sa.create_engine(sa.make_url(source).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{new_name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{new_name}" TEMPLATE "{old_name}"'))
    engine.dispose()


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def _postgres(binaries: Path) -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="piying-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(binaries, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


async def make_first(folder: Path, url: str) -> str:
    """Make one clip from end to end, and stop; the job's id."""
    migrate(make_engine(url), url)
    notebook = Notebook()
    process = make_process(settings(folder, url), notebook, renders=True)
    await process.start()
    _, receipt = await submit(process, _FIRST_USER)
    await notebook.wait_ended([receipt.job.id], 120)
    await process.stop()
    return receipt.job.id


async def submit_many(folder: Path, url: str) -> list[float]:
    """Seconds of each submission. The first is left out: it loads the parser's words."""
    process = make_process(settings(folder, url), Notebook(), renders=False)
    await process.start()
    return [(await submit(process, number % HEAVY))[0] for number in range(SUBMISSIONS + 1)][1:]


if __name__ == "__main__":
    part = {"first": make_first, "submit": submit_many}[sys.argv[2]]
    play(part(Path(sys.argv[1]), sys.argv[3]))
