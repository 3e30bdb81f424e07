"""Turns what crashes left open into settled jobs, and old jobs into free disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from core.ports import ClipStore, Clock, Queue, Store
from core.types import Job

_CANCELLED_LATELY = 3600.0
_BATCH = 200

log = structlog.get_logger(__name__)


class Upkeep:
    """Runs beside the bots. ``fail`` settles a job as failed and tells its user."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        clips: ClipStore,
        clock: Clock,
        fail: Callable[[str, str], Awaitable[None]],
        keep_seconds: float,
    ) -> None:
        self._store, self._queue, self._clips, self._clock = store, queue, clips, clock
        self._fail, self._keep_seconds = fail, keep_seconds

    async def keep_up(self, every: float) -> None:
        """Do both for ever, ``every`` seconds; a database that is away is tried again."""
        while True:
            try:
                await self.reconcile()
                await self.retire()
            except Exception as error:  # noqa: BLE001 - the loop must outlive whatever the database's driver raises
                log.warning("upkeep.put_off", error=repr(error))
            await asyncio.sleep(every)

    async def reconcile(self) -> int:
        """Settle the jobs whose work is dead and stop the work of jobs cancelled; how many were found."""
        held, cancelled = await asyncio.to_thread(self._suspects)
        dead = await self._queue.dead(held)
        for job_id in dead:
            log.warning("upkeep.dead_letter", job=job_id)
            await self._fail(job_id, "worker-lost")
        for job_id in cancelled:
            await self._queue.cancel(job_id)
        return len(dead)

    async def retire(self) -> int:
        """Remove jobs, clips and the queue's records that ended longer ago than they are kept; how many."""
        old = await asyncio.to_thread(self._old)
        if old:
            # The jobs last: whatever stops this half way, they are found again.
            await self._queue.forget([job.id for job in old])
            await asyncio.to_thread(self._remove, old)
        return len(old)

    def _suspects(self) -> tuple[list[str], list[str]]:
        with self._store.begin() as tx:
            return tx.ledger.held_jobs(), tx.jobs.cancelled_since(self._clock.now() - _CANCELLED_LATELY)

    def _old(self) -> list[Job]:
        with self._store.begin() as tx:
            return tx.jobs.ended_before(self._clock.now() - self._keep_seconds, limit=_BATCH)

    def _remove(self, old: list[Job]) -> None:
        for job in old:
            # Whatever became of the job: a clip that was not delivered takes as much room.
            self._clips.delete(job.id)
        with self._store.begin() as tx:
            for job in old:
                tx.jobs.remove(job.id)
