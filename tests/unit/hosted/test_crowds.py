"""Of hundreds of clips that are done at the same moment few are fetched at once, and one is looked at by each core."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from core.engines.hosted.asking import Pace
from core.engines.hosted.finish import Finish
from core.engines.hosted.keys import Key
from core.engines.hosted.vendor import Remote, State, Status, Video
from core.media.probe import MediaInfo
from tests.unit.hosted.depots import VIDEO, Depot, Open
from tests.unit.hosted.orders_of import order_of
from tests.vendors.desk import PaidRun


class Peak:
    """The most that were in something at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __enter__(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *raised: object) -> None:
        with self.lock:
            self.now -= 1


async def test_few_files_are_fetched_at_once_and_who_waits_has_time(
    opening: Open, vendor: Depot, tmp_path: Path
) -> None:
    peak = Peak()

    async def slowly(request: web.Request) -> web.StreamResponse:
        with peak:
            await asyncio.sleep(0.2)
        return web.Response(body=VIDEO)

    vendor.answers["/clip.mp4"] = slowly
    downloads = opening(vendor.url, seconds=1.0, at_once=2)
    # One after the other they take longer than one may take.
    await asyncio.gather(*(downloads.fetch(f"{vendor.url}/clip.mp4", tmp_path / f"{n}.mp4") for n in range(14)))
    assert peak.most == 2


async def test_no_more_clips_are_looked_at_than_there_are_cores(
    opening: Open, vendor: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peak, cores, order = Peak(), os.cpu_count() or 1, order_of("wan3.0-video")

    def adopt(path: Path, poster: Path, **asked: Any) -> MediaInfo:
        with peak:
            time.sleep(0.02)
        return info

    info = MediaInfo.__new__(MediaInfo)
    for name, value in {"width": 1, "height": 1, "seconds": 1.0}.items():
        object.__setattr__(info, name, value)
    monkeypatch.setattr("core.media.adopt.adopt", adopt)
    finish = Finish("x", vendor.url, None, opening(vendor.url), Pace())  # type: ignore[arg-type]
    done = Status(State.DONE, video=Video("/clip.mp4"))
    folders = [tmp_path / str(number) for number in range(3 * cores)]
    for folder in folders:
        folder.mkdir()
    runs = [PaidRun(folder) for folder in folders]
    await asyncio.gather(*(finish.finish(Remote("1", "m"), done, order, run, Key(1, "")) for run in runs))
    assert 1 <= peak.most <= cores
