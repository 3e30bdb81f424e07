"""Turns a clip's file into what is known about it, or into the reason why it is no clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from av.frame import Frame
from av.video.frame import VideoFrame

from core.errors import EngineFault
from core.media.source import Source, decoded, open_source


@dataclass(frozen=True)
class MediaInfo:
    """What a file says of itself. Sizes in pixels and bytes, ``fps`` the average rate."""

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


def probe(path: Path) -> MediaInfo:
    """Read headers and index only, at any length.

    Raises:
        EngineFault: ``clip-invalid``: not an MP4 with a picture track, cut short, or built to exhaust memory.
        OSError: the file cannot be read.
    """
    with open_source(path) as source:
        return _describe(source, path.stat().st_size)


def verify(
    path: Path,
    *,
    width: int | None = None,
    height: int | None = None,
    seconds: float | None = None,
    tolerance: float = 0.25,
) -> MediaInfo:
    """Decode every frame and every sound, and compare with what was asked for; ``num_frames`` is then counted.

    ``tolerance`` is how many seconds the length may be off.

    Raises:
        EngineFault: ``clip-invalid``: damaged anywhere, too long to be a clip, or not what was asked for.
        OSError: the file cannot be read.
    """
    with open_source(path) as source:
        info = replace(_describe(source, path.stat().st_size), num_frames=_count(source))
    _expect("width", info.width, width)
    _expect("height", info.height, height)
    _expect("seconds", info.seconds, seconds, tolerance)
    return info


def _describe(source: Source, size_bytes: int) -> MediaInfo:
    video = source.video
    if not source.fps or not source.seconds:
        raise EngineFault("clip-invalid", detail="no length")
    return MediaInfo(
        width=video.width,
        height=video.height,
        fps=source.fps,
        num_frames=source.num_frames,
        seconds=source.seconds,
        codec=video.codec_context.name,
        profile=video.codec_context.profile,
        pixel_format=video.pix_fmt,
        audio_codec=source.audio.codec_context.name if source.audio else None,
        faststart=source.faststart,
        size_bytes=size_bytes,
        metadata=source.metadata,
    )


def _count(source: Source) -> int:
    frames = (frame for packet in source.packets(*source.streams) for frame in decoded(packet, Frame))
    pictures = sum(isinstance(frame, VideoFrame) for frame in frames)
    if not pictures:
        raise EngineFault("clip-invalid", detail="no pictures")
    return pictures


def _expect(name: str, found: float, wanted: float | None, tolerance: float = 0.0) -> None:
    if wanted is not None and abs(found - wanted) > tolerance:
        raise EngineFault("clip-invalid", detail=f"{name} is {found:g}, not {wanted:g}")
