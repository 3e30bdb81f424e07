"""Turns chance into small things that hover: flakes of snow, bubbles, fireflies."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from core.engines.scene.drawing.raster import Image, place, rasterise
from core.engines.scene.drawing.stage import Stage, View
from core.engines.scene.drawing.trails import bubble

_TURN = 2 * math.pi


@dataclass(frozen=True)
class Mote:
    """One speck: where it starts (parts of the frame), how near it is, and its own phase and pace (all 0..1)."""

    x: float
    y: float
    near: float
    phase: float
    pace: float


@dataclass(frozen=True)
class Motes:
    """Specks and how one of them is drawn."""

    motes: tuple[Mote, ...]
    one: Callable[[Image, View, float, Mote], None]

    def draw(self, frame: Image, view: View, seconds: float) -> None:
        """Lays all specks over the frame."""
        for mote in self.motes:
            self.one(frame, view, seconds, mote)


def _scatter(rng: Random, count: float) -> tuple[Mote, ...]:
    return tuple(Mote(*(rng.random() for _ in range(5))) for _ in range(round(count)))


def _spot(frame: Image, picture: Image, x: float, y: float, size: float, gain: float) -> None:
    """A square picture, ``size`` pixels wide, about (x, y)."""
    scale = size / picture.shape[1]
    place(frame, picture, np.array([[scale, 0, x - size / 2], [0, scale, y - size / 2]]), gain)


def _disc(*stops: tuple[float, str, float]) -> Image:
    """A soft disc of 48 pixels; ``stops`` are (part of the radius, colour, opacity)."""
    shine = "".join(f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{o}"/>' for at, colour, o in stops)
    return rasterise(
        '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><defs>'
        f'<radialGradient id="a">{shine}</radialGradient></defs><circle cx="24" cy="24" r="24" fill="url(#a)"/></svg>'
    )


def snowfall(stage: Stage, rng: Random) -> Motes:
    """Flakes at many depths that drift and sway, the near ones soft and large."""
    unit, width, height = stage.unit, stage.width, stage.height
    soft, wind = _disc((0.25, "#fff", 1), (1, "#fff", 0)), rng.uniform(-0.05, 0.05)
    white = (236, 241, 250) if stage.light.time == "night" else (255, 255, 255)

    def flake(frame: Image, view: View, seconds: float, mote: Mote) -> None:
        near = mote.near**1.6
        sway = 0.018 * (0.4 + near) * math.sin(_TURN * (seconds * (0.25 + 0.2 * mote.phase) + mote.phase))
        gone = wind * seconds * (0.4 + near) - view.pan / width * (0.3 + 0.9 * near)
        x = ((mote.x + sway + gone) % 1.08 - 0.04) * width
        y = ((mote.y + (0.07 + 0.16 * near) * seconds) % 1.08 - 0.04) * height
        radius = unit * (0.0022 + 0.0045 * near)
        if near < 0.72:
            cv2.circle(frame, (round(x * 16), round(y * 16)), round(radius * 16), white, -1, cv2.LINE_AA, 4)
        else:
            _spot(frame, soft, x, y, radius * 3.4, 0.85)

    return Motes(_scatter(rng, 84 * width * height / unit**2), flake)


def bubbles(stage: Stage, rng: Random) -> Motes:
    """Bubbles that rise and wobble, in a few columns."""
    picture, unit = bubble(), stage.unit
    columns = [rng.random() for _ in range(7)]

    def drop(frame: Image, view: View, seconds: float, mote: Mote) -> None:
        up = (mote.y + seconds * (0.10 + 0.10 * mote.near)) % 1.15
        column = columns[int(mote.x * len(columns))] + 0.04 * (mote.pace - 0.5)
        wobble = unit * 0.010 * math.sin(_TURN * (seconds * 0.8 + mote.phase))
        x = (column * stage.width + wobble - view.pan * mote.near) % stage.width
        size = unit * (0.008 + 0.026 * mote.near**2) * (0.7 + 0.4 * up)
        _spot(frame, picture, x, stage.height * (1.04 - up), size, 0.9)

    return Motes(_scatter(rng, 30), drop)


def fireflies(stage: Stage, rng: Random) -> Motes:
    """Specks of warm light that wander over the grass and go on and off."""
    unit = stage.unit
    glow = _disc((0, "#fffbd0", 1), (0.16, "#f4ff9a", 0.9), (0.3, "#d8f27a", 0.28), (1, "#b8e060", 0))

    def shine(frame: Image, view: View, seconds: float, mote: Mote) -> None:
        gain = math.sin(_TURN * (seconds * (0.18 + 0.15 * mote.pace) + mote.phase))
        wander = 0.05 * unit * math.sin(seconds * (0.5 + mote.pace) + 6 * mote.phase)
        x = stage.width * mote.x + wander - view.pan * (0.5 + 0.6 * mote.near)
        y = stage.height * (0.52 + 0.42 * mote.y)
        y += 0.03 * unit * math.sin(seconds * (0.8 + mote.pace) + 9 * mote.phase)
        _spot(frame, glow, x, y, unit * (0.03 + 0.035 * mote.near), min(1.0, 1.3 * max(0.0, gain)))

    return Motes(_scatter(rng, 12.5 * stage.width / unit), shine)
