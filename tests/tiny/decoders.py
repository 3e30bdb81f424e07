"""Files of tiny decoders with random weights, in the layouts in which TAEHV's and TAESD's are published."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file

STAGES = (3, 9, 15)


class Variant(NamedTuple):
    """Of TAEHV: its latents' channels, the pixels that come together, and the growth in time of each stage."""

    channels: int
    patch: int = 1
    growths: tuple[int, int, int] = (1, 2, 2)
    widths: tuple[int, int, int, int] = (8, 6, 4, 4)


VARIANTS = {
    "wan2.1": Variant(16),
    "wan2.2": Variant(48, 2),
    "hunyuan1.5": Variant(32, 2),
    "ltx2": Variant(128, 4, (2, 2, 2)),
    "h3": Variant(24, 2),
    "wide": Variant(16, 1, (1, 2, 2), (12, 10, 6, 5)),
}


def random_weights(variant: Variant, seed: int = 0) -> dict[str, torch.Tensor]:
    """Tensors by TAEHV's names, such that colours lie around the middle."""
    generator = torch.Generator().manual_seed(seed)
    weights: dict[str, torch.Tensor] = {}

    def add(name: str, outs: int, ins: int, side: int = 3, *, bias: bool = True) -> None:
        deviation = (1.5 / (ins * side * side)) ** 0.5
        weights[f"{name}.weight"] = torch.randn(outs, ins, side, side, generator=generator) * deviation
        if bias:
            weights[f"{name}.bias"] = torch.randn(outs, generator=generator) * 0.1

    add("decoder.1", variant.widths[0], variant.channels)
    for first, width, growth, following in zip(
        STAGES, variant.widths, variant.growths, variant.widths[1:], strict=False
    ):
        for block in range(first, first + 3):
            add(f"decoder.{block}.conv.0", width, 2 * width)
            add(f"decoder.{block}.conv.2", width, width)
            add(f"decoder.{block}.conv.4", width, width)
        add(f"decoder.{first + 4}.conv", width * growth, width, 1, bias=False)
        add(f"decoder.{first + 5}", following, width, bias=False)
    add("decoder.22", 3 * variant.patch**2, variant.widths[3])
    weights["decoder.22.weight"] *= 0.2
    weights["decoder.22.bias"] += 0.5
    return weights


def write_decoder(path: Path, variant: Variant, seed: int = 0) -> Path:
    """As published: in 16 bits, with an encoder beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = random_weights(variant, seed) | {"encoder.0.weight": torch.zeros(64, 3, 3, 3)}
    save_file({name: weight.to(torch.float16) for name, weight in weights.items()}, path)
    return path
