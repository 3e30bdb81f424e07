"""Turns a decoded video into frames for the encoder, bit for bit as diffusers' own postprocessing rounds them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch


def to_frames(video: torch.Tensor, *, is_shifted: bool = False) -> Iterator[np.ndarray]:
    """``video`` is 1 x 3 x frames x height x width in -1..1, as a VAE decodes it, or in 0..1 if it is shifted.

    It becomes bytes on its device, so that a quarter of what float32 takes goes to the host, and does so a frame at a
    time, so that no second clip in float32 lies beside the first.
    """
    pixels = torch.empty((video.shape[2], *video.shape[3:], 3), dtype=torch.uint8, device=video.device)
    for index, row in enumerate(pixels):
        frame = video[0, :, index]
        row.copy_(_to_bytes(frame if is_shifted else _shift(frame)).permute(1, 2, 0))
    return iter(pixels.cpu().numpy())


def _shift(frame: torch.Tensor) -> torch.Tensor:
    # In the video's own precision; the scaling after it is in float32.
    return (frame * 0.5 + 0.5).clamp(0, 1)


def _to_bytes(frame: torch.Tensor) -> torch.Tensor:
    return frame.float().mul(255).round().to(torch.uint8)
