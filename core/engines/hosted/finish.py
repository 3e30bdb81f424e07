"""Turns a finished task into a clip in the run's folder: fetched at once, since its link lives for a day at most."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import urljoin

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

_TRIES = 5


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
            EngineFault: ``clip-invalid``: what came is no clip, or another than was ordered; ``clip-lost``: it could
                not be fetched. The vendor has made it all the same.
        """
        from core.media.adopt import adopt

        run.report(Progress("fetching", 1.0))
        video, poster = run.folder / "clip.mp4", run.folder / "poster.jpg"
        await self._fetch(task, status, video, key)
        async with self._desks:
            made = await asyncio.to_thread(
                adopt, video, poster, width=order.width, height=order.height, seconds=order.seconds
            )
        size = video.stat().st_size
        return Clip(video, poster, made.width, made.height, made.seconds, size, record(order, self._vendor, status))

    async def _fetch(self, task: Remote, status: Status, target: Path, key: Key) -> None:
        for tries in range(_TRIES):
            try:
                await self._once(status, target, key)
            except LinkGone:
                status = await self._fresh(task, status, key)
            except FetchFailed as error:
                await asyncio.sleep(max(error.retry_after or 0.0, self._pace.after(tries)))
            else:
                return
        raise EngineFault("clip-lost")

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
