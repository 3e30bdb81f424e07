"""Turns an uploaded picture of unknown origin into plain RGB, and RGB into the size a clip begins with."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from core.errors import Refusal
from core.media.segments import require_sane

FORMATS = ("PNG", "JPEG", "WEBP")
"""What browsers and phones send. Each further reader would be one more that strangers can feed."""
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
"""A phone's 12 or 24 megapixels pass; this many take 460 MiB at most while they are read, of a WebP 620 MiB."""
MAX_SIDE = 32_768
"""The longest panoramas pass; a picture one pixel wide takes six times as long to read."""


def read_picture(data: bytes) -> Image.Image:
    """The upright RGB picture in a file, without anything else the file says; the first of several.

    Size is checked before a pixel is decoded. Transparency becomes white. Blocking, some tenths of a second at most.

    Raises:
        Refusal: ``image-invalid``: no PNG, JPEG or WebP, damaged, above 20 MB, 40 megapixels or 32 768 pixels a
            side, or of more parts than any encoder writes.
    """
    try:
        return _read(data)
    except Exception as error:
        # Damaged files make Pillow raise nearly anything, of struct's, of zlib's or of its own.
        raise Refusal("image-invalid") from error


def to_png(image: Image.Image) -> bytes:
    """The picture as a PNG file, which keeps every pixel."""
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def fit_picture(image: Image.Image, width: int, height: int) -> Image.Image:
    """The picture's middle, as large as the shape allows, at ``width`` x ``height`` pixels (Lanczos).

    Raises:
        ValueError: a side is not positive.
    """
    scale = min(image.width / width, image.height / height)
    across, down = min(width * scale, image.width), min(height * scale, image.height)
    left, top = (image.width - across) / 2, (image.height - down) / 2
    box = (left, top, left + across, top + down)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box)


def _read(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data)} bytes")
    require_sane(data)
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise ValueError(f"{image.width}x{image.height} pixels")
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return _plain(image)


def _plain(image: Image.Image) -> Image.Image:
    """A new picture, since one that is converted keeps what it was told of its origin."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    plain = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        picture = image if image.mode == "RGBA" else image.convert("RGBA")
        plain.paste(picture, mask=picture)
    else:
        plain.paste(image if image.mode == "RGB" else image.convert("RGB"))
    return plain


def _eight_bits(image: Image.Image) -> Image.Image:
    """Greys of 16 bits; Pillow's own conversion cuts off all above 255."""
    return image.convert("I").point(lambda grey: grey / 257 + 0.5).convert("L")
