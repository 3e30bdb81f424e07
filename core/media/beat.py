"""Turns pictures that are shown at any moments into pictures at one constant rate."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from av.video.frame import VideoFrame

from core.errors import EngineFault
from core.media.source import MAX_FRAMES, Source

_USUAL = tuple(
    Fraction(rate) for rate in (8, 10, 12, 15, 16, 18, 20, "24000/1001", 24, 25, "30000/1001", 30, 48, 50, 60)
)
_SLOWEST, _FASTEST = Fraction(8), Fraction(60)
_NEAR = Fraction(1, 200)
"""A rate that is off by less is the usual one, read from times in whole milliseconds."""


def steady_rate(source: Source) -> Fraction:
    """The rate at which a clip loses none of its pictures: its own, or where times vary the one they are counted in."""
    video = source.video
    average = video.average_rate or video.guessed_rate or video.base_rate or Fraction(24)
    usual = min(_USUAL, key=lambda rate: abs(rate - average))
    if abs(usual - average) <= usual * _NEAR:
        return usual
    counted = video.base_rate or average
    rate = counted if average < counted <= _FASTEST else average
    return min(_FASTEST, max(_SLOWEST, Fraction(rate).limit_denominator(1001)))


class Beat:
    """Pictures with their numbers, from ``origin`` (seconds) on: one that is missing is the one before it again.

    ``number`` is that of the next one.
    """

    def __init__(self, rate: Fraction, origin: float) -> None:
        self._rate, self._origin = rate, origin
        self._held: VideoFrame | None = None
        self.number = 0
        self._ends = origin

    def add(self, picture: VideoFrame) -> Iterator[tuple[int, VideoFrame]]:
        """What is shown until this picture is.

        Raises:
            EngineFault: ``clip-invalid``: too long to be a clip.
        """
        time = self._ends if picture.time is None else picture.time
        if self._held is not None:
            yield from self._until(time)
        self._held = picture
        lasts = (picture.duration or 0) * (picture.time_base or 0) or 1 / self._rate
        self._ends = time + float(lasts)

    def end(self) -> Iterator[tuple[int, VideoFrame]]:
        """What is shown until the last picture ends; it is shown once at least.

        Raises:
            EngineFault: as of ``add``.
        """
        yield from self._until(max(self._ends, self._origin + float((self.number + 1) / self._rate)))

    def _until(self, time: float) -> Iterator[tuple[int, VideoFrame]]:
        stop = round((time - self._origin) * self._rate)
        if stop > MAX_FRAMES:
            raise EngineFault("clip-invalid", detail="too long to be a clip")
        while self._held is not None and self.number < stop:
            yield self.number, self._held
            self.number += 1
