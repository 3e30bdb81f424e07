"""Turns a database URL into transactions on SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.types import Progress
from storage.agreements import SqlAgreements
from storage.casework import SqlAppeals, SqlRecords
from storage.channels import SqlChannels
from storage.chats import SqlChats
from storage.costs import SqlCosts
from storage.jobs import SqlJobs
from storage.keys import SqlKeys
from storage.ledger import SqlLedger
from storage.memos import SqlMemos
from storage.notices import SqlNotices
from storage.payments import SqlPayments
from storage.persons import SqlPersons
from storage.posts import SqlPosts
from storage.preferences import SqlPreferences
from storage.publications import SqlPublications
from storage.reports import SqlReports
from storage.retention import SqlRetention
from storage.showcase import SqlExhibits
from storage.tables import job_progress
from storage.translations import SqlTranslations

_READS = "piying_reads"
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
"""The time to wait comes first: another process may be turning the file to WAL just now."""


def is_sqlite(url: str) -> bool:
    """Whether the URL names a file."""
    return url.startswith("sqlite")


def make_engine(url: str) -> sa.Engine:
    """An engine for the product's own tables.

    SQLite: a transaction that may write takes the lock at its start, so that what it read still holds when it writes;
    WAL with full sync loses no commit on a power cut. Errors do not show what was to be written: prompts end in no log.
    """
    if not is_sqlite(url):
        return sa.create_engine(url, pool_size=4, pool_pre_ping=True, hide_parameters=True)
    engine = sa.create_engine(url, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_connection)
    sa.event.listen(engine, "begin", _begin)
    return engine


def make_queue_engine(url: str) -> sa.Engine:
    """An SQLite engine for the queue's own tables in the same file: DBOS opens its transactions itself."""
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", _prepare_queue_connection)
    return engine


def _prepare_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    _prepare_either(connection)


def _prepare_queue_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    _prepare_either(connection)


def _prepare_either(connection: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if sqlite3.sqlite_version_info < (3, 42):
        # DBOS asks for the time with parts of a second, which an older SQLite answers with NULL.
        connection.create_function("unixepoch", 1, lambda _modifier: round(time.time(), 3))


def _begin(connection: sa.Connection) -> None:
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@dataclass(frozen=True)
class SqlTransaction:
    """``core.ports.Transaction``; ``connection`` is for the queue, which enqueues in the same transaction."""

    connection: sa.Connection

    @property
    def jobs(self) -> SqlJobs:
        """The jobs of this transaction."""
        return SqlJobs(self.connection)

    @property
    def ledger(self) -> SqlLedger:
        """The credits of this transaction."""
        return SqlLedger(self.connection)

    @property
    def keys(self) -> SqlKeys:
        """The API keys of this transaction."""
        return SqlKeys(self.connection)

    @property
    def translations(self) -> SqlTranslations:
        """The translations of this transaction."""
        return SqlTranslations(self.connection)

    @property
    def reports(self) -> SqlReports:
        """The reports of this transaction."""
        return SqlReports(self.connection)

    @property
    def persons(self) -> SqlPersons:
        """All of one account, in this transaction."""
        return SqlPersons(self.connection)

    @property
    def retirement(self) -> SqlRetention:
        """What has been kept long enough, in this transaction."""
        return SqlRetention(self.connection)

    @property
    def records(self) -> SqlRecords:
        """What was decided, and strikes, of this transaction."""
        return SqlRecords(self.connection)

    @property
    def appeals(self) -> SqlAppeals:
        """The appeals and rulings of this transaction."""
        return SqlAppeals(self.connection)

    @property
    def notices(self) -> SqlNotices:
        """What is to be told, in this transaction."""
        return SqlNotices(self.connection)

    @property
    def agreements(self) -> SqlAgreements:
        """What users declared and agreed to, in this transaction."""
        return SqlAgreements(self.connection)

    @property
    def preferences(self) -> SqlPreferences:
        """What users and chats chose, in this transaction."""
        return SqlPreferences(self.connection)

    @property
    def posts(self) -> SqlPosts:
        """Where jobs are shown, in this transaction."""
        return SqlPosts(self.connection)

    @property
    def memos(self) -> SqlMemos:
        """What adapters remember for a while, in this transaction."""
        return SqlMemos(self.connection)

    @property
    def payments(self) -> SqlPayments:
        """The payments of this transaction."""
        return SqlPayments(self.connection)

    @property
    def chats(self) -> SqlChats:
        """What spans chats, in this transaction."""
        return SqlChats(self.connection)

    @property
    def channels(self) -> SqlChannels:
        """The channels of this transaction, and their people."""
        return SqlChannels(self.connection)

    @property
    def publications(self) -> SqlPublications:
        """What is published in channels, in this transaction."""
        return SqlPublications(self.connection)

    @property
    def exhibits(self) -> SqlExhibits:
        """The showcase of this transaction."""
        return SqlExhibits(self.connection)

    @property
    def costs(self) -> SqlCosts:
        """What vendors take, in this transaction."""
        return SqlCosts(self.connection)


class SqlStore:
    """``core.ports.Store``. Blocking: call it in a thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        # Threads of one process wait here in turn; SQLite's own waiting is by sleep and retry, and unfair.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        """See the port."""
        with self._turn, self.engine.begin() as connection:
            yield SqlTransaction(connection)

    @contextmanager
    def look(self) -> Iterator[SqlTransaction]:
        """See the port."""
        with self.engine.connect().execution_options(**{_READS: True}) as connection, connection.begin():
            yield SqlTransaction(connection)

    def write_progress(self, job_id: str, progress: Progress) -> None:
        """See the port."""
        values = {
            "stage": progress.stage,
            "fraction": progress.fraction,
            "seconds_left": progress.seconds_left,
            "preview": progress.preview,
        }
        with self._turn, self.engine.begin() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(
                insert(job_progress)
                .values(job_id=job_id, **values)
                .on_conflict_do_update(index_elements=["job_id"], set_=values)
            )

    def read_progress(self, job_ids: Sequence[str]) -> dict[str, Progress]:
        """See the port."""
        if not job_ids:
            return {}
        with self.look() as tx:
            rows = tx.connection.execute(sa.select(job_progress).where(job_progress.c.job_id.in_(job_ids)))
            return {row.job_id: Progress(row.stage, row.fraction, row.seconds_left, row.preview) for row in rows}

    def ready(self) -> bool:
        """Whether the database answers."""
        with self.engine.connect() as connection:
            return connection.execute(sa.text("SELECT 1")).scalar() == 1

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
