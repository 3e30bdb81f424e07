"""Turns an account into all that is kept of it, and into what is left when it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from core.reports import Report, ReportState
from core.types import Job
from storage.channel_owners import withdraw_of
from storage.channel_tables import channel_people
from storage.chat_tables import memos, payments, posts, preferences
from storage.jobs import SqlJobs
from storage.marks import digest_account, digest_payment, mark_forgotten, mark_strikes
from storage.reports import read_reports
from storage.showcase import forget_showcase
from storage.tables import (
    accounts,
    appeals,
    holds,
    identities,
    job_progress,
    jobs,
    ledger_entries,
    link_offers,
    metadata,
    notices,
    refusals,
    reports,
    strikes,
    translations,
)

_BATCH = 500
FORGOTTEN = 0.0
"""In place of the moment at which a job was deleted: its owner is forgotten, and its row may go."""
_ERASED = "erased with its owner's data"


class SqlPersons:
    """``core.records.Persons`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def jobs(self, account_id: str) -> list[Job]:
        """See the port."""
        return SqlJobs(self._connection).of_account(account_id)

    def identities(self, account_id: str) -> list[tuple[str, str]]:
        """See the port."""
        query = sa.select(identities.c.platform, identities.c.user).where(identities.c.account_id == account_id)
        return [(row.platform, row.user) for row in self._connection.execute(query.order_by("platform", "user"))]

    def reports(self, account_id: str) -> list[Report]:
        """See the port."""
        mine = sa.select(reports).where(reports.c.account_id == account_id)
        return read_reports(self._connection, mine.order_by(reports.c.created_at.desc()))

    def taken_down(self, account_id: str) -> list[Report]:
        """See the port."""
        own = sa.select(jobs.c.id).where(jobs.c.account_id == account_id)
        about = sa.and_(reports.c.job_id.in_(own), reports.c.state == str(ReportState.UPHELD))
        return read_reports(self._connection, sa.select(reports).where(about).order_by(reports.c.decided_at.desc()))

    def records(self, account_id: str) -> dict[str, list[dict[str, Any]]]:
        """See the port."""
        kept = {table.name: self._rows(table, account_id) for table in _others()}
        waiting = self._connection.execute(sa.select(memos).where(self._waiting_for(account_id))).mappings()
        return {**kept, memos.name: [dict(row) for row in waiting]}

    def preferences(self, account_id: str) -> list[dict[str, Any]]:
        """See the port."""
        found = self._connection.execute(sa.select(preferences).where(self._chosen_by(account_id))).mappings()
        return [dict(row) for row in found]

    def forget(self, account_id: str, *, now: float) -> list[str]:
        """See the port."""
        row = self._lock(account_id)
        hashed = digest_account(self._connection, account_id)
        users = self.identities(account_id)
        mark_forgotten(self._connection, users, is_blocked=row["blocked"], now=now)
        found = sa.select(strikes).where(strikes.c.account_id == account_id)
        mark_strikes(self._connection, account_id, users, self._connection.execute(found).all())
        mine = self.jobs(account_id)
        self._forget_translations(mine)
        self._connection.execute(accounts.insert().values(_nobody(row, hashed)))
        self._forget_reports(account_id, [job.id for job in mine], now)
        self._empty_jobs(mine, hashed)
        self._connection.execute(preferences.delete().where(self._chosen_by(account_id)))
        self._connection.execute(memos.delete().where(self._waiting_for(account_id)))
        self._forget_payments(account_id)
        forget_showcase(self._connection, account_id)
        withdraw_of(self._connection, account_id, now=now)
        self._hand_over(account_id, hashed)
        return [job.id for job in mine]

    def left_before(self, moment: float, *, limit: int) -> list[Job]:
        """See the port."""
        left = sa.select(jobs.c.id).where(jobs.c.deleted_at == FORGOTTEN, jobs.c.finished_at < moment).limit(limit)
        found = map(SqlJobs(self._connection).get, self._connection.execute(left).scalars().all())
        return [job for job in found if job]

    def _rows(self, table: sa.Table, account_id: str) -> list[dict[str, Any]]:
        found = self._connection.execute(sa.select(table).where(table.c.account_id == account_id)).mappings()
        return [dict(row) for row in found]

    def _lock(self, account_id: str) -> sa.RowMapping:
        query = sa.select(accounts).where(accounts.c.id == account_id).with_for_update()
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise LookupError(account_id)
        return row

    def _chosen_by(self, account_id: str) -> sa.ColumnElement[bool]:
        """A chat that has its user's own id is theirs alone."""
        return sa.tuple_(preferences.c.platform, preferences.c.id).in_(self.identities(account_id))

    def _waiting_for(self, account_id: str) -> sa.ColumnElement[bool]:
        return sa.tuple_(memos.c.platform, memos.c.user).in_(self.identities(account_id))

    def _forget_payments(self, account_id: str) -> None:
        """Each can still be known, so that none is taken in twice, by who has its id."""
        mine = sa.select(payments.c.platform, payments.c.payment_id).where(payments.c.account_id == account_id)
        for row in self._connection.execute(mine).all():
            hashed = digest_payment(self._connection, row.platform, row.payment_id)
            this = sa.and_(payments.c.platform == row.platform, payments.c.payment_id == row.payment_id)
            self._connection.execute(payments.update().where(this).values(payment_id=hashed, user=""))

    def _forget_translations(self, mine: Sequence[Job]) -> None:
        """They are no one's, and made again when somebody needs them; these may be this person's words."""
        worded = [job.wording for job in mine if job.wording]
        texts = {text for wording in worded for text in (wording.revised.text, wording.english.text)}
        for batch in _batches(sorted(texts)):
            self._connection.execute(translations.delete().where(translations.c.text.in_(batch)))

    def _forget_reports(self, account_id: str, job_ids: Sequence[str], now: float) -> None:
        nobody = {"account_id": None, "chat": "", "user": "", "text": ""}
        self._connection.execute(reports.update().where(reports.c.account_id == account_id).values(nobody))
        decided = {"state": str(ReportState.UPHELD), "decided_at": now, "outcome": _ERASED}
        for batch in _batches(job_ids):
            about = sa.and_(reports.c.job_id.in_(batch), reports.c.state == str(ReportState.OPEN))
            self._connection.execute(reports.update().where(about).values(decided))

    def _empty_jobs(self, mine: Sequence[Job], hashed: str) -> None:
        for job in mine:
            values = emptied(job) | {"account_id": hashed, "key": job.id, "chat": "", "user": ""}
            values |= {"clip": None, "resume_token": None, "deleted_at": FORGOTTEN}
            self._connection.execute(jobs.update().where(jobs.c.id == job.id).values(values))
            for table in (job_progress, posts):
                self._connection.execute(table.delete().where(table.c.job_id == job.id))

    def _hand_over(self, account_id: str, hashed: str) -> None:
        """What must stay of the account goes to the one without a name, and the account goes."""
        for table in (identities, link_offers):
            self._connection.execute(table.delete().where(table.c.account_id == account_id))
        entries = ledger_entries.c
        # An operator's note may name somebody; those of links name the account.
        values = {"account_id": hashed, "note": ""}
        self._connection.execute(ledger_entries.update().where(entries.account_id == account_id).values(values))
        for way in ("to", "from"):
            named = ledger_entries.update().where(entries.note == f"{way} {account_id}")
            self._connection.execute(named.values(note=f"{way} {hashed}"))
        self._connection.execute(holds.update().where(holds.c.account_id == account_id).values(account_id=hashed))
        for table in (appeals, refusals, notices, strikes, channel_people):
            self._connection.execute(table.delete().where(table.c.account_id == account_id))
        for table in _others():
            mine = table.update().where(table.c.account_id == account_id)
            self._connection.execute(mine.values(account_id=hashed))
        self._connection.execute(accounts.delete().where(accounts.c.id == account_id))


def emptied(job: Job) -> dict[str, object]:
    """A job's row without anybody's words: as columns."""
    kept = ("model", "recipe", "recipe_version", "seed", "width", "height", "num_frames", "fps")
    spec = {name: getattr(job.spec, name) for name in kept} | {"prompt": ""}
    return {"prompt": "", "wording": None, "notes": [], "spec": spec}


def _nobody(row: sa.RowMapping, hashed: str) -> dict[str, object]:
    """An account that nobody can use, with the figures of one that somebody could."""
    kept = {name: row[name] for name in ("balance", "held", "tier", "created_at")}
    return kept | {"id": hashed, "blocked": True, "timezone": "UTC", "timezone_set_at": None, "limits": None}


def _others() -> list[sa.Table]:
    """Whatever other tables say of an account."""
    known = (identities, link_offers, ledger_entries, holds, jobs, reports)
    return [table for table in metadata.sorted_tables if "account_id" in table.columns and table not in known]


def _batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
