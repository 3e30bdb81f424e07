"""Turns a finished task into a clip in the run's folder: fetched at once, since its link lives for a day at most."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import structlog

from core.engines.hosted.asking import Pace
from core.engines.hosted.faults import AnswerLost, NotSent, VendorFault
from core.engines.hosted.fetch import Downloads, FetchFailed, LinkGone
from core.engines.hosted.following import Following
from core.engines.hosted.keys import Key
from core.engines.hosted.orders import record
from core.engines.hosted.vendor import Order, Remote, State, Status
from core.errors import EngineFault
from core.ports import Run
from core.types import Clip, Progress

if TYPE_CHECKING:
    from core.media.probe import MediaInfo

_PATIENCE, _LONGEST_PAUSE = 240, 12
"""In first pauses between polls: 20 minutes, and one. A file is paid, and its link is good for hours."""
_LINKS = 5
"""Fresh links that are asked for when one does not open."""

log = structlog.get_logger(__name__)


class Finish:
    """For one vendor, at ``base``."""

    def __init__(self, vendor: str, base: str, following: Following, downloads: Downloads, pace: Pace) -> None:
        self._vendor, self._base, self._following, self._downloads = vendor, base, following, downloads
        self._pace = pace
        # Hundreds may be done at the same moment, and each that is decoded takes a core and a lot of memory.
        self._desks = asyncio.Semaphore(os.cpu_count() or 1)

    async def finish(self, task: Remote, status: Status, order: Order, run: Run, key: Key) -> Clip:
        """The clip.

        Raises:
            EngineFault: ``clip-invalid``: what came is no clip, or another than was ordered; ``clip-lost`` and
                ``clip-unfetched``: its file is gone, or did not come. The vendor has made it all the same.
        """
        run.report(Progress("fetching", 1.0))
        video, poster = run.folder / "clip.mp4", run.folder / "poster.jpg"
        try:
            await self._fetch(task, status, video, key)
            made = await self._judge(video, poster, order)
        except EngineFault as error:
            # It is paid: whoever pays must know why it was not taken.
            why = str(error.details.get("detail", error.code))
            log.error("hosted.clip_not_taken", vendor=self._vendor, task=task.id, why=why)  # noqa: TRY400 - no bug
            raise
        size = video.stat().st_size
        return Clip(video, poster, made.width, made.height, made.seconds, size, record(order, self._vendor, status))

    async def _judge(self, video: Path, poster: Path, order: Order) -> MediaInfo:
        from core.media.adopt import adopt

        async with self._desks:
            return await asyncio.to_thread(
                adopt, video, poster, width=order.width, height=order.height, seconds=order.seconds
            )

    async def _fetch(self, task: Remote, status: Status, target: Path, key: Key) -> None:
        waited, tries, links = 0.0, 0, 0
        while links < _LINKS:
            try:
                return await self._once(status, target, key)
            except LinkGone as error:
                log.warning("hosted.link_gone", vendor=self._vendor, why=str(error))
                status, links = await self._fresh(task, status, key), links + 1
            except FetchFailed as error:
                log.warning("hosted.not_fetched", vendor=self._vendor, why=str(error))
                longest = _LONGEST_PAUSE * self._pace.first
                pause = min(max(error.retry_after or 0.0, self._pace.first * 1.5**tries), longest)
                waited, tries = waited + pause, min(tries + 1, 20)
                if waited > _PATIENCE * self._pace.first:
                    raise EngineFault("clip-unfetched") from error
                await asyncio.sleep(pause)
        raise EngineFault("clip-unfetched")

    async def _once(self, status: Status, target: Path, key: Key) -> None:
        assert status.video is not None
        try:
            url = urljoin(f"{self._base}/", status.video.url)
        except ValueError as error:
            raise EngineFault("clip-invalid", detail="no address") from error
        headers = self._following.headers(status.video.url, key) if status.video.with_key else {}
        await self._downloads.fetch(url, target, headers=headers)

    async def _fresh(self, task: Remote, status: Status, key: Key) -> Status:
        """With a new link, where the vendor makes one."""
        try:
            told = await self._following.status(task, key)
        except (NotSent, AnswerLost, VendorFault):
            return status
        if told.state is not State.DONE or told.video is None:
            raise EngineFault("clip-lost")
        return told
