"""Weights that come to the device ahead of their use make the frames that they make where they lie.

Here all is on the processor, so that no copy is made; what is held is that every family's modules take the hooks.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.catalogue.local import LoraUse
from core.engines.local.acceleration import stream_weights
from core.engines.local.device import Cpu
from core.engines.local.families import family
from tests.unit.local.conftest import OpenStudio
from tests.unit.local.test_loras import make, with_loras, write_lora

# H3's vocoder is written for an older torch.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning")
slow = pytest.mark.slow
MODELS = [
    ("wan", "t2v"),
    pytest.param("ltx2", "2.0", marks=slow),
    pytest.param("cogvideox", "2b", marks=slow),
    pytest.param("hunyuan", "t2v", marks=slow),
    pytest.param("hunyuan15", "t2v", marks=slow),
    pytest.param("h3", "t2va", marks=slow),
]
HOST = Cpu()


@pytest.mark.parametrize(("name", "kind"), MODELS)
def test_streamed_weights_make_the_same_frames(studio: OpenStudio, name: str, kind: str) -> None:
    opened = replace(studio(name, kind))  # The hooks are not for the other tests.
    shot = opened.shot()
    wanted, _ = opened.make(shot)
    stages = family(name)
    for part in stages.text:
        stream_weights(opened.things[part], HOST, by_block=False)
    for part in stages.transformers:
        if part in opened.things:
            stream_weights(opened.things[part], HOST)
    for _ in range(2):
        assert np.array_equal(opened.make(shot)[0], wanted)


# Diffusers loads into a model that it knows to be streamed.
@pytest.mark.filterwarnings("ignore:Already found a `peft_config` attribute:UserWarning")
def test_a_lora_beside_streamed_weights_makes_the_same_frames(studio: OpenStudio, tmp_path: Path) -> None:
    lying, streamed = replace(studio("wan", "t2v")), replace(studio("wan", "t2v"))
    write_lora(lying.things["transformer"], tmp_path / "fast.safetensors", seed=1)
    stream_weights(streamed.things["transformer"], HOST)
    shot = with_loras(lying.shot(), LoraUse(extra="fast"))
    wanted, plain = make(lying, shot, tmp_path), make(lying, lying.shot(), tmp_path)
    assert not np.array_equal(wanted, plain)
    assert np.array_equal(make(streamed, shot, tmp_path), wanted)
    assert np.array_equal(make(streamed, lying.shot(), tmp_path), plain)
