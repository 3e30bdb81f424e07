"""Turns a sprite into a cel: its picture at the sizes needed, trimmed so that it stands on its feet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.engines.scene.drawing.colour import Rgb
from core.engines.scene.drawing.raster import Image, rasterise, tinted, trimmed
from core.engines.scene.drawing.recolour import recoloured
from core.engines.scene.scene import Colour
from core.engines.scene.sprites import Sprite


@dataclass(frozen=True)
class Cel:
    """Premultiplied RGBA pictures of one drawing, each half the size of the one before, without clear borders."""

    pictures: tuple[Image, ...]

    @property
    def aspect(self) -> float:
        """Width by height."""
        height, width = self.pictures[0].shape[:2]
        return float(width / height)

    def near(self, height: float) -> Image:
        """The smallest picture that is not (much) enlarged when drawn ``height`` pixels tall."""
        return next((p for p in reversed(self.pictures) if p.shape[0] >= height * 0.95), self.pictures[0])


def ink(sprite: Sprite) -> tuple[float, float]:
    """The width and height of what the sprite shows, in parts of its view box's height."""
    small = trimmed(rasterise(sprite.document(round(64 * sprite.view_width / sprite.view_height), 64)))[0]
    return small.shape[1] / 64, small.shape[0] / 64


def cel(sprite: Sprite, colour: Colour | None, height: float, tint: Rgb) -> Cel:
    """The sprite in ``colour`` (None: its own), lit by ``tint``, its visible part about ``height`` pixels tall."""
    painted = recoloured(sprite, colour) if colour else sprite
    box = max(8, round(height / max(0.2, ink(sprite)[1])) + 2)
    picture = tinted(
        trimmed(rasterise(painted.document(round(box * sprite.view_width / sprite.view_height), box)))[0], tint
    )
    # A clear border of one pixel lets the bilinear sampling soften the edge.
    pictures = [np.asarray(cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_CONSTANT), np.uint8)]
    while pictures[-1].shape[0] > 24:
        last = pictures[-1]
        half = (max(1, last.shape[1] // 2), max(1, last.shape[0] // 2))
        pictures.append(np.asarray(cv2.resize(last, half, interpolation=cv2.INTER_AREA), np.uint8))
    return Cel(tuple(pictures))
