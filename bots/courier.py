"""Turns a stored clip into a message in its chat, and the outcome into a charge or a release."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import structlog

from bots.adapter import Adapter, Delivery
from bots.fitting import Fitting
from core.errors import Conflict, DeliveryDelayed
from core.jobs.settlement import Settlement
from core.metrics import Metrics
from core.ports import Store
from core.types import Job, Progress, StoredClip

_WATCH_EVERY = 0.4

log = structlog.get_logger(__name__)


class Courier:
    """``core.ports.Deliveries`` over the adapters of this process."""

    def __init__(
        self,
        *,
        adapters: Mapping[str, Adapter],
        store: Store,
        fitting: Fitting,
        settlement: Settlement,
        metrics: Metrics,
    ) -> None:
        self._adapters, self._store, self._fitting = adapters, store, fitting
        self._settlement, self._metrics = settlement, metrics

    async def deliver(self, job_id: str, clip: StoredClip) -> None:
        """See the port."""
        job = await asyncio.to_thread(self._attach, job_id, clip)
        adapter = self._adapters[job.address.platform]
        started = time.monotonic()
        async with self._fitting.fitted(job, clip, adapter.upload_limit(job.address)) as files:
            await adapter.deliver(Delivery(job, files.video, files.poster))
        self._metrics.delivery_seconds.labels(adapter.platform).observe(time.monotonic() - started)

    async def charge(self, job_id: str) -> None:
        """See the port."""
        await self._tell(await asyncio.to_thread(self._settlement.succeed, job_id))

    async def fail(self, job_id: str, code: str) -> None:
        """See the port."""
        await self._tell(await asyncio.to_thread(self._settlement.fail, job_id, code))

    async def watch(self) -> None:
        """Show the progress of unfinished jobs, for ever."""
        while True:
            try:
                await self._show_progress()
            except Exception as error:  # noqa: BLE001 - progress is best effort, whatever the database's driver raises
                log.warning("progress.not_shown", error=repr(error))
            await asyncio.sleep(_WATCH_EVERY)

    async def _show_progress(self) -> None:
        for platform, adapter in self._adapters.items():
            jobs, progress = await asyncio.to_thread(self._unfinished, platform)
            self._metrics.unfinished.labels(platform).set(len(jobs))
            if jobs:
                await adapter.show_progress([(job, progress.get(job.id)) for job in jobs])

    def _unfinished(self, platform: str) -> tuple[list[Job], Mapping[str, Progress]]:
        with self._store.look() as tx:
            jobs = tx.jobs.unfinished(platform)
        return jobs, self._store.read_progress([job.id for job in jobs])

    def _attach(self, job_id: str, clip: StoredClip) -> Job:
        with self._store.begin() as tx:
            job = tx.jobs.get(job_id)
            if job is None or job.state.ended:
                raise Conflict
            tx.jobs.attach_clip(job_id, clip)
            return tx.jobs.get(job_id) or job

    async def _tell(self, job: Job | None) -> None:
        adapter = self._adapters.get(job.address.platform) if job else None
        if job is None or adapter is None:
            return
        try:
            await adapter.show_end(job)
        except DeliveryDelayed:
            raise
        except Exception as error:  # noqa: BLE001 - asking again would not help, and the account's next job waits
            log.warning("end.not_told", job=job.id, error=repr(error))
