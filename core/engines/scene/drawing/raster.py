"""Turns SVG into premultiplied pictures, and lays pictures over a frame."""

from __future__ import annotations

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]


def rasterise(document: str) -> Image:
    """An SVG document as (height, width, 4) RGBA with premultiplied colour.

    Raises:
        ValueError: resvg cannot read the document.
    """
    packed = np.frombuffer(bytes(resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True)), np.uint8)
    straight = cv2.cvtColor(_decode(packed), cv2.COLOR_BGRA2RGBA)
    return np.asarray(cv2.cvtColor(straight, cv2.COLOR_RGBA2mRGBA), np.uint8)


def _decode(packed: NDArray[np.uint8]) -> Image:
    image = cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim != 3 or image.shape[2] != 4:
        raise ValueError("the SVG renderer gave no RGBA picture")
    return np.asarray(image, np.uint8)


def tinted(image: Image, tint: tuple[float, float, float]) -> Image:
    """A premultiplied picture with its colours multiplied by ``tint``."""
    return np.asarray(cv2.multiply(image, np.array([*tint, 1.0])), np.uint8)


def faded(image: Image, gain: float) -> Image:
    """A premultiplied picture at ``gain`` (0..1) of its opacity."""
    return image if gain >= 0.995 else np.asarray(cv2.convertScaleAbs(image, alpha=max(0.0, gain)), np.uint8)


def trimmed(image: Image) -> tuple[Image, int, int]:
    """The picture without its clear border, and the left and top that were cut off."""
    x, y, width, height = cv2.boundingRect(cv2.threshold(image[..., 3], 8, 255, cv2.THRESH_BINARY)[1])
    if not width:
        return image, 0, 0
    return np.ascontiguousarray(image[y : y + height, x : x + width]), x, y


def over(target: Image, source: Image) -> None:
    """Lays a premultiplied RGBA picture over an RGB or RGBA one of the same height and width, in place."""
    keep = cv2.cvtColor(cv2.bitwise_not(source[..., 3]), cv2.COLOR_GRAY2RGB)
    if target.shape[2] == 4:
        keep = cv2.cvtColor(keep, cv2.COLOR_RGB2RGBA)
        keep[..., 3] = keep[..., 0]
    else:
        source = np.asarray(cv2.cvtColor(source, cv2.COLOR_RGBA2RGB), np.uint8)
    cv2.add(cv2.multiply(target, keep, scale=1 / 255), source, dst=target)


def bounds(matrix: Matrix, width: int, height: int, frame: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """Where a width x height picture lands on the frame under a 2x3 matrix: x0, y0, x1, y1; None when outside."""
    corners = matrix @ np.array([[-1, width, -1, width], [-1, -1, height, height], [1, 1, 1, 1]], float)
    x0, y0 = (max(0, int(np.floor(low))) for low in corners.min(axis=1))
    x1, y1 = (
        min(limit, int(np.ceil(top)) + 1) for limit, top in zip((frame[1], frame[0]), corners.max(axis=1), strict=True)
    )
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def place(frame: Image, picture: Image, matrix: Matrix, gain: float = 1.0) -> None:
    """Lays a premultiplied RGBA picture over the frame where the 2x3 ``matrix`` (picture to frame pixels) puts it.

    Sub-pixel positions are kept (bilinear), so slow motion is smooth.
    """
    if gain <= 0.01 or (box := bounds(matrix, picture.shape[1], picture.shape[0], frame.shape)) is None:
        return
    x0, y0, x1, y1 = box
    local = matrix - np.array([[0, 0, x0], [0, 0, y0]])
    moved = cv2.warpAffine(picture, local, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    over(frame[y0:y1, x0:x1], faded(np.asarray(moved, np.uint8), gain))
