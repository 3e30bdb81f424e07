"""Turns a clip into one of a chosen size and bit rate: one pass to learn where bits are needed, one to spend them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.codec.context import Flags, ThreadType
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange

from core.media.encode import SCALING, mp4_output, x264_options
from core.media.source import Source, decoded, open_source


@dataclass(frozen=True)
class Plan:
    """What to make. Sizes are pixels, rates bits a second; ``sound_rate`` None keeps the sound as it is."""

    width: int
    height: int
    picture_rate: int
    sound_rate: int | None


@dataclass(frozen=True)
class TwoPass:
    """Encodes of one clip that share an analysis, kept in ``folder``. Frames stream through; nothing is held."""

    clip: Path
    folder: Path
    preset: str
    threads: int

    def analyse(self, plan: Plan) -> None:
        """The first pass; leaves x264's notes in ``folder``."""
        with open_source(self.clip) as source:
            codec = av.CodecContext.create("libx264", "w")
            self._configure(codec, source, plan, Flags.pass1)
            for picture in source.pictures():
                codec.encode(_resized(picture, plan))
            codec.encode(None)

    def write(self, plan: Plan, target: Path) -> None:
        """A second pass: any rate, the size that was analysed."""
        with open_source(self.clip) as source, mp4_output(target, source.metadata) as output:
            video = output.add_stream("libx264", rate=source.video.average_rate)
            self._configure(video.codec_context, source, plan, Flags.pass2)
            add_sound = sound_writer(output, source, plan.sound_rate)
            for packet in source.packets(*source.streams):
                if packet.stream_index != source.video.index:
                    add_sound(packet)
                    continue
                for picture in decoded(packet, VideoFrame):
                    output.mux(video.encode(_resized(picture, plan)))
            output.mux(video.encode(None))

    def _configure(self, codec: VideoCodecContext, source: Source, plan: Plan, which: Flags) -> None:
        video = source.video.codec_context
        codec.width, codec.height, codec.pix_fmt = plan.width, plan.height, "yuv420p"
        codec.framerate = source.video.average_rate or Fraction(25)
        codec.time_base = source.video.time_base or 1 / codec.framerate
        codec.colorspace, codec.color_range = video.colorspace, ColorRange.MPEG
        codec.color_primaries, codec.color_trc = video.color_primaries, video.color_trc
        codec.bit_rate = plan.picture_rate
        codec.flags |= which
        codec.thread_count, codec.thread_type = self.threads, ThreadType.FRAME
        codec.options = {**x264_options(self.preset), "stats": str(self.folder / "x264")}


def _resized(picture: VideoFrame, plan: Plan) -> VideoFrame:
    fitted = picture.reformat(
        plan.width,
        plan.height,
        "yuv420p",
        src_color_range=picture.color_range,
        dst_color_range=ColorRange.MPEG,
        interpolation=SCALING,
        threads=1,
    )
    fitted.pict_type = PictureType.NONE  # the encoder must place its own key frames
    return fitted


def sound_writer(output: OutputContainer, source: Source, rate: int | None) -> Callable[[Packet[Stream]], None]:
    """What to do with each packet of the sound track."""
    if source.audio is None:
        return lambda _: None
    if rate is None:
        copy = output.add_stream_from_template(source.audio)

        def keep(packet: Packet[Stream]) -> None:
            if packet.size:
                packet.stream = copy
                output.mux(packet)

        return keep
    coarse = output.add_stream("aac", rate=source.audio.rate, layout=source.audio.layout.name)
    coarse.bit_rate = rate

    def encode(packet: Packet[Stream]) -> None:
        for frame in decoded(packet, AudioFrame):
            output.mux(coarse.encode(frame))
        if not packet.size:
            output.mux(coarse.encode(None))

    return encode
