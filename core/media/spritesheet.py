"""Turns a clip into one JPEG of small pictures in rows, from its first frame to its last."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from core.media.frames import sample_frames
from core.media.marks import AIGC
from core.media.source import open_source
from core.media.thumbnail import to_jpeg

COLUMNS, ROWS = 4, 4
_LONGER_SIDE = 320


def spritesheet(source: Path) -> bytes:
    """A JPEG of 4 x 4 pictures, row by row, each with a longer side of 320 pixels at most.

    A clip of fewer frames leaves the last places black.

    Raises:
        EngineFault: ``clip-invalid``.
    """
    frames = sample_frames(source, COLUMNS * ROWS, max_side=_LONGER_SIDE)
    height, width, _ = frames[0].shape
    # Even, as the JPEG's halved colours need it.
    sheet = np.zeros((ROWS * height // 2 * 2, COLUMNS * width // 2 * 2, 3), np.uint8)
    for index, frame in enumerate(frames):
        row, column = divmod(index, COLUMNS)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = frame
    with open_source(source) as clip:
        aigc = clip.metadata.get(AIGC, "")
    return to_jpeg(VideoFrame.from_ndarray(sheet, format="rgb24"), max_side=None, max_bytes=None, aigc=aigc)
