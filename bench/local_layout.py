"""Turns convolutions of real widths into CPU seconds with their channels first and last in memory, as JSON.

Run as ``python -m bench.local_layout SCRATCH``, on one thread of torch's. Both layouts have the same random weights.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers import AutoencoderKLWan, UNetMotionModel

from core.engines.local.acceleration import put_channels_last

REPEATS = 3
_DTYPES = (torch.bfloat16, torch.float32)
_FRAMES, _TOKENS, _WIDTH = 4, 77, 768


def wan_vae() -> tuple[torch.nn.Module, Callable[[Any, torch.dtype], object]]:
    """Wan 2.1's whole VAE, and how it decodes 5 frames of 64x64."""
    latents = torch.randn(1, 16, 2, 8, 8)
    return AutoencoderKLWan(), lambda vae, dtype: vae.decode(latents.to(dtype), return_dict=False)


def motion_unet() -> tuple[torch.nn.Module, Callable[[Any, torch.dtype], object]]:
    """The two widest-open levels of AnimateDiff's UNet, and their forward over 4 frames of 256x256."""
    unet = UNetMotionModel(
        block_out_channels=(320, 640),
        down_block_types=("CrossAttnDownBlockMotion", "DownBlockMotion"),
        up_block_types=("UpBlockMotion", "CrossAttnUpBlockMotion"),
        cross_attention_dim=_WIDTH,
        num_attention_heads=8,
    )
    latents, text = torch.randn(1, 4, _FRAMES, 32, 32), torch.randn(_FRAMES, _TOKENS, _WIDTH)
    return unet, lambda unet, dtype: unet(latents.to(dtype), torch.tensor(500), text.to(dtype), return_dict=False)


MODULES: Mapping[str, Callable[[], tuple[torch.nn.Module, Callable[[Any, torch.dtype], object]]]] = {
    "Wan's VAE": wan_vae,
    "AnimateDiff's UNet": motion_unet,
}


def measured(name: str, dtype: torch.dtype) -> dict[str, list[float]]:
    """CPU seconds of each run, the layouts in turn after one run each to warm up."""
    torch.manual_seed(0)
    first, run = MODULES[name]()
    first.eval().requires_grad_(requires_grad=False).to(dtype)
    last = copy.deepcopy(first)
    put_channels_last(last)
    found: dict[str, list[float]] = {"first": [], "last": []}
    with torch.no_grad():
        for _ in range(REPEATS + 1):
            for layout, module in (("first", first), ("last", last)):
                began = time.process_time()
                run(module, dtype)
                found[layout].append(time.process_time() - began)
    return {layout: taken[1:] for layout, taken in found.items()}


def main() -> None:
    """All of them, by name and type."""
    torch.set_num_threads(1)
    found = {name: {str(dtype).removeprefix("torch."): measured(name, dtype) for dtype in _DTYPES} for name in MODULES}
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
