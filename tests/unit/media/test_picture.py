"""Uploads in, plain pictures out, or a refusal; never a crash."""

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import Refusal
from core.media.picture import MAX_BYTES, fit_picture, read_picture, to_png

RED, WHITE = (255, 0, 0), (255, 255, 255)
ORIENTATION = 0x0112


def file(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def gradient(width: int = 40, height: int = 24) -> Image.Image:
    """Every pixel tells where it is."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.uint8)
    return Image.fromarray(np.stack([rows, columns, rows * 0 + 128], axis=2).astype(np.uint8))


def chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def claiming(width: int, height: int) -> bytes:
    """A tiny PNG that says how large it is, and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refused(data: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_picture(data)
    assert caught.value.code == "image-invalid"


@pytest.mark.parametrize(("kind", "how"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_pixels_come_out_as_they_went_in(kind: str, how: dict[str, Any]) -> None:
    found = read_picture(file(gradient(), kind, **how))
    assert found.mode == "RGB"
    assert np.array_equal(np.asarray(found), np.asarray(gradient()))
    assert np.array_equal(np.asarray(read_picture(to_png(found))), np.asarray(found))


def test_a_jpeg_is_read() -> None:
    found = read_picture(file(gradient(), "JPEG", quality=95))
    assert np.abs(np.asarray(found).astype(int) - np.asarray(gradient())).mean() < 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_any_mode_becomes_rgb(mode: str) -> None:
    found = read_picture(file(gradient().convert(mode), "JPEG" if mode == "CMYK" else "PNG"))
    assert (found.mode, found.size) == ("RGB", (40, 24))


def test_sixteen_bits_keep_their_greys() -> None:
    image = Image.fromarray(np.array([[0, 257, 32768, 65535]], np.uint16))
    assert np.asarray(read_picture(file(image)))[0, :, 0].tolist() == [0, 1, 128, 255]


def test_transparency_becomes_white() -> None:
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (255, 0, 0, 0))
    for data in (file(image), file(image, "WEBP", lossless=True)):
        found = read_picture(data)
        assert [found.getpixel((0, 0)), found.getpixel((1, 0))] == [RED, WHITE]
    palette = Image.new("P", (1, 1))
    palette.putpalette([255, 0, 0])
    assert read_picture(file(palette, transparency=0)).getpixel((0, 0)) == WHITE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_is_turned_upright_and_forgets_where_it_was_taken(kind: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    image = Image.new("RGB", (4, 2), RED)
    found = read_picture(file(image, kind, exif=exif))
    assert found.size == (2, 4)
    assert (dict(found.getexif()), found.info) == ({}, {})
    written = to_png(found)
    assert b"camera" not in written
    assert b"eXIf" not in written


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, (0, 255, 0))]
    data = file(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    assert read_picture(data).getpixel((4, 4)) == RED


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "PDF"])
def test_other_kinds_are_refused(kind: str) -> None:
    refused(file(gradient(), kind))


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", bytes(10_000)],
    ids=["empty", "byte", "text", "svg", "eps", "zeros"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    refused(data)


def test_a_file_that_is_too_long_is_refused() -> None:
    data = file(gradient())
    read_picture(data + bytes(MAX_BYTES - len(data)))
    refused(data + bytes(MAX_BYTES - len(data) + 1))


@pytest.mark.parametrize(("width", "height"), [(8000, 5001), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_file_that_unfolds_into_too_much_is_refused_before_it_does(width: int, height: int) -> None:
    data = claiming(width, height)
    assert len(data) < 200
    refused(data)


def test_a_text_that_unfolds_into_too_much_is_refused() -> None:
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1 << 28)))
    data = file(gradient())
    refused(data[:33] + bomb + data[33:])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damage_anywhere_ends_well_or_with_a_refusal(kind: str, data: st.DataObject) -> None:
    whole = file(gradient(), kind)
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 6))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
    with suppress(Refusal):
        assert read_picture(bytes(damaged)).mode == "RGB"


def test_a_picture_cut_short_is_refused() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = file(gradient(400, 300), kind)
        refused(whole[: len(whole) // 2])


@pytest.mark.parametrize("size", [(832, 480), (480, 832), (480, 480), (1, 7)])
def test_fitting_takes_the_middle_and_keeps_the_shape(size: tuple[int, int]) -> None:
    # A circle in the middle stays one, and stays there.
    y, x = np.mgrid[0:900, 0:1200]
    disc = np.where((x - 599.5) ** 2 + (y - 449.5) ** 2 < 200**2, 255, 0).astype(np.uint8)
    found = np.asarray(fit_picture(Image.fromarray(disc).convert("RGB"), *size))[:, :, 0] > 127
    assert found.shape == size[::-1]
    scale = max(size[0] / 1200, size[1] / 900)
    if scale > 0.1:
        assert found.any(axis=0).sum() == pytest.approx(min(400 * scale, size[0]), abs=2)
        assert found.any(axis=1).sum() == pytest.approx(min(400 * scale, size[1]), abs=2)
        assert np.array_equal(found, found[::-1, ::-1])


SIDE = st.integers(1, 300)


@settings(max_examples=200, deadline=None)
@given(width=SIDE, height=SIDE, to_width=SIDE, to_height=SIDE)
def test_a_picture_of_any_shape_fits(width: int, height: int, to_width: int, to_height: int) -> None:
    found = np.asarray(fit_picture(Image.new("RGB", (width, height), RED), to_width, to_height))
    assert found.shape == (to_height, to_width, 3)
    assert (found == RED).all()


def test_a_picture_that_fits_already_stays_as_it_is() -> None:
    assert np.array_equal(np.asarray(fit_picture(gradient(), 40, 24)), np.asarray(gradient()))
