"""What Telegram is told of a file is what the file is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bots.telegram.film import look_at
from core.errors import EngineFault
from tests.unit.media.pictures import make_clip


def test_size_length_and_preview(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 60, 480, 854)
    film = look_at(tmp_path / "clip.mp4")
    assert (film.width, film.height, film.seconds) == (480, 854, 2)
    assert len(film.thumbnail) < 200_000
    with Image.open(BytesIO(film.thumbnail)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (180, 320)


def test_a_clip_of_a_moment_has_a_length(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", 3)
    assert look_at(tmp_path / "clip.mp4").seconds == 1


def test_what_is_no_clip_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"video")
    with pytest.raises(EngineFault):
        look_at(tmp_path / "clip.mp4")
