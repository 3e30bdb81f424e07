"""Turns a stored clip into a message in its chat, and the outcome into a charge or a release."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import structlog

from bots.adapter import Adapter, Delivery
from core.errors import Conflict
from core.jobs import settlement
from core.metrics import Metrics
from core.ports import ClipStore, Clock, Store
from core.types import Job, JobState, Progress, StoredClip

_WATCH_EVERY = 0.4

log = structlog.get_logger(__name__)


class Courier:
    """``core.ports.Deliveries`` over the adapters of this process."""

    def __init__(
        self, *, adapters: Mapping[str, Adapter], store: Store, clips: ClipStore, clock: Clock, metrics: Metrics
    ) -> None:
        self._adapters, self._store, self._clips = adapters, store, clips
        self._clock, self._metrics = clock, metrics

    async def deliver(self, job_id: str, clip: StoredClip) -> None:
        """See the port."""
        job = await asyncio.to_thread(self._attach, job_id, clip)
        adapter = self._adapters[job.address.platform]
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="piying-fit-") as folder:
            video = await asyncio.to_thread(self._fit, clip, adapter.upload_limit(job.address), Path(folder))
            await adapter.deliver(Delivery(job, video, self._clips.open(clip.poster)))
        self._metrics.delivery_seconds.labels(adapter.platform).observe(time.monotonic() - started)

    async def charge(self, job_id: str) -> None:
        """See the port."""
        await self._end(job_id, error=None)

    async def fail(self, job_id: str, code: str) -> None:
        """See the port."""
        await self._end(job_id, error=code)

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
        with self._store.begin() as tx:
            jobs = tx.jobs.unfinished(platform)
        return jobs, self._store.read_progress([job.id for job in jobs])

    def _attach(self, job_id: str, clip: StoredClip) -> Job:
        with self._store.begin() as tx:
            job = tx.jobs.get(job_id)
            if job is None or job.state.ended:
                raise Conflict
            tx.jobs.attach_clip(job_id, clip)
            return tx.jobs.get(job_id) or job

    def _fit(self, clip: StoredClip, limit: int | None, folder: Path) -> Path:
        video = self._clips.open(clip.video)
        if limit is None or clip.size_bytes <= limit:
            return video
        from core.media.fit import fit

        target = folder / "fitted.mp4"
        fit(video, target, limit)
        return target

    async def _end(self, job_id: str, *, error: str | None) -> None:
        job = await asyncio.to_thread(self._settle, job_id, error)
        if job is None:
            return
        self._log(job)
        adapter = self._adapters.get(job.address.platform)
        if adapter is not None:
            await adapter.show_end(job)

    def _settle(self, job_id: str, error: str | None) -> Job | None:
        now = self._clock.now()
        with self._store.begin() as tx:
            moved = settlement.fail(tx, job_id, error, now=now) if error else settlement.succeed(tx, job_id, now=now)
            job = tx.jobs.get(job_id) if moved else None
        if job is not None:
            self._store.forget_progress(job_id)
        return job

    def _log(self, job: Job) -> None:
        total = (job.finished_at or job.created_at) - job.created_at
        self._metrics.settled.labels(str(job.state), job.error or "").inc()
        if job.state is JobState.SUCCEEDED:
            self._metrics.credits_charged.inc(job.price)
            self._metrics.total_seconds.observe(total)
        log.info(
            "job.settled",
            job=job.id,
            state=str(job.state),
            error=job.error,
            platform=job.address.platform,
            recipe=job.spec.recipe,
            seconds=round(total, 2),
            price=job.price,
        )
