"""Turns a picture as it lies in its file into the picture as it is meant to be seen: upright, with square pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame

from core.media.source import MAX_PIXELS

_OLDEST_TELEVISION, _WIDEST_LENS = Fraction(1, 3), Fraction(3)
"""Shapes of a pixel; what is beyond them is no shape but damage."""


@dataclass(frozen=True)
class Pose:
    """How a picture is to be turned: first rows and columns change places, then rows, then columns, are reversed."""

    transposed: bool = False
    upended: bool = False
    mirrored: bool = False

    def turn(self, frame: np.ndarray) -> np.ndarray:
        """A frame, HxW or HxWx3, as it is seen; a view, which is not contiguous."""
        turned = frame.swapaxes(0, 1) if self.transposed else frame
        return turned[:: -1 if self.upended else 1, :: -1 if self.mirrored else 1]


def pose_of(picture: VideoFrame) -> Pose:
    """By the display matrix (ISO/IEC 14496-12, 6.2.2), to the nearest quarter turn; without one as it lies."""
    told = picture.side_data.get("DISPLAYMATRIX")
    if not isinstance(told, SideData):
        return Pose()
    a, b, _, c, d, *_ = (int(number) for number in np.frombuffer(bytes(told), np.int32))
    if abs(a) >= abs(b):
        return Pose(transposed=False, upended=d < 0, mirrored=a < 0)
    return Pose(transposed=True, upended=b < 0, mirrored=c < 0)


def square(width: int, height: int, aspect: Fraction | None, most: int = MAX_PIXELS) -> tuple[int, int]:
    """The size in square pixels of pixels of such a shape; larger, unless that makes more of them than ``most``."""
    if not aspect or not _OLDEST_TELEVISION <= aspect <= _WIDEST_LENS:
        return width, height
    wide, high = (width * aspect, Fraction(height)) if aspect > 1 else (Fraction(width), height / aspect)
    scale = min(1.0, (most / float(wide * high)) ** 0.5)
    return max(1, int(wide * scale + 0.5)), max(1, int(high * scale + 0.5))


def seen_size(picture: VideoFrame, aspect: Fraction | None) -> tuple[int, int]:
    """Width and height of the upright picture in square pixels; ``aspect`` is the shape of one as it lies."""
    width, height = square(picture.width, picture.height, aspect)
    return (height, width) if pose_of(picture).transposed else (width, height)
