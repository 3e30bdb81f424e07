"""A clip in, a few frames for whoever must look at it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.media.encode import encode
from core.media.frames import sample_frames
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
