"""Turns a frame of a finished clip into one without our visible label, for clips that are made of it and get their own.

What is taken off is known to the pixel: letters of one size on a plate that keeps two fifths of the picture. Below the
plate that is reckoned back; below the letters nothing is left, and is made up from what is around them. Nothing is
changed where the label is not there. Frames leave here only to be labelled again.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from core.media.label import PLATE, Label, make_label
from core.media.label_texts import TEXTS

_LETTERS, _PLATE_ONLY = 0.98, 0.004
"""Shares of ink from which, and up to which, a pixel is all letter or all plate."""
_BRIGHT, _DARK = 200.0, 255 * (1 - PLATE) + 20
"""What letters have at least in the mean, and what lies below a plate at most, after an encoder's losses."""
_SPREAD = 3
"""Pixels around an edge, of a letter or of the plate, that an encoder has smeared."""
_LEAST = 1e-4
"""Of what is known around a pixel; it only keeps a division from failing."""
_GRAIN = 5
"""Pixels; reckoning back makes an encoder's grain two and a half times as strong."""


def lifter(width: int, height: int) -> Callable[[np.ndarray], np.ndarray]:
    """What takes labels off frames of that size in pixels, HxWx3 uint8 RGB; a frame without one is given back as is."""
    labels = [make_label(text, width, height) for text in TEXTS.values()]

    def lift(frame: np.ndarray) -> np.ndarray:
        found = next((label for label in labels if is_on(label, frame)), None)
        return frame if found is None else _lifted(found, frame)

    return lift


def is_on(label: Label, frame: np.ndarray) -> bool:
    """Whether a frame, HxWx3 uint8 RGB, carries this label: its letters are bright, and all its plate is dark."""
    light, ink = _at(label, frame).max(axis=2), _ink(label)
    letters, plate = light[ink >= _LETTERS], light[~_wide(ink > _PLATE_ONLY)]
    return bool(letters.size and plate.size and letters.mean() > _BRIGHT and plate.mean() < _DARK)


def _lifted(label: Label, frame: np.ndarray) -> np.ndarray:
    lifted, lost = frame.copy(), np.zeros(frame.shape[:2], bool)
    plate = _at(label, lifted)
    bare = np.clip(plate.astype(np.float32) / (1 - PLATE), 0, 255).astype(np.uint8)
    plate[...] = cv2.medianBlur(bare, _GRAIN)
    rim = np.zeros_like(lost)
    rim[label.top : label.bottom, label.left : label.right] = True
    rim[label.top + 1 : label.bottom - 1, label.left + 1 : label.right - 1] = False
    _at(label, lost)[...] = _ink(label) > _PLATE_ONLY
    around = _around(label, frame)
    lifted[around] = _mended(lifted[around], _wide(lost | rim)[around])
    return lifted


def _mended(picture: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """HxWx3 uint8 with what is lost made up as the mean of what is around it, the nearest counting most."""
    known = (~lost).astype(np.float32)
    sigma = picture.shape[0] / 12
    light = cv2.GaussianBlur(picture.astype(np.float32) * known[..., np.newaxis], (0, 0), sigma)
    share = cv2.GaussianBlur(known, (0, 0), sigma)[..., np.newaxis]
    mended = np.clip(light / np.maximum(share, _LEAST), 0, 255).astype(np.uint8)
    return np.where(lost[..., np.newaxis], mended, picture)


def _at(label: Label, frame: np.ndarray) -> np.ndarray:
    return frame[label.top : label.bottom, label.left : label.right]


def _around(label: Label, frame: np.ndarray) -> tuple[slice, slice]:
    """The label and a margin, from which its rim is made up."""
    margin = 3 * _SPREAD
    top, left = max(0, label.top - margin), max(0, label.left - margin)
    return slice(top, min(frame.shape[0], label.bottom + margin)), slice(left, label.right + margin)


def _ink(label: Label) -> np.ndarray:
    """How much of each pixel is letter: HxW from 0 to 1."""
    return np.asarray(label.ink[..., 0], np.float32) / (255 * 255)


def _wide(edges: np.ndarray) -> np.ndarray:
    """With what an encoder made of their surroundings."""
    brush = np.ones((2 * _SPREAD + 1, 2 * _SPREAD + 1), np.uint8)
    return np.asarray(cv2.dilate(edges.astype(np.uint8), brush), bool)
