import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.costs import Cost
from core.engines import process
from core.engines.process import ProcessEngine
from core.errors import EngineBusy, EngineError, PiyingError, Unsupported
from core.types import Clip, GenerationSpec, Note, Progress
from tests.fakes import SPEC

ROOT = Path(__file__).parents[3]
CHILD = [sys.executable, "-m", "tests.unit.core.process_child"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


class FakeRun:
    def __init__(self, folder: Path, resume_token: str | None = None) -> None:
        self.folder, self.resume_token = folder, resume_token
        self.reports: list[Progress] = []
        self.reported = asyncio.Event()

    def report(self, progress: Progress) -> None:
        self.reports.append(progress)
        self.reported.set()

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        self.resume_token = resume_token

    async def is_cancelled(self) -> bool:
        raise AssertionError


def check(spec: GenerationSpec) -> tuple[Note, ...]:
    if spec.prompt == "nothing":
        raise Unsupported("nothing-to-draw")
    return (Note("seen"),)


@pytest.fixture
async def engine() -> AsyncIterator[ProcessEngine]:
    engine = ProcessEngine(CHILD, check, ENVIRONMENT)
    yield engine
    await engine.close()


@pytest.fixture
def run(tmp_path: Path) -> FakeRun:
    return FakeRun(tmp_path)


async def make(engine: ProcessEngine, run: FakeRun, prompt: str = "film") -> Clip:
    return await engine.generate(replace(SPEC, prompt=prompt), run)


def child_of(clip: Clip) -> int:
    return int(clip.path.read_text())


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True


def children() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "tests.unit.core.process_child" in child.cmdline()
    ]  # fmt: skip


async def test_a_clip_and_its_progress_come_back(engine: ProcessEngine, run: FakeRun) -> None:
    clip = await make(engine, run)
    assert clip == Clip(
        run.folder / "clip.mp4", run.folder / "poster.jpg", 854, 480, 4.0, 5, {"seed": 1, "词": "猫"}
    )  # fmt: skip
    assert run.reports == [Progress("drawing", frame / 2, 2.0 - frame) for frame in range(3)]


async def test_the_check_is_made_here(engine: ProcessEngine) -> None:
    assert engine.check(SPEC) == (Note("seen"),)
    with pytest.raises(Unsupported):
        engine.check(replace(SPEC, prompt="nothing"))
    assert children() == []


async def test_a_child_is_kept_for_the_next_clip(engine: ProcessEngine, run: FakeRun) -> None:
    pids = {child_of(await make(engine, run)) for _ in range(3)}
    assert len(pids) == 1


async def test_two_at_once_have_a_child_each(engine: ProcessEngine, tmp_path: Path) -> None:
    runs = [FakeRun(tmp_path / name) for name in "ab"]
    for run in runs:
        run.folder.mkdir()
    clips = await asyncio.gather(*(make(engine, run) for run in runs))
    assert len({child_of(clip) for clip in clips}) == 2
    assert len(children()) == 2


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("refuse", "engine-refused"),
        ("invalid", "clip-invalid"),
        ("bug", "engine-fault"),
        ("full", "storage-full"),
        ("quota", "storage-full"),
        ("broken disk", "engine-fault"),
    ],
)
async def test_errors_cross_over_and_the_child_lives_on(
    engine: ProcessEngine, run: FakeRun, prompt: str, code: str
) -> None:
    before = child_of(await make(engine, run))
    with pytest.raises(EngineError) as failed:
        await make(engine, run, prompt)
    assert failed.value.code == code
    assert child_of(await make(engine, run)) == before


async def test_details_cross_over(engine: ProcessEngine, run: FakeRun) -> None:
    with pytest.raises(EngineBusy) as busy:
        await make(engine, run, "busy")
    assert busy.value.details == {"retry_after": 7}


@pytest.mark.parametrize("prompt", ["die", "exit"])
async def test_a_child_that_dies_is_told_as_such_and_the_next_clip_is_made(
    engine: ProcessEngine, run: FakeRun, prompt: str
) -> None:
    with pytest.raises(PiyingError) as failed:
        await make(engine, run, prompt)
    assert failed.value.code == "engine-died"
    assert children() == []
    await make(engine, run)


async def test_a_kept_child_that_died_meanwhile_costs_nothing(engine: ProcessEngine, run: FakeRun) -> None:
    pid = child_of(await make(engine, run))
    os.kill(pid, signal.SIGKILL)
    assert await gone_within(pid, 2)
    await asyncio.sleep(0.1)
    assert child_of(await make(engine, run)) != pid


async def test_a_cancelled_render_kills_its_child_at_once(engine: ProcessEngine, run: FakeRun) -> None:
    render = asyncio.create_task(make(engine, run, "hang"))
    await run.reported.wait()
    pid = children()[0].pid
    begun = time.monotonic()
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await render
    assert time.monotonic() - begun < 0.5
    assert not is_running(pid)
    assert child_of(await make(engine, run)) != pid


async def test_what_libraries_print_is_no_answer(engine: ProcessEngine, run: FakeRun) -> None:
    clip = await make(engine, run, "print")
    assert clip.recipe["seed"] == 1
    assert len(run.reports) == 3


async def test_an_idle_child_is_let_go(run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_IDLE_SECONDS", 0.1)
    engine = ProcessEngine(CHILD, check, ENVIRONMENT)
    pid = child_of(await make(engine, run))
    assert is_running(pid)
    assert await gone_within(pid, 2)
    assert child_of(await make(engine, run)) != pid
    await engine.close()


async def test_closing_leaves_no_child(run: FakeRun) -> None:
    engine = ProcessEngine(CHILD, check, ENVIRONMENT)
    pid = child_of(await make(engine, run))
    await engine.close()
    assert not is_running(pid)


async def test_a_command_that_is_not_there_is_an_os_error(run: FakeRun) -> None:
    with pytest.raises(FileNotFoundError):
        await make(ProcessEngine(["/no/such/program"], check), run)


PARENT = """
import asyncio, sys
from pathlib import Path
from core.engines.process import ProcessEngine
from dataclasses import replace
from tests.fakes import SPEC
from tests.unit.core.test_process_engine import CHILD, FakeRun, check, children

async def main():
    engine, run = ProcessEngine(CHILD, check), FakeRun(Path(sys.argv[1]))
    render = asyncio.create_task(engine.generate(replace(SPEC, prompt="hang"), run))
    await run.reported.wait()
    print(children()[0].pid, flush=True)
    await render

asyncio.run(main())
"""


async def test_a_child_goes_with_a_killed_parent(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
        parent.wait()
    assert await gone_within(child, 2)
