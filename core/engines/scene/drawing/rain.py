"""Turns chance into rain: streaks at three depths, and splashes where drops hit the ground."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from core.engines.scene.drawing.raster import Image, place, rasterise
from core.engines.scene.drawing.stage import Stage, View

_CROWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="24">'
    '<g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round">'
    '<ellipse cx="24" cy="18" rx="17" ry="4" stroke-opacity=".8"/><path d="M17 13l-5-6M31 13l5-6M24 11V4"/></g></svg>'
)


@dataclass(frozen=True)
class Rain:
    """Tiles of streaks that wrap around, each with its speed (pixels a second down); ``slant`` is sideways by down."""

    tiles: tuple[tuple[Image, float], ...]
    slant: float

    def draw(self, frame: Image, view: View, seconds: float) -> None:
        """Adds the streaks' light to the frame."""
        for tile, speed in self.tiles:
            height, width = tile.shape[:2]
            along, down = round(-speed * self.slant * seconds - view.pan) % width, round(speed * seconds) % height
            _add_wrapped(frame, tile, along, down)


def rain(stage: Stage, rng: Random, *, heavy: bool) -> Rain:
    """Rain that is dense, long and slanting when ``heavy``."""
    slant = (0.28 if heavy else 0.10) * rng.choice((-1, 1))
    tiles = []
    for near, number in ((0.45, 115), (0.7, 75), (1.0, 40)):
        count = round(number * stage.width * stage.height / stage.unit**2 * (1.4 if heavy else 1.0))
        tiles.append((_tile(stage, rng, near, count, slant), stage.unit * (1.5 + 1.1 * near)))
    return Rain(tuple(tiles), slant)


def _tile(stage: Stage, rng: Random, near: float, count: int, slant: float) -> Image:
    """Streaks of one depth (``near`` 0..1) on black, as large as the frame."""
    tile = np.zeros((stage.height, stage.width, 3), np.uint8)
    shine = round((34 + 38 * near) * (0.7 if stage.light.time == "night" else 1.0))
    length, thick = stage.unit * 0.08 * near, 2 if near == 1.0 and stage.unit > 400 else 1
    for _ in range(count):
        x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height)
        for dx in (-stage.width, 0, stage.width):
            for dy in (0, -stage.height):
                first = round((x + dx) * 8), round((y + dy) * 8)
                last = round((x + dx - slant * length) * 8), round((y + dy + length) * 8)
                cv2.line(tile, first, last, (shine, shine, round(shine * 1.12)), thick, cv2.LINE_AA, 3)
    return tile


def _add_wrapped(frame: Image, tile: Image, x: int, y: int) -> None:
    """Adds a tile that wraps around, moved by (x, y) pixels, to as many rows as the frame has."""
    height, width = tile.shape[:2]
    for y0, y1, ty in ((0, y, height - y), (y, height, 0)):
        for x0, x1, tx in ((0, x, width - x), (x, width, 0)):
            part = frame[y0:y1, x0:x1]
            if part.size:
                cv2.add(part, tile[ty : ty + part.shape[0], tx : tx + part.shape[1]], dst=part)


@dataclass(frozen=True)
class Splashes:
    """Small crowns on the ground below the line ``top``; a drop is (phase, seconds of its period, key of places)."""

    stage: Stage
    top: float
    drops: tuple[tuple[float, float, int], ...]
    crown: Image

    def draw(self, frame: Image, view: View, seconds: float) -> None:
        """Lays the crowns over the frame."""
        for phase, period, key in self.drops:
            turn, age = divmod(seconds / period + phase, 1.0)
            if age <= 0.5:
                self._splash(frame, view, Random(key + int(turn) * 7919), age)

    def _splash(self, frame: Image, view: View, rng: Random, age: float) -> None:
        near, unit = rng.random(), self.stage.unit
        spot = rng.uniform(*self.stage.span(1.0)), self.top + (self.stage.height - self.top) * near
        x, y = view.point(*spot, 1.0)
        scale = unit / 480 * (0.22 + 0.34 * near) * (0.5 + age)
        place(frame, self.crown, np.array([[scale, 0, x - 24 * scale], [0, scale, y - 18 * scale]]), 0.75 - 1.5 * age)


def splashes(stage: Stage, rng: Random, top: float) -> Splashes:
    """Splashes on the ground below the line ``top`` (pixels)."""
    left, right = stage.span(1.0)
    count = round(17 * (right - left) / stage.unit)
    drops = tuple((rng.random(), rng.uniform(0.45, 0.65), rng.randrange(1 << 30)) for _ in range(count))
    return Splashes(stage, top, drops, rasterise(_CROWN))
