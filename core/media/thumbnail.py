"""Turns one moment of a clip into a JPEG: the preview chats show before a clip plays, or a full-size poster."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from core.errors import EngineFault, TooLarge
from core.media.frames import shrunk, to_rgb
from core.media.implicit import mark_jpeg
from core.media.marks import AIGC
from core.media.source import Source, open_source
from core.media.upright import Pose, pose_of
from core.media.whole import whole_file

# JPEG quantiser scales of libavcodec, best first; each is tried until the file is small enough.
QUALITIES = (3, 4, 6, 9, 13, 20, 31)


def thumbnail(
    source: Path,
    target: Path,
    *,
    at_seconds: float | None = None,
    max_side: int | None = 320,
    max_bytes: int | None = 200_000,
    qualities: Sequence[int] = QUALITIES,
) -> Path:
    """Write the frame at ``at_seconds`` and return ``target``: by default a third into the clip, at most the last one.

    The defaults are Telegram's limits for ``thumbnail`` in ``sendVideo``; ``max_side=None`` keeps the clip's size. The
    file appears whole or not at all.

    Raises:
        ValueError: ``at_seconds`` is negative.
        EngineFault: ``clip-invalid``.
        TooLarge: even the coarsest JPEG is above ``max_bytes``.
        OSError: the disk is full or refuses.
    """
    if at_seconds is not None and at_seconds < 0:
        raise ValueError(f"at_seconds must not be negative, not {at_seconds}")
    with open_source(source) as clip:
        moment = clip.seconds / 3 if at_seconds is None else at_seconds
        data = to_jpeg(
            _picture_at(clip, moment), max_side, max_bytes, aigc=clip.metadata.get(AIGC, ""), qualities=qualities
        )
    with whole_file(target) as part:
        part.write_bytes(data)
    return target


def poster(source: Path, target: Path) -> None:
    """Write the frame a third into the clip, as large as it is: a JPEG of 200 kB, or where none is, the coarsest.

    The file appears whole or not at all.

    Raises:
        EngineFault: ``clip-invalid``.
        OSError: the disk is full or refuses.
    """
    try:
        thumbnail(source, target, max_side=None)
    except TooLarge:
        # Much detail in a large picture. Nobody shall lose a clip to its poster.
        thumbnail(source, target, max_side=None, max_bytes=None, qualities=QUALITIES[-1:])


def _picture_at(source: Source, moment: float) -> VideoFrame:
    """The picture shown at ``moment`` seconds."""
    shown: VideoFrame | None = None
    source.seek(moment)
    for picture in source.pictures():
        if shown is not None and picture.time > moment:
            break
        shown = picture
    if shown is None:
        raise EngineFault("clip-invalid", detail="no pictures")
    return shown


def to_jpeg(
    picture: VideoFrame,
    max_side: int | None,
    max_bytes: int | None,
    *,
    aigc: str = "",
    qualities: Sequence[int] = QUALITIES,
) -> bytes:
    """One picture as a JPEG, shrunk to ``max_side`` and of the best quality that fits in ``max_bytes``.

    ``aigc`` is what the metadata of its clip say of AI; its own say the same.

    Raises:
        TooLarge: even the coarsest is above that.
    """
    if pose_of(picture) != Pose():
        picture = VideoFrame.from_ndarray(to_rgb(picture), format="rgb24")
    width, height = shrunk(picture.width, picture.height, max_side)
    # JFIF is full-range BT.601 whatever the clip is.
    small = picture.reformat(
        width,
        height,
        "yuv420p",
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT,
        threads=1,
    )
    for quality in qualities:
        data = mark_jpeg(_compress(small, quality), aigc)
        if max_bytes is None or len(data) <= max_bytes:
            return data
    raise TooLarge(limit_bytes=max_bytes or 0)


def _compress(picture: VideoFrame, quality: int) -> bytes:
    codec: VideoCodecContext = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = picture.width, picture.height, "yuv420p"
    codec.color_range = ColorRange.JPEG
    codec.time_base = Fraction(1, 1)
    codec.flags |= Flags.bitexact
    codec.qmin = codec.qmax = quality
    return b"".join(bytes(packet) for packet in [*codec.encode(picture), *codec.encode(None)])
