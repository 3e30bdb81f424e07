"""Turns a video file of unknown origin into frames and packets, within bounds and with one kind of error.

Only MP4 and QuickTime are opened: other demuxers read playlists, and so files and addresses named in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import av
from av.audio.stream import AudioStream
from av.codec.context import ThreadType
from av.container import InputContainer
from av.error import FFmpegError
from av.frame import Frame
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.errors import EngineFault
from core.media.boxes import read_order

# 4096 x 2304, the largest frame any model we know of makes; a decoder takes a few times this many bytes.
MAX_PIXELS = 4096 * 2304
# Two minutes at 60 fps; a file of a few kilobytes can hold hours of unchanged picture.
MAX_FRAMES = 7200
# "explode" makes the decoder say so when data is damaged, instead of painting over it.
DECODER_OPTIONS = {"max_pixels": str(MAX_PIXELS), "err_detect": "explode"}

MUXER_KEYS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder", "creation_time"})


@dataclass(frozen=True)
class Source:
    """An open file with one picture track and at most one sound track we use."""

    container: InputContainer
    video: VideoStream
    audio: AudioStream | None
    faststart: bool

    @property
    def fps(self) -> float:
        """Average frames a second; 0 where unknown."""
        return float(self.video.average_rate or 0)

    @property
    def seconds(self) -> float:
        """Length of the picture track; 0 where unknown."""
        return float((self.video.duration or 0) * (self.video.time_base or 0))

    @property
    def num_frames(self) -> int:
        """Pictures by the index, or by length and rate where the file has none (movie fragments)."""
        return self.video.frames or round(self.seconds * self.fps)

    @property
    def metadata(self) -> dict[str, str]:
        """What the file was told to keep, without the muxer's own notes."""
        return {key: text for key, text in self.container.metadata.items() if key not in MUXER_KEYS}

    @property
    def streams(self) -> tuple[VideoStream] | tuple[VideoStream, AudioStream]:
        """The tracks we use."""
        return (self.video,) if self.audio is None else (self.video, self.audio)

    def packets(self, *streams: VideoStream | AudioStream) -> Iterator[Packet[Stream]]:
        """Compressed packets in file order, at most ``MAX_FRAMES`` pictures, then an empty one for each stream.

        Raises:
            EngineFault: ``clip-invalid``: damaged, or too long to be a clip.
        """
        pictures = 0
        with _damage_is_a_fault():
            for packet in self.container.demux(*streams):
                pictures += packet.stream_index == self.video.index
                if pictures > MAX_FRAMES + 1:
                    raise EngineFault("clip-invalid", detail="too long to be a clip")
                yield packet

    def seek(self, seconds: float) -> None:
        """Go to the last key frame at or before the moment.

        Raises:
            EngineFault: ``clip-invalid``.
        """
        with _damage_is_a_fault():
            self.container.seek(int(seconds / (self.video.time_base or 1)), stream=self.video)

    def pictures(self) -> Iterator[VideoFrame]:
        """Decoded pictures in the order they are shown; errors as for ``packets``."""
        for packet in self.packets(self.video):
            yield from decoded(packet, VideoFrame)


AnyFrame = TypeVar("AnyFrame", bound=Frame)


def decoded(packet: Packet[Stream], kind: type[AnyFrame]) -> Iterator[AnyFrame]:
    """The frames a packet completes; an empty packet brings out what the decoder still holds.

    Raises:
        EngineFault: ``clip-invalid``: damaged.
    """
    with _damage_is_a_fault():
        frames = packet.decode()
    for frame in frames:
        if not isinstance(frame, kind) or frame.is_corrupt:
            raise EngineFault("clip-invalid", detail="damaged")
        yield frame


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a clip for reading; one thread, flat memory.

    Raises:
        EngineFault: ``clip-invalid``: not an MP4 with a picture track of a sane size.
        OSError: the file cannot be read.
    """
    faststart = _index_first(read_order(path))
    with _damage_is_a_fault():
        container = av.open(
            str(path.absolute()), "r", format="mp4", options={"max_pixels": str(MAX_PIXELS)}, metadata_errors="replace"
        )
    with container:
        video, audio = container.streams.best("video"), container.streams.best("audio")
        if not isinstance(video, VideoStream) or not _decodable(video):
            raise EngineFault("clip-invalid", detail="no picture track")
        if not 0 < video.width * video.height <= MAX_PIXELS:
            raise EngineFault("clip-invalid", detail=f"pictures of {video.width}x{video.height}")
        sound = audio if isinstance(audio, AudioStream) and _decodable(audio) else None
        yield Source(container, video, sound, faststart)


def _decodable(stream: VideoStream | AudioStream) -> bool:
    """Whether the codec is known; if so, its decoder is bounded."""
    codec = stream.codec_context
    if codec is None:
        return False
    codec.options = DECODER_OPTIONS
    codec.thread_count, codec.thread_type = 1, ThreadType.NONE
    return True


def _index_first(order: list[bytes]) -> bool:
    return order.index(b"moov") < order.index(b"mdat")


@contextmanager
def _damage_is_a_fault() -> Iterator[None]:
    # libav reports damage as anything from InvalidDataError to ENOMEM; the file itself was readable a moment ago.
    try:
        yield
    except FFmpegError as error:
        raise EngineFault("clip-invalid", detail=error.strerror or type(error).__name__) from error
