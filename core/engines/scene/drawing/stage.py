"""Turns shapes drawn as SVG into layers that stand at a depth, and says what of them a view shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from core.engines.scene.drawing.light import Light
from core.engines.scene.drawing.raster import (
    Image,
    Matrix,
    Rows,
    faded,
    hidden_from,
    place,
    rasterise,
    solid_rows,
    trimmed,
)


@dataclass(frozen=True)
class View:
    """What the camera sees: ``pan`` pixels to the right at depth 1, ``zoom`` about the point ``focus`` (pixels)."""

    pan: float
    zoom: float
    focus: tuple[float, float]

    def scale(self, depth: float) -> float:
        """How much things at ``depth`` are enlarged; what is near grows more."""
        return 1 + (self.zoom - 1) * (0.45 + 0.55 * min(depth, 1.4))

    def point(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Where a point of the scene is seen."""
        scale, (fx, fy) = self.scale(depth), self.focus
        return fx + (x - self.pan * depth - fx) * scale, fy + (y - fy) * scale

    def afar(self, depth: float) -> View:
        """The view in which what is at ``depth`` is seen where things at depth 1 are."""
        return View(self.pan * depth, self.scale(depth), self.focus)

    def across(self, seen: float, depth: float) -> float:
        """The x in the scene of what is seen at ``seen``."""
        return self.focus[0] + (seen - self.focus[0]) / self.scale(depth) + self.pan * depth


@dataclass(frozen=True)
class Life:
    """How a layer moves by itself.

    ``drift`` pixels a second to the right, a ``sway`` of (x, y) pixels every ``period`` seconds, ``lean`` (pixels its
    top moves to the side), and a ``pulse`` (0..1) of its opacity. With ``strokes`` (seconds) it is only seen for a
    blink about each of them.
    """

    drift: float = 0.0
    sway: tuple[float, float] = (0.0, 0.0)
    lean: float = 0.0
    pulse: float = 0.0
    strokes: tuple[float, ...] = ()
    period: float = 4.0
    phase: float = 0.0

    def swing(self, seconds: float, turn: float = 0.0) -> float:
        """-1..1 at a moment, ``turn`` parts of a period later."""
        return math.sin(2 * math.pi * (seconds / self.period + self.phase + turn))

    def gain(self, seconds: float) -> float:
        """The opacity (0..1) at a moment."""
        if self.strokes:
            return max(max(0.0, 1 - abs(seconds - at - 0.03) / 0.13) for at in self.strokes)
        return 1 - self.pulse * (0.5 + 0.5 * self.swing(seconds))


STILL = Life()
NEAREST = math.inf
"""The baseline of what stands before all subjects."""


class Drawn(Protocol):
    """Anything that is laid over a frame at a moment."""

    def draw(self, frame: Image, view: View, seconds: float) -> None:
        """Changes the frame in place."""


@dataclass(frozen=True)
class Layer:
    """A premultiplied RGBA picture of the scene at a depth (0 the sky, 1 where subjects stand, more is nearer).

    ``left``, ``top`` are pixels of the frame at rest, ``density`` picture pixels a frame pixel. ``baseline`` (pixels)
    puts it among the subjects: those that stand above the line are behind it. None: behind all of them.
    """

    picture: Image
    left: float
    top: float
    depth: float
    density: float = 1.0
    life: Life = STILL
    baseline: float | None = None

    def matrix(self, view: View, seconds: float) -> Matrix:
        """From picture to frame pixels."""
        life, swing = self.life, self.life.swing(seconds)
        x = self.left + life.drift * seconds + life.sway[0] * swing
        y = self.top + life.sway[1] * life.swing(seconds, 0.25)
        left, top = view.point(x, y, self.depth)
        scale = view.scale(self.depth) / self.density
        slant = -life.lean * swing / self.picture.shape[0] * scale
        return np.array([[scale, slant, left - slant * self.picture.shape[0]], [0, scale, top]], float)

    def draw(self, frame: Image, view: View, seconds: float) -> None:
        """Lays the layer over the frame."""
        place(frame, self.picture, self.matrix(view, seconds), self.life.gain(seconds), self._solid)

    def hides_from(self, view: View, seconds: float, frame: tuple[int, ...]) -> int:
        """The row of a frame of this shape from which nothing behind the layer is seen."""
        if self._solid == (0, 0) or self.life.gain(seconds) < 1:
            return frame[0]
        return hidden_from(self.picture, self._solid, self.matrix(view, seconds), frame)

    @cached_property
    def _solid(self) -> Rows:
        rows = solid_rows(self.picture)
        return rows if rows[1] > rows[0] else (0, 0)


@dataclass(frozen=True)
class Stage:
    """The room a scene has.

    ``width`` and ``height`` are the frame's pixels; ``reach`` is how far the camera moves to either side (pixels at
    depth 1), ``density`` the picture pixels a frame pixel, ``sun`` where the sun or moon is (parts of the width).
    ``bare`` names sprites of which the scenery must show none, as they are the subjects.
    """

    width: int
    height: int
    light: Light
    reach: float = 0.0
    density: float = 1.0
    seconds: float = 4.0
    sun: float = 0.72
    bare: frozenset[str] = frozenset()

    @property
    def unit(self) -> float:
        """The length in pixels that counts as one picture height, also in tall frames."""
        return min(self.height, 1.15 * self.width)

    def span(self, depth: float, slack: float = 0.0) -> tuple[float, float]:
        """The left and right ends that a layer at ``depth`` needs."""
        margin = self.reach * depth + slack + 4
        return -margin, self.width + margin

    def layer(
        self,
        shapes: str | Sequence[str],
        depth: float,
        top: float,
        bottom: float,
        *,
        life: Life = STILL,
        blur: float = 0.0,
        baseline: float | None = None,
        sides: tuple[float, float] | None = None,
        opacity: float = 1.0,
    ) -> Layer:
        """Rasterises SVG shapes (frame pixels) between the lines ``top`` and ``bottom``, and within ``sides``.

        ``opacity`` (0..1) is that of all shapes together. What lies above or below the frame is left out, as no view
        shows it, and so are clear borders.
        """
        x0, x1 = sides or self.span(depth, abs(life.drift) * self.seconds + abs(life.sway[0]) + abs(life.lean))
        # What leans turns about its picture's lowest line, so that must stay.
        beyond = math.inf if life.lean else abs(life.sway[1]) + 3 * blur + 2
        top, bottom = math.floor(max(top, -beyond)), math.ceil(min(bottom, self.height + beyond))
        body = shapes if isinstance(shapes, str) else "".join(shapes)
        picture = faded(self._picture(body, (x0, top, x1 - x0, bottom - top), blur), opacity)
        picture, left, above = (picture, 0, 0) if life.lean else trimmed(picture, 0)
        return Layer(picture, x0 + left / self.density, top + above / self.density, depth, self.density, life, baseline)

    def _picture(self, body: str, box: tuple[float, float, float, float], blur: float) -> Image:
        """SVG shapes within a box (left, top, width, height in frame pixels), at the stage's density."""
        # What is blurred anyway is rasterised at half the size, in a quarter of the time.
        part = 0.5 if blur * self.density > 2 else 1.0
        fine = self.density * part
        width, height = (max(1, math.ceil(size * fine)) for size in box[2:])
        view = f"{box[0]:.2f} {box[1]:.0f} {width / fine:.3f} {height / fine:.3f}"
        head = f'xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{width}" height="{height}"'
        picture = rasterise(f"<svg {head}>{body}</svg>")
        if blur:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur * fine), np.uint8)
        return picture if part == 1.0 else np.asarray(cv2.resize(picture, None, fx=1 / part, fy=1 / part), np.uint8)


def flattened(scenery: Sequence[Drawn], stage: Stage, view: View) -> list[Drawn]:
    """The same picture with fewer layers, for a camera that stays at ``view``: neighbours at rest become one."""
    merged: list[Drawn] = []
    still: list[Layer] = []
    for item in scenery:
        if isinstance(item, Layer) and item.life == STILL and item.baseline is None:
            still.append(item)
        else:
            merged += [*_merged(still, stage, view), item]
            still = []
    return [*merged, *_merged(still, stage, view)]


def _merged(layers: Sequence[Layer], stage: Stage, view: View) -> list[Layer]:
    """Still layers as one picture of what the view shows, cut to the rows that are not clear."""
    picture = np.zeros((stage.height, stage.width, 4), np.uint8)
    for layer in layers:
        layer.draw(picture, view, 0.0)
    rows = np.flatnonzero(picture[..., 3].max(axis=1))
    if not len(rows):
        return []
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    return [Layer(picture[top:bottom], 0.0, float(top), 0.0)]
