"""Turns what people may ask about their own data, and about others' clips, into rows read, written and erased."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import Refusal
from core.jobs import settlement
from core.jobs.retention import Retention
from core.posts import shown
from core.reports import Report, ReportReason, ReportState, make_report, tell_reporter

if TYPE_CHECKING:
    from core.jobs.settlement import Settlement
    from core.ports import ClipStore, Clock, Queue, Store, Transaction
    from core.types import Address, Job, Locale

_ALL = 1_000_000
FORM = 1
"""Of an export; changes with what is in it."""


@dataclass(frozen=True)
class Privacy:
    """What is kept, how long, and the names of those on the network that prompts are shown to.

    ``engines`` make the clips.
    """

    kept: Retention
    translators: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forgotten:
    """What has to be done once it is committed: jobs to drop from queue and clip store, some of them ended only now."""

    jobs: tuple[str, ...]
    cancelled: tuple[Job, ...]

    @property
    def ended(self) -> tuple[str, ...]:
        """Those whose work was at its end before."""
        late = {job.id for job in self.cancelled}
        return tuple(job_id for job_id in self.jobs if job_id not in late)


class Rights:
    """Blocking, but for ``finish``."""

    def __init__(
        self, *, store: Store, queue: Queue, clips: ClipStore, settlement: Settlement, clock: Clock, privacy: Privacy
    ) -> None:
        self._store, self._queue, self._clips = store, queue, clips
        self._settlement, self._clock, self.privacy = settlement, clock, privacy

    def report(
        self, job: Job, account: str, address: Address, reason: ReportReason, text: str, locale: Locale
    ) -> Report:
        """Take a report in; the one there is, where this account has an open one of the job."""
        made = make_report(job, account, address, reason, text, now=self._clock.now(), locale=locale)
        with self._store.begin() as tx:
            return tx.reports.add(made)

    def taken_down(self, account: str) -> list[Report]:
        """The reports, newest first, by which clips of an account were removed."""
        with self._store.look() as tx:
            return tx.persons.taken_down(account)

    def export(self, account: str) -> dict[str, Any]:
        """See ``export``."""
        with self._store.look() as tx:
            return export(tx, account)

    def forget(self, account: str) -> Forgotten:
        """Erase in one transaction. A blocked account is for an operator to erase.

        Raises:
            Refusal: ``job-delivering``: a clip is just being sent; ``refund-open``; ``account-blocked``.
        """
        with self._store.begin() as tx:
            known = tx.ledger.account(account)
            if known is not None and known.blocked:
                raise Refusal("account-blocked")
            return forget(tx, account, now=self._clock.now())

    async def finish(self, forgotten: Forgotten) -> None:
        """Stop and drop what the jobs left elsewhere; upkeep does it where this process dies before.

        Those that are cancelled only now are left to it: their sagas must see that before the queue forgets them.
        """
        for job in forgotten.cancelled:
            self._settlement.tell(job)
            await self._queue.cancel(job.id)
        await self._queue.forget(forgotten.ended)
        await asyncio.to_thread(self._clear, forgotten)

    def _clear(self, forgotten: Forgotten) -> None:
        """Files, and then the empty rows by which upkeep would have found them."""
        remove_files(self._clips, forgotten.jobs)
        with self._store.begin() as tx:
            for job_id in forgotten.ended:
                tx.jobs.remove(job_id)


def remove_files(clips: ClipStore, job_ids: Sequence[str]) -> None:
    """All that the clip store has of these jobs."""
    for job_id in job_ids:
        clips.delete(job_id)


def export(tx: Transaction, account_id: str) -> dict[str, Any]:
    """All that is kept of one account, as JSON takes it.

    Raises:
        LookupError: there is no such account.
    """
    account = tx.ledger.account(account_id)
    if account is None:
        raise LookupError(account_id)
    persons, jobs = tx.persons, tx.persons.jobs(account_id)
    return {
        "form": FORM,
        "account": asdict(account),
        "identities": [{"platform": platform, "user": user} for platform, user in persons.identities(account_id)],
        "ledger": [asdict(entry) for entry in tx.ledger.entries(account_id, limit=_ALL)],
        "jobs": [asdict(job) for job in jobs],
        "reports": [asdict(report) for report in persons.reports(account_id)],
        "removed_after_reports": [_without_reporter(report) for report in persons.taken_down(account_id)],
        "preferences": persons.preferences(account_id),
        "posts": {job_id: shown(facts) for job_id, facts in tx.posts.of([job.id for job in jobs]).items()},
        **persons.records(account_id),
    }


def _without_reporter(report: Report) -> Mapping[str, Any]:
    """What its subject may know of a report: nothing of who wrote it, and nothing that they wrote."""
    known = ("code", "reason", "state", "created_at", "decided_at", "outcome")
    return {name: getattr(report, name) for name in known}


def forget(tx: Transaction, account_id: str, *, now: float) -> Forgotten:
    """Cancel and refund what is unfinished, then erase the account's prompts, wording, notes, identities and links.

    What the ledger must keep stays under a salted hash of the account. The jobs' rows are left empty, by which upkeep
    finds what else there is of them, if nobody else does.

    Raises:
        Refusal: ``job-delivering``: a clip is just being sent. ``refund-open``: its platform is asked for money back.
        LookupError: there is no such account.
    """
    if tx.payments.listed(account=account_id, refunding=True, limit=1):
        raise Refusal("refund-open")
    cancelled = []
    for job in tx.persons.jobs(account_id):
        if job.state.ended:
            continue
        if not settlement.cancel(tx, job.id, now=now):
            raise Refusal("job-delivering", job=job.code)
        cancelled.append(tx.jobs.get(job.id) or job)
    _tell_reporters(tx, account_id, now=now)
    return Forgotten(tuple(tx.persons.forget(account_id, now=now)), tuple(cancelled))


def _tell_reporters(tx: Transaction, account_id: str, *, now: float) -> None:
    """The account's clips go, and with them what was reported of them; why they go is not for others to know."""
    mine = {job.id for job in tx.persons.jobs(account_id)}
    for report in tx.reports.listed(is_open=True, limit=_ALL):
        if report.job in mine:
            tell_reporter(tx, replace(report, state=ReportState.UPHELD), now=now)
