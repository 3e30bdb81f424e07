"""The showcase in the rows of one transaction, and what becomes of it when a job or a person goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.showcase.exhibits import HIDING, Entry, Exhibit, Mark
from core.types import JobState
from storage.jobs import SqlJobs
from storage.showcase_tables import showcase, showcase_votes
from storage.tables import accounts, jobs
from storage.upsert import insert

_NEWEST = (showcase.c.shown_at, showcase.c.code)
_TOP = (showcase.c.votes, *_NEWEST)
_STAY = {"job", "account", "code", "shown_at", "votes"}


class SqlExhibits:
    """``core.showcase.exhibits.Exhibits`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, entry: Entry) -> None:
        """See the port."""
        values = asdict(entry)
        new = insert(self._connection, showcase).values(
            job_id=values.pop("job"), account_id=values.pop("account"), **values
        )
        changed = {name: value for name, value in values.items() if name not in _STAY}
        self._connection.execute(new.on_conflict_do_update(index_elements=["job_id"], set_=changed))

    def entry(self, job_id: str) -> Entry | None:
        """See the port."""
        return next(iter(self._entries(sa.select(showcase).where(showcase.c.job_id == job_id))), None)

    def take_back(self, job_id: str) -> bool:
        """See the port."""
        # The entry first: whoever votes at this moment holds it, or waits here and finds it gone.
        gone = self._connection.execute(showcase.delete().where(showcase.c.job_id == job_id)).rowcount == 1
        self._connection.execute(showcase_votes.delete().where(showcase_votes.c.job_id == job_id))
        return gone

    def find(self, code: str) -> Exhibit | None:
        """See the port."""
        return next(iter(self._exhibits(sa.select(showcase).where(showcase.c.code == code, *_seen()))), None)

    def newest(self, *, limit: int, after: Mark | None = None) -> list[Exhibit]:
        """See the port."""
        query = sa.select(showcase).where(*_seen())
        if after is not None:
            query = query.where(sa.tuple_(*_NEWEST) < sa.tuple_(after.shown_at, after.code))
        return self._exhibits(query.order_by(*(column.desc() for column in _NEWEST)).limit(limit))

    def top(self, *, limit: int, since: float = 0.0, after: Mark | None = None) -> list[Exhibit]:
        """See the port."""
        query = sa.select(showcase).where(showcase.c.shown_at >= since, *_seen())
        if after is not None:
            query = query.where(sa.tuple_(*_TOP) < sa.tuple_(after.votes, after.shown_at, after.code))
        return self._exhibits(query.order_by(*(column.desc() for column in _TOP)).limit(limit))

    def vote(self, job_id: str, account: str, *, now: float) -> bool:
        """See the port."""
        # Counted before it is kept: that locks the entry, which may be taken back at this moment.
        if not self._count(job_id, 1):
            return False
        new = insert(self._connection, showcase_votes).values(job_id=job_id, account_id=account, voted_at=now)
        kept = new.on_conflict_do_nothing().returning(showcase_votes.c.job_id)
        if self._connection.execute(kept).first() is not None:
            return True
        self._count(job_id, -1)
        return False

    def take_vote_back(self, job_id: str, account: str) -> bool:
        """See the port."""
        if not self._count(job_id, -1):
            return False
        mine = sa.and_(showcase_votes.c.job_id == job_id, showcase_votes.c.account_id == account)
        if self._connection.execute(showcase_votes.delete().where(mine)).rowcount == 1:
            return True
        self._count(job_id, 1)
        return False

    def _count(self, job_id: str, change: int) -> bool:
        counted = showcase.update().where(showcase.c.job_id == job_id).values(votes=showcase.c.votes + change)
        return self._connection.execute(counted).rowcount == 1

    def _entries(self, query: sa.Select[tuple[object, ...]]) -> list[Entry]:
        return [_from_row(row) for row in self._connection.execute(query).mappings()]

    def _exhibits(self, query: sa.Select[tuple[object, ...]]) -> list[Exhibit]:
        entries = self._entries(query)
        here = jobs.c.id.in_([entry.job for entry in entries])
        found = SqlJobs(self._connection).where(here, order=(jobs.c.id,), limit=len(entries)) if entries else []
        by_id = {job.id: job for job in found}
        return [Exhibit(entry, by_id[entry.job]) for entry in entries if entry.job in by_id]


def join_showcase(connection: sa.Connection, source: str, target: str) -> None:
    """Two accounts become one person, ``target``, with one vote on each clip and none on their own."""
    votes = showcase_votes.c
    touched = _voted(connection, source)
    both = sa.and_(votes.account_id == source, votes.job_id.in_(_votes_of(target)))
    connection.execute(showcase_votes.delete().where(both))
    for table in (showcase, showcase_votes):
        connection.execute(table.update().where(table.c.account_id == source).values(account_id=target))
    own = list(connection.execute(sa.select(showcase.c.job_id).where(showcase.c.account_id == target)).scalars())
    connection.execute(showcase_votes.delete().where(votes.account_id == target, votes.job_id.in_(own)))
    _recount(connection, [*touched, *own])


def forget_showcase(connection: sa.Connection, account_id: str) -> None:
    """Erase what an account shows, and its votes."""
    touched = _voted(connection, account_id)
    own = sa.select(showcase.c.job_id).where(showcase.c.account_id == account_id)
    connection.execute(showcase_votes.delete().where(showcase_votes.c.job_id.in_(own)))
    connection.execute(showcase_votes.delete().where(showcase_votes.c.account_id == account_id))
    connection.execute(showcase.delete().where(showcase.c.account_id == account_id))
    _recount(connection, touched)


def _seen() -> tuple[sa.ColumnElement[bool], ...]:
    """By subqueries, so that the order of the entries' own index leads."""
    hidden = [sa.cast(jobs.c.notes, sa.Text).like(f'%"code": "{code}"%') for code in HIDING]
    job = sa.select(sa.literal(1)).where(
        jobs.c.id == showcase.c.job_id,
        jobs.c.deleted_at.is_(None),
        jobs.c.state == JobState.SUCCEEDED,
        jobs.c.clip.is_not(sa.null()),
        sa.not_(sa.or_(*hidden)),
    )
    owner = sa.select(sa.literal(1)).where(accounts.c.id == showcase.c.account_id, accounts.c.blocked.is_(False))
    return sa.exists(job), sa.exists(owner)


def _votes_of(account_id: str) -> sa.Select[Any]:
    return sa.select(showcase_votes.c.job_id).where(showcase_votes.c.account_id == account_id)


def _voted(connection: sa.Connection, account_id: str) -> list[str]:
    return list(connection.execute(_votes_of(account_id)).scalars())


def _recount(connection: sa.Connection, job_ids: Sequence[str]) -> None:
    count = sa.select(sa.func.count()).where(showcase_votes.c.job_id == showcase.c.job_id).scalar_subquery()
    connection.execute(showcase.update().where(showcase.c.job_id.in_(job_ids)).values(votes=count))


def _from_row(row: sa.RowMapping) -> Entry:
    named = {name: row[name] for name in ("code", "title", "remix", "shown_at", "card", "cover", "votes")}
    return Entry(job=row["job_id"], account=row["account_id"], **named)
