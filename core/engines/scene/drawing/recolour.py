"""Turns a sprite's own colours into an asked colour, keeping its shading, its eyes and its other colours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.engines.scene.drawing.colour import Array, from_lab, hexed, rgb, to_lab
from core.engines.scene.drawing.raster import rasterise
from core.engines.scene.scene import Colour
from core.engines.scene.sprites import Sprite

PAINTS: Mapping[Colour, str] = {
    "red": "#e5322d",
    "orange": "#f98a1d",
    "yellow": "#fbd32f",
    "gold": "#dda52a",
    "lime": "#9bdc2f",
    "green": "#2fa84a",
    "teal": "#12908c",
    "cyan": "#2cc6e8",
    "blue": "#2f6fe4",
    "navy": "#26397f",
    "purple": "#8746c9",
    "pink": "#fb84b4",
    "brown": "#8a5531",
    "black": "#2e2e36",
    "white": "#f4f5f7",
    "grey": "#8f959c",
}
"""The paint of each colour: what the main tone of a subject becomes."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_NEUTRAL = 12.0
_FAMILY = 32.0


def recoloured(sprite: Sprite, colour: Colour) -> Sprite:
    """The sprite with its main family of colours painted over.

    The family is the hue (or the greys) that covers most of the drawing; each of its tones keeps its distance in
    lightness from the tone that covers most. All work is done on the drawing's own fills, so edges stay clean.
    """
    tones = list(dict.fromkeys(text.lower() for text in _HEX.findall(sprite.svg)))
    if not tones:
        return sprite
    lab = to_lab(np.array([rgb(text) for text in tones]))
    share = _shares(sprite, lab)
    body = _body(lab, sprite.group)
    family = _family(lab, share * body / max(1e-6, float(share[body].sum())) if share[body].sum() > 0.1 else share)
    paint = dict(zip((tones[i] for i in family), _painted(lab[family], share[family], colour), strict=True))
    if colour == "black":
        paint |= {tones[i]: "#ffe08a" for i in _details(lab, share, family)}
    return replace(sprite, svg=_HEX.sub(lambda found: paint.get(found[0].lower(), found[0]), sprite.svg))


def _shares(sprite: Sprite, lab: Array) -> Array:
    """The part of the drawing's area that each tone covers, shape (tones,)."""
    picture = rasterise(sprite.document(48, 48))
    solid = cv2.erode(picture[..., 3], np.ones((3, 3), np.uint8)) > 250
    seen = to_lab(picture[solid][:, :3] / 255)
    if not len(seen):
        return np.full(len(lab), 1 / len(lab))
    nearest = np.argmin(((seen[:, None] - lab[None]) ** 2).sum(-1), axis=1)
    return np.asarray(np.bincount(nearest, minlength=len(lab)) / len(seen))


def _body(lab: Array, group: str) -> NDArray[np.bool_]:
    """Which tones may be body: not the blue of a vehicle's windows, not a person's skin and hair."""
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    hued = np.hypot(lab[:, 1], lab[:, 2]) > _NEUTRAL
    glass = hued & (lab[:, 0] > 65) & (hue > 200) & (hue < 280)
    skin = hued & (hue > 58) & (hue < 95)
    return ~((group == "travel") & glass | (group == "people") & skin)


def _family(lab: Array, share: Array) -> list[int]:
    """The tones that make up the body: the hue with the largest area, or the greys if hardly anything has a hue."""
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    hued = chroma > _NEUTRAL
    near = np.abs((hue[:, None] - hue[None] + 180) % 360 - 180) < _FAMILY
    areas = np.where(hued, (near & hued[None]) @ share, 0.0)
    best = int(np.argmax(areas))
    plain = ~hued & (lab[:, 0] > 30) & (lab[:, 0] < 90)
    if areas[best] >= max(0.2, 1.2 * share[plain].sum()):
        return [int(i) for i in np.flatnonzero(hued & near[best] & (share > 0))]
    greys = ~hued & ((lab[:, 0] > 22) | (share > 0.25))
    body = greys & ((lab[:, 0] < 90) | (share > 0.12))
    chosen = np.flatnonzero(body if share[body].sum() > 0.15 else greys)
    return [int(i) for i in chosen] or [int(np.argmax(share))]


def _painted(lab: Array, share: Array, colour: Colour) -> list[str]:
    """New tones for a family: the paint, lighter and darker as the old tones were."""
    goal = to_lab(np.array(rgb(PAINTS[colour])))
    offset = lab[:, 0] - lab[int(np.argmax(share)), 0]
    span = {"black": 0.5, "white": 0.42, "navy": 0.7}.get(colour, 0.85)
    lightness = np.clip(goal[0] + offset * span, 9, 98)
    # A tone much lighter or darker than the paint carries less of its hue, as paint does.
    richness = 1 - np.clip(np.abs(lightness - goal[0]) / 90, 0, 0.6)
    new = np.stack([lightness, goal[1] * richness, goal[2] * richness], -1)
    return [hexed((float(r), float(g), float(b))) for r, g, b in from_lab(new)]


def _details(lab: Array, share: Array, family: list[int]) -> list[int]:
    """Small dark details, such as eyes, that black paint would hide."""
    return [i for i in range(len(lab)) if i not in family and lab[i, 0] < 30 and 0 < share[i] < 0.03]
