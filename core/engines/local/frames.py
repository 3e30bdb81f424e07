"""Turns what a VAE decoded into uint8 frames, rounded as diffusers rounds them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch


def frames(video: torch.Tensor) -> Iterator[np.ndarray]:
    """Each of a channels x frames x height x width clip in -1..1 as HxWx3 uint8 RGB."""
    # In the VAE's own precision, as diffusers' ``VaeImageProcessor.denormalize`` does it: bfloat16 rounds here.
    return frames_of_pixels((video * 0.5 + 0.5).clamp(0, 1))


def frames_of_pixels(video: torch.Tensor) -> Iterator[np.ndarray]:
    """The same for a clip in 0..1. It is rounded on the device; frames leave it one at a time."""
    pixels = video.float().mul(255).round().to(torch.uint8).permute(1, 2, 3, 0).contiguous()
    return (frame.cpu().numpy() for frame in pixels)
