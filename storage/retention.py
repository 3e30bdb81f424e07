"""Turns words and entries that have been kept long enough into rows without them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.types import EntryKind
from storage.jobs import SqlJobs
from storage.marks import remove_marks
from storage.persons import emptied
from storage.tables import holds, jobs, ledger_entries

_WELCOME, _CARRIED = "welcome", "carried"
_OPEN = "held"


class SqlRetention:
    """``core.ports.Retirement`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def empty_jobs(self, moment: float, *, limit: int) -> list[str]:
        """See the port."""
        old = sa.and_(jobs.c.finished_at < moment, sa.or_(jobs.c.prompt != "", jobs.c.wording.is_not(sa.null())))
        found = SqlJobs(self._connection).where(old, limit=limit)
        for job in found:
            values = emptied(job)
            if job.clip:
                values["clip"] = self._clip_without_words(job.id)
            self._connection.execute(jobs.update().where(jobs.c.id == job.id).values(values))
        return [job.id for job in found]

    def fold_entries(self, moment: float) -> int:
        """See the port. Welcome credits stay apart: linking asks for them."""
        entries = ledger_entries.c
        still_held = sa.select(holds.c.job_id).where(holds.c.state == _OPEN)
        old = sa.and_(
            entries.created_at < moment,
            entries.note != _WELCOME,
            sa.or_(entries.job_id.is_(None), entries.job_id.not_in(still_held)),
        )
        folded = sum(self._fold(row, old) for row in self._connection.execute(_sums(old)).all())
        return folded + remove_marks(self._connection, moment)

    def _fold(self, row: Any, old: sa.ColumnElement[bool]) -> int:
        mine = sa.and_(ledger_entries.c.account_id == row.account_id, old)
        removed = self._connection.execute(ledger_entries.delete().where(mine)).rowcount
        values = {"account_id": row.account_id, "job_id": None, "kind": str(EntryKind.GRANT), "note": _CARRIED}
        values |= {"balance": row.balance, "held": row.held, "created_at": row.last}
        self._connection.execute(ledger_entries.insert().values(values))
        return removed

    def _clip_without_words(self, job_id: str) -> dict[str, Any]:
        clip = dict(self._connection.execute(sa.select(jobs.c.clip).where(jobs.c.id == job_id)).scalar_one())
        return clip | {"recipe": {}}


def _sums(old: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Of each account that has more to fold than what was folded before."""
    entries = ledger_entries.c
    sums = [sa.func.sum(column).label(column.name) for column in (entries.balance, entries.held)]
    fresh = sa.func.sum(sa.case((entries.note != _CARRIED, 1), else_=0))
    query = sa.select(entries.account_id, *sums, sa.func.max(entries.created_at).label("last"))
    return query.where(old).group_by(entries.account_id).having(fresh > 0)
