"""What is hidden comes back, after what chats do to clips; nobody without the key finds it, and nobody sees it."""

import secrets
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.media import moving_frames
from core.media.encode import Encoder
from core.media.frames import to_rgb
from core.media.marks import Marks
from core.media.source import open_source
from core.media.verify import Trust, examine
from core.media.watermark import Watermark, find_code

KEY, CODE = bytes(range(32)), "K7QM2XD"
WIDTH, HEIGHT = 854, 480


def write(path: Path, frames: list[np.ndarray], crf: int, marks: Marks | None = None) -> Path:
    height, width, _ = frames[0].shape
    with Encoder(path, width=width, height=height, fps=24, metadata={}, crf=crf, marks=marks or Marks()) as encoder:
        for frame in frames:
            encoder.write(frame)
    return path


def read(path: Path) -> list[np.ndarray]:
    with open_source(path) as source:
        return [to_rgb(picture) for picture in source.pictures()]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    marks = Marks(label="AI-generated", code=CODE, watermark_key=KEY.hex())
    frames = list(moving_frames(24, WIDTH, HEIGHT))
    return write(tmp_path_factory.mktemp("watermark") / "clip.mp4", frames, 20, marks)


@pytest.fixture(scope="module")
def frames(clip: Path) -> list[np.ndarray]:
    return read(clip)


def resized(frames: list[np.ndarray], width: int, height: int) -> list[np.ndarray]:
    return [cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA) for frame in frames]


def test_it_is_read_back(clip: Path) -> None:
    assert examine(clip, Trust(watermark_key=KEY)).watermark == CODE


def test_after_another_coarser_encode(frames: list[np.ndarray], tmp_path: Path) -> None:
    assert examine(write(tmp_path / "c.mp4", frames, 26), Trust(watermark_key=KEY)).watermark == CODE


def test_after_shrinking_to_360p(frames: list[np.ndarray], tmp_path: Path) -> None:
    small = write(tmp_path / "c.mp4", resized(frames, 640, 360), 26)
    assert examine(small, Trust(watermark_key=KEY)).watermark == CODE


@pytest.mark.parametrize("again", [None, (854, 480), (640, 360)])
def test_after_a_crop_of_a_twentieth_at_each_side(
    frames: list[np.ndarray], tmp_path: Path, again: tuple[int, int] | None
) -> None:
    cropped = [frame[24:-24, 43:-43] for frame in frames]
    if again:
        cropped = resized(cropped, *again)
    assert examine(write(tmp_path / "c.mp4", cropped, 23), Trust(watermark_key=KEY)).watermark == CODE


def test_it_is_not_seen() -> None:
    (frame,) = moving_frames(1, WIDTH, HEIGHT)
    marked = frame.copy()
    Watermark(KEY, CODE, WIDTH, HEIGHT).write_on(marked)
    error = np.mean((frame.astype(float) - marked) ** 2)
    assert 10 * np.log10(255**2 / error) > 42


def test_without_it_nothing_is_found(tmp_path: Path) -> None:
    plain = write(tmp_path / "c.mp4", list(moving_frames(12, WIDTH, HEIGHT)), 20)
    assert examine(plain, Trust(watermark_key=KEY)).watermark == ""


def test_another_key_finds_nothing(clip: Path) -> None:
    assert examine(clip, Trust(watermark_key=secrets.token_bytes(32))).watermark == ""


@pytest.mark.parametrize("shape", [(480, 854), (17, 23), (1, 1), (2000, 40)])
def test_pictures_of_nothing_hold_nothing(shape: tuple[int, int]) -> None:
    assert find_code(KEY, np.zeros(shape, np.float32)) is None
    assert find_code(KEY, np.random.default_rng(1).normal(128, 40, shape).astype(np.float32)) is None


@pytest.mark.parametrize("code", ["", "K7QM2X", "K7QM2XDD", "k7qm2xd", "K7QM2X0"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        Watermark(KEY, code, WIDTH, HEIGHT)
