"""Core's Engine port, held by the fake, and by the scene and film engines and open models in their child processes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.costs import Cost
from core.engines.film import check as film
from core.engines.local.check import make_check
from core.engines.process import ProcessEngine
from core.engines.scene import check as scene
from core.engines.scene.drawing.film import frames
from core.engines.scene.parser import parse
from core.errors import EngineRefused
from core.ports import Engine
from core.types import GenerationSpec, Progress
from tests.fakes import SPEC, FakeEngine
from tests.unit.film.clips import BLUE, RED, film_of, write_clip

if TYPE_CHECKING:
    from tests.tiny.house import House

SMALL = replace(SPEC, prompt="two cats in the snow", width=480, height=480, num_frames=12)

FILM = film_of("a.mp4", "b.mp4", frames=36, fade=0.5)

Desk = tuple[Engine, GenerationSpec]
"""An engine, and what to order from it."""


class Recorder:
    """``core.ports.Run`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.resume_token: str | None = None
        self.reports: list[Progress] = []

    def report(self, progress: Progress) -> None:
        self.reports.append(progress)

    async def save(self, resume_token: str, cost: Cost | None = None) -> None:
        raise AssertionError

    async def is_cancelled(self) -> bool:
        raise AssertionError


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One open model, so small that it is made here."""
    from tests.tiny.house import House

    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"))


@pytest.fixture(params=["fake", "scene", "film", pytest.param("local", marks=pytest.mark.slow)])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    engine: Engine = FakeEngine()
    spec = SMALL
    if request.param == "scene":
        engine = ProcessEngine([sys.executable, "-m", "core.engines.scene"], scene.check)
    if request.param == "film":
        engine, spec = ProcessEngine([sys.executable, "-m", "core.engines.film"], film.check), FILM
    if request.param == "local":
        house: House = request.getfixturevalue("house")
        command = [sys.executable, "-m", "core.engines.local", house.config().model_dump_json()]
        engine = ProcessEngine(command, make_check(house.catalogue), at_once=3, grace=5.0, keeps_child=True)
        spec = house.spec("wan-t2v")
    yield engine, spec
    await engine.close()


def recorder(folder: Path, name: str) -> Recorder:
    """With the clips that a film is made of, as the worker lays them."""
    (folder / name).mkdir()
    for clip, colour in (("a.mp4", RED), ("b.mp4", BLUE)):
        write_clip(folder / name / clip, colour, tone=440)
    return Recorder(folder / name)


def test_a_possible_spec_passes_the_check(desk: Desk) -> None:
    engine, spec = desk
    assert engine.check(spec) == ()


async def test_a_clip_comes_in_two_files_as_ordered(desk: Desk, tmp_path: Path) -> None:
    engine, spec = desk
    run = recorder(tmp_path, "run")
    clip = await engine.generate(spec, run)
    assert (clip.width, clip.height, clip.seconds) == (spec.width, spec.height, spec.seconds)
    assert clip.size_bytes == clip.path.stat().st_size > 0
    assert {clip.path.parent, clip.poster.parent} == {run.folder}
    assert clip.poster.stat().st_size > 0
    assert run.reports
    fractions = [report.fraction for report in run.reports]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction <= 1 for fraction in fractions)


async def test_it_makes_one_clip_after_another(desk: Desk, tmp_path: Path) -> None:
    engine, spec = desk
    clips = [await engine.generate(spec, recorder(tmp_path, name)) for name in ("one", "two")]
    assert clips[0].size_bytes == clips[1].size_bytes
    assert clips[0].recipe.get("frames") == clips[1].recipe.get("frames")


async def test_it_may_be_opened_ahead(desk: Desk, tmp_path: Path) -> None:
    engine, spec = desk
    await engine.open()
    assert (await engine.generate(spec, recorder(tmp_path, "run"))).size_bytes > 0


async def test_closing_it_twice_is_no_fault_and_it_can_be_used_again(desk: Desk, tmp_path: Path) -> None:
    engine, spec = desk
    await engine.close()
    await engine.close()
    clip = await engine.generate(spec, recorder(tmp_path, "run"))
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
