"""One child with several clips in hand: each has its own answers, and a cancel touches no other."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.engines.process import ProcessEngine
from core.errors import PiyingError
from tests.unit.core.test_process_engine import ENVIRONMENT, FakeRun, check, child_of, gone_within, is_running, make

CHILD = [sys.executable, "-m", "tests.unit.core.process_many_child"]


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[ProcessEngine]:
    environment = ENVIRONMENT | {"READY": str(tmp_path / "ready")}
    engine = ProcessEngine(CHILD, check, environment, at_once=3, grace=1.0, keeps_child=True)
    yield engine
    await engine.close()


def run_in(folder: Path, name: str) -> FakeRun:
    (folder / name).mkdir()
    return FakeRun(folder / name)


async def test_clips_at_once_share_a_child_and_a_fourth_gets_another(engine: ProcessEngine, tmp_path: Path) -> None:
    runs = [run_in(tmp_path, name) for name in "abcd"]
    clips = await asyncio.gather(*(make(engine, run, "slow") for run in runs))
    pids = [child_of(clip) for clip in clips]
    assert sorted(pids.count(pid) for pid in set(pids)) == [1, 3]
    assert [clip.path.parent for clip in clips] == [run.folder for run in runs]
    assert all(len(run.reports) == 1 for run in runs)


async def test_a_cancelled_clip_is_let_go_and_its_neighbour_is_not_disturbed(
    engine: ProcessEngine, tmp_path: Path
) -> None:
    runs = [run_in(tmp_path, name) for name in "ab"]
    waits = asyncio.create_task(make(engine, runs[0], "wait"))
    slow = asyncio.create_task(make(engine, runs[1], "slow"))
    await runs[0].reported.wait()
    begun = time.monotonic()
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    assert time.monotonic() - begun < 0.5
    pid = child_of(await slow)
    assert child_of(await make(engine, run_in(tmp_path, "c"))) == pid


async def test_a_child_that_does_not_let_go_is_killed_and_its_other_clip_begun_anew(
    engine: ProcessEngine, tmp_path: Path
) -> None:
    log, runs = tmp_path / "log", [run_in(tmp_path, name) for name in "ab"]
    deaf = asyncio.create_task(make(engine, runs[0], f"deaf {log}"))
    waits = asyncio.create_task(make(engine, runs[1], f"wait {log}"))
    await asyncio.gather(*(run.reported.wait() for run in runs))
    deaf.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deaf
    while log.read_text().count("wait") < 2:
        await asyncio.sleep(0.02)
    first, second = [line.split()[1] for line in log.read_text().splitlines() if line.startswith("wait")]
    assert not is_running(int(first))
    assert is_running(int(second))
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits


async def test_a_second_cancel_does_not_leave_the_child_with_a_job_nobody_waits_for(
    engine: ProcessEngine, tmp_path: Path
) -> None:
    log, run = tmp_path / "log", run_in(tmp_path, "a")
    deaf = asyncio.create_task(make(engine, run, f"deaf {log}"))
    await run.reported.wait()
    pid = int(log.read_text().split()[1])
    deaf.cancel()
    await asyncio.sleep(0.1)
    deaf.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deaf
    assert await gone_within(pid, 2)


async def test_a_line_beyond_the_limit_ends_the_child(engine: ProcessEngine, tmp_path: Path) -> None:
    with pytest.raises(PiyingError) as failed:
        await make(engine, run_in(tmp_path, "a"), "shout")
    assert failed.value.code == "engine-died"
    await make(engine, run_in(tmp_path, "b"))


async def test_a_child_that_dies_takes_all_its_clips_along(engine: ProcessEngine, tmp_path: Path) -> None:
    runs = [run_in(tmp_path, name) for name in "ab"]
    log = tmp_path / "log"
    tasks = [asyncio.create_task(make(engine, run, f"wait {log}")) for run in runs]
    await asyncio.gather(*(run.reported.wait() for run in runs))
    os.kill(int(log.read_text().split()[1]), 9)
    for task in tasks:
        with pytest.raises(PiyingError) as failed:
            await task
        assert failed.value.code == "engine-died"
    await make(engine, run_in(tmp_path, "c"))


async def test_opened_it_gets_ready_before_its_first_clip(engine: ProcessEngine, tmp_path: Path) -> None:
    await engine.open()
    while not (tmp_path / "ready").exists():
        await asyncio.sleep(0.02)
    pid = int((tmp_path / "ready").read_text())
    assert child_of(await make(engine, run_in(tmp_path, "a"))) == pid
    await engine.close()
    assert await gone_within(pid, 2)


async def test_one_that_is_not_kept_is_not_started_ahead(tmp_path: Path) -> None:
    engine = ProcessEngine(CHILD, check, ENVIRONMENT | {"READY": str(tmp_path / "ready")})
    await engine.open()
    await asyncio.sleep(0.3)
    assert not (tmp_path / "ready").exists()


async def test_one_that_cannot_get_ready_ends_instead_of_hearing_nothing(tmp_path: Path) -> None:
    environment = ENVIRONMENT | {"READY": str(tmp_path / "no such folder" / "ready")}
    engine = ProcessEngine(CHILD, check, environment, at_once=3, grace=1.0, keeps_child=True)
    await engine.open()
    with pytest.raises(PiyingError, match="engine-died"):
        await asyncio.wait_for(make(engine, run_in(tmp_path, "a")), 20)
    await engine.close()
