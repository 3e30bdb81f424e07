"""Turns a finished clip, such as a vendor sent, into one that carries our marks and that every chat plays.

Clips made here are marked before they are encoded for the first time; this costs a second encode. Our encoder writes
label and metadata together, so what a file says of its number tells whether the label is there. Whatever the clip was
made of, what comes out is an MP4 of H.264 in 8 bits (yuv420p) and AAC, with its index first, square pixels, upright
pictures of even sizes and a constant rate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import ThreadType
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from core.errors import EngineFault
from core.media.beat import Beat, steady_rate
from core.media.encode import SCALING, mp4_output, x264_options
from core.media.frames import as_it_lies
from core.media.marks import Marks
from core.media.probe import probe
from core.media.resound import sound_for
from core.media.source import decoded, open_source
from core.media.thumbnail import poster
from core.media.upright import Pose, pose_of, square
from core.media.whole import whole_file
from core.types import Clip


def with_marks(clip: Clip, marks: Marks) -> Clip:
    """The clip, its file and its poster replaced where it was encoded by somebody else.

    Raises:
        EngineFault: ``clip-invalid``: the clip is damaged.
        OSError: the disk is full or refuses.
    """
    if _carries(clip.path, marks):
        return clip
    recipe = {"comment": json.dumps(dict(clip.recipe), ensure_ascii=False)}
    burn(clip.path, clip.path, replace(marks, metadata={**recipe, **marks.metadata}), threads=2)
    poster(clip.path, clip.poster)
    made = probe(clip.path)
    return replace(clip, width=made.width, height=made.height, seconds=made.seconds, size_bytes=made.size_bytes)


def _carries(path: Path, marks: Marks) -> bool:
    with open_source(path) as source:
        told = source.metadata
    return all(told.get(key) == text for key, text in marks.metadata.items())


def burn(source: Path, target: Path, marks: Marks, *, crf: int = 18, threads: int = 1) -> None:
    """Write the clip with its marks; other metadata stay. The file appears whole or not at all.

    Sound in AAC stays as it is, and all other sound becomes that. One without sound gets a silent track: Telegram would
    show it as a GIF.

    Raises:
        EngineFault: ``clip-invalid``: the clip is damaged.
        OSError: the disk is full or refuses.
    """
    canvas = canvas_of(source)
    with (
        open_source(source) as clip,
        whole_file(target) as part,
        _damage_is_the_clips(),
        mp4_output(part, {**clip.metadata, **marks.metadata}) as output,
    ):
        rate = steady_rate(clip)
        video = output.add_stream("libx264", rate=rate, options={"crf": str(crf), **x264_options("veryfast")})
        _configure(video, canvas, rate, threads)
        sound, beat = sound_for(output, clip), Beat(rate, clip.origin)
        stamp = marks.stamp(canvas.width, canvas.height, float(rate))

        def write(pictures: Iterator[tuple[int, VideoFrame]]) -> None:
            for number, picture in pictures:
                output.mux(video.encode(_picture(stamp(number, canvas.painted(picture)), number, rate)))
                sound.reach((number + 1) / rate)

        for packet in clip.packets(*clip.streams):
            if packet.stream_index != clip.video.index:
                sound.add(packet)
                continue
            for picture in decoded(packet, VideoFrame):
                write(beat.add(picture))
        write(beat.end())
        output.mux(video.encode(None))
        sound.end(beat.number / rate)


@contextmanager
def _damage_is_the_clips() -> Iterator[None]:
    # Encoders and muxer are ours, so what they cannot take (times that run backwards) is the clip's fault.
    try:
        yield
    except FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise EngineFault("clip-invalid", detail=error.strerror or type(error).__name__) from error


@dataclass(frozen=True)
class Canvas:
    """What turns a clip's pictures into what is seen of them.

    ``width`` and ``height`` are even and of what is seen; ``lying`` is the size of that before it is turned.
    """

    width: int
    height: int
    lying: tuple[int, int]
    pose: Pose

    def painted(self, picture: VideoFrame) -> np.ndarray:
        """A picture as it is seen, HxWx3 uint8 RGB; whatever its own size, which may change within a file."""
        return np.ascontiguousarray(self.pose.turn(as_it_lies(picture, *self.lying))[: self.height, : self.width])


def canvas_of(path: Path) -> Canvas:
    """How a clip's pictures are seen, by its first one.

    Raises:
        EngineFault: ``clip-invalid``: damaged.
        OSError: the file cannot be read.
    """
    with open_source(path) as clip:
        picture = next(clip.pictures(), None)
        if picture is None:
            raise EngineFault("clip-invalid", detail="no pictures")
        pose = pose_of(picture)
        lying = square(picture.width, picture.height, clip.video.sample_aspect_ratio)
    lying = max(2, lying[0]), max(2, lying[1])
    width, height = lying[::-1] if pose.transposed else lying
    return Canvas(width // 2 * 2, height // 2 * 2, lying, pose)


def _configure(video: VideoStream, canvas: Canvas, rate: Fraction, threads: int) -> None:
    video.width, video.height, video.pix_fmt = canvas.width, canvas.height, "yuv420p"
    context = video.codec_context
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.thread_count, context.thread_type = threads, ThreadType.FRAME
    context.time_base = 1 / rate


def _picture(frame: np.ndarray, number: int, rate: Fraction) -> VideoFrame:
    picture = av.VideoFrame.from_ndarray(frame).reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=SCALING,
        threads=1,
    )
    picture.pts, picture.time_base = number, 1 / rate
    return picture
