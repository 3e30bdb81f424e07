"""Pictures laid over a frame: what the quick ways of doing it give is what the slow way gives."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.scene.drawing.light import light
from core.engines.scene.drawing.raster import Image, bounds, hidden_from, place, solid_rows, trimmed
from core.engines.scene.drawing.stage import STILL, Layer, Life, Stage, View

WIDTH, HEIGHT = 40, 30
AT_REST = View(0.0, 1.0, (20.0, 18.0))


def picture(width: int = 24, height: int = 16, seed: int = 3) -> Image:
    """A premultiplied picture of noise: clear, mixed and opaque pixels."""
    rng = np.random.default_rng(seed)
    alpha = np.clip(rng.integers(-120, 400, (height, width, 1)), 0, 255)
    colour = (rng.integers(0, 256, (height, width, 3)) * alpha) // 255
    return np.concatenate([colour, alpha], axis=2).astype(np.uint8)


def ground() -> Image:
    return np.random.default_rng(9).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def placed_slowly(source: Image, matrix: np.ndarray, gain: float = 1.0) -> np.ndarray:
    """The same by definition: every pixel sampled, and blended as a real number."""
    moved = cv2.warpAffine(source.astype(np.float32), matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR) * gain
    return ground() * (1 - moved[..., 3:] / 255) + moved[..., :3]


def shifted(x: float, y: float) -> np.ndarray:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


@settings(max_examples=150, deadline=None)
@given(x=st.floats(-30, 45), y=st.floats(-20, 35), gain=st.sampled_from([1.0, 0.6]))
def test_a_shifted_picture_is_a_warped_one(x: float, y: float, gain: float) -> None:
    frame = ground()
    place(frame, picture(), shifted(x, y), gain)
    # Sampling, fading and blending each round once; older warps know 32 positions within a pixel.
    assert np.abs(frame - placed_slowly(picture(), shifted(x, y), gain)).max() < 12
    assert np.abs(frame - placed_slowly(picture(), shifted(x, y), gain)).mean() < 1.5


@given(x=st.integers(-30, 45), y=st.integers(-20, 35))
def test_whole_pixels_are_kept_as_they_are(x: int, y: int) -> None:
    frame = ground()
    place(frame, picture(), shifted(x, y))
    assert np.abs(frame - placed_slowly(picture(), shifted(x, y))).max() <= 1


@settings(max_examples=60, deadline=None)
@given(
    scale=st.floats(0.3, 2.0),
    turn=st.floats(-3.2, 3.2),
    x=st.floats(-20, 60),
    y=st.floats(-20, 50),
)
def test_the_bounds_hold_all_that_is_drawn(scale: float, turn: float, x: float, y: float) -> None:
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[cos, -sin, x], [sin, cos, y]])
    drawn = cv2.warpAffine(np.full((16, 24), 255, np.uint8), matrix, (WIDTH, HEIGHT)) > 0
    found = bounds(matrix, 24, 16, (HEIGHT, WIDTH, 3))
    if found is not None:
        x0, y0, x1, y1 = found
        drawn[y0:y1, x0:x1] = False
    assert not drawn.any()


def banded(height: int, first: int, last: int, width: int = 60) -> Image:
    """A wide picture that is opaque from row ``first`` to before ``last`` and half clear elsewhere."""
    made = np.full((height, width, 4), 90, np.uint8)
    made[first:last, :, 3] = 255
    return made


def test_solid_rows_are_the_longest_opaque_run() -> None:
    assert solid_rows(banded(20, 5, 17)) == (5, 17)
    assert solid_rows(banded(20, 0, 20)) == (0, 20)
    first, last = solid_rows(banded(20, 4, 4))
    assert first == last
    two = banded(20, 2, 5)
    two[8:19, :, 3] = 255
    assert solid_rows(two) == (8, 19)


@pytest.mark.parametrize(
    ("matrix", "row"),
    [
        (shifted(-5, 10), 18),
        (shifted(-5, 10.5), 19),
        (shifted(-5, -12), 0),
        (shifted(3, 10), HEIGHT),
        (shifted(-25, 10), HEIGHT),
        (shifted(-5, 40), HEIGHT),
        (np.array([[1.0, 0.1, -5.0], [0.0, 1.0, 10.0]]), HEIGHT),
        (np.array([[2.0, 0.0, -5.0], [0.0, 2.0, -6.0]]), 10),
    ],
)
def test_only_what_covers_the_frame_hides(matrix: np.ndarray, row: int) -> None:
    assert hidden_from(banded(50, 8, 50), (8, 50), matrix, (HEIGHT, WIDTH, 3)) == row


@settings(max_examples=60, deadline=None)
@given(x=st.floats(-18, -2), y=st.floats(-15, 20), scale=st.sampled_from([1.0, 1.17]))
def test_copying_opaque_rows_changes_nothing(x: float, y: float, scale: float) -> None:
    matrix = np.array([[scale, 0.0, x], [0.0, scale, y]])
    quick, slow = ground(), ground()
    place(quick, banded(50, 8, 50), matrix, solid=(8, 50))
    place(slow, banded(50, 8, 50), matrix)
    assert np.array_equal(quick, slow)


def test_a_layer_hides_what_is_behind_it_unless_it_is_pale() -> None:
    frame = (HEIGHT, WIDTH, 3)
    assert Layer(banded(50, 8, 50), -9.0, 4.0, 1.0).hides_from(AT_REST, 0.0, frame) == 12
    pale = Life(pulse=0.5, period=4.0, phase=0.25)
    assert Layer(banded(50, 8, 50), -9.0, 4.0, 1.0, life=pale).hides_from(AT_REST, 0.0, frame) == HEIGHT
    assert Layer(banded(50, 4, 4), -9.0, 4.0, 1.0).hides_from(AT_REST, 0.0, frame) == HEIGHT


def test_trimming_keeps_all_that_is_not_clear() -> None:
    image = np.zeros((12, 20, 4), np.uint8)
    image[3:7, 5:15] = 1
    kept, left, top = trimmed(image, 0)
    assert (kept.shape, left, top) == ((4, 10, 4), 5, 3)
    assert trimmed(np.zeros((4, 4, 4), np.uint8), 0)[1:] == (0, 0)


@pytest.mark.parametrize("life", [STILL, Life(sway=(4.0, 3.0)), Life(drift=-5.0)])
@pytest.mark.parametrize("blur", [0.0, 1.0, 4.0])
def test_a_layer_cut_to_the_frame_looks_as_if_it_were_not(life: Life, blur: float) -> None:
    stage = Stage(WIDTH, HEIGHT, light("day", "clear"))
    body = '<circle cx="20" cy="26" r="14" fill="#c04020"/><rect x="4" y="-9" width="6" height="30" fill="#3050a0"/>'
    tall = Stage(WIDTH, HEIGHT * 3, stage.light)
    made = stage.layer(body, 1.0, -60, 90, life=life, blur=blur)
    whole = tall.layer(f'<g transform="translate(0 {HEIGHT})">{body}</g>', 1.0, -60, 150, life=life, blur=blur)
    frame, tall_frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8), np.zeros((HEIGHT * 3, WIDTH, 3), np.uint8)
    made.draw(frame, AT_REST, 1.3)
    whole.draw(tall_frame, AT_REST, 1.3)
    assert made.picture.shape[0] < 70
    # The renderer softens an edge a little differently where the paper ends.
    assert np.abs(frame.astype(int) - tall_frame[HEIGHT : 2 * HEIGHT]).mean() < 0.5
