"""A clip and a limit in, a clip below the limit out, or the plain answer that there is none."""

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from core.errors import EngineFault, TooLarge
from core.media.encode import encode
from core.media.fit import FLOOR, Weights, choose, fit, weigh
from core.media.loudness import SAMPLE_RATE
from core.media.probe import probe, verify
from tests.unit.media.pictures import METADATA, make_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    make_clip(path, 48, 854, 480, crf=8)
    return path


def with_sound(silent: Path, path: Path, rate: int) -> None:
    """The same pictures with noise for sound, which AAC cannot make smaller than ``rate``."""
    with av.open(str(silent)) as source, av.open(str(path), "w") as output:
        pictures = output.add_stream_from_template(source.streams.video[0])
        sound = output.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        sound.bit_rate = rate
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                output.mux(packet)
        noise = np.random.default_rng(2).uniform(-0.5, 0.5, (2, 2 * SAMPLE_RATE)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        output.mux([*sound.encode(frame), *sound.encode(None)])


@pytest.mark.parametrize("share", [0.95, 0.6, 0.35])
def test_a_smaller_rate_fills_the_limit(tmp_path: Path, clip: Path, share: float) -> None:
    target, before = tmp_path / "small.mp4", probe(clip)
    limit = int(before.size_bytes * share)
    info = fit(clip, target, limit)
    assert 0.85 * limit <= info.size_bytes <= limit
    assert info == verify(target, width=854, height=480, seconds=before.seconds, tolerance=0.001)
    assert info.metadata == METADATA
    assert replace(info, size_bytes=0) == replace(before, size_bytes=0)
    assert [path.name for path in tmp_path.iterdir()] == ["small.mp4"]


@pytest.mark.parametrize(("limit", "size"), [(50_000, (640, 360)), (24_000, (428, 240))])
def test_below_the_floor_the_picture_shrinks(tmp_path: Path, clip: Path, limit: int, size: tuple[int, int]) -> None:
    target = tmp_path / "small.mp4"
    info = fit(clip, target, limit)
    assert (info.width, info.height) == size
    assert info.size_bytes <= limit
    assert verify(target).num_frames == 48


@pytest.mark.parametrize("limit", [0, 1, 2000, 12_000])
def test_what_cannot_fit_is_said_so_and_leaves_nothing(tmp_path: Path, clip: Path, limit: int) -> None:
    with pytest.raises(TooLarge) as caught:
        fit(clip, tmp_path / "small.mp4", limit)
    assert caught.value.details == {"limit_bytes": limit}
    assert list(tmp_path.iterdir()) == []


def test_a_rate_that_x264_will_not_open_is_too_large(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (12, 48, 64, 3), dtype=np.uint8)
    info = encode(noise, tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    with pytest.raises(TooLarge):
        fit(tmp_path / "clip.mp4", tmp_path / "small.mp4", info.size_bytes // 12)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_what_fits_already_is_linked(tmp_path: Path, clip: Path) -> None:
    target = tmp_path / "same.mp4"
    target.write_bytes(b"older")
    info = fit(clip, target, probe(clip).size_bytes)
    assert target.read_bytes() == clip.read_bytes()
    assert info == probe(target)
    assert target.stat().st_nlink > 1
    fit(clip, target, info.size_bytes)
    assert [path.name for path in tmp_path.iterdir()] == ["same.mp4"]


def test_sound_is_kept_to_the_bit_while_it_fits(tmp_path: Path, clip: Path) -> None:
    loud, small = tmp_path / "loud.mp4", tmp_path / "small.mp4"
    with_sound(clip, loud, 128_000)
    weights = weigh(loud)
    assert weights.sound == pytest.approx(32_000, rel=0.1)
    fit(loud, small, int(probe(loud).size_bytes * 0.7))
    assert weigh(small).sound == weights.sound


def test_sound_is_the_last_to_give(tmp_path: Path, clip: Path) -> None:
    loud, small = tmp_path / "loud.mp4", tmp_path / "small.mp4"
    with_sound(clip, loud, 128_000)
    info = fit(loud, small, 42_000)
    assert (info.height, info.audio_codec) == (240, "aac")
    assert info.size_bytes <= 42_000
    assert weigh(small).sound < 20_000
    verify(small, seconds=2)


def test_timing_is_kept_where_frames_come_unevenly(tmp_path: Path, clip: Path) -> None:
    uneven, small = tmp_path / "uneven.mp4", tmp_path / "small.mp4"
    with av.open(str(clip)) as source, av.open(str(uneven), "w") as output:
        pictures = output.add_stream("libx264", rate=24, options={"crf": "8"})
        pictures.width, pictures.height = 854, 480
        for index, frame in enumerate(source.decode(video=0)):
            frame.pts, frame.time_base, frame.pict_type = index + (index // 7) * 3, Fraction(1, 24), 0
            output.mux(pictures.encode(frame))
        output.mux(pictures.encode(None))
    fit(uneven, small, uneven.stat().st_size // 2)
    times = []
    for path in (uneven, small):
        with av.open(str(path)) as container:
            times.append([frame.time for frame in container.decode(video=0)])
    assert times[0] == times[1]


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    process = psutil.Process()
    grown = []
    for count in (24, 72, 240):
        path = tmp_path / f"{count}.mp4"
        before = make_clip(path, count, crf=8)
        fit(path, tmp_path / "small.mp4", before.size_bytes // 2)
        grown.append(process.memory_info().rss)
    assert grown[2] - grown[1] < 8 << 20


def test_a_damaged_clip_is_a_fault_and_leaves_nothing(tmp_path: Path, clip: Path) -> None:
    damaged, target = tmp_path / "damaged.mp4", tmp_path / "small.mp4"
    content = bytearray(clip.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 1000] = random.Random(1).randbytes(1000)
    damaged.write_bytes(content)
    with pytest.raises(EngineFault, match="clip-invalid"):
        fit(damaged, target, len(content) // 2)
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.mp4"]


def test_plans_go_from_rate_to_size_to_sound(clip: Path) -> None:
    info = replace(probe(clip), width=1280, height=720, seconds=10.0)
    weights = Weights(sound=160_000, container=5_000)
    seen = []
    for limit in (5_000_000, 1_000_000, 800_000, 500_000, 300_000, 220_000, 150_000):
        plan = choose(info, weights, limit)
        seen.append((plan.height, plan.sound_rate))
        assert plan.picture_rate >= FLOOR * plan.width * plan.height
        sound = weights.sound if plan.sound_rate is None else plan.sound_rate * 10 / 8
        assert plan.picture_rate * 10 / 8 + sound + weights.container <= 0.96 * limit
    assert seen == [
        (720, None), (720, None), (480, None), (480, None), (240, None), (240, 64_000), (240, 32_000),
    ]  # fmt: skip
    with pytest.raises(TooLarge):
        choose(info, weights, 100_000)
