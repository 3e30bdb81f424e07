"""Weights that come to the device ahead of their use make the frames that they make where they lie.

Here all is on the processor, so that no copy is made; what is held is that every family's modules take the hooks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.engines.local.acceleration import stream_weights
from core.engines.local.device import Cpu
from core.engines.local.families import family
from tests.unit.local.conftest import OpenStudio

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
