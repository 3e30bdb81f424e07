"""Sound of any loudness in, a track of one loudness out."""

import math
import re
import shutil
import subprocess
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.encode import Encoder
from core.media.loudness import CEILING, SAMPLE_RATE, TARGET, levelled, loudness
from core.media.probe import verify
from core.media.sound import finished
from tests.needs import need
from tests.unit.media.pictures import moving

RATE = SAMPLE_RATE


def tone(seconds: float, level: float, frequency: float = 997.0, rate: int = RATE) -> np.ndarray:
    """A sine on both channels, ``level`` dBFS at its peaks."""
    moments = np.arange(round(seconds * rate)) / rate
    return np.repeat(10 ** (level / 20) * np.sin(2 * np.pi * frequency * moments)[:, None], 2, axis=1).astype(
        np.float32
    )


def programme(seed: int, seconds: int = 8, level: float = 0.05) -> np.ndarray:
    """Noise of changing colour and strength with pauses, unlike on its two channels."""
    random = np.random.default_rng(seed)
    noise = random.normal(0, level, (seconds * RATE, 2))
    dull = noise + np.roll(noise, 1, axis=0) + np.roll(noise, 2, axis=0)
    strength = np.repeat(random.choice([0.0, 0.05, 0.5, 1.0], seconds * 4), RATE // 4)[:, None]
    return np.asarray((noise + dull) * strength, np.float32)


def test_the_standards_own_reference_reads_as_it_says() -> None:
    # BS.1770-4: a 0 dBFS sine of 997 Hz on one front channel gives -3.01 LKFS; on both twice the power.
    sine = tone(5, 0.0)
    assert loudness(sine) == pytest.approx(0.0, abs=0.01)
    assert loudness(sine[:, :1]) == pytest.approx(-3.01, abs=0.01)
    assert loudness(sine * [1, 0]) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_the_meter_passes_the_first_two_of_ebu_3341(level: float) -> None:
    # EBU Tech 3341, cases 1 and 2: a stereo sine of 1000 Hz for 20 s reads its own level within 0.1 LU.
    assert loudness(tone(20, level, 1000.0)) == pytest.approx(level, abs=0.1)


def test_pauses_are_gated_out() -> None:
    # EBU Tech 3341, case 3: -36, -23 and -36 dBFS for 10, 60 and 10 s read -23 LUFS.
    parts = [tone(10, -36.0, 1000.0), tone(60, -23.0, 1000.0), tone(10, -36.0, 1000.0)]
    assert loudness(np.concatenate(parts)) == pytest.approx(-23.0, abs=0.1)


def ffmpeg_reads(*source: str) -> float:
    """LUFS by ffmpeg's ebur128, which prints tenths."""
    need(shutil.which("ffmpeg"), "ffmpeg")
    command = ["ffmpeg", "-hide_banner", "-nostats", *source, "-vn", "-af", "ebur128", "-f", "null", "-"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(re.findall(r"I:\s+(\S+) LUFS", report)[-1])


@pytest.mark.parametrize("seed", range(4))
def test_ffmpeg_reads_the_same(tmp_path: Path, seed: int) -> None:
    sound = programme(seed)
    for name, samples in (("before", sound), ("after", levelled(sound))):
        path = tmp_path / f"{name}.raw"
        path.write_bytes(samples.tobytes())
        found = ffmpeg_reads("-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", str(path))
        assert loudness(samples) == pytest.approx(found, abs=0.06)


@pytest.mark.parametrize("level", [-32.0, -6.0])
def test_the_finished_file_is_as_loud_as_it_should_be(tmp_path: Path, level: float) -> None:
    # No noise: what AAC leaves out above 16 kHz would count.
    path = tmp_path / "clip.mp4"
    with Encoder(path, width=64, height=48, fps=8, metadata={}, has_sound=True) as encoder:
        for frame in moving(32, 64, 48):
            encoder.write(frame)
        encoder.add_sound(tone(4, level, 300.0) + tone(4, level, 2000.0), RATE)
    assert ffmpeg_reads("-i", str(path)) == pytest.approx(TARGET, abs=0.5)


@pytest.mark.parametrize(("seed", "level"), [(0, 0.02), (1, 0.1), (2, 0.5), (3, 2.0)])
def test_soft_and_loud_come_out_alike(seed: int, level: float) -> None:
    found = levelled(programme(seed, level=level))
    assert loudness(found) == pytest.approx(TARGET, abs=0.3)
    assert np.abs(found).max() <= CEILING * 1.000001


@settings(max_examples=40, deadline=None)
@given(
    samples=st.integers(0, 60_000), level=st.floats(1e-6, 30), spikes=st.integers(0, 40), seed=st.integers(0, 1 << 16)
)
def test_no_sample_is_ever_above_the_ceiling(samples: int, level: float, spikes: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    sound = random.normal(0, level, (samples, 2)).astype(np.float32)
    if samples:
        sound[random.integers(0, samples, spikes)] = level * 50
    found = levelled(sound)
    assert found.shape == sound.shape
    assert found.dtype == np.float32
    assert np.abs(found).max(initial=0) <= CEILING * 1.000001


def test_a_lone_crack_is_pressed_down_and_the_rest_keeps_its_level() -> None:
    sound = tone(4, -20.0)
    sound[2 * RATE] = 1.0
    found = levelled(sound)
    assert np.abs(found[2 * RATE]).max() <= CEILING * 1.000001
    assert loudness(found) == pytest.approx(TARGET, abs=0.3)
    gain = found[1000:RATE:7] / sound[1000:RATE:7]
    assert np.ptp(gain[np.isfinite(gain)]) < 1e-4


def test_silence_stays_silence_and_what_is_barely_there_is_not_blown_up() -> None:
    assert not levelled(np.zeros((RATE, 2), np.float32)).any()
    hiss = np.random.default_rng(1).normal(0, 1e-5, (RATE, 2)).astype(np.float32)
    assert np.array_equal(levelled(hiss), hiss)
    soft = tone(2, -50.0)
    assert loudness(levelled(soft)) == pytest.approx(loudness(soft) + 20, abs=0.01)


def test_it_is_quick() -> None:
    sound = programme(1, seconds=10)
    levelled(sound)
    started = time.process_time()
    levelled(sound)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (24_000, 2), (44_100, 2), (48_000, 1)])
def test_any_rate_comes_out_at_ours(rate: int, channels: int) -> None:
    sound = tone(2, -12.0, 440.0, rate)[:, :channels]
    found = finished(sound, rate, Fraction(2))
    assert found.shape == (2 * RATE, 2)
    spectrum = np.abs(np.fft.rfft(found[:, 0]))
    assert spectrum.argmax() / 2 == pytest.approx(440, abs=1)
    assert loudness(found) == pytest.approx(TARGET, abs=0.2)


@pytest.mark.parametrize("length", [0.0, 0.5, 2.0, 7.0])
def test_the_track_is_as_long_as_the_picture(tmp_path: Path, length: float) -> None:
    path = tmp_path / "clip.mp4"
    with Encoder(path, width=64, height=48, fps=8, metadata={}, has_sound=True) as encoder:
        for frame in moving(16, 64, 48):
            encoder.write(frame)
        encoder.add_sound(tone(length, -20.0, rate=24_000), 24_000)
    assert verify(path, seconds=2.0).audio_codec == "aac"
    with av.open(str(path)) as container:
        audio = container.streams.audio[0]
        assert (audio.rate, audio.layout.name) == (RATE, "stereo")
        assert audio.duration == 2 * RATE
        decoded = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    loud = np.abs(decoded).max(axis=0) > 0.05
    heard = min(length, 2.0)
    assert loud[: int(heard * RATE)].sum() >= 0.7 * int(heard * RATE)
    assert not loud[int((heard + 0.05) * RATE) : 2 * RATE].any()


def test_sound_lies_beside_its_pictures_however_late_it_came(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with Encoder(path, width=64, height=48, fps=8, metadata={}, has_sound=True) as encoder:
        for frame in moving(240, 64, 48):
            encoder.write(frame)
        encoder.add_sound(tone(30, -20.0), RATE)
    latest = {"video": 0.0, "audio": 0.0}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.dts is not None:
                latest[packet.stream.type] = float(packet.dts * packet.time_base)
                assert abs(latest["video"] - latest["audio"]) < 2.0


def test_a_clip_that_waited_for_sound_in_vain_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with Encoder(path, width=64, height=48, fps=8, metadata={}, has_sound=True) as encoder:
        for frame in moving(8, 64, 48):
            encoder.write(frame)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].duration == RATE
        assert all(not frame.to_ndarray().any() for frame in container.decode(audio=0))


@pytest.mark.parametrize(
    ("sound", "rate", "why"),
    [
        (np.zeros((10, 3), np.float32), RATE, "channels"),
        (np.zeros(10, np.float32), RATE, "channels"),
        (np.zeros((10, 2)), RATE, "float64"),
        (np.zeros((10, 2), np.float32), 0, "positive"),
        (np.full((10, 2), math.nan, np.float32), RATE, "no numbers"),
    ],
)
def test_what_is_no_sound_is_refused(tmp_path: Path, sound: np.ndarray, rate: int, why: str) -> None:
    with (
        pytest.raises(ValueError, match=why),
        Encoder(tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={}, has_sound=True) as encoder,
    ):
        encoder.add_sound(sound, rate)
    assert list(tmp_path.iterdir()) == []


def test_a_clip_begun_without_sound_takes_none(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="without sound"),
        Encoder(tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={}) as encoder,
    ):
        encoder.add_sound(tone(1, -20.0), RATE)
