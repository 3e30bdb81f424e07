"""Placement, pace, embeddings, watching, loading and previews: the small parts of the engine, each by itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler

from core.catalogue.catalogue import Catalogue
from core.engines.local.check import make_check
from core.engines.local.device import Cpu, open_device
from core.engines.local.embeddings import EmbeddingCache
from core.engines.local.fit import mode_in
from core.engines.local.loading import component_key, find_class, read_layout
from core.engines.local.pace import Pace
from core.engines.local.placement import Mode, Weights, choose_mode
from core.engines.local.previews import fit_projection, to_rgb
from core.engines.local.watch import Watch, sampling, staged
from core.errors import EngineUnavailable
from core.types import Note
from tests.tiny.house import Errand, House

GB = 10**9
WAN_1B = Weights(text=int(11.4 * GB), denoiser=int(2.8 * GB), decoder=int(0.5 * GB), everything=int(14.7 * GB))
WAN_14B = Weights(text=int(11.4 * GB), denoiser=int(28.6 * GB), decoder=int(0.5 * GB), everything=int(40.5 * GB))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"), ("wan", "t2v"))


@pytest.mark.parametrize(
    ("weights", "memory", "mode"),
    [
        (WAN_1B, 24, "resident"),
        (WAN_1B, 16, "swap"),
        (WAN_1B, 12, "offload"),
        (WAN_14B, 80, "resident"),
        (WAN_14B, 40, "swap"),
        (WAN_14B, 24, "fp8"),
        (WAN_14B, 16, "offload"),
    ],
)
def test_the_fastest_placement_that_fits_is_chosen(weights: Weights, memory: int, mode: Mode) -> None:
    assert choose_mode("auto", weights, memory * GB) == mode


def test_a_placement_asked_for_is_not_argued_with() -> None:
    assert choose_mode("offload", WAN_1B, 80 * GB) == "offload"


def test_what_is_told_ahead_is_what_the_engine_will_choose(house: House, tmp_path: Path) -> None:
    """At every size of a device, from one that holds nothing to one that holds all."""
    spec = house.spec("wan-t2v")
    work = house.open().prepare(Errand(spec, tmp_path / "run"))
    parts = work.model.load(work.shot.recipe)
    sizes = {name: part.size_bytes for name, part in parts.items()}
    for memory in range(0, 2 * sum(sizes.values()), max(1, sum(sizes.values()) // 50)):
        model = house.open(Cpu(memory)).prepare(Errand(spec, tmp_path / f"run-{memory}")).model
        model.load(work.shot.recipe)
        assert model.mode == mode_in(work.shot.card, sizes, "auto", memory)


def test_pace_is_the_middle_of_what_was_measured_lately() -> None:
    pace = Pace()
    assert pace.guess("step") is None
    for seconds in (100, 1, 2, 3, 2, 2, 1, 3, 2, 2):
        pace.note("step", seconds)
    assert pace.guess("step") == 2
    assert pace.guess("decode") is None


def test_embeddings_are_kept_bit_for_bit_until_there_are_too_many() -> None:
    cache = EmbeddingCache(limit=3 * 400)
    kept = {name: {"prompt_embeds": torch.randn(100)} for name in "abcd"}
    for name in "abc":
        cache.put(name, kept[name])
    assert cache.get("a") is not None
    cache.put("d", kept["d"])
    assert cache.get("b") is None
    for name in "acd":
        found = cache.get(name)
        assert found is not None
        assert torch.equal(found["prompt_embeds"], kept[name]["prompt_embeds"])


def test_embeddings_put_twice_are_counted_once() -> None:
    cache = EmbeddingCache(limit=2 * 400)
    for _ in range(5):
        cache.put("a", {"prompt_embeds": torch.zeros(100)})
    cache.put("b", {"prompt_embeds": torch.zeros(100)})
    assert cache.get("a") is not None
    assert cache.get("b") is not None


class Pipe:
    """As much of a pipeline as is overridden."""

    def progress_bar(self, iterable: Any = None, total: int | None = None) -> Any:
        raise AssertionError


class Scheduler:
    config: Mapping[str, str] = {}

    def step(self, model_output: float, timestep: float, sample: float) -> tuple[float]:
        return (model_output + sample,)


def test_steps_are_told_however_a_pipeline_counts_them() -> None:
    told: list[tuple[int, int]] = []
    pipe = staged(Pipe)()
    pipe.piying_watch = Watch(lambda: None, lambda done, total: told.append((done, total)))
    with pipe.progress_bar(total=3) as bar:
        for _ in range(3):
            bar.update()
    assert list(pipe.progress_bar([7, 8])) == [7, 8]
    assert told == [(1, 3), (2, 3), (3, 3), (1, 2), (2, 2)]
    assert type(pipe).__name__ == "Pipe"


def test_samples_are_told_but_not_those_of_a_copied_scheduler() -> None:
    told: list[float] = []
    scheduler = sampling(Scheduler)()
    scheduler.piying_watch = Watch(lambda: None, lambda *_: None, told.append)
    assert scheduler.step(1, 0, 2) == (3,)
    assert copy.deepcopy(scheduler).step(5, 0, 5) == (10,)
    assert told == [3]


@pytest.mark.parametrize("kind", [FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler])
def test_what_is_shown_of_a_flow_is_where_it_is_heading(kind: Any) -> None:
    """A model that knows the way, x to noise, is shown as x from its first step on."""
    told: list[torch.Tensor] = []
    changes = (
        {}
        if kind is FlowMatchEulerDiscreteScheduler
        else {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
    )
    scheduler = sampling(kind).from_config(kind(**changes).config)  # type: ignore[attr-defined]
    scheduler.set_timesteps(4)
    scheduler.piying_watch = Watch(lambda: None, lambda *_: None, told.append)
    clean, noise = torch.full((1, 4), 0.5), torch.randn(1, 4, generator=torch.Generator().manual_seed(1))
    sigma = scheduler.sigmas[0]
    sample = (1 - sigma) * clean + sigma * noise
    for timestep in scheduler.timesteps:
        sample = scheduler.step(noise - clean, timestep, sample, return_dict=False)[0]
    assert len(told) == 4
    for shown in told:
        assert torch.allclose(shown, clean, atol=1e-4)


def test_a_guarded_module_is_asked_before_each_forward_and_then_left_alone() -> None:
    class Stop(Exception):
        pass

    left = [2]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stop

    module = torch.nn.Identity()
    watch = Watch(check, lambda *_: None)
    with watch.guarding([module]):
        module(torch.zeros(1))
        module(torch.zeros(1))
        with pytest.raises(Stop):
            module(torch.zeros(1))
    assert left == [-1]
    module(torch.zeros(1))
    assert left == [-1]


@pytest.mark.parametrize(
    ("library", "name"), [("os", "system"), ("subprocess", "Popen"), ("diffusers", "NoSuchClass"), ("..evil", "X")]
)
def test_a_folder_cannot_name_code_to_run(library: str, name: str) -> None:
    with pytest.raises(EngineUnavailable):
        find_class(library, name)


def test_a_folder_without_an_index_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable):
        read_layout(tmp_path)


def test_the_same_weights_in_two_models_are_one_part(tmp_path: Path) -> None:
    files = {"text_encoder/model.safetensors": {"sha256": "aa"}, "vae/model.safetensors": {"sha256": "bb"}}
    other = files | {"vae/model.safetensors": {"sha256": "cc"}}
    for name, listed in (("one", files), ("two", other)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(json.dumps({"files": listed}))
    keys = {
        part: {component_key(tmp_path / name, part, torch.float32) for name in ("one", "two")}
        for part in ("text_encoder", "vae")
    }
    assert len(keys["text_encoder"]) == 1
    assert len(keys["vae"]) == 2
    assert component_key(tmp_path / "one", "vae", torch.bfloat16) not in keys["vae"]
    assert component_key(tmp_path / "none", "vae", torch.float32) != component_key(tmp_path, "vae", torch.float32)


class ColourVae(torch.nn.Module):  # type: ignore[misc]
    """Latents that are a mix of the colours, an eighth of the size: what a linear map can undo."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.mix = torch.nn.Conv3d(3, 4, 1)
        self.latent_dist = self

    def encode(self, pictures: torch.Tensor) -> Any:
        self._latents = self.mix(torch.nn.functional.avg_pool3d(pictures, (1, 8, 8)))
        return self

    def mode(self) -> torch.Tensor:
        return self._latents


@pytest.mark.parametrize("scale", [{}, {"pixel_mean": (0.5, 0.4, 0.3), "pixel_std": (0.2, 0.3, 0.1)}])
def test_the_map_to_colours_is_fitted_to_the_vae_and_to_how_it_sees_pictures(scale: dict[str, Any]) -> None:
    pipe = SimpleNamespace(vae=ColourVae(), **scale)
    colour = torch.tensor([0.9, 0.2, 0.4])
    mean, std = (torch.tensor(scale.get(name, (0.5,) * 3)) for name in ("pixel_mean", "pixel_std"))
    seen = ((colour - mean) / std).view(1, 3, 1, 1, 1).expand(1, 3, 2, 16, 16)
    with torch.no_grad():
        projection = fit_projection(pipe)
        assert projection.shape == (5, 3)
        frames = to_rgb(pipe.vae.encode(seen).mode()[0], projection)
    assert frames.shape == (2, 2, 2, 3)
    assert frames[0, 0, 0].tolist() == pytest.approx([230, 51, 102], abs=2)


def test_the_device_is_the_processor_where_there_is_no_gpu() -> None:
    assert isinstance(open_device("auto", None), Cpu) or torch.cuda.is_available()
    assert open_device("cpu", 5).total == 5
    with pytest.raises(EngineUnavailable):
        open_device("cuda:99", None)


def test_a_prompt_longer_than_the_model_reads_is_said(house: House) -> None:
    model = house.models["wan-t2v"]
    limited = model.model_copy(update={"card": model.card.model_copy(update={"max_prompt_tokens": 5})})
    check = make_check(Catalogue((limited,)))
    assert check(house.spec("wan-t2v", prompt="one two three four five")) == ()
    assert check(house.spec("wan-t2v", prompt="一二三四五")) == ()
    assert check(house.spec("wan-t2v", prompt="一二三 four, five")) == (Note("prompt-cut", {"tokens": 5}),)
