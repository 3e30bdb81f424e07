"""Turns a few small frames into an animated WebP that a page shows while the clip is being made."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError

MAX_BYTES = 100_000
"""A preview is fetched several times a clip, and by every page that is open."""
_MOST_PIXELS = 512 * 512
_STEPS = (1.0, 0.4, 0.0)
"""Shares of the quality asked for; the last one is the coarsest WebP there is."""
_FEWEST_FRAMES = 2


def animated_webp(frames: Sequence[np.ndarray], fps: float, max_side: int = 192, quality: int = 50) -> bytes:
    """The frames (HxWx3 uint8 RGB) as a looping WebP, aspect kept, the longer side at most ``max_side`` pixels.

    ``quality`` is WebP's, 0 to 100. What would be above 100 kB becomes coarser, then loses every other frame; its
    length in time stays.

    Raises:
        ValueError: no frames, or a rate that is not positive.
    """
    if not frames or fps <= 0:
        raise ValueError(f"a preview needs frames at a positive rate, not {len(frames)} at {fps}")
    pictures = [_small(frame, max_side) for frame in frames]
    skip = 1
    while True:
        for step in _STEPS:
            data = _compress(pictures[::skip], 1000 * skip / fps, round(quality * step))
            if len(data) <= MAX_BYTES:
                return data
        if len(pictures[::skip]) <= _FEWEST_FRAMES:
            return data
        skip *= 2


def preview_frames(data: bytes) -> list[np.ndarray]:
    """The frames of a preview, each HxWx3 uint8 RGB.

    Raises:
        ValueError: it is no WebP, or its pictures are larger than previews are.
        OSError: it is damaged.
    """
    try:
        image = Image.open(BytesIO(data), formats=["WEBP"])
    except UnidentifiedImageError as error:
        raise ValueError("a preview must be a WebP") from error
    with image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError(f"a preview of {image.width}x{image.height} pixels")
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def _small(frame: np.ndarray, max_side: int) -> Image.Image:
    picture = Image.fromarray(frame)
    picture.thumbnail((max_side, max_side), Image.Resampling.BOX)
    return picture


def _compress(pictures: Sequence[Image.Image], milliseconds: float, quality: int) -> bytes:
    """Each frame ends where it would by the exact rate, to the millisecond."""
    ends = [round((number + 1) * milliseconds) for number in range(len(pictures))]
    durations = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    buffer = BytesIO()
    first, *rest = pictures
    first.save(buffer, "WEBP", save_all=True, append_images=rest, duration=durations, loop=0, quality=quality, method=0)
    return buffer.getvalue()
