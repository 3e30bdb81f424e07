"""Turns a finished clip into its share of a film: frames of the film's size, at its rate, without the clip's label."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame

from core.errors import EngineFault
from core.media.beat import Beat
from core.media.burn import canvas_of
from core.media.lift import lifter
from core.media.source import Source, open_source
from core.media.verify import hidden_code
from core.media.watermark import Watermark


def shot(path: Path, count: int, *, width: int, height: int, fps: int, key: bytes = b"") -> Iterator[np.ndarray]:
    """``count`` frames, HxWx3 uint8 RGB, the last one held where the clip has fewer; black bars where shapes differ.

    With the ``key`` of watermarks the clip's own one is taken off as well: two on top of each other tell nothing.

    Raises:
        EngineFault: ``clip-invalid``: damaged.
        OSError: the file cannot be read.
    """
    frame: np.ndarray | None = None
    done, canvas = 0, canvas_of(path)
    bare = _remover(canvas.width, canvas.height, hidden_code(path, key) if key else "", key)
    with open_source(path) as clip:
        held: VideoFrame | None = None
        for picture in _steady(clip, fps):
            if done == count:
                return
            if picture is not held:  # a slower clip shows a picture several times
                held, frame = picture, letterboxed(bare(canvas.painted(picture)), width, height)
            assert frame is not None
            done += 1
            yield frame
    if frame is None:
        raise EngineFault("clip-invalid", detail="no pictures")
    for _ in range(done, count):
        yield frame


def _steady(clip: Source, fps: int) -> Iterator[VideoFrame]:
    beat = Beat(Fraction(fps), clip.origin)
    for picture in clip.pictures():
        for _, shown in beat.add(picture):
            yield shown
    for _, shown in beat.end():
        yield shown


def _remover(width: int, height: int, code: str, key: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """What takes label and watermark off frames of a clip; the label lies over the watermark."""
    lift = lifter(width, height)
    if not code:
        return lift
    watermark = Watermark(key, code, width, height)

    def bare(frame: np.ndarray) -> np.ndarray:
        lifted = lift(frame)
        watermark.take_off(lifted)
        return lifted

    return bare


def letterboxed(frame: np.ndarray, width: int, height: int) -> np.ndarray:
    """A frame as large as the size allows, in its middle, on black; as it is where it has that size."""
    if frame.shape[:2] == (height, width):
        return frame
    scale = min(width / frame.shape[1], height / frame.shape[0])
    across = max(1, min(width, round(frame.shape[1] * scale)))
    down = max(1, min(height, round(frame.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    boxed = np.zeros((height, width, 3), np.uint8)
    left, top = (width - across) // 2, (height - down) // 2
    boxed[top : top + down, left : left + across] = cv2.resize(frame, (across, down), interpolation=way)
    return boxed
