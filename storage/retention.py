"""Turns words and entries that have been kept long enough into rows without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from core.jobs.parts import JOINED
from core.sequels import CONTINUES
from core.showcase.exhibits import HIDING, REMIX
from core.types import EntryKind
from storage.jobs import SqlJobs
from storage.marks import remove_marks
from storage.persons import emptied
from storage.showcase_tables import showcase
from storage.tables import holds, jobs, ledger_entries

_WELCOME, _CARRIED = "welcome", "carried"
_OPEN = "held"
_WORDLESS = (*HIDING, REMIX, CONTINUES, JOINED)
"""Notes that stay: nobody wrote them, and the showcase goes by them for as long as there is a clip."""


class SqlRetention:
    """``core.records.Retirement`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def worded_before(self, moment: float, *, limit: int) -> list[str]:
        """See the port."""
        query = sa.select(jobs.c.id).where(jobs.c.finished_at < moment, jobs.c.prompt != "")
        return list(self._connection.execute(query.order_by(jobs.c.finished_at).limit(limit)).scalars())

    def empty_jobs(self, job_ids: Sequence[str]) -> None:
        """See the port."""
        for job in filter(None, map(SqlJobs(self._connection).get, job_ids)):
            notes = [asdict(note) for note in job.notes if note.code in _WORDLESS]
            values = emptied(job) | {"notes": notes}
            if job.clip:
                values["clip"] = asdict(replace(job.clip, recipe={}))
            self._connection.execute(jobs.update().where(jobs.c.id == job.id).values(values))
            # Its title is its owner's words as well.
            self._connection.execute(showcase.update().where(showcase.c.job_id == job.id).values(title=""))

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


def _sums(old: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Of each account that has more to fold than what was folded before."""
    entries = ledger_entries.c
    sums = [sa.func.sum(column).label(column.name) for column in (entries.balance, entries.held)]
    fresh = sa.func.sum(sa.case((entries.note != _CARRIED, 1), else_=0))
    query = sa.select(entries.account_id, *sums, sa.func.max(entries.created_at).label("last"))
    return query.where(old).group_by(entries.account_id).having(fresh > 0)
