"""Shots become one film, in picture and in sound."""

import numpy as np
import pytest

from core.engines.film.cuts import joined_pictures, joined_sound
from core.engines.film.shots import letterboxed


def shot(level: int, count: int) -> list[np.ndarray]:
    return [np.full((2, 2, 3), level, np.uint8) for _ in range(count)]


def levels(shots: list[list[np.ndarray]], fade: int) -> list[int]:
    return [int(frame[0, 0, 0]) for frame in joined_pictures(shots, fade)]


def test_hard_cuts_leave_every_frame_as_it_is() -> None:
    assert levels([shot(10, 3), shot(20, 2), shot(30, 1)], 0) == [10, 10, 10, 20, 20, 30]


def test_a_cross_fade_goes_from_one_to_the_other_in_even_steps() -> None:
    assert levels([shot(0, 5), shot(200, 5)], 3) == [0, 0, 50, 100, 150, 200, 200]


def test_a_shot_may_be_in_two_cross_fades() -> None:
    found = levels([shot(0, 4), shot(100, 4), shot(200, 4)], 2)
    assert found == [0, 0, 33, 67, 133, 167, 200, 200]
    assert len(found) == 12 - 2 * 2


def test_sound_of_a_cross_fade_is_as_long_as_its_pictures_and_no_louder() -> None:
    loud = np.full((4800, 2), 0.8, np.float32)
    sound = joined_sound([loud, loud, loud], 1200)
    assert len(sound) == 3 * 4800 - 2 * 1200
    assert sound.max() <= 0.8 + 1e-6
    # One gives what the other takes.
    assert sound.min() == pytest.approx(0.8, abs=1e-3)


def test_sound_does_not_click_at_a_hard_cut_and_begins_and_ends_at_once() -> None:
    one, other = np.full((4800, 2), 0.8, np.float32), np.full((4800, 2), -0.8, np.float32)
    sound = joined_sound([one, other], 0)
    assert len(sound) == 9600
    assert np.abs(np.diff(sound[:, 0])).max() < 0.01
    assert (sound[0, 0], sound[-1, 0]) == pytest.approx((0.8, -0.8))


def test_a_clip_without_sound_is_silent_between_two_with() -> None:
    loud, still = np.full((4800, 2), 0.5, np.float32), np.zeros((4800, 2), np.float32)
    sound = joined_sound([loud, still, loud], 0)
    assert not sound[4800:9600].any()
    assert sound[:4000].all()


@pytest.mark.parametrize(("width", "height"), [(40, 100), (100, 40), (100, 100), (41, 97)])
def test_another_shape_has_bars_and_is_not_stretched(width: int, height: int) -> None:
    boxed = letterboxed(np.full((height, width, 3), 255, np.uint8), 160, 90)
    assert boxed.shape == (90, 160, 3)
    bright = boxed[..., 0] > 200
    down, across = bright.any(1).sum(), bright.any(0).sum()
    assert across / down == pytest.approx(width / height, rel=0.04)
    assert max(across / 160, down / 90) == pytest.approx(1, abs=0.02)
    left = int(np.flatnonzero(bright.any(0))[0])
    assert left == pytest.approx((160 - across) / 2, abs=1)


def test_a_frame_of_the_films_size_is_taken_as_it_is() -> None:
    frame = np.zeros((90, 160, 3), np.uint8)
    assert letterboxed(frame, 160, 90) is frame
