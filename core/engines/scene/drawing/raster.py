"""Turns SVG into premultiplied pictures, and lays pictures over a frame."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the frame."""
Rows = tuple[int, int]
"""The first row, and one past the last."""


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


def trimmed(image: Image, faint: int = 8) -> tuple[Image, int, int]:
    """The picture without its border of alpha up to ``faint``, and the left and top that were cut off."""
    alpha = cv2.extractChannel(image, 3)
    x, y, width, height = cv2.boundingRect(cv2.threshold(alpha, faint, 255, cv2.THRESH_BINARY)[1])
    if not width:
        return image, 0, 0
    return np.ascontiguousarray(image[y : y + height, x : x + width]), x, y


def solid_rows(picture: Image) -> Rows:
    """The longest run of rows of an RGBA picture that are opaque but for their outer pixels: first, and one past it."""
    open_rows = np.flatnonzero(picture[:, 1:-1, 3].min(axis=1, initial=255) < 255)
    ends = [-1, *open_rows.tolist(), picture.shape[0]]
    size, first = max((after - before - 1, before + 1) for before, after in pairwise(ends))
    return first, first + size


def over(target: Image, source: Image) -> None:
    """Lays a premultiplied RGBA picture over an RGB or RGBA one of the same height and width, in place."""
    alpha = cv2.extractChannel(source, 3)
    keep = cv2.cvtColor(cv2.bitwise_not(alpha, dst=alpha), cv2.COLOR_GRAY2RGB)
    if target.shape[2] == 4:
        keep = cv2.cvtColor(keep, cv2.COLOR_RGB2RGBA)
        keep[..., 3] = keep[..., 0]
    else:
        source = np.asarray(cv2.cvtColor(source, cv2.COLOR_RGBA2RGB), np.uint8)
    cv2.add(cv2.multiply(target, keep, dst=keep, scale=1 / 255), source, dst=target)


def bounds(matrix: Matrix, width: int, height: int, frame: tuple[int, ...]) -> Box | None:
    """Where a width x height picture lands on the frame under a 2x3 matrix; None when outside."""
    (a, b, left), (c, d, top) = matrix.tolist()
    x0, x1 = _reach(a, b, left, width, height, frame[1])
    y0, y1 = _reach(c, d, top, width, height, frame[0])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _reach(across: float, down: float, start: float, width: int, height: int, limit: int) -> tuple[int, int]:
    """The pixels along one axis that a picture and the soft edge about it reach, within 0 to ``limit``."""
    low = start + min(-across, across * width) + min(-down, down * height)
    top = start + max(-across, across * width) + max(-down, down * height)
    return max(0, math.floor(low)), min(limit, math.ceil(top) + 1)


def hidden_from(picture: Image, solid: Rows, matrix: Matrix, frame: tuple[int, ...]) -> int:
    """The frame row from which a picture's ``solid`` rows hide all there is below; the frame's height where none is.

    Only a picture that is neither slanted nor turned and that reaches beyond the frame's sides and bottom does.
    """
    scale, slant, left, turn, _, top = (float(part) for part in matrix.flat)
    right, bottom = left + scale * (picture.shape[1] - 2), top + scale * (solid[1] - 1)
    height: int = frame[0]
    if slant or turn or left + scale > 0 or right < frame[1] - 1 or bottom < height - 1:
        return height
    first = math.ceil(top + scale * solid[0])
    return min(height, max(0, first))


def place(frame: Image, picture: Image, matrix: Matrix, gain: float = 1.0, solid: Rows = (0, 0)) -> None:
    """Lays a premultiplied RGBA picture over the frame where the 2x3 ``matrix`` (picture to frame pixels) puts it.

    Sub-pixel positions are kept (bilinear), so slow motion is smooth. Opaque rows, if ``solid`` tells of them, are
    copied, which takes a third of the time of blending.
    """
    if gain <= 0.01 or (found := _seen(frame, picture, matrix)) is None:
        return
    (x0, y0, x1, y1), moved = found
    target, moved = frame[y0:y1, x0:x1], faded(moved, gain)
    line = y1 if solid == (0, 0) or gain < 0.995 else hidden_from(picture, solid, matrix, frame.shape)
    mixed = max(0, line - y0)
    if mixed:
        over(target[:mixed], moved[:mixed])
    if mixed < y1 - y0:
        _copy(target[mixed:], moved[mixed:])


def _copy(target: Image, source: Image) -> None:
    """Puts an opaque RGBA picture on an RGB or RGBA one of the same height and width."""
    if target.shape[2] == 4:
        np.copyto(target, source)
    else:
        cv2.cvtColor(source, cv2.COLOR_RGBA2RGB, dst=target)


def _seen(frame: Image, picture: Image, matrix: Matrix) -> tuple[Box, Image] | None:
    """The box of the frame that the picture reaches, and the picture as it is there; None when outside."""
    (a, b, left), (c, d, top) = matrix.tolist()
    if (a, b, c, d) == (1.0, 0.0, 0.0, 1.0):
        return _shifted(frame, picture, left, top)
    if (box := bounds(matrix, picture.shape[1], picture.shape[0], frame.shape)) is None:
        return None
    x0, y0, x1, y1 = box
    local = np.array([[a, b, left - x0], [c, d, top - y0]])
    return box, np.asarray(cv2.warpAffine(picture, local, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR), np.uint8)


def _shifted(frame: Image, picture: Image, left: float, top: float) -> tuple[Box, Image] | None:
    """The same for a picture that is only moved: a slice, or along an axis of part of a pixel a mean of neighbours."""
    (column, right), (row, down) = _whole(left), _whole(top)
    y0, y1 = max(0, row), min(frame.shape[0], row + picture.shape[0] + (down > 0))
    x0, x1 = max(0, column), min(frame.shape[1], column + picture.shape[1] + (right > 0))
    if y1 <= y0 or x1 <= x0:
        return None
    found = _window(picture, x0 - column - (right > 0), y0 - row - (down > 0), x1 - column, y1 - row)
    found = _mean(found[1:], found[:-1], down) if down else found
    return (x0, y0, x1, y1), _mean(found[:, 1:], found[:, :-1], right) if right else found


def _mean(first: Image, second: Image, share: float) -> Image:
    return np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0), np.uint8)


def _whole(position: float) -> tuple[int, float]:
    """A position as whole pixels and a part of one; parts too small to change any value by one are nothing."""
    whole = math.floor(position + 1 / 512)
    part = position - whole
    return whole, part if part > 1 / 512 else 0.0


def _window(picture: Image, x0: int, y0: int, x1: int, y1: int) -> Image:
    """A slice of the picture; what of it is outside is clear."""
    height, width = picture.shape[:2]
    inside = picture[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]
    edges = max(0, -y0), max(0, y1 - height), max(0, -x0), max(0, x1 - width)
    return np.asarray(cv2.copyMakeBorder(inside, *edges, cv2.BORDER_CONSTANT), np.uint8) if any(edges) else inside
