"""Our label comes off a frame that is to be labelled again, and nothing else does."""

from pathlib import Path

import numpy as np
import pytest

from core.media.encode import Encoder
from core.media.ending import last_frame
from core.media.frames import sample_frames
from core.media.label import make_label
from core.media.label_texts import TEXTS
from core.media.lift import is_on, lifter
from core.media.marks import Marks

SIZES = [(854, 480), (480, 854), (1280, 720)]
RAMP = (40, 200)


def scene(width: int, height: int) -> np.ndarray:
    """Something that is another colour everywhere."""
    across = np.linspace(*RAMP, width)[np.newaxis, :, np.newaxis]
    down = np.linspace(*RAMP, height)[:, np.newaxis, np.newaxis]
    return np.asarray((across + down * np.array([1.0, 0.6, 0.3])) / 2, np.float64).astype(np.uint8)


def film(path: Path, frame: np.ndarray, marks: Marks, count: int = 6) -> Path:
    height, width, _ = frame.shape
    with Encoder(path, width=width, height=height, fps=24, metadata={}, marks=marks) as encoder:
        for number in range(count):
            encoder.write(frame if number < count - 1 else np.roll(frame, 8, axis=1))
    return path


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", TEXTS.values())
def test_what_was_below_the_label_comes_back(text: str, size: tuple[int, int], tmp_path: Path) -> None:
    bare = scene(*size)
    frame = sample_frames(film(tmp_path / "clip.mp4", bare, Marks(label=text)), 2)[0]
    label = make_label(text, *size)
    corner = (slice(label.top, label.bottom), slice(label.left, label.right))
    assert np.abs(frame[corner].astype(int) - bare[corner]).mean() > 40
    lifted = lifter(*size)(frame)
    assert np.abs(lifted[corner].astype(int) - bare[corner]).mean() < 5
    assert not is_on(label, lifted)


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_without_a_label_stays_as_it_is(size: tuple[int, int]) -> None:
    lift = lifter(*size)
    for frame in (
        scene(*size),
        np.zeros((size[1], size[0], 3), np.uint8),
        np.full((size[1], size[0], 3), 255, np.uint8),
    ):
        assert lift(frame) is frame


def test_the_frame_given_is_not_changed() -> None:
    frame = scene(854, 480)
    make_label("AI-generated", 854, 480).write_on(frame)
    before = frame.copy()
    assert lifter(854, 480)(frame) is not frame
    assert np.array_equal(frame, before)


def test_the_last_frame_of_a_clip_is_the_last_and_has_no_label(tmp_path: Path) -> None:
    bare = scene(854, 480)
    last = last_frame(film(tmp_path / "clip.mp4", bare, Marks(label="AI生成"), count=60))
    expected = np.roll(bare, 8, axis=1)
    assert np.abs(last.astype(int) - expected).mean() < 3
    assert not is_on(make_label("AI生成", 854, 480), last)
