"""The GPU's process as the worker sees it, on tiny models: killed in any stage, cancelled at any time, for hours."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import psutil
import pytest

from core.catalogue.catalogue import Catalogue
from core.costs import Cost
from core.engines.local.check import make_check
from core.engines.process import ProcessEngine
from core.errors import EngineUnavailable, PiyingError
from core.types import Clip, GenerationSpec, Note, Progress
from tests.tiny.house import House, add_pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STAGES = ["loading", "understanding", "generating", "decoding", "encoding"]
_numbers = itertools.count()


class Run:
    """``core.ports.Run`` in a folder of its own; ``told`` hears each report."""

    def __init__(self, folder: Path, spec: GenerationSpec) -> None:
        self.folder = folder / f"run-{next(_numbers)}"
        self.folder.mkdir()
        add_pictures(spec, self.folder)
        self.resume_token: str | None = None
        self.reports: list[Progress] = []
        self.told: Callable[[Progress], None] = lambda _progress: None

    def report(self, progress: Progress) -> None:
        self.reports.append(progress)
        self.told(progress)

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        raise AssertionError

    async def is_cancelled(self) -> bool:
        raise AssertionError


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"), ("wan", "i2v"), ("ltx", "0.9"), ("cogvideox", "2b"))


@pytest.fixture(scope="module")
def clean() -> dict[str, str]:
    """The digest of each recipe's frames, as the first clip of a process."""
    return {}


@pytest.fixture
async def engine(house: House) -> AsyncIterator[ProcessEngine]:
    engine = open_engine(house)
    yield engine
    await engine.close()


def open_engine(house: House, environment: Mapping[str, str] | None = None, **changes: object) -> ProcessEngine:
    command = [sys.executable, "-m", "core.engines.local", house.config(**changes).model_dump_json()]
    return ProcessEngine(command, make_check(house.catalogue), environment, at_once=3, grace=10.0, keeps_child=True)


def child(engine: ProcessEngine) -> psutil.Process:
    return psutil.Process(engine._children[0]._process.pid)


async def make(engine: ProcessEngine, spec: GenerationSpec, folder: Path) -> Clip:
    return await engine.generate(spec, Run(folder, spec))


@pytest.mark.parametrize("stage", STAGES)
async def test_killed_in_any_stage_it_is_told_and_the_next_attempt_makes_the_same(
    engine: ProcessEngine, house: House, tmp_path: Path, stage: str
) -> None:
    spec = house.spec("wan-t2v", "standard")
    run = Run(tmp_path, spec)

    def kill(progress: Progress) -> None:
        if progress.stage == stage:
            child(engine).kill()

    run.told = kill
    with pytest.raises(PiyingError) as failed:
        await engine.generate(spec, run)
    assert failed.value.code == "engine-died"
    assert run.reports[-1].stage in STAGES[STAGES.index(stage) :]
    first, second = [await make(engine, spec, tmp_path) for _ in range(2)]
    assert first.recipe["frames"] == second.recipe["frames"]


@pytest.mark.parametrize("stage", STAGES)
async def test_cancelled_in_any_stage_the_process_lives_and_the_next_clip_is_as_after_a_clean_start(
    engine: ProcessEngine, house: House, clean: dict[str, str], tmp_path: Path, stage: str
) -> None:
    spec = house.spec("wan-t2v", "standard")
    run = Run(tmp_path, spec)
    reached = asyncio.Event()
    run.told = lambda progress: reached.set() if progress.stage == stage else None
    making = asyncio.create_task(engine.generate(spec, run))
    await reached.wait()
    pid = child(engine).pid
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    following = await make(engine, spec, tmp_path)
    assert child(engine).pid == pid
    if spec.recipe not in clean:
        fresh = open_engine(house)
        clean[spec.recipe] = str((await make(fresh, spec, tmp_path)).recipe["frames"])
        await fresh.close()
    assert following.recipe["frames"] == clean[spec.recipe]


async def test_without_the_gpu_it_was_told_to_use_it_says_so(house: House, tmp_path: Path) -> None:
    engine = open_engine(house, device="cuda:7")
    try:
        with pytest.raises(EngineUnavailable):
            await make(engine, house.spec("wan-t2v"), tmp_path)
    finally:
        await engine.close()


async def test_an_attention_that_there_is_not_is_told_at_the_start(
    house: House, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(house, attention="fastest", log_format="json")
    try:
        with pytest.raises(EngineUnavailable):
            await make(engine, house.spec("wan-t2v"), tmp_path)
    finally:
        await engine.close()
    assert "_native_cudnn" in capfd.readouterr().err


async def test_a_rehearsal_comes_before_the_first_job(house: House, tmp_path: Path) -> None:
    engine = open_engine(house, warm_up=True)
    try:
        await engine.open()
        spec = house.spec("wan-t2v")
        run = Run(tmp_path, spec)
        await engine.generate(spec, run)
        # The model was loaded, and its pace known, by then.
        generating = [report for report in run.reports if report.stage == "generating"]
        assert generating[0].seconds_left is not None
    finally:
        await engine.close()


async def test_a_long_prompt_is_told_to_be_cut(house: House) -> None:
    spec = house.spec("wan-t2v", prompt="猫 " * 90)
    card = house.catalogue.card(spec.model)
    check = make_check(house.catalogue)
    assert card.max_prompt_tokens is None
    assert check(spec) == ()
    limited = house.models["wan-t2v"].model_copy(update={"card": card.model_copy(update={"max_prompt_tokens": 80})})
    assert make_check(Catalogue((limited,)))(spec) == (Note("prompt-cut", {"tokens": 80}),)


async def test_two_hundred_mixed_jobs_leave_the_process_as_it_was(house: House, tmp_path: Path) -> None:
    # One arena for all threads, and what is large mapped by itself: how full the allocator's heaps are is chance.
    engine = open_engine(house, {**os.environ, "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536"})
    try:
        before, after = await tire(engine, house, tmp_path)
    finally:
        await engine.close()
    # Clips here are of kilobytes: what a job left behind would be its pipeline, embeddings and tensors.
    assert after - before < 24 << 20, f"{before >> 20} -> {after >> 20} MiB"


async def tire(engine: ProcessEngine, house: House, tmp_path: Path) -> tuple[int, int]:
    """Two hundred jobs; bytes taken at rest after the first and the second hundred."""
    chance = random.Random(0)
    specs = [house.spec(name, grade) for name in house.models for grade in ("draft", "standard")]
    known = {spec.recipe: str((await make(engine, spec, tmp_path)).recipe["frames"]) for spec in specs}
    cancelled = 0

    async def one(number: int) -> None:
        nonlocal cancelled
        spec = chance.choice(specs)
        making = asyncio.create_task(make(engine, spec, tmp_path))
        if number % 7 == 3:
            await asyncio.sleep(chance.random() / 10)
            making.cancel()
        try:
            assert (await making).recipe["frames"] == known[spec.recipe]
        except asyncio.CancelledError:
            cancelled += 1

    async def rest() -> int:
        """What is taken while little is in hand."""
        sizes = []
        for spec in specs:
            await make(engine, spec, tmp_path)
            sizes.append(child(engine).memory_info().rss)
        return min(sizes)

    pid = child(engine).pid
    resting = []
    for hundred in range(2):
        for first in range(0, 100, 5):
            await asyncio.gather(*(one(100 * hundred + first + number) for number in range(5)))
        resting.append(await rest())
    assert child(engine).pid == pid
    assert cancelled > 10
    print("at rest, MiB:", [size >> 20 for size in resting])
    return resting[0], resting[1]


async def test_the_process_goes_with_its_worker(house: House, tmp_path: Path) -> None:
    engine = open_engine(house)
    await make(engine, house.spec("wan-t2v"), tmp_path)
    process = child(engine)
    packers = process.children(recursive=True)
    assert packers
    assert engine._children[0]._process.stdin is not None
    engine._children[0]._process.stdin.close()
    # In a thread: the loop of this one is what closes the pipe.
    gone, alive = await asyncio.to_thread(psutil.wait_procs, [process, *packers], timeout=5)
    assert alive == []
    assert len(gone) == 1 + len(packers)
    await engine.close()
