from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import EngineFault
from core.media.encode import encode
from core.media.spritesheet import COLUMNS, ROWS, spritesheet
from tests.unit.media.pictures import counted, level, make_clip


def read(data: bytes) -> np.ndarray:
    with av.open(BytesIO(data), "r") as picture:
        return next(picture.decode(video=0)).to_ndarray(format="rgb24")


@pytest.mark.parametrize(
    ("width", "height", "shape"), [(64, 48, (192, 256)), (640, 360, (720, 1280)), (48, 64, (256, 192))]
)
def test_its_places_are_small_pictures_of_the_clip(
    tmp_path: Path, width: int, height: int, shape: tuple[int, int]
) -> None:
    make_clip(tmp_path / "clip.mp4", 40, width, height)
    assert read(spritesheet(tmp_path / "clip.mp4")).shape == (*shape, 3)


def test_it_goes_from_the_first_frame_to_the_last_row_by_row(tmp_path: Path) -> None:
    encode(counted(61), tmp_path / "clip.mp4", width=64, height=48, fps=24, metadata={})
    sheet = read(spritesheet(tmp_path / "clip.mp4"))
    greys = sheet.reshape(ROWS, 48, COLUMNS, 64, 3).mean((1, 3, 4)).flatten()
    expected = [level(round(place * 60 / 15), 61) for place in range(16)]
    assert np.abs(greys - expected).max() < 4


def test_what_a_short_clip_leaves_is_black(tmp_path: Path) -> None:
    encode(counted(3), tmp_path / "clip.mp4", width=64, height=48, fps=24, metadata={})
    sheet = read(spritesheet(tmp_path / "clip.mp4"))
    assert sheet[48:].max() < 4
    assert sheet[:48, :192].min() > 20


def test_what_is_no_clip(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no clip")
    with pytest.raises(EngineFault, match="clip-invalid"):
        spritesheet(tmp_path / "clip.mp4")
