"""A clip in, a few frames for whoever must look at it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import EngineFault
from core.media.encode import encode
from core.media.frames import sample_frames, telling_frames
from core.media.source import Source
from tests.unit.media.pictures import counted, level, make_clip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(1, 30), count=st.integers(1, 12))
def test_they_are_spread_evenly_from_the_first_to_the_last(tmp_path: Path, length: int, count: int) -> None:
    encode(counted(length), tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    frames = sample_frames(tmp_path / "clip.mp4", count)
    assert len(frames) == min(length, count)
    assert all(frame.shape == (48, 64, 3) and frame.dtype == np.uint8 for frame in frames)
    found = [float(frame.mean()) for frame in frames]
    if count == 1:
        wanted = [level((length - 1) // 2, length)]
    else:
        wanted = [
            level(index, length) for index in sorted({round(i * (length - 1) / (count - 1)) for i in range(count)})
        ]
    assert found == pytest.approx(wanted, abs=2.1)


def test_colours_survive(tmp_path: Path) -> None:
    frame = np.full((48, 64, 3), (200, 30, 90), np.uint8)
    encode([frame] * 3, tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    for found in sample_frames(tmp_path / "clip.mp4", 3):
        assert found.reshape(-1, 3).mean(0) == pytest.approx((200, 30, 90), abs=3)


def test_they_can_be_shrunk(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 5, 480, 854)
    assert [frame.shape for frame in sample_frames(tmp_path / "clip.mp4", 2, max_side=200)] == [(200, 112, 3)] * 2


def test_no_frames_cannot_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count"):
        sample_frames(tmp_path / "clip.mp4", 0)


def cut(length: int, at: int) -> list[np.ndarray]:
    """Dark until ``at``, and light from there on."""
    return [np.full((48, 64, 3), 40 if index < at else 200, np.uint8) for index in range(length)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(1, 30), count=st.integers(3, 12))
def test_the_telling_ones_begin_with_the_first_and_end_with_the_last(tmp_path: Path, length: int, count: int) -> None:
    encode(counted(length), tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    found = [float(frame.mean()) for frame in telling_frames(tmp_path / "clip.mp4", count)]
    assert len(found) == min(length, count)
    assert found == sorted(found)
    assert found[0] == pytest.approx(level(0, length), abs=2.1)
    assert found[-1] == pytest.approx(level(length - 1, length), abs=2.1)


def test_what_flashes_up_is_among_them(tmp_path: Path) -> None:
    for at in range(1, 47):
        frames = cut(48, 48)
        frames[at] = cut(1, 0)[0]
        encode(frames, tmp_path / "clip.mp4", width=64, height=48, fps=24, metadata={}, crf=30)
        assert max(frame.mean() for frame in telling_frames(tmp_path / "clip.mp4")) > 150, at


def test_a_long_still_clip_is_seen_all_along(tmp_path: Path) -> None:
    # Most changes at the cut, but what comes long after it counts as well.
    frames = [*cut(20, 5), *counted(60)]
    encode(frames, tmp_path / "clip.mp4", width=64, height=48, fps=24, metadata={})
    found = [float(frame.mean()) for frame in telling_frames(tmp_path / "clip.mp4", 10)]
    assert len(found) == 10
    assert sum(mean > level(30, 60) - 5 for mean in found) >= 3


def test_an_index_that_counts_wrongly_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode(counted(30), tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
    for claimed in (0, 1, 7, 29, 31, 100_000):
        monkeypatch.setattr(Source, "num_frames", claimed)
        found = [float(frame.mean()) for frame in telling_frames(tmp_path / "clip.mp4", 8)]
        assert len(found) == 8
        assert found[0] == pytest.approx(level(0, 30), abs=2.1)
        assert found[-1] == pytest.approx(level(29, 30), abs=2.1)


def test_telling_ones_can_be_shrunk(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 5, 480, 854)
    assert {frame.shape for frame in telling_frames(tmp_path / "clip.mp4", 3, max_side=200)} == {(200, 112, 3)}


def test_two_are_not_telling(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count"):
        telling_frames(tmp_path / "clip.mp4", 2)


@pytest.mark.parametrize("data", [b"", b"hello", bytes(1000)])
def test_what_is_no_clip_has_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(data)
    with pytest.raises(EngineFault) as caught:
        telling_frames(tmp_path / "clip.mp4")
    assert caught.value.code == "clip-invalid"


def test_a_clip_cut_short_has_none(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 24)
    data = (tmp_path / "clip.mp4").read_bytes()
    (tmp_path / "clip.mp4").write_bytes(data[: len(data) // 2])
    with pytest.raises(EngineFault):
        telling_frames(tmp_path / "clip.mp4")
