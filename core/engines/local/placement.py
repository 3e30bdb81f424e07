"""Decides, from the memory there is, where a model's weights are while it runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.engines.local.config import Placement

Mode = Literal["resident", "swap", "fp8", "offload"]
"""All on the GPU; only what a stage needs; the same with the transformers' weights in eight bits; layer by layer."""

_ROOM = 0.85
"""Of the GPU's memory, for weights: the rest is for what the work itself takes, until that is measured."""


class Stages(Protocol):
    """The names of the modules that each stage needs, as a ``Family`` has them."""

    text: Sequence[str]
    denoiser: Sequence[str]
    decoder: Sequence[str]


@dataclass(frozen=True)
class Weights:
    """Bytes that a model's stages need on the device, in the precision they are computed in."""

    text: int
    denoiser: int
    decoder: int
    everything: int


def weights_of(stages: Stages, size: Callable[[Collection[str]], int]) -> Weights:
    """What the stages of a family need; ``size`` gives the bytes of components by their names, those not there at 0.

    A VAE that encodes a picture for the steps is counted where it decodes: it is small beside a transformer.
    """
    steps = [name for name in stages.denoiser if name not in stages.decoder]
    everything = {*stages.text, *steps, *stages.decoder}
    return Weights(size(stages.text), size(steps), size(stages.decoder), size(everything))


def room_in(memory: int) -> int:
    """How many bytes of weights leave enough of ``memory`` for the work itself."""
    return int(memory * _ROOM)


def choose_mode(wish: Placement, weights: Weights, memory: int) -> Mode:
    """The mode asked for, or the fastest that ``memory`` bytes allow.

    In eight bits the frames change a little; layer by layer they do not, but each step waits for the bus.
    """
    if wish != "auto":
        return wish
    room = room_in(memory)
    largest = max(weights.text, weights.denoiser, weights.decoder)
    if weights.everything <= room:
        return "resident"
    if largest <= room:
        return "swap"
    if max(weights.text, weights.denoiser // 2, weights.decoder) <= room:
        return "fp8"
    return "offload"
