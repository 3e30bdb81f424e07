"""Turns a clip into a few RGB frames, evenly spread, for whoever has to look at it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from core.errors import EngineFault
from core.media.source import open_source


def sample_frames(path: Path, count: int, *, max_side: int | None = None) -> list[np.ndarray]:
    """``count`` frames, HxWx3 uint8 RGB, with the first and the last among them (the middle one if ``count`` is 1).

    Fewer come where the clip has fewer. Memory holds the result and one frame more; ``max_side`` bounds it further
    by shrinking frames whose longer side is above it.

    Raises:
        ValueError: ``count`` is below 1.
        EngineFault: ``clip-invalid``.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    chosen: list[np.ndarray] = []
    last: VideoFrame | None = None
    with open_source(path) as source:
        wanted = _spread(source.num_frames, count)
        for index, picture in enumerate(source.pictures()):
            last = picture
            if index in wanted:
                chosen.append(to_rgb(picture, max_side))
                last = None
    if last is not None and count > 1:  # the index named another number of pictures than there are
        chosen[count - 1 :] = [to_rgb(last, max_side)]
    if not chosen:
        raise EngineFault("clip-invalid", detail="no pictures")
    return chosen


def to_rgb(picture: VideoFrame, max_side: int | None = None) -> np.ndarray:
    """One decoded picture as HxWx3 uint8 RGB, by the matrix and range it is tagged with."""
    width, height = shrunk(picture.width, picture.height, max_side)
    flags = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
    return picture.to_ndarray(format="rgb24", width=width, height=height, interpolation=flags)


def shrunk(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """The size whose longer side is at most ``max_side``, aspect kept; never larger than given, never below 1."""
    scale = min(1.0, max_side / max(width, height)) if max_side else 1.0
    return max(1, round(width * scale)), max(1, round(height * scale))


def _spread(length: int, count: int) -> set[int]:
    if count == 1:
        return {(length - 1) // 2}
    return {round(step * (length - 1) / (count - 1)) for step in range(count)}
