"""Turns a description into a file such as vendors send: any codec, any timing, any container."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from tests.needs import need

QUARTERS = {"top left": (220, 30, 30), "top right": (30, 200, 30), "bottom left": (30, 30, 220)}
"""Three corners of every picture as it is seen; the fourth is grey, and grows lighter with time."""
_FAST = {
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libx264": {"preset": "ultrafast"},
}


@dataclass(frozen=True)
class Odd:
    """``width`` and ``height`` are of the picture as it lies; ``turned`` is by how many degrees anticlockwise it is
    shown; ``times`` are the moments of the pictures in 1/1000 s, where they are not steady."""

    codec: str = "libx264"
    pixels: str = "yuv420p"
    sound: str | None = None
    channels: str = "stereo"
    sound_rate: int = 48_000
    sound_seconds: float | None = None
    container: str = "mp4"
    width: int = 160
    height: int = 96
    fps: int = 24
    seconds: float = 1.0
    turned: int = 0
    aspect: Fraction | None = None
    times: Sequence[int] = ()
    fragmented: bool = False

    @property
    def count(self) -> int:
        return len(self.times) or round(self.seconds * self.fps)


def picture(width: int, height: int, light: float) -> np.ndarray:
    """As it is seen: three coloured quarters, and a grey one whose lightness is from 0 to 1."""
    frame = np.full((height, width, 3), 40 + int(200 * light), np.uint8)
    top, left = height // 2, width // 2
    frame[:top, :left] = QUARTERS["top left"]
    frame[:top, left:] = QUARTERS["top right"]
    frame[top:, :left] = QUARTERS["bottom left"]
    return frame


def make(path: Path, odd: Odd) -> Path:
    """Write it; skips where PyAV cannot."""
    for codec in filter(None, (odd.codec, odd.sound)):
        need(codec in av.codecs_available, f"an encoder for {codec} in PyAV")
    options = {"movflags": "+frag_keyframe+empty_moov"} if odd.fragmented else {}
    with av.open(str(path), "w", format=odd.container, container_options=options) as output:
        video = output.add_stream(odd.codec, rate=odd.fps, options=_FAST.get(odd.codec, {}))
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = odd.width, odd.height, odd.pixels
        if odd.times:
            video.codec_context.time_base = Fraction(1, 1000)
        if odd.aspect:
            video.codec_context.sample_aspect_ratio = odd.aspect
        if odd.turned:
            video.set_display_rotation(odd.turned)
        sound = output.add_stream(odd.sound, rate=odd.sound_rate, layout=odd.channels) if odd.sound else None
        for index in range(odd.count):
            output.mux(video.encode(_frame(odd, index)))
        output.mux(video.encode(None))
        if isinstance(sound, AudioStream):
            _add_tone(output, sound, odd)
    return path


def _frame(odd: Odd, index: int) -> av.VideoFrame:
    turns = odd.turned // 90
    size = (odd.height, odd.width) if turns % 2 else (odd.width, odd.height)
    seen = picture(*size, index / max(1, odd.count - 1))
    # What is shown turned anticlockwise lies turned clockwise.
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(np.rot90(seen, -turns)))
    frame.pts = odd.times[index] if odd.times else index
    frame.time_base = Fraction(1, 1000) if odd.times else Fraction(1, odd.fps)
    return frame.reformat(format=odd.pixels)


def _add_tone(output: OutputContainer, stream: AudioStream, odd: Odd) -> None:
    length = round((odd.sound_seconds or odd.seconds) * odd.sound_rate)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(length) / odd.sound_rate)
    samples = np.tile(tone.astype(np.float32), (stream.channels, 1))
    fifo = av.AudioFrame.from_ndarray(samples, format="fltp", layout=odd.channels)
    fifo.sample_rate, fifo.pts, fifo.time_base = odd.sound_rate, 0, Fraction(1, odd.sound_rate)
    output.mux(stream.encode(fifo))
    output.mux(stream.encode(None))
