"""Turns a frame into one that says, in a corner, that it was made by AI.

GB 45438-2025 asks for letters at least 5 % of the picture's shorter side high. Which of a letter's heights is meant is
open: here it is that of a capital, and so the least of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO

import numpy as np

CAPITAL = 0.05
"""Height of a capital, as a share of the shorter side."""
PLATE = 0.6
"""How much of the picture the dark plate covers: white letters keep a contrast of 5.7 to 1 on pure white."""
_FULL = 256


@dataclass(frozen=True)
class Label:
    """A label for frames of one size, to be blended in: rows ``top`` to ``bottom``, columns ``left`` to ``right``.

    ``keep`` and ``ink`` are as large as the label, x 1: what is kept of the picture (of 256) and what is added to it.
    """

    top: int
    left: int
    bottom: int
    right: int
    keep: np.ndarray
    ink: np.ndarray

    def write_on(self, frame: np.ndarray) -> None:
        """Blend it into a frame, HxWx3 uint8 RGB, in place."""
        corner = frame[self.top : self.bottom, self.left : self.right]
        np.copyto(corner, (corner * self.keep + self.ink) >> 8, casting="unsafe")


def make_label(text: str, width: int, height: int) -> Label:
    """White letters on a dark plate, for the lower right corner of frames of that size in pixels."""
    letters = _draw(text, CAPITAL * min(width, height))
    pad = max(2, round(letters.shape[0] * 0.35))
    letters = np.pad(letters, pad)
    bottom, right = height - pad, width - pad
    top, left = max(0, bottom - letters.shape[0]), max(0, right - letters.shape[1])
    # Over the plate (black) come the letters (white): what is left of the picture passes both.
    shown = letters[: bottom - top, : right - left, np.newaxis]
    keep = ((1 - PLATE) * (1 - shown) * _FULL).astype(np.uint16)
    return Label(top, left, bottom, right, keep, (shown * 255 * (_FULL - 1)).astype(np.uint16))


def _draw(text: str, capital: float) -> np.ndarray:
    """The text as HxW float32 from 0 to 1, its capitals at least so many pixels high; no margins."""
    from PIL import Image, ImageDraw, ImageFont

    data = (files("core.media") / "data" / "label.otf").read_bytes()
    size = max(1, int(capital))
    while True:
        font = ImageFont.truetype(BytesIO(data), size)
        _, top, _, bottom = font.getbbox("A")
        if bottom - top >= capital + 1:  # its edge rows are half ink
            break
        size += 1
    left, top, right, bottom = map(int, font.getbbox(text))
    picture = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=255, font=font)
    return np.asarray(picture, np.float32) / 255
