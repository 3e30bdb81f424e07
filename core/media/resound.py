"""Turns the sound of a clip of any making into the AAC track of another; silence where there is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from core.media.loudness import SAMPLE_RATE
from core.media.sound import SoundTrack
from core.media.source import MAX_SECONDS, Source, decoded
from core.media.two_pass import sound_writer

_GAP = 0.05
"""Seconds by which sound may be late before it is a pause."""
_STEREO, _COARSEST = 2, 8_000


class Sound(Protocol):
    """What fills the sound track while pictures are written; moments are seconds from the clip's beginning."""

    def add(self, packet: Packet[Stream]) -> None:
        """A packet of the source's sound.

        Raises:
            EngineFault: ``clip-invalid``: damaged.
        """

    def reach(self, moment: Fraction) -> None:
        """The pictures have come this far."""

    def end(self, moment: Fraction) -> None:
        """The pictures end here, and no packet follows."""


def sound_for(output: OutputContainer, source: Source) -> Sound:
    """AAC of an MP4 stays as it is, where it begins with the clip; all else is written anew, in stereo at 48 kHz."""
    if source.audio is None:
        return _Silence(output)
    return _Kept(output, source) if _can_stay(source) else _Anew(output, source)


def _can_stay(source: Source) -> bool:
    sound = source.audio
    if sound is None or source.origin or source.is_matroska:
        return False
    codec = sound.codec_context
    return codec.codec.canonical_name == "aac" and 1 <= codec.channels <= _STEREO and codec.sample_rate >= _COARSEST


class _Silence:
    def __init__(self, output: OutputContainer) -> None:
        self._track = SoundTrack(output)

    def add(self, packet: Packet[Stream]) -> None:
        del packet

    def reach(self, moment: Fraction) -> None:
        self._track.write_silence(until=moment)

    def end(self, moment: Fraction) -> None:
        self._track.write_silence(until=moment)
        self._track.end()


class _Kept:
    """What goes on after the last picture is left out: a chat would show that picture for as long."""

    def __init__(self, output: OutputContainer, source: Source) -> None:
        self._write, self._seconds = sound_writer(output, source, None), source.seconds

    def add(self, packet: Packet[Stream]) -> None:
        starts = float((packet.pts or 0) * (packet.time_base or 0))
        if not self._seconds or starts < self._seconds:
            self._write(packet)

    def reach(self, moment: Fraction) -> None:
        del moment

    def end(self, moment: Fraction) -> None:
        del moment


class _Anew:
    def __init__(self, output: OutputContainer, source: Source) -> None:
        self._track, self._origin = SoundTrack(output), source.origin
        self._most = min(source.seconds or MAX_SECONDS, MAX_SECONDS)
        self._resampler: AudioResampler | None = None
        self._kind: tuple[str, str, int] | None = None
        self._written = 0

    def add(self, packet: Packet[Stream]) -> None:
        for frame in decoded(packet, AudioFrame):
            kind = frame.format.name, frame.layout.name, frame.sample_rate
            if kind != self._kind:
                self._drain()
                self._kind = kind
            self._place(frame)
            self._resampler = self._resampler or AudioResampler("fltp", "stereo", SAMPLE_RATE)
            self._write(self._resampler.resample(frame))

    def reach(self, moment: Fraction) -> None:
        del moment

    def end(self, moment: Fraction) -> None:
        self._drain()
        self._track.write_silence(until=moment)
        self._track.end()

    def _place(self, frame: AudioFrame) -> None:
        """Sound that begins late, or goes on after a pause, has silence before it."""
        starts = Fraction(frame.time or 0.0).limit_denominator(SAMPLE_RATE) - Fraction(self._origin)
        if starts - Fraction(self._written, SAMPLE_RATE) > _GAP:
            self._drain()
            self._pad(starts)

    def _pad(self, until: Fraction) -> None:
        until = min(until, Fraction(self._most))
        self._track.write_silence(until=until)
        self._written = max(self._written, round(until * SAMPLE_RATE))

    def _drain(self) -> None:
        if self._resampler:
            self._write(self._resampler.resample(None))
        self._resampler = None

    def _write(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            samples = frame.to_ndarray().T[: max(0, round(self._most * SAMPLE_RATE) - self._written)]
            if len(samples):
                # A file may hold what is no number, which no encoder takes.
                self._track.write(np.clip(np.nan_to_num(samples), -1, 1).astype(np.float32))
                self._written += len(samples)
