"""Turns a clip's file into what is known about it, or into the reason why it is no clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from av.frame import Frame
from av.video.frame import VideoFrame

from core.errors import EngineFault
from core.media.source import Source, decoded, open_source
from core.media.upright import seen_size

_SAID_WELL = 0.1
"""Seconds between what a file says and what it shows that are rounding; more is an error, or a lie."""


@dataclass(frozen=True)
class MediaInfo:
    """What a file says of itself. Sizes in pixels and bytes, ``fps`` the average rate.

    ``codec`` is what is decoded (av1), not what decodes it (libdav1d); ``container`` is ``mp4`` or ``matroska``.
    """

    width: int
    height: int
    fps: float
    num_frames: int
    seconds: float
    codec: str
    profile: str | None
    pixel_format: str | None
    audio_codec: str | None
    faststart: bool
    size_bytes: int
    metadata: Mapping[str, str]
    container: str = "mp4"


def probe(path: Path) -> MediaInfo:
    """Read headers and index only, at any length.

    Raises:
        EngineFault: ``clip-invalid``: no MP4 or Matroska with a picture track, cut short, or built to exhaust memory.
        OSError: the file cannot be read.
    """
    with open_source(path) as source:
        return _describe(source, path.stat().st_size, source.seconds)


def verify(
    path: Path,
    *,
    width: int | None = None,
    height: int | None = None,
    seconds: float | None = None,
    tolerance: float = 0.25,
) -> MediaInfo:
    """Decode every frame and every sound, and compare with what was asked for.

    ``num_frames`` is then counted, ``width`` and ``height`` are of the upright picture in square pixels, and
    ``seconds`` is for how long pictures are shown, where the file says something else of itself or nothing.
    ``tolerance`` is how many seconds the length may be off.

    Raises:
        EngineFault: ``clip-invalid``: damaged anywhere, too long to be a clip, or not what was asked for.
        OSError: the file cannot be read.
    """
    with open_source(path) as source:
        count = _count(source)
        shown = float(count.ends) - source.origin
        said_well = abs(source.seconds - shown) < _SAID_WELL
        info = replace(
            _describe(source, path.stat().st_size, source.seconds if said_well else shown),
            num_frames=count.pictures,
            width=count.width,
            height=count.height,
        )
    _expect("width", info.width, width)
    _expect("height", info.height, height)
    _expect("seconds", info.seconds, seconds, tolerance)
    return info


def _describe(source: Source, size_bytes: int, seconds: float) -> MediaInfo:
    video = source.video
    if not source.fps or not seconds:
        raise EngineFault("clip-invalid", detail="no length")
    return MediaInfo(
        width=video.width,
        height=video.height,
        fps=source.fps,
        num_frames=source.num_frames,
        seconds=seconds,
        codec=video.codec_context.codec.canonical_name,
        profile=video.codec_context.profile,
        pixel_format=video.pix_fmt,
        audio_codec=source.audio.codec_context.codec.canonical_name if source.audio else None,
        faststart=source.faststart,
        size_bytes=size_bytes,
        metadata=source.metadata,
        container="matroska" if source.is_matroska else "mp4",
    )


@dataclass
class _Count:
    """What decoding shows: how many pictures, when the last one ends (seconds), and the size in which one is seen."""

    pictures: int = 0
    ends: Fraction = Fraction(0)
    width: int = 0
    height: int = 0

    def add(self, picture: VideoFrame, source: Source) -> None:
        unit = Fraction(picture.time_base or 0)
        if not self.pictures:
            self.width, self.height = seen_size(picture, source.video.sample_aspect_ratio)
        lasts = (picture.duration or 0) * unit or 1 / Fraction(source.video.average_rate or 1)
        self.ends = max(self.ends, (picture.pts or 0) * unit + lasts)
        self.pictures += 1


def _count(source: Source) -> _Count:
    count = _Count()
    for packet in source.packets(*source.streams):
        for frame in decoded(packet, Frame):
            if isinstance(frame, VideoFrame):
                count.add(frame, source)
    if not count.pictures:
        raise EngineFault("clip-invalid", detail="no pictures")
    return count


def _expect(name: str, found: float, wanted: float | None, tolerance: float = 0.0) -> None:
    if wanted is not None and abs(found - wanted) > tolerance:
        raise EngineFault("clip-invalid", detail=f"{name} is {found:g}, not {wanted:g}")
