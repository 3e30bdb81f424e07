"""Turns a file that a vendor sent into a clip that may be shown, or into the reason why it is not what was paid for.

Nothing is encoded here: ``core.media.burn`` writes the file anew with our marks, as what every chat plays.
"""

from __future__ import annotations

from pathlib import Path

from core.errors import EngineFault
from core.media.probe import MediaInfo, verify
from core.media.thumbnail import poster as write_poster

LEAST_SECONDS_OFF, LENGTH_OFF = 1.0, 0.2
"""A length may be off by a second or by this share of what was asked, whichever is more."""
SHAPE_OFF, SIDE_OFF = 0.12, 0.15
"""Shares by which width : height, and the shorter side, may be off: 864x496 is 480p, and 480p is not 720p."""


def adopt(path: Path, poster: Path, *, width: int, height: int, seconds: float) -> MediaInfo:
    """Judge a downloaded file by what was asked for, and write its poster; the file stays as it is.

    It may be MP4, QuickTime, Matroska or WebM, whatever its name says. Every picture and every sound is decoded once.
    The answer has the length, and the size of the upright picture in square pixels, as they are.

    Raises:
        EngineFault: ``clip-invalid``: no video, damaged, cut short, built to exhaust memory, or of another length,
            shape or size than asked; ``detail`` says which.
        OSError: the file cannot be read, or the poster not be written.
    """
    info = verify(path)
    _require_length(info, seconds)
    _require_shape(info, width, height)
    write_poster(path, poster)
    return info


def _require_length(info: MediaInfo, asked: float) -> None:
    if abs(info.seconds - asked) > max(LEAST_SECONDS_OFF, LENGTH_OFF * asked):
        raise EngineFault("clip-invalid", detail=f"{info.seconds:.2f} s, asked for {asked:g} s")


def _require_shape(info: MediaInfo, width: int, height: int) -> None:
    off = info.width / info.height / (width / height)
    if max(off, 1 / off) > 1 + SHAPE_OFF:
        raise EngineFault("clip-invalid", detail=f"{info.width}x{info.height}, not of the shape of {width}x{height}")
    off = min(info.width, info.height) / min(width, height)
    if abs(off - 1) > SIDE_OFF:
        raise EngineFault("clip-invalid", detail=f"{info.width}x{info.height}, asked for {width}x{height}")
