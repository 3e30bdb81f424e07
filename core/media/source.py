"""Turns a video file of unknown origin into frames and packets, within bounds and with one kind of error.

Only MP4, QuickTime, Matroska and WebM are opened, told apart by what a file begins with and not by its name: other
demuxers read playlists, and so files and addresses named in them.
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
from core.media import ebml
from core.media.boxes import read_order

# 4096 x 2304, the largest frame any model we know of makes; a decoder takes a few times this many bytes.
MAX_PIXELS = 4096 * 2304
# Two minutes at 60 fps; a file of a few kilobytes can hold hours of unchanged picture.
MAX_FRAMES = 7200
MAX_SECONDS = MAX_FRAMES / 60
MAX_PACKETS = 200_000
"""Packets that a file may be made of; the shortest there are, 2.5 ms of Opus, are 48,000 in two minutes."""
# "explode" makes the decoder say so when data is damaged, instead of painting over it.
DECODER_OPTIONS = {"max_pixels": str(MAX_PIXELS), "err_detect": "explode"}

# What clips are made with, and what people's cameras and editors write; nothing else is decoded, or only probed.
PICTURE_CODECS = frozenset({"h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mjpeg", "prores"})
SOUND_CODECS = frozenset(
    {"aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3"}
    | {f"pcm_{kind}" for kind in ("s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "u8")}
)
# Decoders that have another name than what they decode.
_DECODERS = ",".join(sorted(PICTURE_CODECS | SOUND_CODECS | {"libdav1d", "mp3float"}))
_SOON = 0.001
"""Seconds; a clip that begins so late begins at once."""
_PRIMING = 0.1
"""Seconds of sound before the beginning that a codec needs, and nobody hears."""

MUXER_KEYS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder", "creation_time"})


@dataclass(frozen=True)
class Source:
    """An open file with one picture track and at most one sound track we use."""

    container: InputContainer
    video: VideoStream
    audio: AudioStream | None
    faststart: bool
    is_matroska: bool = False

    @property
    def origin(self) -> float:
        """The moment, in seconds, that its clock shows at the beginning; mostly 0."""
        told = (self.container.start_time or 0) / av.time_base
        return 0.0 if -_PRIMING < told < _SOON else told

    @property
    def fps(self) -> float:
        """Average frames a second; 0 where unknown."""
        return float(self.video.average_rate or 0)

    @property
    def seconds(self) -> float:
        """Length of the picture track, or of the whole where it does not say (Matroska); 0 where unknown."""
        whole = (self.container.duration or 0) / av.time_base
        return float((self.video.duration or 0) * (self.video.time_base or 0)) or (whole if self.is_matroska else 0.0)

    @property
    def num_frames(self) -> int:
        """Pictures by the index, or by length and rate where the file has none (movie fragments)."""
        return self.video.frames or round(self.seconds * self.fps)

    @property
    def metadata(self) -> dict[str, str]:
        """What the file was told to keep, without the muxer's own notes."""
        return {key: text for key, text in self.container.metadata.items() if key.lower() not in MUXER_KEYS}

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
            for number, packet in enumerate(self.container.demux(*streams)):
                pictures += packet.stream_index == self.video.index
                if pictures > MAX_FRAMES + 1 or number > MAX_PACKETS:
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
        EngineFault: ``clip-invalid``: no MP4 or Matroska with a picture track of a sane size.
        OSError: the file cannot be read.
    """
    is_matroska = _begins(path) == ebml.MAGIC
    faststart = False
    if is_matroska:
        ebml.require_whole(path)
    else:
        faststart = _index_first(read_order(path))
    with _damage_is_a_fault():
        container = av.open(
            str(path.absolute()),
            "r",
            format="matroska" if is_matroska else "mp4",
            options={"max_pixels": str(MAX_PIXELS), "codec_whitelist": _DECODERS},
            metadata_errors="replace",
        )
    with container:
        video, audio = container.streams.best("video"), container.streams.best("audio")
        if not isinstance(video, VideoStream) or not _decodable(video, PICTURE_CODECS):
            raise EngineFault("clip-invalid", detail="no picture track")
        if not 0 < video.width * video.height <= MAX_PIXELS:
            raise EngineFault("clip-invalid", detail=f"pictures of {video.width}x{video.height}")
        sound = audio if isinstance(audio, AudioStream) and _decodable(audio, SOUND_CODECS) else None
        yield Source(container, video, sound, faststart, is_matroska)


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(ebml.MAGIC))


def _decodable(stream: VideoStream | AudioStream, known: frozenset[str]) -> bool:
    """Whether the codec is a known one; if so, its decoder is bounded."""
    codec = stream.codec_context
    if codec is None or codec.codec.canonical_name not in known:
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
