"""Turns a finished clip into its last frame, for a clip that goes on from there."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.errors import EngineFault
from core.media.frames import to_rgb
from core.media.lift import lifter
from core.media.source import open_source


def last_frame(path: Path) -> np.ndarray:
    """The last picture of a clip, HxWx3 uint8 RGB, without our visible label where it has one.

    Raises:
        EngineFault: ``clip-invalid``: damaged.
        OSError: the file cannot be read.
    """
    last = None
    with open_source(path) as clip:
        clip.seek(clip.seconds)
        for picture in clip.pictures():
            last = picture
    if last is None:
        raise EngineFault("clip-invalid", detail="no pictures")
    frame = to_rgb(last)
    return lifter(frame.shape[1], frame.shape[0])(frame)
