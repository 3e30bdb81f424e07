"""Convolutions with their channels last: which modules have them, that moves leave them so, and what they make.

No GPU is needed to see where weights lie; what is made of them is compared on the processor.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from core.catalogue.local import FAMILIES
from core.engines.local.acceleration import narrow_weights, put_channels_last, stream_weights
from core.engines.local.device import Cpu
from core.engines.local.families import family
from core.engines.local.model import LocalModel
from core.engines.local.record import Record, record_of
from core.engines.local.residency import Part, Residency
from tests.tiny.house import Errand, House
from tests.tiny.stages import Studio
from tests.unit.local.conftest import OpenStudio

slow = pytest.mark.slow
# Diffusers' Euler scheduler gives NumPy a tensor to make an array of, and torch's way of it is older than NumPy 2's.
of_animatediff = pytest.param(
    "animatediff",
    "lightning",
    marks=[
        slow,
        pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    ],
)
MODELS = [("wan", "t2v"), of_animatediff]
CPU = torch.device("cpu")
_numbers = itertools.count()


@dataclass
class Gpu(Cpu):
    """Like one, until something is moved to it."""

    place: torch.device = field(default_factory=lambda: torch.device("cuda:0"))
    dtype: torch.dtype = torch.bfloat16


class Copies(TorchFunctionMode):  # type: ignore[misc]  # it is not typed
    """To move is to copy, as to a GPU and back, also where all stays on the processor."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        more = {"copy": True} if func is torch.Tensor.to else {}
        return func(*args, **{**(kwargs or {}), **more})


def layouts(module: torch.nn.Module) -> set[str]:
    """How the weights of its convolutions lie; those of one pixel or one channel lie in both ways at once."""
    found = set()
    for layer in module.modules():
        if not isinstance(layer, torch.nn.Conv2d | torch.nn.Conv3d) or 1 in {
            layer.weight.shape[1],
            layer.weight[0, 0].numel(),
        }:
            continue
        last = torch.channels_last if isinstance(layer, torch.nn.Conv2d) else torch.channels_last_3d
        is_last = layer.weight.is_contiguous(memory_format=last) and not layer.weight.is_contiguous()
        found.add("last" if is_last else "first")
    return found


def put_last(studio: Studio, name: str) -> None:
    for part in family(name).channels_last:
        put_channels_last(studio.things[part])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"))


def loaded(
    house: House, folder: Path, *, vae_dtype: str = "bfloat16", **changes: Any
) -> tuple[Mapping[str, Part], Record]:
    """The parts of the model as loaded for a GPU, and what a clip's record says of it."""
    settings: dict[str, Any] = {"attention": "native", "compile": False}
    opened = house.open(Gpu(), **settings | changes)
    work = opened.prepare(Errand(house.spec("wan-t2v"), folder / f"run-{next(_numbers)}"))
    recipe = work.shot.recipe.model_copy(update={"vae_dtype": vae_dtype})
    work.shot = replace(work.shot, recipe=recipe)
    parts = work.model.load(recipe)
    return parts, record_of(work.shot, work.model, folder)


def test_on_a_gpu_in_sixteen_bits_the_modules_that_a_family_names_are_so(house: House, tmp_path: Path) -> None:
    parts, record = loaded(house, tmp_path)
    assert layouts(parts["vae"].thing) == {"last"}
    assert layouts(parts["transformer"].thing) == {"first"}
    assert record["channels_last"] == "vae"


@pytest.mark.parametrize("changes", [{"channels_last": False}, {"vae_dtype": "float32"}])
def test_the_operator_and_the_precision_decide(house: House, tmp_path: Path, changes: dict[str, Any]) -> None:
    parts, record = loaded(house, tmp_path, **changes)
    assert layouts(parts["vae"].thing) == {"first"}
    assert "channels_last" not in record


def test_on_a_processor_all_is_as_the_plain_pipeline_has_it(house: House, tmp_path: Path) -> None:
    opened = house.open()
    work = opened.prepare(Errand(house.spec("wan-t2v"), tmp_path / "run"))
    opened.read(work)
    assert layouts(work.parts["vae"].thing) == {"first"}
    assert "channels_last" not in record_of(work.shot, work.model, tmp_path)
    opened.close()


def test_every_family_says_so_and_names_what_it_has() -> None:
    for name in FAMILIES:
        stages = family(name)
        assert set(stages.channels_last) <= {*stages.denoiser, *stages.decoder}


def test_moves_leave_the_layout(studio: OpenStudio) -> None:
    vae = copy.deepcopy(studio("wan", "t2v").things["vae"])
    put_channels_last(vae)
    residency = Residency(Cpu())
    part = residency.part("vae", lambda: vae)
    for _ in range(2):
        with Copies(), residency.on_device([part], "decode"):
            assert layouts(vae) == {"last"}
            # Asked for again while it lies on the device, nothing is copied.
            before = [weight.data_ptr() for weight in vae.parameters()]
            put_channels_last(vae)
            assert [weight.data_ptr() for weight in vae.parameters()] == before
        with Copies():
            residency.clear()
        assert not part.is_resident
        assert layouts(vae) == {"last"}


@pytest.mark.parametrize("how", ["streamed", "narrow"])
def test_other_ways_to_save_memory_leave_the_layout(studio: OpenStudio, how: str) -> None:
    vae = copy.deepcopy(studio("wan", "t2v").things["vae"])
    put_channels_last(vae)
    if how == "streamed":
        stream_weights(vae, Cpu(), by_block=False)
    else:
        narrow_weights(vae, torch.float32)
    with torch.no_grad():
        vae.decode(torch.zeros(1, 16, 2, 2, 2))
    assert layouts(vae) == {"last"}


@pytest.mark.parametrize(("name", "kind"), MODELS)
@pytest.mark.parametrize(("dtype", "most", "mean"), [(torch.float32, 1, 0.001), (torch.bfloat16, 4, 0.5)])
def test_the_frames_are_the_same_but_for_rounding(
    studio: OpenStudio, name: str, kind: str, dtype: torch.dtype, most: int, mean: float
) -> None:
    first, last = (replace(studio(name, kind), dtype=dtype) for _ in range(2))
    put_last(last, name)
    wanted, found = (each.make(each.shot())[0].astype(int) for each in (first, last))
    assert wanted.std() > 1
    assert np.abs(wanted - found).max() <= most
    assert np.abs(wanted - found).mean() <= mean
    assert np.array_equal(last.make(last.shot())[0], found)


@contextmanager
def everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a GPU, on this processor too."""
    with monkeypatch.context() as patched:
        patched.setattr(LocalModel, "channels_last", lambda self, _recipe: self.family.channels_last)
        yield


def test_a_clip_so_made_says_so_and_keeps_its_bits(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    with everywhere(monkeypatch):
        for number in range(2):
            opened = house.open()
            errand = Errand(house.spec("wan-t2v"), tmp_path / f"run-{number}")
            opened.take(errand)
            made.append(errand.wait().recipe)
            opened.close()
    assert [record["channels_last"] for record in made] == ["vae", "vae"]
    assert made[0]["frames"] == made[1]["frames"]


def test_a_part_that_has_no_convolutions_is_left_alone() -> None:
    part = Part("text", torch.nn.Linear(4, 4))
    before = part.thing.weight.data_ptr()
    put_channels_last(part.thing)
    assert part.thing.weight.data_ptr() == before
