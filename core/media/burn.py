"""Turns a finished clip, such as a vendor sent, into one that carries our marks in its frames and its metadata.

Clips made here are marked before they are encoded for the first time; this costs a second encode. Our encoder writes
label and metadata together, so what a file says of its number tells whether the label is there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import ThreadType
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from core.media.encode import SCALING, mp4_output, x264_options
from core.media.frames import to_rgb
from core.media.marks import Marks
from core.media.probe import probe
from core.media.sound import SoundTrack
from core.media.source import Source, decoded, open_source
from core.media.thumbnail import thumbnail
from core.media.two_pass import sound_writer
from core.media.whole import whole_file
from core.types import Clip


def with_marks(clip: Clip, marks: Marks) -> Clip:
    """The clip, its file and its poster replaced where it was encoded by somebody else.

    Raises:
        EngineFault: ``clip-invalid``: the clip is damaged.
        OSError: the disk is full or refuses.
    """
    told = probe(clip.path).metadata
    if all(told.get(key) == text for key, text in marks.metadata.items()):
        return clip
    recipe = {"comment": json.dumps(dict(clip.recipe), ensure_ascii=False)}
    burn(clip.path, clip.path, replace(marks, metadata={**recipe, **marks.metadata}), threads=2)
    thumbnail(clip.path, clip.poster, max_side=None)
    return replace(clip, size_bytes=clip.path.stat().st_size)


def burn(source: Path, target: Path, marks: Marks, *, crf: int = 18, threads: int = 1) -> None:
    """Write the clip with its marks; sound, timing and other metadata stay. The file appears whole or not at all.

    One without sound gets a silent track: Telegram would show it as a GIF.

    Raises:
        EngineFault: ``clip-invalid``: the clip is damaged.
        OSError: the disk is full or refuses.
    """
    with (
        open_source(source) as clip,
        whole_file(target) as part,
        mp4_output(part, {**clip.metadata, **marks.metadata}) as output,
    ):
        video = output.add_stream("libx264", rate=clip.video.average_rate, options=_options(crf))
        _configure(video, clip, threads)
        add_sound, silence = sound_writer(output, clip, None), None if clip.audio else SoundTrack(output)
        stamp = marks.stamp(video.width, video.height, clip.fps)
        number = 0
        for packet in clip.packets(*clip.streams):
            if packet.stream_index != clip.video.index:
                add_sound(packet)
                continue
            for picture in decoded(packet, VideoFrame):
                even = to_rgb(picture)[: video.height, : video.width]
                output.mux(video.encode(_picture(stamp(number, even), picture)))
                number += 1
                if silence:
                    silence.write_silence(until=number / Fraction(clip.fps).limit_denominator(1001))
        output.mux(video.encode(None))
        if silence:
            silence.end()


def _options(crf: int) -> dict[str, str]:
    return {"crf": str(crf), **x264_options("veryfast")}


def _configure(video: VideoStream, clip: Source, threads: int) -> None:
    video.width, video.height = clip.video.width // 2 * 2, clip.video.height // 2 * 2
    video.pix_fmt = "yuv420p"
    context = video.codec_context
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.thread_count, context.thread_type = threads, ThreadType.FRAME
    if clip.video.time_base:
        context.time_base = clip.video.time_base


def _picture(frame: np.ndarray, original: VideoFrame) -> VideoFrame:
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame)).reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=SCALING,
        threads=1,
    )
    picture.pts, picture.time_base = original.pts, original.time_base
    picture.pict_type = PictureType.NONE
    return picture
