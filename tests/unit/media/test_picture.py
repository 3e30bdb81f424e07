"""Uploads in, plain pictures out, or a refusal; never a crash."""

import io
import struct
import time
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from core.errors import Refusal
from core.media.picture import MAX_BYTES, MAX_SIDE, fit_picture, read_picture, to_png

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


# What is small to send and would be dear to read.


def quick(data: bytes) -> None:
    """Refused, and before it has cost anything."""
    started = time.process_time()
    refused(data)
    assert time.process_time() - started < 0.5


def with_scans(image: Image.Image, more: int) -> bytes:
    """A progressive JPEG whose last pass is asked for again and again."""
    data = file(image, "JPEG", progressive=True)
    last = data[data.rfind(b"\xff\xda") : -2]
    return data[:-2] + last * more + data[-2:]


def test_a_jpeg_of_a_thousand_passes_is_refused() -> None:
    assert read_picture(with_scans(gradient(), 5)).size == (40, 24)
    bomb = with_scans(Image.new("RGB", (3000, 3000)), 1000)
    assert len(bomb) < 300_000
    quick(bomb)


@pytest.mark.parametrize(
    "filling",
    [
        b"\xff\xe1\x00\x04ab" * 1_000_000,
        b"\xff" * 4_000_000,
        b"\xff\x00" * 2_000_000,
        b"\xff\xd0" * 2_000_000,
        b"\xff\xd9" + b"\xff\xe1\x00\x04ab" * 1_000_000,
        b"\xff\xd9" * 2_000_000,
    ],
    ids=["segments", "fill", "escapes", "restarts", "segments-after-an-end", "ends"],
)
def test_a_jpeg_of_endless_parts_is_refused(filling: bytes) -> None:
    data = file(gradient(), "JPEG")
    quick(data[:2] + filling + data[2:])


def test_metadata_as_cameras_write_it_passes() -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010F] = "a camera" * 5000
    parts = b"".join(b"\xff\xe1" + struct.pack(">H", 60_000) + bytes(59_998) for _ in range(200))
    for kind in ("PNG", "JPEG", "WEBP"):
        found = read_picture(file(gradient(), kind, icc_profile=icc, exif=exif))
        assert (found.size, found.info) == ((40, 24), {})
        assert b"ICC" not in to_png(found)
    data = file(gradient(), "JPEG")
    assert read_picture(data[:2] + parts + data[2:]).size == (40, 24)


def test_a_png_of_endless_chunks_is_refused() -> None:
    data = file(gradient())
    for kind in (b"tEXt", b"IDAT"):
        assert read_picture(data[:33] + chunk(b"tEXt", b"k\0a") * 100 + data[33:]).size == (40, 24)
        quick(data[:33] + chunk(kind, b"k\0a") * 500_000 + data[33:])


def test_a_colour_profile_that_unfolds_into_too_much_is_refused() -> None:
    bomb = chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(1 << 28)))
    data = file(gradient())
    quick(data[:33] + bomb + data[33:])


def claimed(kind: str, side: int) -> bytes:
    """A JPEG or WebP of ten by ten pixels that says it has more."""
    data = bytearray(file(Image.new("RGBA" if kind == "WEBP" else "RGB", (10, 10)), kind, exif=b"Exif\0\0"))
    if kind == "JPEG":
        place = data.find(b"\xff\xc0") + 5
        data[place : place + 4] = struct.pack(">HH", side, side)
    else:
        place = data.find(b"VP8X") + 12
        data[place : place + 6] = struct.pack("<I", side - 1)[:3] * 2
    return bytes(data)


@pytest.mark.parametrize(("kind", "side"), [("JPEG", 8000), ("JPEG", 65_535), ("WEBP", 8000), ("WEBP", 1 << 24)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_header_that_claims_too_much_is_refused(kind: str, side: int) -> None:
    quick(claimed(kind, side))


@pytest.mark.parametrize("size", [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)])
def test_a_thread_of_pixels_is_refused(size: tuple[int, int]) -> None:
    quick(file(Image.new("L", size)))
    assert read_picture(file(Image.new("L", (MAX_SIDE, 1)))).size == (MAX_SIDE, 1)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_long_moving_picture_only_the_first_is_decoded(kind: str) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    frames = [Image.fromarray(np.roll(noise, shift, 0)) for shift in range(60)]
    data = file(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True, method=0)
    one = file(frames[0], kind, lossless=True, method=0)
    read_picture(one)
    started = time.process_time()
    assert np.array_equal(np.asarray(read_picture(data)), noise)
    assert time.process_time() - started < 0.3


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_hangs_on_behind_a_picture_is_left_behind(kind: str) -> None:
    zip_and_page = b"PK\x03\x04<html><script>alert(1)</script></html>"
    with suppress(Refusal):  # a WebP says how long it is
        written = to_png(read_picture(file(gradient(), kind) + zip_and_page))
        assert b"script" not in written
        assert np.asarray(read_picture(written)).shape == (24, 40, 3)


@pytest.mark.parametrize("before", [b"GIF89a", b"%PDF-1.4\n", b"PK\x03\x04", b"<svg>", b"#!/bin/sh\n"])
def test_a_picture_behind_something_else_is_none(before: bytes) -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        refused(before + file(gradient(), kind))


def test_inks_become_the_colours_they_print() -> None:
    found = read_picture(file(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95))
    red, green, blue = np.asarray(found).reshape(-1, 3).mean(0)
    assert red > 230
    assert max(green, blue) < 30


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_way_a_camera_can_be_held_is_put_upright(turn: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    image = gradient()
    upright = np.asarray(ImageOps.exif_transpose(with_exif(image, exif)))
    found = np.asarray(read_picture(file(image, "PNG", exif=exif)))
    assert np.array_equal(found, upright)
    assert np.array_equal(found, np.asarray(image)) is (turn == 1)


def with_exif(image: Image.Image, exif: Image.Exif) -> Image.Image:
    buffer = io.BytesIO(file(image, "PNG", exif=exif))
    return Image.open(buffer)
