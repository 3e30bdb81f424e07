"""What a recipe adds to a shared transformer, and that none of it outlives the job that asked for it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import WanPipeline, WanTransformer3DModel
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file

from core.catalogue.local import LoraUse, Source
from core.engines.child import Cancelled
from core.engines.local import acceleration
from core.engines.local.studio import Studio
from core.engines.local.work import Work
from tests.needs import need
from tests.tiny.house import Errand, House

_numbers = itertools.count()
_RATIOS = (1.0, 1.0, 1.0, 1.0)
CACHES: dict[str, dict[str, Any]] = {
    "first-block": {"threshold": 0.5},
    "mag": {"threshold": 0.5, "mag_ratios": _RATIOS, "retention_ratio": 0.25},
    "taylorseer": {"cache_interval": 2, "disable_cache_before_step": 1},
}
EXTRAS = {name: Source(repo="tiny/lora") for name in ("fast", "styled", "low", "broken")}

Make = Callable[..., str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house"), ("wan", "t2v"), ("wan", "two-experts"))
    for name in house.models:
        for extra in ("fast", "styled", "low"):
            write_lora(extras_of(house, name), extra)
        save_file({"nonsense": torch.zeros(1)}, extras_of(house, name) / "broken.safetensors")
    return house


def extras_of(house: House, name: str) -> Path:
    return house.folder / "models" / house.models[name].card.key / "extras"


def write_lora(extras: Path, extra: str) -> None:
    """A LoRA for the model's attention, of random weights, in diffusers' format."""
    transformer = WanTransformer3DModel.from_pretrained(extras.parent / "transformer", local_files_only=True)
    transformer.add_adapter(LoraConfig(r=4, lora_alpha=4, init_lora_weights=False, target_modules=["to_q", "to_v"]))
    torch.manual_seed(len(extra))
    layers = {name: torch.randn_like(value) for name, value in get_peft_model_state_dict(transformer).items()}
    extras.mkdir(exist_ok=True)
    WanPipeline.save_lora_weights(extras, transformer_lora_layers=layers, weight_name=f"{extra}.safetensors")


@pytest.fixture
def make(house: House, tmp_path: Path) -> Make:
    """The hash of the frames of a clip, whose recipe is changed as told."""

    def make(studio: Studio, name: str = "wan-t2v", **changes: Any) -> str:
        work = prepared(studio, house, tmp_path, name, **changes)
        studio.begin(work)
        return str(errand_of(work).wait().recipe["frames"])

    return make


def prepared(studio: Studio, house: House, folder: Path, name: str = "wan-t2v", **changes: Any) -> Work:
    work = studio.prepare(Errand(house.spec(name, "standard"), folder / f"run-{next(_numbers)}"))
    card = work.shot.card.model_copy(update={"extras": EXTRAS})
    work.shot = replace(work.shot, card=card, recipe=work.shot.recipe.model_copy(update=changes))
    return work


def errand_of(work: Work) -> Errand:
    assert isinstance(work.task, Errand)
    return work.task


# peft warns of a second adapter; a model with several is what a shared one is.
@pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning")
def test_loras_come_and_go_and_leave_the_model_as_it_was(house: House, make: Make) -> None:
    studio = house.open()
    plain = make(studio)
    fast = make(studio, loras=(LoraUse(extra="fast"),))
    assert make(studio) == plain != fast
    both = make(studio, loras=(LoraUse(extra="fast"), LoraUse(extra="styled", scale=0.5)))
    weaker = make(studio, loras=(LoraUse(extra="fast", scale=0.5),))
    assert len({plain, fast, both, weaker}) == 4
    assert make(studio, loras=(LoraUse(extra="fast"),)) == fast
    assert make(studio) == plain
    studio.close()
    fresh = house.open()
    assert make(fresh, loras=(LoraUse(extra="fast"),)) == fast
    fresh.close()


def test_each_expert_has_its_own_lora(house: House, make: Make) -> None:
    studio = house.open()
    name, first, second = "wan-two-experts", LoraUse(extra="fast"), LoraUse(extra="low", expert=2)
    plain = make(studio, name)
    made = {plain, make(studio, name, loras=(first,)), make(studio, name, loras=(second,))}
    assert len(made | {make(studio, name, loras=(first, second))}) == 4
    assert make(studio, name) == plain
    studio.close()


def test_a_file_that_is_no_lora_is_a_fault_of_one_job(house: House, make: Make) -> None:
    studio = house.open()
    plain = make(studio)
    with pytest.raises(ValueError, match="LoRA"):
        make(studio, loras=(LoraUse(extra="broken"),))
    assert make(studio) == plain
    studio.close()


@pytest.mark.parametrize("cache", CACHES)
def test_a_cache_is_for_its_job_alone(house: House, make: Make, cache: str) -> None:
    studio = house.open()
    plain = make(studio, num_inference_steps=8)
    cached = make(studio, num_inference_steps=8, cache=cache, cache_arguments=CACHES[cache])
    assert make(studio, num_inference_steps=8) == plain != cached
    assert make(studio, num_inference_steps=8, cache=cache, cache_arguments=CACHES[cache]) == cached
    studio.close()


def test_a_cache_that_one_expert_takes_and_the_other_refuses_is_taken_back(house: House, tmp_path: Path) -> None:
    studio = house.open()
    work = prepared(studio, house, tmp_path, "wan-two-experts", cache="mag", cache_arguments=CACHES["mag"])
    studio.read(work)
    experts = list(work.model.transformers(work.parts).values())
    experts[1].enable_cache = _refuses
    with pytest.raises(ValueError, match="not this one"), acceleration.caching(experts, work.shot.recipe):
        pass
    assert not experts[0].is_cache_enabled
    studio.close()


def _refuses(_config: object) -> None:
    raise ValueError("not this one")


def test_a_cache_whose_job_was_cancelled_leaves_nothing(house: House, make: Make, tmp_path: Path) -> None:
    studio = house.open()
    plain = make(studio)
    work = prepared(studio, house, tmp_path, cache="first-block", cache_arguments=CACHES["first-block"])
    errand = errand_of(work)
    errand.on_report = lambda progress: errand.cancelled.set() if progress.stage == "generating" else None
    studio.begin(work)
    with pytest.raises(Cancelled):
        errand.wait()
    assert make(studio) == plain
    studio.close()


def test_eight_bit_weights_are_smaller_and_still_make_a_clip(house: House, tmp_path: Path) -> None:
    sizes, latents = [], []
    for studio in (house.open(), house.open(placement="fp8")):
        work = prepared(studio, house, tmp_path)
        studio.read(work)
        sizes.append(work.parts["transformer"].size_bytes)
        studio.denoise(work)
        assert work.latents is not None
        latents.append(work.latents.video)
        studio.close()
    assert sizes[1] < sizes[0]
    difference = (latents[0] - latents[1]).abs().mean() / latents[0].abs().mean()
    assert 0 < difference < 0.2


@pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning")
def test_loras_beside_eight_bit_weights_keep_their_own_precision(house: House, make: Make, tmp_path: Path) -> None:
    studio = house.open(placement="fp8")
    plain = make(studio)
    assert len({plain, *(make(studio, loras=(LoraUse(extra=extra),)) for extra in ("fast", "low"))}) == 3
    work = prepared(studio, house, tmp_path)
    transformer = work.model.load(work.shot.recipe)["transformer"].thing
    dtypes = {weight.dtype for name, weight in transformer.named_parameters() if "lora" in name}
    assert dtypes == {torch.float32}
    assert transformer.blocks[0].attn1.to_q.base_layer.weight.dtype is torch.float8_e4m3fn
    assert make(studio) == plain
    studio.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch, in torch
@pytest.mark.parametrize("cache", ["none", *CACHES])
def test_compiled_blocks_make_nearly_the_same_frames(house: House, tmp_path: Path, cache: str) -> None:
    need(shutil.which("g++"), "a C++ compiler (Debian package g++)")
    made = []
    for is_compiled in (False, True):
        studio = house.open()
        work = prepared(studio, house, tmp_path, cache=cache, cache_arguments=CACHES.get(cache, {}))
        studio.read(work)
        if is_compiled:
            assert acceleration.compile_blocks(work.parts["transformer"].thing)
        studio.denoise(work)
        studio.decode(work)
        made.append(np.stack(list(work.frames)).astype(int))
        studio.close()
    assert np.abs(made[0] - made[1]).max() <= 2


def test_every_transformer_is_told_its_attention(house: House, tmp_path: Path) -> None:
    """What is not told takes the backend that some other model was told last."""
    studio = house.open(attention="_native_math")
    work = prepared(studio, house, tmp_path, "wan-two-experts")
    studio.read(work)
    for name in ("transformer", "transformer_2"):
        processors = [
            module.processor for module in work.parts[name].thing.modules() if hasattr(module, "set_processor")
        ]
        assert processors
        assert {str(processor._attention_backend.value) for processor in processors} == {"_native_math"}
    studio.close()


@pytest.mark.parametrize("wish", ["auto", "flash"])
def test_the_attention_is_what_was_wished_or_torchs_own(wish: str) -> None:
    chosen = acceleration.choose_attention(wish, torch.device("cpu"), is_masked=False)
    assert chosen == ("native" if wish == "auto" else "flash")
