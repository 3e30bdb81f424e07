"""Core's Engine port, held by the fake and by the scene engine in its child process."""

import hashlib
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.engines.process import ProcessEngine
from core.engines.scene import check as scene
from core.engines.scene.drawing.film import frames
from core.engines.scene.parser import parse
from core.errors import EngineRefused
from core.ports import Engine
from core.types import Progress
from tests.fakes import SPEC, FakeEngine

SMALL = replace(SPEC, prompt="two cats in the snow", width=480, height=480, num_frames=12)


class Recorder:
    """``core.ports.Run`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.resume_token: str | None = None
        self.reports: list[Progress] = []

    def report(self, progress: Progress) -> None:
        self.reports.append(progress)

    async def save(self, resume_token: str) -> None:
        raise AssertionError


@pytest.fixture(params=["fake", "scene"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    engine: Engine = FakeEngine()
    if request.param == "scene":
        engine = ProcessEngine([sys.executable, "-m", "core.engines.scene"], scene.check)
    yield engine
    await engine.close()


def test_a_drawable_prompt_passes_the_check(engine: Engine) -> None:
    assert engine.check(SMALL) == ()


async def test_a_clip_comes_in_two_files_as_ordered(engine: Engine, tmp_path: Path) -> None:
    run = Recorder(tmp_path)
    clip = await engine.generate(SMALL, run)
    assert (clip.width, clip.height, clip.seconds) == (480, 480, 0.5)
    assert clip.size_bytes == clip.path.stat().st_size > 0
    assert {clip.path.parent, clip.poster.parent} == {tmp_path}
    assert clip.poster.stat().st_size > 0
    assert run.reports
    fractions = [report.fraction for report in run.reports]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction <= 1 for fraction in fractions)


async def test_it_makes_one_clip_after_another(engine: Engine, tmp_path: Path) -> None:
    sizes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sizes.append((await engine.generate(SMALL, Recorder(tmp_path / name))).size_bytes)
    assert sizes[0] == sizes[1]


async def test_closing_it_twice_is_no_fault_and_it_can_be_used_again(engine: Engine, tmp_path: Path) -> None:
    await engine.close()
    await engine.close()
    clip = await engine.generate(SMALL, Recorder(tmp_path))
    assert clip.path.stat().st_size > 0


async def test_the_fake_fails_as_told(tmp_path: Path) -> None:
    with pytest.raises(EngineRefused):
        await FakeEngine(EngineRefused()).generate(SPEC, Recorder(tmp_path))


async def test_the_scene_engine_records_what_frames_it_drew(tmp_path: Path) -> None:
    film = frames(parse(SMALL.prompt), width=480, height=480, num_frames=12, fps=SMALL.fps, seed=SMALL.seed)
    drawn = hashlib.sha256(b"".join(frame.tobytes() for frame in film)).hexdigest()
    engine = ProcessEngine([sys.executable, "-m", "core.engines.scene"], scene.check)
    found = []
    for spec in (SMALL, SMALL, replace(SMALL, seed=2)):
        clip = await engine.generate(spec, Recorder(tmp_path))
        assert clip.recipe["seed"] == spec.seed
        found.append(clip.recipe["frames"])
    await engine.close()
    assert found[:2] == [drawn, drawn]
    assert found[2] != drawn
