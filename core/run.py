"""Turns what an engine reports of one attempt into progress in the database and previews in the clip store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from core.costs import Cost, CostState, Purse
from core.media.implicit import mark_webp
from core.ports import ClipStore, Moderator, Store
from core.safety.review import require_allowed
from core.types import PRIVATE, Place, Progress

PREVIEW = "preview.webp"
"""A job's preview in the clip store."""
_REPORT_EVERY = 0.25

log = structlog.get_logger(__name__)


class Overtaken(Exception):
    """Another attempt has ordered meanwhile: this one stood still for so long that it was given up for dead."""


@dataclass
class JobRun:
    """``core.ports.Run`` of one attempt. Progress is best effort: what cannot be told costs a report, not the job.

    ``is_ordering``: an order is on its way to a vendor, and nobody but this process will hear what came of it. Once
    ``leaving`` is set, none goes out any more.
    """

    store: Store
    clips: ClipStore
    moderator: Moderator
    job_id: str
    folder: Path
    resume_token: str | None
    purse: Purse
    latest: Progress | None = field(default=None)
    place: Place = PRIVATE
    aigc: str = ""
    is_late: Callable[[], bool] = field(default=lambda: False)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    is_ordering: bool = field(default=False)
    _waiting: str | None = field(default=None)
    _shown: str | None = field(default=None)

    def report(self, progress: Progress) -> None:
        """See the port. Only the latest report is ever written; a preview stays until the next one."""
        self.latest = progress
        self._waiting = progress.preview or self._waiting

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        """See the port. The cost is noted as the job's; a cancel waits until all is stored.

        Raises:
            Overtaken: the token that is stored is not the one that was read here; nothing is stored.
        """
        begins = cost is not None and cost.state is CostState.OPEN and not cost.task
        if begins and self.leaving.is_set():
            # Never answer: whoever takes the job over orders then.
            await asyncio.Event().wait()
        self.is_ordering |= begins
        try:
            await self._keep(resume_token, cost)
        except Exception:
            self.is_ordering &= not begins
            raise
        self.is_ordering = begins

    async def _keep(self, resume_token: str, cost: Cost | None) -> None:
        saving = asyncio.ensure_future(asyncio.to_thread(self._save, resume_token, cost))
        try:
            await asyncio.shield(saving)
        except asyncio.CancelledError:
            # What is saved because of the cancel must not be overtaken by this.
            await asyncio.wait({saving})
            raise

    async def is_cancelled(self) -> bool:
        """See the port. A job whose time is over ends as soon as its engine has."""
        return self.is_late() or await asyncio.to_thread(self._has_ended)

    def _has_ended(self) -> bool:
        with self.store.look() as tx:
            job = tx.jobs.get(self.job_id)
        return job is None or job.state.ended

    def _save(self, resume_token: str, cost: Cost | None) -> None:
        with self.store.begin() as tx:
            if cost is not None:
                self.purse.book(tx.costs, replace(cost, job=self.job_id))
                # After the booking, which lets no other attempt in between.
                self._require_latest(tx.jobs.resume_token(self.job_id), resume_token)
            tx.jobs.save_resume_token(self.job_id, resume_token)
        self.resume_token = resume_token

    def _require_latest(self, stored: str | None, new: str) -> None:
        if (stored or "") not in {self.resume_token or "", new}:
            raise Overtaken

    async def keep_writing(self) -> None:
        """Write the latest report a few times a second, for ever."""
        written = None
        while True:
            await asyncio.sleep(_REPORT_EVERY)
            await self._show_preview()
            latest = self.latest and replace(self.latest, preview=self._shown)
            if latest is not None and latest != written:
                try:
                    await asyncio.to_thread(self.store.write_progress, self.job_id, latest)
                    written = latest
                except Exception as error:  # noqa: BLE001 - whatever the database's driver raises
                    log.warning("progress.not_written", error=type(error).__name__)

    async def _show_preview(self) -> None:
        name, self._waiting = self._waiting, None
        if name is None:
            return
        try:
            data = await asyncio.to_thread(self._read, name)
            await self._review(data)
            data = mark_webp(data, self.aigc)
            self._shown = await asyncio.to_thread(self.clips.put_file, self.job_id, PREVIEW, data)
        except Exception as error:  # noqa: BLE001 - the engine's file may be anything, and the disk be full
            log.warning("preview.not_shown", error=type(error).__name__)

    def _read(self, name: str) -> bytes:
        from core.media.preview import MAX_BYTES

        path = (self.folder / name).resolve()
        if path.parent != self.folder.resolve() or path.stat().st_size > MAX_BYTES:
            raise ValueError("no preview of this run")
        return path.read_bytes()

    async def _review(self, data: bytes) -> None:
        """Users see it, so it is looked at as the finished clip is."""
        from core.media.preview import preview_frames

        frames = await asyncio.to_thread(preview_frames, data)
        require_allowed(await self.moderator.review_frames(frames, place=self.place))
