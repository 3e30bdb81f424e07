"""Turns unfinished latents into a small moving picture, in a thread of its own: no step waits for it.

A linear map from a VAE's latent channels to RGB shows shapes and colours well enough. It is fitted to the model's own
VAE, once, on a few pictures of plain and mixed colours: least squares over all their latent pixels. Where the weights
of a tiny decoder lie in the model's folder, that one shows more, and from the first clip on.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog
import torch

from core.engines.local.device import Cpu, Device
from core.engines.local.tiny_decoder import Decoders

_SIDE, _PATCHES = 128, 24
_HALF = (0.5, 0.5, 0.5)
_SHOWN_FRAMES = 24
_QUEUE = 1

log = structlog.get_logger(__name__)


def fit_projection(pipe: Any) -> torch.Tensor:
    """The map from latent channels to RGB in 0..1 that fits this pipeline's VAE best.

    (channels + 1) x 3, of which the last row is the constant. Most VAEs see pictures in -1..1; a pipeline that
    normalises them otherwise has ``pixel_mean`` and ``pixel_std``.
    """
    pictures = _test_pictures()
    mean, std = (torch.tensor(getattr(pipe, name, _HALF)).view(1, 3, 1, 1) for name in ("pixel_mean", "pixel_std"))
    latents = _encode(pipe.vae, (pictures - mean) / std)
    height, width = latents.shape[-2:]
    small = torch.nn.functional.interpolate(pictures, size=(height, width), mode="area")
    known = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1]).float().cpu()
    wanted = small.permute(0, 2, 3, 1).reshape(-1, 3)
    return torch.linalg.lstsq(torch.cat([known, torch.ones(len(known), 1)], dim=1), wanted).solution


def _test_pictures() -> torch.Tensor:
    """N x 3 x side x side in 0..1: patches of plain colours, the same every time."""
    generator = torch.Generator().manual_seed(0)
    colours = torch.rand(_PATCHES, 3, 4, 4, generator=generator)
    return torch.nn.functional.interpolate(colours, size=(_SIDE, _SIDE), mode="bilinear")


def _encode(vae: Any, pictures: torch.Tensor) -> torch.Tensor:
    """N x channels x height x width, of normalised pictures; a video VAE sees each as a clip of one frame."""
    weight = next(vae.parameters())
    is_video = any(isinstance(module, torch.nn.Conv3d) for module in vae.modules())
    found = []
    for picture in pictures.to(weight.device, weight.dtype).split(1):
        latent = vae.encode(picture.unsqueeze(2) if is_video else picture).latent_dist.mode()
        found.append(latent[:, :, 0] if is_video else latent)
    return torch.cat(found)


def to_rgb(latents: torch.Tensor, projection: torch.Tensor) -> np.ndarray:
    """Channels x frames x height x width to frames x height x width x 3 uint8."""
    step = max(1, latents.shape[1] // _SHOWN_FRAMES)
    shown = latents[:, ::step].permute(1, 2, 3, 0).float()
    rgb = shown @ projection[:-1] + projection[-1]
    pictures: np.ndarray = rgb.clamp(0, 1).mul(255).round().to(torch.uint8).numpy()
    return pictures


@dataclass(frozen=True)
class Tiny:
    """A tiny decoder's file, and what leads from the VAE's latents to the denoiser's, which such decoders take.

    ``shift`` is subtracted and ``scale`` divided by: both channels x 1 x 1 x 1.
    """

    path: Path
    shift: torch.Tensor
    scale: torch.Tensor

    @classmethod
    def of(cls, path: Path, unpack: Callable[[torch.Tensor], torch.Tensor | None], sample: torch.Tensor) -> Tiny | None:
        """For samples such as this one; None where the family unpacks none.

        Beside moving elements, every family's ``unpack`` scales and shifts each channel: what it makes of zeros and of
        ones tells by how much.
        """
        shift = unpack(torch.zeros_like(sample, dtype=torch.float32))
        ones = unpack(torch.ones_like(sample, dtype=torch.float32))
        if shift is None or ones is None:
            return None
        shift, ones = shift[:, :1, :1, :1].cpu(), ones[:, :1, :1, :1].cpu()
        return cls(path, shift, ones - shift)

    def normalised(self, latents: torch.Tensor) -> torch.Tensor:
        """As the denoiser has them."""
        return (latents.float() - self.shift) / self.scale


@dataclass(frozen=True)
class _Wish:
    latents: torch.Tensor
    projection: torch.Tensor | None
    fps: float
    folder: Path
    told: Callable[[str], None]
    tiny: Tiny | None


class Previewer:
    """Makes at most one preview at a time; latents that come while it is busy are passed over.

    Tiny decoders run on ``device``.
    """

    def __init__(self, every: float, device: Device | None = None) -> None:
        self._every = every
        self._decoders = Decoders(device or Cpu())
        self._waiting: queue.Queue[_Wish] = queue.Queue(_QUEUE)
        self._last = 0.0
        threading.Thread(target=self._work, name="previews", daemon=True).start()

    def is_due(self) -> bool:
        """Whether the last one is long enough ago. Never, where the time between two is 0."""
        return self._every > 0 and time.monotonic() - self._last >= self._every and self._waiting.empty()

    def show(
        self,
        latents: torch.Tensor,
        projection: torch.Tensor | None,
        fps: float,
        folder: Path,
        told: Callable[[str], None],
        tiny: Tiny | None = None,
    ) -> None:
        """Write a WebP into ``folder`` and tell its name. ``latents`` are the VAE's; ``fps`` is of their frames.

        Without a ``projection`` there is none where the tiny decoder cannot make it.
        """
        self._last = time.monotonic()
        if not self._waiting.full():
            self._waiting.put(_Wish(latents.detach().to("cpu"), projection, fps, folder, told, tiny))

    def _work(self) -> None:
        number = 0
        while True:
            wish = self._waiting.get()
            number += 1
            try:
                self._make(wish, wish.folder / f"preview-{number}.webp")
            except Exception as error:  # noqa: BLE001 - the job may have ended, and its folder be gone
                log.info("local.no_preview", error=type(error).__name__)

    def _make(self, wish: _Wish, path: Path) -> None:
        from core.media.preview import animated_webp

        pictures = self._pictures(wish)
        if pictures is None:
            return
        # Fewer pictures than latent frames last as long.
        fps = wish.fps * len(pictures) / wish.latents.shape[1]
        path.write_bytes(animated_webp(list(pictures), fps=fps))
        wish.told(path.name)

    def _pictures(self, wish: _Wish) -> np.ndarray | None:
        if wish.tiny is not None:
            pictures = self._decoders.pictures(wish.tiny.path, wish.tiny.normalised(wish.latents))
            if pictures is not None:
                return pictures
        return None if wish.projection is None else to_rgb(wish.latents, wish.projection)
