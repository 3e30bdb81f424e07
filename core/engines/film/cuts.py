"""Turns shots one after the other into one film, in picture and sound: cut hard, or each passing into the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from core.media.loudness import SAMPLE_RATE

_CLICK = SAMPLE_RATE // 100
"""Samples, 10 ms, in which sound ends and begins at a hard cut: one that is cut off clicks."""


def joined_pictures(shots: Iterable[Iterable[np.ndarray]], fade: int) -> Iterator[np.ndarray]:
    """The frames of all shots, HxWx3 uint8; the last ``fade`` of one and the first of the next become each other.

    Memory holds ``fade`` frames. Each shot has twice as many at least.
    """
    tail: deque[np.ndarray] = deque()
    for shot in shots:
        before, tail = tail, deque()
        for number, frame in enumerate(shot, start=1):
            shown = _blended(before.popleft(), frame, number / (fade + 1)) if before else frame
            tail.append(shown)
            if len(tail) > fade:
                yield tail.popleft()
    yield from tail


def _blended(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    return np.asarray(cv2.addWeighted(before, 1 - share, after, share, 0.0))


def joined_sound(parts: Sequence[np.ndarray], fade: int) -> np.ndarray:
    """Samples x 2 float32 of all parts; the last ``fade`` samples of one and the first of the next are laid together.

    One gets softer as the other gets louder, so that their sum is never louder than both.
    """
    length = sum(map(len, parts)) - fade * (len(parts) - 1)
    sound = np.zeros((length, 2), np.float32)
    at = 0
    for number, part in enumerate(parts):
        ramp = fade or _CLICK
        faded = _faded(part, ramp if number else 0, ramp if number < len(parts) - 1 else 0)
        sound[at : at + len(part)] += faded
        at += len(part) - fade
    return sound


def _faded(part: np.ndarray, first: int, last: int) -> np.ndarray:
    gain = np.ones((len(part), 1), np.float32)
    first, last = min(first, len(part)), min(last, len(part))
    gain[:first, 0] *= _rise(first)
    gain[len(part) - last :, 0] *= _rise(last)[::-1]
    return np.asarray(part * gain)


def _rise(samples: int) -> np.ndarray:
    return (np.arange(samples, dtype=np.float32) + 0.5) / max(1, samples)
