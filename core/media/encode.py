"""Turns RGB frames into an H.264 MP4 that Telegram, Discord and browsers play inline.

Measured on a model's clip: veryfast at CRF 20 costs less than half of medium's CPU for one VMAF point and a smaller
file, and converting to bt709 with tags is worth two points. A clip without sound may be shown as a GIF by Telegram.
``bench/media.py`` measures CPU and memory.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream

from core.media.marks import Marks
from core.media.probe import MediaInfo, probe
from core.media.sound import SoundTrack, check_sound, finished
from core.media.whole import whole_file

NO_MARKS = Marks()
# Without ACCURATE_RND and BITEXACT the bytes would depend on the CPU's vector units.
SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT


class Encoder:
    """Writes one clip, frame by frame; memory does not grow with its length.

    ::

        with Encoder(path, width=854, height=480, fps=24, metadata={"comment": recipe}) as encoder:
            for frame in frames:
                encoder.write(frame)

    The file appears under ``path`` when the block ends well (faststart, on disk), and not at all when it raises.
    It carries a stereo AAC track of the clip's length, silent unless ``has_sound`` is set and ``add_sound`` was called.
    Until sound comes the compressed pictures are held in memory. The same frames and arguments give the same bytes:
    ``threads``, too, is an argument, and x264 writes it down. ``marks`` are burnt into copies of the frames.

    Raises:
        ValueError: odd or non-positive sizes, a rate that is not positive, NUL in the metadata, no frames,
            or a frame of another shape.
        OSError: the disk is full (``errno.ENOSPC``) or refuses.
    """

    def __init__(
        self,
        path: Path,
        *,
        width: int,
        height: int,
        fps: float | Fraction,
        metadata: Mapping[str, str],
        crf: int = 20,
        preset: str = "veryfast",
        threads: int = 1,
        has_sound: bool = False,
        marks: Marks = NO_MARKS,
    ) -> None:
        if min(width, height) < 2 or width % 2 or height % 2:
            raise ValueError(f"width and height must be even and positive, not {width}x{height}")
        if fps <= 0:
            raise ValueError(f"fps must be positive, not {fps}")
        metadata = {**metadata, **marks.metadata}
        if any("\0" in text for pair in metadata.items() for text in pair):
            raise ValueError("metadata must not contain NUL: MP4 ends the text there")
        self._shape = (height, width, 3)
        self._fps = Fraction(fps).limit_denominator(1001)
        self._metadata = metadata
        self._stamp = marks.stamp(width, height, float(fps)) if marks.label or marks.watermark_key else None
        self._options = {"crf": str(crf), **x264_options(preset)}
        self._threads = threads
        self._frames = 0
        self._has_sound = has_sound
        self._sound: tuple[np.ndarray, int] | None = None
        self._is_levelled = False
        self._session = self._open(path)

    def write(self, frame: np.ndarray) -> None:
        """Add one frame, HxWx3 uint8 RGB (sRGB values, full range)."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame must be {self._shape} uint8, not {frame.shape} {frame.dtype}")
        if self._stamp:
            frame = self._stamp(self._frames, frame)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame)).reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=SCALING,
            threads=1,
        )
        picture.pts = self._frames
        picture.time_base = 1 / self._fps
        self._frames += 1
        self._output.mux(self._video.encode(picture))
        if not self._has_sound:
            self._track.write_silence(until=self._seconds)

    def add_sound(self, samples: np.ndarray, rate: int, *, is_levelled: bool = False) -> None:
        """Give the clip its sound: samples x 1 or 2 channels float32 in -1..1 at ``rate`` Hz, from the first frame on.

        It is cut or padded to the picture's length and brought to -16 LUFS, unless it ``is_levelled`` already.

        Raises:
            ValueError: it is no such sound, or the clip is to have none.
        """
        check_sound(samples, rate)
        if not self._has_sound:
            raise ValueError("this clip was begun without sound")
        self._sound, self._is_levelled = (samples, rate), is_levelled

    @property
    def _seconds(self) -> Fraction:
        return self._frames / self._fps

    @contextmanager
    def _open(self, path: Path) -> Iterator[None]:
        with whole_file(path) as part, mp4_output(part, self._metadata) as output:
            self._output = output
            self._video = self._add_video(output)
            self._track = SoundTrack(output)
            yield
            if not self._frames:
                raise ValueError("a clip needs at least one frame")
            output.mux(self._video.encode(None))
            if self._sound:
                self._track.write(finished(*self._sound, self._seconds, is_levelled=self._is_levelled))
            self._track.write_silence(until=self._seconds)
            self._track.end()

    def _add_video(self, output: OutputContainer) -> VideoStream:
        stream = output.add_stream("libx264", rate=self._fps, options=self._options)
        height, width, _ = self._shape
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.thread_count, context.thread_type = self._threads, ThreadType.FRAME
        return stream

    def __enter__(self) -> Self:
        self._session.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)


def x264_options(preset: str) -> dict[str, str]:
    """H.264 High, with the same bytes from the same frames on every x86-64 machine.

    x264 picks its code by CPU, and its AVX-512 lookahead (core 165: mb-tree with B-frames) reads memory nobody wrote,
    so that files differ from run to run. SSE2, which every x86-64 has, does neither and costs about 15 % more CPU.
    """
    portable = {"x264-params": "asm=SSE2"} if platform.machine() in {"x86_64", "AMD64"} else {}
    return {"preset": preset, "profile": "high", **portable}


@contextmanager
def mp4_output(path: Path, metadata: Mapping[str, str]) -> Iterator[OutputContainer]:
    """An MP4 with its index first, any metadata keys, and no time or version stamps; closed at the end of the block.

    The path is made absolute because libav reads a colon in a relative one as a protocol.
    """
    # Pictures wait for their sound however long it takes: a track after the other would not play while it loads.
    waits = {"max_interleave_delta": "0"}
    options = {"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact", **waits}
    path.write_bytes(bytes(4096))  # PyAV never closes a file whose header found no room: ask before it opens one
    output = av.open(str(path.absolute()), "w", format="mp4", container_options=options)
    output.metadata.update(metadata)
    try:
        yield output
    except BaseException:
        with suppress(FFmpegError):  # the error on its way says more than a second one from closing
            output.close()
        raise
    output.close()


def encode(
    frames: Iterable[np.ndarray],
    path: Path,
    *,
    width: int,
    height: int,
    fps: float | Fraction,
    metadata: Mapping[str, str],
    crf: int = 20,
    preset: str = "veryfast",
    threads: int = 1,
) -> MediaInfo:
    """Write all frames and say what came of it; arguments and errors are those of ``Encoder``."""
    writer = Encoder(
        path, width=width, height=height, fps=fps, metadata=metadata, crf=crf, preset=preset, threads=threads
    )
    with writer:
        for frame in frames:
            writer.write(frame)
    return probe(path)
