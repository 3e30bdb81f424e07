"""Turns a size and a count into frames to encode."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.media.encode import encode
from core.media.probe import MediaInfo

RECIPE = '{"提示词": "一只猫在月下弹琵琶", "seed": 7}'
METADATA = {"comment": RECIPE, "AIGC": '{"Label": "1"}', "x_自定义": "值 ✓"}


def moving(count: int, width: int, height: int) -> Iterator[np.ndarray]:
    """A coarse random sheet that pans: something to code, but no noise."""
    random = np.random.default_rng(1)
    cells = random.integers(0, 256, (height // 8 + 40, width // 8 + 40, 3), dtype=np.uint8)
    sheet = cells.repeat(8, 0).repeat(8, 1)
    for index in range(count):
        x, y = 2 * index % 300, index % 300
        yield sheet[y : y + height, x : x + width]


def counted(count: int, width: int = 64, height: int = 48) -> Iterator[np.ndarray]:
    """Flat greys; frame ``i`` of ``count`` has the level ``level(i, count)``."""
    for index in range(count):
        yield np.full((height, width, 3), level(index, count), np.uint8)


def level(index: int, count: int) -> int:
    return 30 + 200 * index // max(1, count - 1)


def make_clip(path: Path, count: int = 24, width: int = 320, height: int = 240, *, crf: int = 20) -> MediaInfo:
    frames = moving(count, width, height)
    return encode(frames, path, width=width, height=height, fps=24, metadata=METADATA, crf=crf)


def usual_clip(path: Path) -> None:
    """A second of 854 x 480 pixels; encoded once for all who only need one."""
    path.write_bytes(_usual())


@cache
def _usual() -> bytes:
    with TemporaryDirectory() as folder:
        make_clip(Path(folder) / "clip.mp4", 24, 854, 480)
        return (Path(folder) / "clip.mp4").read_bytes()
