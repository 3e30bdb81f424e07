"""What is rehearsed, in which order, and that nothing about it stands in the way of jobs."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import enable, load_models
from core.engines.local.rehearsal import other_shapes, own_shapes, rehearse
from core.types import Options
from tests.tiny.house import Errand, House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"), ("wan", "i2v"))


def catalogue() -> Catalogue:
    return enable(load_models(), ["wan2.1-14b"])


def test_each_recipe_of_an_open_model_comes_first_as_it_is() -> None:
    keys = ["wan2.1-14b-draft", "wan2.1-14b-standard", "wan2.1-14b-hd"]
    assert list(own_shapes(catalogue())) == [Options(recipe=key) for key in keys]


def test_then_every_other_shape_once() -> None:
    known = catalogue()
    own = {spec_of(known, options) for options in own_shapes(known)}
    others = [spec_of(known, options) for options in other_shapes(known)]
    card = known.card("wan2.1-14b")
    every = {
        (*card.size(resolution, ratio), frames)
        for resolution in card.resolutions
        for ratio in card.ratios
        for frames in card.num_frames
    }
    assert len(others) == len(set(others))
    assert own.isdisjoint(others)
    assert own | set(others) == every


def spec_of(known: Catalogue, options: Options) -> tuple[int, int, int]:
    spec = known.complete(options, "", 0)
    return spec.width, spec.height, spec.num_frames


def test_all_are_rehearsed_one_after_another_and_a_job_goes_in_between(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(warm_up=True)
    begun: list[str] = []
    all_begun = threading.Event()
    begin = type(studio).begin

    def counted(self: object, work: object) -> None:
        begun.append(work.shot.spec.recipe)  # type: ignore[attr-defined]
        if len(begun) == 5:
            all_begun.set()
        begin(self, work)  # type: ignore[arg-type]

    monkeypatch.setattr(type(studio), "begin", counted)
    rehearse(studio)
    errand = Errand(house.spec("wan-t2v", "standard"), tmp_path / "run")
    studio.take(errand)
    assert len(begun) <= 3
    assert errand.wait().recipe["num_inference_steps"] == 4
    assert all_begun.wait(60)
    keys = [f"tiny-wan-{kind}-{grade}" for kind in ("t2v", "i2v") for grade in ("draft", "standard")]
    assert sorted(begun) == sorted([*keys, "tiny-wan-t2v-standard"])
    studio.close()


def test_without_the_wish_nothing_is_rehearsed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = house.open(warm_up=False)
    begun: list[object] = []
    monkeypatch.setattr(type(studio), "begin", lambda _self, work: begun.append(work))
    rehearse(studio)
    studio.close()
    assert begun == []
