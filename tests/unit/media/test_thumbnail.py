"""A clip in, one small picture out."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import EngineFault, TooLarge
from core.media.encode import encode
from core.media.thumbnail import poster, thumbnail
from tests.unit.media.pictures import counted, level, make_clip


def read(path: Path) -> np.ndarray:
    """HxWx3 RGB, by a reader that is not ours."""
    assert path.read_bytes()[:3] == b"\xff\xd8\xff"
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image[:, :, ::-1])


@pytest.mark.parametrize(("at_seconds", "index"), [(None, 16), (0, 0), (0.5, 12), (1.99, 47), (2, 47), (1e9, 47)])
def test_the_asked_for_moment_is_shown(tmp_path: Path, at_seconds: float | None, index: int) -> None:
    encode(counted(48), tmp_path / "clip.mp4", width=64, height=48, fps=24, metadata={})
    path = thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", at_seconds=at_seconds)
    assert read(path).mean() == pytest.approx(level(index, 48), abs=2.1)


@pytest.mark.parametrize(
    ("size", "max_side", "wanted"),
    [
        ((854, 480), 320, (320, 180)),
        ((480, 854), 320, (180, 320)),
        ((854, 480), None, (854, 480)),
        ((64, 48), 320, (64, 48)),
        ((320, 2), 100, (100, 1)),
    ],
)
def test_it_fits_the_side_and_keeps_the_shape(
    tmp_path: Path, size: tuple[int, int], max_side: int | None, wanted: tuple[int, int]
) -> None:
    width, height = size
    make_clip(tmp_path / "clip.mp4", 3, width, height)
    path = thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", max_side=max_side)
    assert read(path).shape == (wanted[1], wanted[0], 3)


def test_colours_are_those_of_the_clip(tmp_path: Path) -> None:
    for colour in ([255, 0, 0], [0, 255, 0], [20, 40, 220], [255, 255, 255]):
        frames = [np.full((48, 64, 3), colour, np.uint8)] * 3
        encode(frames, tmp_path / "clip.mp4", width=64, height=48, fps=8, metadata={})
        path = thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg")
        assert read(path).reshape(-1, 3).mean(0) == pytest.approx(colour, abs=5)


def test_it_gets_coarser_until_it_is_small_enough(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 3, 854, 480)
    best = thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", max_side=None, max_bytes=None).stat().st_size
    for limit in (best - 1, best * 3 // 4):
        path = thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", max_side=None, max_bytes=limit)
        assert limit * 0.6 < path.stat().st_size <= limit
        assert read(path).shape == (480, 854, 3)


def test_what_cannot_be_small_enough_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 3)
    with pytest.raises(TooLarge):
        thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", max_bytes=500)
    assert not (tmp_path / "t.jpg").exists()


def test_a_poster_of_much_detail_is_coarse_and_still_there(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    encode([noise], tmp_path / "clip.mp4", width=1920, height=1080, fps=24, metadata={}, preset="ultrafast")
    with pytest.raises(TooLarge):
        thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", max_side=None)
    poster(tmp_path / "clip.mp4", tmp_path / "t.jpg")
    loaded = cv2.imread(str(tmp_path / "t.jpg"))
    assert loaded is not None
    assert loaded.shape == (1080, 1920, 3)


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 3)
    with pytest.raises(ValueError, match="at_seconds"):
        thumbnail(tmp_path / "clip.mp4", tmp_path / "t.jpg", at_seconds=-1)
    (tmp_path / "no.mp4").write_bytes(b"no clip")
    with pytest.raises(EngineFault, match="clip-invalid"):
        thumbnail(tmp_path / "no.mp4", tmp_path / "t.jpg")
