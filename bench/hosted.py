"""Turns hundreds of clips in flight at a vendor into what our layer costs beside the bare HTTP calls.

The vendor is the strict one of the tests, with OpenAI's protocol, in a process of its own. Both sides order, ask every
two seconds and fetch the file. Ours judges the file, too, by decoding it: that is left out, and measured by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp

from bench.fresh import clean_environment, percentile, run
from bench.process import PROMPTS, Notebook, make_process, play, settings, submit
from bench.report import Row

JOBS, DELIVERED = 500, 40
JUDGED = 50
TAKES, EVERY = 20.0, 2.0
BARE, ENGINE, BOOKED, JUDGE, PATH = "bare", "engine", "booked", "judge", "path"
_KEY = "sk-loopback"


def rows() -> Iterator[Row]:
    sides = {side: _measure(side) for side in (BARE, ENGINE, BOOKED)}
    note = f"{JOBS} clips in flight at once, {TAKES:g} s each at the vendor, asked for every {EVERY:g} s"
    for side, told in sides.items():
        yield Row(f"hosted, {side}, CPU a clip", told["cpu"] * 1000, "CPU-ms", note=note)
        yield Row(f"hosted, {side}, memory a clip", told["memory"] / JOBS / 1024, "KiB", note=note)
    judged = f"{JUDGED} times, one after the other: every frame decoded, and the poster; 2 s of 832x480 at 8 fps"
    yield Row("hosted, judging a file", _measure(JUDGE)["cpu"] * 1000, "CPU-ms", note=judged)
    bare = sides[BARE]["cpu"]
    for side, what in ((ENGINE, "the engine, nothing stored"), (BOOKED, "with tokens and costs in SQLite, full sync")):
        yield Row(f"hosted, {side} beside bare, CPU", sides[side]["cpu"] / bare, "x", 1.2, what)
        beside = sides[side]["memory"] / sides[BARE]["memory"]
        yield Row(f"hosted, {side} beside bare, memory", beside, "x", 1.2, what)
    waited = _measure(PATH)["waited"]
    late = f"{DELIVERED} clips by the one-process mode, from the vendor's end to delivery, by the pause between polls"
    yield Row("hosted, done to delivered, p50", percentile(waited, 50) / EVERY, "x", 1.5, late)


def _measure(side: str) -> Any:
    command = [sys.executable, "-m", "bench.vendor", str(TAKES if side != PATH else 3.0)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=clean_environment()) as vendor:
        assert vendor.stdin is not None
        assert vendor.stdout is not None
        try:
            return run("bench.hosted", side, vendor.stdout.readline().strip())
        finally:
            vendor.stdin.close()


async def measure(folder: Path, side: str, url: str) -> dict[str, object]:
    """CPU seconds a clip, and bytes at the peak above what there was before."""
    if side == PATH:
        return {"waited": await _deliver(folder, url)}
    if side == JUDGE:
        return {"cpu": _judge(folder)}
    work = _bare(folder, url) if side == BARE else _engine(folder, url, books=side == BOOKED)
    async with contextlib.aclosing(work):
        await anext(work)
        resident, began = _peak(), time.process_time()
        await anext(work)
        cpu = time.process_time() - began
    return {"cpu": cpu / JOBS, "memory": _peak() - resident}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def _bare(folder: Path, url: str) -> Any:
    """What a client of a few lines does."""
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {_KEY}"}, connector=aiohttp.TCPConnector(limit=100)
    ) as session:

        async def make(number: int) -> None:
            form = aiohttp.FormData(
                {"model": "wan", "prompt": "a red fox", "seconds": "2", "size": "832x480", "seed": "7"},
                default_to_multipart=True,
            )
            async with session.post(f"{url}/v1/videos", data=form) as response:
                task = await response.json()
            while task["status"] != "completed":
                await asyncio.sleep(EVERY)
                async with session.get(f"{url}/v1/videos/{task['id']}") as response:
                    task = await response.json()
            async with session.get(f"{url}/v1/videos/{task['id']}/content") as response:
                with (folder / f"{number}.mp4").open("wb") as file:
                    async for chunk in response.content.iter_any():
                        file.write(chunk)

        yield
        await asyncio.gather(*(make(number) for number in range(JOBS)))
        yield


def _judge(folder: Path) -> float:
    """CPU seconds for a film as the vendor has it."""
    from core.media.adopt import adopt
    from tests.vendors.films import film

    video = folder / "clip.mp4"
    video.write_bytes(film(832, 480, 2))
    adopt(video, folder / "poster.jpg", width=832, height=480, seconds=2)
    began = time.process_time()
    for _ in range(JUDGED):
        adopt(video, folder / "poster.jpg", width=832, height=480, seconds=2)
    return (time.process_time() - began) / JUDGED


async def _engine(folder: Path, url: str, *, books: bool) -> Any:
    from core.engines.hosted.asking import Pace
    from core.media import adopt as judge
    from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
    from tests.vendors.openai_videos import OpenAiVideosServer

    # To make a film here would take more memory than all that is measured.
    judge.adopt = cast("Any", lambda *_, **__: SimpleNamespace(width=832, height=480, seconds=2.0))
    server = OpenAiVideosServer()
    server.url = url
    catalogue = catalogue_of(server)
    engine = engine_of(server, catalogue, at_once=JOBS, pace=Pace(EVERY, EVERY))
    spec = spec_of(catalogue, "openai-videos", folder, prompt="a red fox")
    book = _book(folder) if books else None

    folders = [folder / str(number) for number in range(JOBS)]
    for each in folders:
        each.mkdir()
    runs = [book(each) if book else PaidRun(each) for each in folders]
    yield
    await asyncio.gather(*(engine.generate(spec, one) for one in runs))
    yield
    await engine.close()


def _book(folder: Path) -> Any:
    """Runs whose tokens and costs go into a database, as a worker's do."""
    from core.costs import NO_BUDGET, Purse
    from core.metrics import Metrics
    from core.run import JobRun
    from piying.wiring import open_store
    from storage.clips import FolderClipStore
    from tests.fakes import FakeModerator, make_job

    chosen = settings(folder / "data")
    store, clips = open_store(chosen), FolderClipStore(folder / "clips")
    purse = Purse(NO_BUDGET, Metrics())

    def begin(each: Path) -> JobRun:
        with store.begin() as tx:
            account = tx.ledger.account_for("bench", each.name, now=0.0, timezone="UTC", welcome=0)
            tx.jobs.add(make_job(id=each.name, account=account.id))
        return JobRun(store, clips, FakeModerator(), each.name, each, None, purse)

    return begin


async def _deliver(folder: Path, url: str) -> list[float]:
    """Seconds from the vendor's end of each clip to its delivery."""
    chosen = settings(folder)
    told = {"openai_videos": {"base_url": url, "key": _KEY, "model": "wan", "at_once": DELIVERED}}
    engines = type(chosen.engines).model_validate(told | {"poll_first": EVERY, "poll_longest": EVERY})
    notebook = Notebook()
    process = make_process(chosen.model_copy(update={"engines": engines}), notebook, renders=True)
    await process.start()
    began = time.time() - time.monotonic()
    ids = []
    for number in range(DELIVERED):
        _, receipt = await submit(process, number, PROMPTS[number % len(PROMPTS)])
        ids.append(receipt.job.id)
        await asyncio.sleep(0.37)
    await notebook.wait_ended(ids, 300)
    async with aiohttp.ClientSession() as session, session.get(f"{url}/done") as response:
        done = await response.json()
    with process.store.look() as tx:
        tasks = {cost.job: cost.task for cost in tx.costs.listed(limit=DELIVERED)}
    return [began + notebook.delivered[job_id] - done[tasks[job_id]] for job_id in ids]


if __name__ == "__main__":
    play(measure(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
