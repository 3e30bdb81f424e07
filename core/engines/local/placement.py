"""Decides, from the memory there is, where a model's weights are while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.engines.local.config import Placement

Mode = Literal["resident", "swap", "fp8", "offload"]
"""All on the GPU; only what a stage needs; the same with the transformers' weights in eight bits; layer by layer."""

_ROOM = 0.85
"""Of the GPU's memory, for weights: the rest is for what the work itself takes, until that is measured."""


@dataclass(frozen=True)
class Weights:
    """Bytes that a model's stages need on the device, in the precision they are computed in."""

    text: int
    denoiser: int
    decoder: int
    everything: int


def choose_mode(wish: Placement, weights: Weights, memory: int) -> Mode:
    """The mode asked for, or the fastest that ``memory`` bytes allow.

    In eight bits the frames change a little; layer by layer they do not, but each step waits for the bus.
    """
    if wish != "auto":
        return wish
    room = int(memory * _ROOM)
    largest = max(weights.text, weights.denoiser, weights.decoder)
    if weights.everything <= room:
        return "resident"
    if largest <= room:
        return "swap"
    if max(weights.text, weights.denoiser // 2, weights.decoder) <= room:
        return "fp8"
    return "offload"
