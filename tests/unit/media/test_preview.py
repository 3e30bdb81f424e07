"""A few frames in, one small moving picture out."""

import io

import numpy as np
import pytest
from PIL import Image

from core.media.preview import MAX_BYTES, animated_webp, preview_frames
from tests.unit.media.pictures import counted, moving


def frames_of(data: bytes) -> tuple[list[np.ndarray], list[int]]:
    """The pictures and their milliseconds."""
    pictures, durations = [], []
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            pictures.append(np.asarray(image.convert("RGB")))
            durations.append(int(image.info["duration"]))
        assert image.info["loop"] == 0
    return pictures, durations


def test_it_moves_as_the_frames_do() -> None:
    pictures, durations = frames_of(animated_webp(list(counted(12, 320, 180)), 12))
    assert [picture.shape for picture in pictures] == [(108, 192, 3)] * 12
    assert [float(picture.mean()) for picture in pictures] == pytest.approx(
        [float(frame.mean()) for frame in counted(12)], abs=3
    )
    assert sum(durations) == 1000


@pytest.mark.parametrize(("size", "shape"), [((480, 854), (192, 108, 3)), ((64, 48), (48, 64, 3))])
def test_the_shape_is_kept_and_nothing_is_enlarged(size: tuple[int, int], shape: tuple[int, ...]) -> None:
    pictures, _ = frames_of(animated_webp(list(moving(2, *size)), 8))
    assert {picture.shape for picture in pictures} == {shape}


def test_a_busy_one_becomes_coarser_then_loses_frames_and_stays_below_the_limit() -> None:
    noise = list(np.random.default_rng(0).integers(0, 256, (80, 192, 192, 3), dtype=np.uint8))
    few, many = animated_webp(noise[:4], 16), animated_webp(noise, 16)
    assert max(len(few), len(many)) <= MAX_BYTES
    assert len(frames_of(few)[0]) == 4
    pictures, durations = frames_of(many)
    assert len(pictures) < 80
    assert sum(durations) == pytest.approx(5000, abs=200)


@pytest.mark.parametrize(("count", "fps"), [(0, 8), (1, 0)])
def test_no_frames_and_no_rate_are_refused(count: int, fps: float) -> None:
    with pytest.raises(ValueError, match="needs frames"):
        animated_webp(list(counted(count)), fps)


def test_its_frames_can_be_looked_at() -> None:
    found = preview_frames(animated_webp(list(counted(5)), 8))
    assert [frame.shape for frame in found] == [(48, 64, 3)] * 5
    assert [float(frame.mean()) for frame in found] == pytest.approx(
        [float(frame.mean()) for frame in counted(5)], abs=3
    )
    assert len(preview_frames(animated_webp(list(counted(1)), 8))) == 1


def test_what_is_no_preview_is_told_apart() -> None:
    whole, large = animated_webp(list(moving(3, 64, 48)), 8), animated_webp(list(counted(1, 1024, 768)), 8, 1024)
    for data in (b"", b"hello", b"\x89PNG\r\n\x1a\n", large):
        with pytest.raises(ValueError, match="a preview"):
            preview_frames(data)
    with pytest.raises((OSError, ValueError)):
        preview_frames(whole[: len(whole) // 2])
