"""LoRAs are switched on for the recipes that name them, and leave nothing behind in the shared weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from core.catalogue.local import LoraUse
from core.engines.local.acceleration import apply_loras
from core.engines.local.families import family
from core.engines.local.family import Shot
from tests.tiny.stages import Studio
from tests.unit.local.conftest import OpenStudio

pytestmark = [
    pytest.mark.slow,
    # MiniMax-H3's sound decoder is built in torch's older way.
    pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning"),
    # Several on one model are meant: which are on is switched for each job.
    pytest.mark.filterwarnings("ignore:Already found a `peft_config` attribute:UserWarning"),
]

MODELS = [
    ("wan", "t2v"),
    ("ltx", "0.9"),
    ("ltx2", "2.0"),
    ("cogvideox", "2b"),
    ("hunyuan", "t2v"),
    ("h3", "t2va"),
]
"""Diffusers reads no LoRAs for HunyuanVideo 1.5."""


def write_lora(transformer: Any, path: Path, seed: int) -> None:
    """A LoRA of rank two for each query, in diffusers' names."""
    dice = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, layer in transformer.named_modules():
        if name.endswith("to_q") and isinstance(layer, torch.nn.Linear):
            tensors[f"transformer.{name}.lora_A.weight"] = torch.randn(2, layer.in_features, generator=dice)
            tensors[f"transformer.{name}.lora_B.weight"] = torch.randn(layer.out_features, 2, generator=dice)
    path.parent.mkdir(exist_ok=True)
    save_file(tensors, path)


def with_loras(shot: Shot, *uses: LoraUse) -> Shot:
    return replace(shot, recipe=shot.recipe.model_copy(update={"loras": uses}))


def make(studio: Studio, shot: Shot, extras: Path) -> np.ndarray:
    """As the engine does: all jobs over the same modules."""
    names = family(shot.card.family).transformers
    transformers = {name: studio.things[name] for name in names if name in studio.things}
    apply_loras(studio.pipe(shot), shot.recipe, transformers, extras, studio.dtype)
    return studio.make(shot)[0]


@pytest.mark.parametrize(("name", "kind"), MODELS)
def test_a_lora_is_on_for_its_recipe_alone(studio: OpenStudio, tmp_path: Path, name: str, kind: str) -> None:
    opened = replace(studio(name, kind))
    for number, extra in enumerate(("one", "two")):
        write_lora(opened.things["transformer"], tmp_path / "extras" / f"{extra}.safetensors", number)
    plain = opened.shot()
    jobs = {
        "none": plain,
        "one": with_loras(plain, LoraUse(extra="one")),
        "weak": with_loras(plain, LoraUse(extra="one", scale=0.25)),
        "two": with_loras(plain, LoraUse(extra="two")),
        "both": with_loras(plain, LoraUse(extra="one"), LoraUse(extra="two")),
    }
    first = {which: make(opened, shot, tmp_path / "extras").tobytes() for which, shot in jobs.items()}
    assert len(set(first.values())) == len(jobs)
    for which, shot in reversed(jobs.items()):
        assert make(opened, shot, tmp_path / "extras").tobytes() == first[which], which
    assert np.array_equal(make(opened, plain, tmp_path / "extras"), studio(name, kind).make(plain)[0])


def test_each_expert_has_its_own(studio: OpenStudio, tmp_path: Path) -> None:
    opened = replace(studio("wan", "two-experts"))
    write_lora(opened.things["transformer_2"], tmp_path / "extras" / "late.safetensors", 0)
    plain = opened.shot()
    before = make(opened, plain, tmp_path / "extras")
    shot = with_loras(plain, LoraUse(extra="late", expert=2))
    assert not np.array_equal(before, make(opened, shot, tmp_path / "extras"))
    assert not getattr(opened.things["transformer"], "peft_config", None)
    assert np.array_equal(before, make(opened, plain, tmp_path / "extras"))
