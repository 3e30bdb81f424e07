"""Turns the sound of a clip into samples; silence where it has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from core.media.loudness import SAMPLE_RATE
from core.media.source import Source, decoded, open_source


def sound_of(path: Path, samples: int) -> np.ndarray:
    """The first ``samples`` of a clip's sound at 48 kHz: samples x 2 float32 in -1..1, with silence where nothing is.

    Raises:
        EngineFault: ``clip-invalid``: damaged.
        OSError: the file cannot be read.
    """
    sound = np.zeros((samples, 2), np.float32)
    with open_source(path) as clip:
        if clip.audio is not None:
            _fill(sound, clip)
    return sound


def _fill(sound: np.ndarray, clip: Source) -> None:
    resampler = AudioResampler("fltp", "stereo", SAMPLE_RATE)
    at: int | None = None
    for frame in _frames(clip):
        if at is None and frame is not None:
            # Sound may begin after the picture, or before it by what its codec needs to get going.
            at = round(((frame.time or 0.0) - clip.origin) * SAMPLE_RATE)
        for part in resampler.resample(frame) if at is not None else ():
            at = _put(sound, part.to_ndarray().T, at or 0)


def _frames(clip: Source) -> Iterator[AudioFrame | None]:
    assert clip.audio is not None
    for packet in clip.packets(clip.audio):
        yield from decoded(packet, AudioFrame)
    # It brings out what the resampler still holds.
    yield None


def _put(sound: np.ndarray, part: np.ndarray, at: int) -> int:
    """Lay a part where it belongs, as far as there is room for it; where the next one belongs."""
    end = at + len(part)
    first, last = max(0, at), min(len(sound), end)
    if first < last:
        # A file may hold what is no number, which no encoder takes.
        sound[first:last] = np.clip(np.nan_to_num(part[first - at : last - at]), -1, 1)
    return end
