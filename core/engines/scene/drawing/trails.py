"""Turns the path a subject took into what it leaves behind: dust, foam, bubbles, smoke, streaks of speed, ripples."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from core.engines.scene.drawing.raster import Image, place, rasterise, tinted
from core.engines.scene.drawing.stage import View
from core.engines.scene.drawing.trajectories import Path, Pose

Matter = Literal["dust", "foam", "bubbles", "smoke"]
Posed = Callable[[float], Pose]
"""The pose at a moment (0..1) of the clip, in the scene."""


@dataclass(frozen=True)
class Trail:
    """What a subject leaves behind: its matter and colour (sRGB 0..1), and whether it is fast enough for streaks."""

    matter: Matter | None = None
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    streaks: bool = False

    def draw(self, frame: Image, view: View, u: float, path: Path, posed: Posed) -> None:
        """Lays the trail over the frame; it is drawn before the subject."""
        if self.matter is not None:
            _MATTERS[self.matter](self, frame, view, u, path, posed)
        if self.streaks:
            _streaks(frame, view, u, path, posed)


def _moments(u: float, path: Path, every: float, life: float) -> Iterator[tuple[int, float, float]]:
    """What was left in the last ``life`` seconds, one each ``every`` seconds: number, age (0..1), and when (0..1)."""
    now = u * path.pace + path.beat * every
    for number in range(max(0, math.ceil((now - life) / every)), math.floor(now / every) + 1):
        born = number * every
        if born >= path.beat * every:
            yield number, (now - born) / life, (born - path.beat * every) / path.pace


def _chance(path: Path, number: int, salt: float) -> float:
    """A fixed 0..1 for one particle."""
    value = math.sin(number * 127.1 + path.beat * 311.7 + salt * 74.7) * 43758.5453
    return value - math.floor(value)


def _spot(frame: Image, picture: Image, x: float, y: float, width: float, height: float, gain: float) -> None:
    """A picture in the middle of a box of (width, height) pixels about (x, y)."""
    sx, sy = width / picture.shape[1], height / picture.shape[0]
    place(frame, picture, np.array([[sx, 0, x - width / 2], [0, sy, y - height / 2]]), gain)


def _dust(trail: Trail, frame: Image, view: View, u: float, path: Path, posed: Posed) -> None:
    puff = tinted(_soft(), trail.colour)
    for number, age, born in _moments(u, path, 0.11, 0.75):
        then = posed(born)
        back = -then.heading * path.width * (0.34 + 0.25 * age)
        rise = path.height * (0.03 + 0.16 * age * _chance(path, number, 1.0))
        x, y = view.point(then.x + back + path.width * 0.1 * (_chance(path, number, 2.0) - 0.5), then.y - rise, 1.0)
        size = path.height * (0.13 + 0.30 * age) * (0.7 + 0.6 * _chance(path, number, 3.0)) * view.scale(1.0)
        _spot(frame, puff, x, y, size, size * 0.8, 0.62 * (1 - age) ** 1.3)


def _smoke(trail: Trail, frame: Image, view: View, u: float, path: Path, posed: Posed) -> None:
    puff = tinted(_soft(), trail.colour)
    up = path.way[1] < 0
    for number, age, born in _moments(u, path, 0.06, 0.9):
        then = posed(born)
        tail = (0.0, 0.48 * path.height) if up else (-then.heading * 0.55 * path.width, 0.0)
        x, y = view.point(then.x + tail[0], then.y - then.lift - path.height / 2 + tail[1], 1.0)
        jitter = path.height * 0.10 * age * (_chance(path, number, 1.0) - 0.5)
        size = path.height * (0.12 + 0.30 * age) * view.scale(1.0)
        _spot(frame, puff, x + jitter, y + jitter, size, size, 0.55 * (1 - age) ** 1.2)


def _foam(trail: Trail, frame: Image, view: View, u: float, path: Path, posed: Posed) -> None:
    if path.way[0]:
        puff = tinted(_soft(), trail.colour)
        for number, age, born in _moments(u, path, 0.12, 1.1):
            then = posed(born)
            x, y = view.point(then.x - then.heading * path.width * (0.30 + 0.2 * age), then.y, 1.0)
            size = path.width * (0.20 + 0.30 * age) * (0.7 + 0.5 * _chance(path, number, 1.0)) * view.scale(1.0)
            _spot(frame, puff, x, y, size, size * 0.16, 0.55 * (1 - age))


def ripples(frame: Image, view: View, u: float, path: Path, now: Pose, colour: tuple[float, float, float]) -> None:
    """Two rings that widen on the water around what floats in it; laid over the subject's foot."""
    ring = tinted(_ring(), colour)
    for turn in (0.0, 0.5):
        age = (u * path.pace * 0.55 + path.beat + turn) % 1.0
        x, y = view.point(now.x, now.y, 1.0)
        width = path.width * now.size * (0.85 + 0.55 * age) * view.scale(1.0)
        _spot(frame, ring, x, y, width, width * 0.13, 0.8 * math.sin(math.pi * age))


def _bubbles(_: Trail, frame: Image, view: View, u: float, path: Path, posed: Posed) -> None:
    drop = bubble()
    for number, age, born in _moments(u, path, 0.42, 1.3):
        if _chance(path, number, 4.0) < 0.35:
            continue
        then = posed(born)
        wobble = math.sin(age * 9 + number) * 0.04 * path.height
        x, y = view.point(
            then.x + then.heading * path.width * 0.42 + wobble, then.y - path.height * (0.6 + 0.9 * age), 1.0
        )
        size = path.height * (0.06 + 0.07 * _chance(path, number, 5.0)) * (0.8 + 0.5 * age) * view.scale(1.0)
        _spot(frame, drop, x, y, size, size, 0.95 * (1 - age**3))


def _streaks(frame: Image, view: View, u: float, path: Path, posed: Posed) -> None:
    """Three thin lines behind what is fast, that come and go."""
    now = posed(u)
    for number, high in enumerate((0.22, 0.48, 0.76)):
        turn = (u * path.pace * 1.5 + path.beat + number * 0.37) % 1.0
        length = path.width * (0.35 + 0.35 * _chance(path, number + 9, 6.0))
        x, y = view.point(
            now.x - now.heading * (path.width * (0.58 + 0.25 * turn) + length / 2),
            now.y - now.lift - high * path.height,
            1.0,
        )
        line = _streak() if now.heading > 0 else _streak()[:, ::-1].copy()
        _spot(
            frame, line, x, y, length * view.scale(1.0), max(2.0, 0.022 * path.height), 0.5 * math.sin(math.pi * turn)
        )


_MATTERS: dict[Matter, Callable[[Trail, Image, View, float, Path, Posed], None]] = {
    "dust": _dust,
    "smoke": _smoke,
    "foam": _foam,
    "bubbles": _bubbles,
}


def _svg(width: int, height: int, body: str) -> Image:
    return rasterise(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{body}</svg>')


@lru_cache(maxsize=1)
def _soft() -> Image:
    """A soft white disc."""
    stops = (
        '<stop offset=".45" stop-color="#fff" stop-opacity=".95"/><stop offset="1" stop-color="#fff" stop-opacity="0"/>'
    )
    return _svg(
        48,
        48,
        f'<defs><radialGradient id="a">{stops}</radialGradient></defs><circle cx="24" cy="24" r="23" fill="url(#a)"/>',
    )


@lru_cache(maxsize=1)
def _ring() -> Image:
    """A flat white ring."""
    return _svg(160, 24, '<ellipse cx="80" cy="12" rx="76" ry="9.5" fill="none" stroke="#fff" stroke-width="3.2"/>')


@lru_cache(maxsize=1)
def _streak() -> Image:
    """A white line that fades out to the left."""
    stops = '<stop stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#fff"/>'
    shape = '<rect x="1" y="1" width="94" height="4" rx="2" fill="url(#a)"/>'
    return _svg(96, 6, f'<defs><linearGradient id="a">{stops}</linearGradient></defs>{shape}')


@lru_cache(maxsize=1)
def bubble() -> Image:
    """A bubble of air."""
    film = 'fill="#e8fbff" fill-opacity=".16" stroke="#f2fdff" stroke-opacity=".75" stroke-width="2.6"'
    skin = f'<circle cx="20" cy="20" r="16" {film}/>'
    shine = '<path d="M11 16a10 10 0 0 1 7-7" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/>'
    return _svg(40, 40, skin + shine)
