"""Turns a model's sound into a clip's track: stereo AAC at 48 kHz, as long as the picture, of one loudness."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.codec.context import Flags as CodecFlags
from av.container import OutputContainer

from core.media.loudness import SAMPLE_RATE, levelled


class SoundTrack:
    """The stereo track of an output. Silence may grow with the picture, so that the muxer holds no frames back."""

    def __init__(self, output: OutputContainer) -> None:
        self._output = output
        self._stream: AudioStream = output.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        self._stream.bit_rate = 128_000
        self._stream.codec_context.flags |= CodecFlags.bitexact
        self._written = 0

    def write_silence(self, *, until: Fraction) -> None:
        """Add silence up to ``until`` seconds."""
        samples = round(until * SAMPLE_RATE) - self._written
        if samples <= 0:
            return
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        self._write(frame)

    def write(self, sound: np.ndarray) -> None:
        """Add samples x 2, float32 at 48 kHz."""
        for start in range(0, len(sound), SAMPLE_RATE):
            part = np.ascontiguousarray(sound[start : start + SAMPLE_RATE].T)
            self._write(av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo"))

    def end(self) -> None:
        """Flush what the codec holds."""
        self._output.mux(self._stream.encode(None))

    def _write(self, frame: av.AudioFrame) -> None:
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._written, Fraction(1, SAMPLE_RATE)
        self._written += frame.samples
        self._output.mux(self._stream.encode(frame))


def check_sound(samples: np.ndarray, rate: int) -> None:
    """Whether it is sound that ``finished`` takes.

    Raises:
        ValueError: not samples x 1 or 2 channels of finite float32, or a rate that is not positive.
    """
    if samples.ndim != 2 or samples.shape[1] not in {1, 2} or samples.dtype != np.float32:
        raise ValueError(f"sound must be samples x 1 or 2 channels float32, not {samples.shape} {samples.dtype}")
    if rate <= 0:
        raise ValueError(f"the sound's rate must be positive, not {rate}")
    if not np.isfinite(samples).all():
        raise ValueError("the sound holds values that are no numbers")


def finished(samples: np.ndarray, rate: int, seconds: Fraction, *, is_levelled: bool = False) -> np.ndarray:
    """Sound (samples x 1 or 2 channels float32 at ``rate`` Hz) as samples x 2 at 48 kHz, cut or padded, levelled.

    What ``is_levelled`` already keeps its loudness.
    """
    stereo = np.zeros((round(seconds * SAMPLE_RATE), 2), np.float32)
    resampled = _resampled(np.broadcast_to(samples, (len(samples), 2)), rate)[: len(stereo)]
    stereo[: len(resampled)] = resampled
    return stereo if is_levelled else levelled(stereo)


def _resampled(stereo: np.ndarray, rate: int) -> np.ndarray:
    if not len(stereo):
        return stereo
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(stereo.T), format="fltp", layout="stereo")
    frame.sample_rate = rate
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray() for part in frames], axis=1).T
