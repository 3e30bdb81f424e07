"""Turns a clip into a few RGB frames, evenly spread or where most happens, for whoever has to look at it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from core.errors import EngineFault
from core.media.source import open_source
from core.media.upright import pose_of

FEWEST_TELLING = 3
"""The first, the last and one between."""
_GLANCE = (32, 18)
"""Pixels in which frames are compared: enough for motion and cuts, and too few for grain."""


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


def telling_frames(path: Path, count: int = 8, *, max_side: int | None = None) -> list[np.ndarray]:
    """``count`` frames, HxWx3 uint8 RGB, in their order: the first, the last, and between them where most changes.

    What is between is cut into stretches of equal length; of each the frame is taken that differs most from the one
    before it and the one last taken together: in motion, after a cut, or what flashes up. Fewer come where the clip has
    fewer. Every frame is decoded, and memory holds the result and two frames more.

    Raises:
        ValueError: ``count`` is below 3.
        EngineFault: ``clip-invalid``.
    """
    if count < FEWEST_TELLING:
        raise ValueError(f"count must be at least {FEWEST_TELLING}, not {count}")
    with open_source(path) as source:
        promised = source.num_frames
    frames, found = _peaks(path, promised, count, max_side)
    if found != promised:  # the index named another number of pictures than there are
        frames, _ = _peaks(path, found, count, max_side)
    return frames


def _peaks(path: Path, length: int, count: int, max_side: int | None) -> tuple[list[np.ndarray], int]:
    """The telling frames of a clip of ``length``, and how many pictures it really has."""
    stretches = _stretches(length, count)
    chosen: list[np.ndarray] = []
    best: VideoFrame | None = None
    most, index = -1.0, -1
    before = taken = best_seen = np.zeros(_GLANCE[::-1])
    with open_source(path) as source:
        for index, picture in enumerate(source.pictures()):
            seen = _glance(picture)
            change, before = float(np.abs(seen - before).mean() + np.abs(seen - taken).mean()), seen
            if best is None or change > most:
                best, most, best_seen = picture, change, seen
            if index in stretches:
                chosen.append(to_rgb(best, max_side))
                best, taken = None, best_seen
    if index < 0:
        raise EngineFault("clip-invalid", detail="no pictures")
    return chosen, index + 1


def _stretches(length: int, count: int) -> set[int]:
    """The last index of each of ``count`` stretches; the first and the last stretch are one frame long."""
    if length <= count:
        return set(range(length))
    inner = count - 2
    return {0, length - 1, *(step * (length - 2) // inner for step in range(1, inner + 1))}


def _glance(picture: VideoFrame) -> np.ndarray:
    width, height = _GLANCE
    grey = picture.to_ndarray(format="gray", width=width, height=height, interpolation=Interpolation.AREA)
    return grey.astype(np.float64)


def to_rgb(picture: VideoFrame, max_side: int | None = None) -> np.ndarray:
    """One decoded picture as HxWx3 uint8 RGB, upright, by the matrix and range it is tagged with."""
    lying = as_it_lies(picture, *shrunk(picture.width, picture.height, max_side))
    return np.ascontiguousarray(pose_of(picture).turn(lying))


def as_it_lies(picture: VideoFrame, width: int, height: int) -> np.ndarray:
    """As ``to_rgb``, of any size, and not turned."""
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
