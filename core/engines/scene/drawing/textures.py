"""Turns chance into soft pictures that vector shapes cannot give: gradients without bands, clouds of noise."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from core.engines.scene.drawing.colour import Rgb
from core.engines.scene.drawing.raster import Image

Stops = tuple[tuple[float, Rgb], ...]


def gradient(width: int, height: int, stops: Stops, rng: Random) -> Image:
    """A vertical gradient as opaque RGBA; noise of half a step keeps it from banding."""
    rows = np.linspace(0, 1, height)
    channels = [np.interp(rows, [at for at, _ in stops], [colour[k] for _, colour in stops]) for k in range(3)]
    grain = np.random.default_rng(rng.getrandbits(32)).random((height, width, 1), np.float32) - 0.5
    tones = np.stack(channels, -1).astype(np.float32)[:, None, :] * 255 + grain
    return np.dstack([np.clip(np.rint(tones), 0, 255).astype(np.uint8), np.full((height, width), 255, np.uint8)])


def noise(rng: Random, size: tuple[int, int], cells: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth noise in about 0..1 of (width, height) ``size``, with (rows, columns) ``cells`` of detail."""
    coarse = np.random.default_rng(rng.getrandbits(32)).random(cells, np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def veil(colour: Rgb, alpha: NDArray[np.floating]) -> Image:
    """One colour at an opacity (height, width) in 0..1, premultiplied."""
    return np.dstack([np.rint(alpha * (255 * part)).astype(np.uint8) for part in (*colour, 1.0)])
