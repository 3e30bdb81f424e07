"""The label is there, high enough, and can be read on any picture."""

import numpy as np
import pytest

from core.media.label import make_label
from core.media.label_texts import TEXTS
from core.media.marks import Marks
from core.types import Locale

SIZES = [(854, 480), (480, 854), (480, 480), (1280, 720), (64, 48)]


def contrast(lighter: float, darker: float) -> float:
    """WCAG's, of two greys from 0 to 255."""

    def luminance(grey: float) -> float:
        share = grey / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return (luminance(lighter) + 0.05) / (luminance(darker) + 0.05)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", TEXTS)
def test_its_capitals_are_at_least_a_twentieth_of_the_shorter_side_high(locale: Locale, size: tuple[int, int]) -> None:
    label = make_label(TEXTS[locale], *size)
    letters = label.ink[..., 0] > 0.5 * label.ink.max()
    capital = letters[:, : letters.shape[1] // 8 + 8].any(1)
    assert np.flatnonzero(letters.any(1)).size >= 0.05 * min(size)
    assert np.flatnonzero(capital).size >= 0.05 * min(size)
    assert label.right < size[0]
    assert label.bottom < size[1]


@pytest.mark.parametrize("grey", [0, 60, 128, 200, 255])
def test_it_can_be_read_on_any_grey(grey: int) -> None:
    frame = np.full((480, 854, 3), grey, np.uint8)
    label = make_label("AI生成", 854, 480)
    label.write_on(frame)
    corner = frame[label.top : label.bottom, label.left : label.right]
    assert corner.max() >= 254
    assert contrast(float(corner.max()), float(corner.min())) > 5
    assert (frame[: label.top] == grey).all()


def test_on_noise_too() -> None:
    frame = np.random.default_rng(1).integers(0, 256, (480, 854, 3), np.uint8)
    label = make_label("AI-generated", 854, 480)
    label.write_on(frame)
    corner = frame[label.top : label.bottom, label.left : label.right].max(2)
    ink = label.ink[..., 0]
    assert corner[ink == ink.max()].min() >= 254
    assert corner[ink == 0].max() <= 255 * 0.4


def test_the_frames_given_stay_as_they_are_and_the_label_goes_after_its_time() -> None:
    frame = np.full((48, 64, 3), 200, np.uint8)
    stamp = Marks(label="AI生成", label_seconds=2).stamp(64, 48, fps=12)
    marked = [stamp(number, frame) for number in range(30)]
    assert (frame == 200).all()
    assert [bool((one != 200).any()) for one in marked] == [True] * 24 + [False] * 6


def test_the_watermark_comes_before_the_label() -> None:
    key = "ab" * 32
    frame = np.full((480, 854, 3), 128, np.uint8)
    both = Marks(label="AI生成", code="K7QM2XD", watermark_key=key).stamp(854, 480, fps=24)(0, frame)
    alone = Marks(code="K7QM2XD", watermark_key=key).stamp(854, 480, fps=24)(0, frame)
    make_label("AI生成", 854, 480).write_on(alone)
    assert (both == alone).all()


@pytest.mark.parametrize("side", [8, 16, 32])
def test_the_smallest_frames_are_labelled_too(side: int) -> None:
    frame = np.full((side, side, 3), 200, np.uint8)
    make_label("AI-generated", side, side).write_on(frame)
    assert frame.min() < 200
