"""Turns what crashes left open into settled jobs, and what was kept long enough into free disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from core.costs import GIVEN_UP_SECONDS, MICRO, NO_BUDGET, Budget
from core.jobs.retention import Retention
from core.metrics import Metrics
from core.ports import ClipStore, Clock, Deliveries, Queue, Store
from core.safety.casework import APPEALABLE_SECONDS
from core.types import Job

_CANCELLED_LATELY = 3600.0
_OVERLAP = 60.0
_RECORDS_EVERY = 3600.0
_BATCH = 200

log = structlog.get_logger(__name__)


class Upkeep:
    """Runs beside the bots, for the jobs of their ``platforms``: ``deliveries`` settles them and tells their users."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        clips: ClipStore,
        clock: Clock,
        deliveries: Deliveries,
        platforms: Sequence[str],
        kept: Retention,
        metrics: Metrics,
        budget: Budget = NO_BUDGET,
    ) -> None:
        self._store, self._queue, self._clips, self._clock = store, queue, clips, clock
        self._deliveries, self._platforms, self._kept, self._metrics = deliveries, platforms, kept, metrics
        self._budget = budget
        self._looked_at: float | None = None
        self._forgot_at: float | None = None

    async def keep_up(self, every: float) -> None:
        """Do all of it for ever, ``every`` seconds; a database that is away is tried again."""
        while True:
            try:
                await self.reconcile()
                await self.retire()
                await self.forget_words()
                await asyncio.to_thread(self._forget_hourly)
                await asyncio.to_thread(self.show_figures)
            except Exception as error:  # noqa: BLE001 - the loop must outlive whatever the database's driver raises
                log.warning("upkeep.put_off", error=repr(error))
            await asyncio.sleep(every)

    async def reconcile(self) -> int:
        """Settle the jobs whose work is dead, stop the work of jobs cancelled, drop the files of jobs deleted.

        Returns how many were dead.
        """
        now = self._clock.now()
        held, cancelled, deleted = await asyncio.to_thread(self._suspects, now)
        dead = await self._queue.dead(held)
        for job_id, delivered in dead.items():
            log.warning("upkeep.dead_letter", job=job_id, delivered=delivered)
            if delivered:
                await self._deliveries.charge(job_id)
            else:
                await self._deliveries.fail(job_id, "worker-lost")
        for job_id in cancelled:
            # The process may have died between the two halves of a cancel.
            await self._queue.cancel(job_id)
        for job_id in deleted:
            # Or before the files were gone; and a preview may have been on its way.
            await asyncio.to_thread(self._clips.delete, job_id)
        self._looked_at = now
        return len(dead)

    async def retire(self) -> int:
        """Remove jobs, clips and the queue's records that ended longer ago than they are kept; how many."""
        old = await asyncio.to_thread(self._old)
        if old:
            # The jobs last: whatever stops this half way, they are found again.
            await self._queue.forget([job.id for job in old])
            await asyncio.to_thread(self._remove, old)
        return len(old)

    async def forget_words(self) -> int:
        """Erase the words of jobs that are kept for longer than words are; of how many jobs."""
        if self._kept.prompts >= self._kept.clips:
            return 0
        worded = await asyncio.to_thread(self._worded)
        if worded:
            # The queue has them in the recipe of record. The rows last: they are found again.
            await self._queue.forget(worded)
            await asyncio.to_thread(self._empty, worded)
        return len(worded)

    def forget_records(self) -> int:
        """Drop old translations, decisions, decided reports and single entries of the ledger; how many. Blocking."""
        now = self._clock.now()
        gone = self._forget_translations(now - self._kept.translations)
        with self._store.begin() as tx:
            gone += tx.reports.remove_before(now - self._kept.reports)
            gone += tx.records.remove_before(now - self._kept.audit)
            gone += tx.appeals.drop_refusals(now - APPEALABLE_SECONDS)
            gone += tx.notices.remove_before(now - self._kept.clips)
            gone += tx.agreements.remove_before(now - self._kept.agreements)
            gone += tx.memos.remove_before(now)
            gone += tx.costs.remove_before(now - self._kept.ledger)
            return gone + tx.retirement.fold_entries(now - self._kept.ledger)

    def _forget_hourly(self) -> None:
        """It reads whole tables."""
        now = self._clock.now()
        if self._forgot_at is None or now - self._forgot_at >= _RECORDS_EVERY:
            self.forget_records()
            self.doubt_costs()
            self._forgot_at = now

    def doubt_costs(self) -> int:
        """Make unknown what a vendor was asked for and nobody is left to learn the end of; how many. Blocking."""
        with self._store.begin() as tx:
            doubted = tx.costs.doubt_before(self._clock.now() - GIVEN_UP_SECONDS)
        if doubted:
            log.warning("costs.unknown", count=doubted)
        return doubted

    def show_figures(self) -> None:
        """How many reports wait and for how many it is too late, and what vendors may take for today. Blocking."""
        now = self._clock.now()
        with self._store.look() as tx:
            waiting, overdue = tx.reports.counts(now)
            spent = tx.costs.since(self._budget.day_began(now))
        self._metrics.spent_today.set(spent / MICRO)
        self._metrics.reports_open.set(waiting)
        self._metrics.reports_overdue.set(overdue)

    def _suspects(self, now: float) -> tuple[list[str], list[str], list[str]]:
        """Jobs that hold credits, were cancelled lately, and were deleted: the first time all that ever were."""
        first = self._looked_at is None
        since = now - _CANCELLED_LATELY if self._looked_at is None else self._looked_at - _OVERLAP
        with self._store.look() as tx:
            held, cancelled = tx.ledger.held_jobs(self._platforms), tx.jobs.cancelled_since(since)
            return held, cancelled, tx.jobs.deleted_since(0 if first else since)

    def _old(self) -> list[Job]:
        with self._store.look() as tx:
            now = self._clock.now()
            # Those just cancelled: their sagas must have seen it before the queue forgets them.
            left = tx.persons.left_before(now - _OVERLAP, limit=_BATCH)
            return left or tx.jobs.ended_before(now - self._kept.clips, limit=_BATCH)

    def _worded(self) -> list[str]:
        with self._store.look() as tx:
            return tx.retirement.worded_before(self._clock.now() - self._kept.prompts, limit=_BATCH)

    def _empty(self, job_ids: list[str]) -> None:
        with self._store.begin() as tx:
            tx.retirement.empty_jobs(job_ids)

    def _forget_translations(self, moment: float) -> int:
        with self._store.look() as tx:
            oldest = tx.translations.oldest()
        if oldest is None or oldest >= moment:
            return 0
        with self._store.begin() as tx:
            return tx.translations.remove_before(moment)

    def _remove(self, old: list[Job]) -> None:
        for job in old:
            # Whatever became of the job: a clip that was not delivered takes as much room.
            self._clips.delete(job.id)
        with self._store.begin() as tx:
            for job in old:
                tx.jobs.remove(job.id)
