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
    grain = _chances(rng, (height, width)) - np.float32(0.5)
    planes = []
    for channel in range(3):
        tones = np.interp(rows, [at for at, _ in stops], [255 * colour[channel] for _, colour in stops])
        planes.append(cv2.convertScaleAbs(tones.astype(np.float32)[:, None] + grain))
    return np.asarray(cv2.merge([*planes, np.full((height, width), 255, np.uint8)]), np.uint8)


def noise(rng: Random, size: tuple[int, int], cells: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth noise in about 0..1 of (width, height) ``size``, with (rows, columns) ``cells`` of detail."""
    return np.asarray(cv2.resize(_chances(rng, cells), size, interpolation=cv2.INTER_CUBIC), np.float32)


def _chances(rng: Random, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Numbers in 0..1, in steps of 1/256; the standard generator, as importing numpy's takes longer than drawing."""
    drawn = Random(rng.getrandbits(32)).randbytes(shape[0] * shape[1])
    return (np.frombuffer(drawn, np.uint8).reshape(shape) + np.float32(0.5)) / np.float32(256)


def veil(colour: Rgb, alpha: NDArray[np.floating]) -> Image:
    """One colour at an opacity (height, width) in 0..1, premultiplied."""
    return np.dstack([np.rint(alpha * (255 * part)).astype(np.uint8) for part in (*colour, 1.0)])
