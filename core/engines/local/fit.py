"""Says what device there is, and where in its memory a pulled model would lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from core.catalogue.local import LocalCard
from core.engines.local.config import Placement
from core.engines.local.device import open_device
from core.engines.local.families import family
from core.engines.local.placement import Mode, choose_mode, weights_of

_DRIVER = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True)
class Found:
    """A device; ``memory`` in bytes, ``driver`` the first line of what NVIDIA's says of itself."""

    name: str
    memory: int
    is_gpu: bool
    driver: str = ""


def find_device(wish: str, limit: int | None) -> Found:
    """The device that the engine would take.

    Raises:
        EngineUnavailable: there is no such GPU.
    """
    device = open_device(wish, limit)
    driver = _DRIVER.read_text("utf-8").splitlines()[0].partition(":")[2].strip() if _DRIVER.is_file() else ""
    is_gpu = device.place.type == "cuda"
    return Found(device.name, device.total, is_gpu, f"{driver}, CUDA {torch.version.cuda}" if is_gpu else "")


def mode_in(card: LocalCard, sizes: Mapping[str, int], wish: Placement, memory: int) -> Mode:
    """The placement that the engine would choose; ``sizes`` are the weights' bytes by component."""
    weights = weights_of(family(card.family), lambda names: sum(sizes.get(name, 0) for name in names))
    return choose_mode(wish, weights, memory)
