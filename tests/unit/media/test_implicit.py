"""Pictures of a clip say in their metadata what the clip says; nothing else of them changes."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from core.media.encode import encode
from core.media.implicit import mark_jpeg, mark_webp
from core.media.preview import animated_webp, preview_frames
from core.media.provenance import aigc_json
from core.media.spritesheet import spritesheet
from core.media.thumbnail import thumbnail
from tests.unit.media.pictures import moving

LABEL = aigc_json("皮影 <&> \"' ]]>", "K7QM2XD")


def label_in(picture: bytes) -> str | None:
    with Image.open(BytesIO(picture)) as image:
        image.load()
        packet = image.info.get("xmp")
    if packet is None:
        return None
    found = ET.fromstring(packet).iter("{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC")
    return next(found).text


def pixels(picture: bytes) -> np.ndarray:
    with Image.open(BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"))


def make(path: Path, label: str) -> Path:
    encode(moving(24, 320, 240), path, width=320, height=240, fps=24, metadata={"AIGC": label} if label else {})
    return path


def test_what_is_made_of_a_clip_carries_its_label(tmp_path: Path) -> None:
    clip, plain = make(tmp_path / "clip.mp4", LABEL), make(tmp_path / "plain.mp4", "")
    for path, label in ((clip, LABEL), (plain, None)):
        poster = thumbnail(path, tmp_path / "poster.jpg", max_side=None).read_bytes()
        small = thumbnail(path, tmp_path / "small.jpg").read_bytes()
        for picture in (poster, small, spritesheet(path)):
            assert label_in(picture) == label
    assert json.loads(LABEL)["ProduceID"] == "K7QM2XD"


@pytest.mark.parametrize("options", [{}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}, {"progressive": True}])
def test_any_jpeg_keeps_its_pixels(options: dict[str, object]) -> None:
    buffer = BytesIO()
    Image.fromarray(next(iter(moving(1, 64, 48)))).save(buffer, "JPEG", **options)
    marked = mark_jpeg(buffer.getvalue(), LABEL)
    assert label_in(marked) == LABEL
    assert np.array_equal(pixels(marked), pixels(buffer.getvalue()))


@pytest.mark.parametrize("label", [LABEL, LABEL + " "])
def test_a_preview_keeps_its_frames(label: str) -> None:
    preview = animated_webp(list(moving(6, 96, 64)), 8)
    marked = mark_webp(preview, label)
    assert label_in(marked) == label
    before, after = preview_frames(preview), preview_frames(marked)
    assert len(after) == len(before) > 1
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    assert int.from_bytes(marked[4:8], "little") == len(marked) - 8


@pytest.mark.parametrize("label", ["", "x" * 70_000])
def test_without_a_label_or_with_one_of_any_length_a_picture_stays(label: str) -> None:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    assert mark_jpeg(buffer.getvalue(), label) == buffer.getvalue()
    assert mark_jpeg(b"", LABEL) == mark_webp(b"", LABEL) == b""
