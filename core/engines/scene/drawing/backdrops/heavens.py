"""Turns a light into what is above: the sky with its clouds and stars, and outer space."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from core.engines.scene.drawing.colour import Rgb, hexed, mix, rgb
from core.engines.scene.drawing.raster import Image
from core.engines.scene.drawing.shapes import circle, cloud, ellipse, fade, rect
from core.engines.scene.drawing.stage import Layer, Life, Stage

Stops = tuple[tuple[float, Rgb], ...]


def gradient(width: int, height: int, stops: Stops, rng: Random) -> Image:
    """A vertical gradient as opaque RGBA; noise of half a step keeps it from banding."""
    rows = np.linspace(0, 1, height)
    channels = [np.interp(rows, [at for at, _ in stops], [colour[k] for _, colour in stops]) for k in range(3)]
    noise = np.random.default_rng(rng.getrandbits(32)).random((height, width, 1), np.float32) - 0.5
    tones = np.stack(channels, -1).astype(np.float32)[:, None, :] * 255 + noise
    return np.dstack([np.clip(np.rint(tones), 0, 255).astype(np.uint8), np.full((height, width), 255, np.uint8)])


def heaven(stage: Stage, rng: Random, horizon: float) -> list[Layer]:
    """The sky down to the line ``horizon`` (pixels) and a little below: gradient, sun or moon, stars, clouds."""
    light = stage.light
    stops = ((0.0, light.sky[0]), (0.62, light.sky[1]), (1.0, light.sky[2]))
    layers = [backing(stage, stops, horizon + 0.1 * stage.height, rng)]
    if light.stars:
        layers += stars(stage, rng, horizon * 0.92, 190)
    if light.orb:
        layers.append(_orb(stage, rng, horizon))
    return layers + clouds(stage, rng, horizon)


def backing(stage: Stage, stops: Stops, bottom: float, rng: Random) -> Layer:
    """An opaque gradient behind everything, full to the frame's bottom."""
    margin = stage.reach * 0.1 + 4
    picture = gradient(
        round(stage.width + 2 * margin), stage.height, tuple((at * bottom / stage.height, c) for at, c in stops), rng
    )
    return Layer(picture, -margin, 0.0, 0.0)


def stars(stage: Stage, rng: Random, bottom: float, count: int) -> list[Layer]:
    """Three sets of stars that twinkle in turn."""
    x0, x1 = stage.span(0.05)
    layers = []
    for turn in range(3):
        dots = []
        for _ in range(round(count / 3 * stage.width * bottom / stage.unit**2)):
            size = stage.unit * 0.0013 * rng.choice((0.8, 1.0, 1.0, 1.4, 2.2))
            shine = f'opacity="{rng.uniform(0.45, 1.0):.2f}"'
            colour = rng.choice(("#ffffff", "#ffffff", "#dfe6ff", "#fff2d6"))
            dots.append(circle(rng.uniform(x0, x1), rng.uniform(0, bottom), size, colour, shine))
        life = Life(pulse=0.65, period=rng.uniform(1.6, 2.8), phase=turn / 3)
        layers.append(stage.layer(dots, 0.05, 0, bottom, life=life))
    return layers


def _orb(stage: Stage, rng: Random, horizon: float) -> Layer:
    """The sun or the moon with its glow; low at sunrise and sunset."""
    light, unit = stage.light, stage.unit
    low = light.time in ("sunrise", "sunset")
    x = stage.width * stage.sun
    y = horizon * (rng.uniform(0.74, 0.86) if low else rng.uniform(0.22, 0.32))
    radius = unit * (0.075 if low else 0.058)
    colour = hexed(light.orb_colour)
    glow = (f'<defs><radialGradient id="g"><stop offset="0" stop-color="{colour}" stop-opacity="0.62"/>'
            f'<stop offset="0.35" stop-color="{colour}" stop-opacity="0.22"/>'
            f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient></defs>')  # fmt: skip
    body = [glow, circle(x, y, radius * (4.2 if low else 3.2), "url(#g)"), circle(x, y, radius, colour)]
    if light.orb == "moon":
        spots = ((-0.3, -0.2, 0.2), (0.25, 0.3, 0.16), (0.2, -0.35, 0.11), (-0.25, 0.4, 0.1))
        dark = hexed(mix(light.orb_colour, light.sky[1], 0.22))
        body += [circle(x + dx * radius, y + dy * radius, r * radius, dark) for dx, dy, r in spots]
    return stage.layer(body, 0.04, y - radius * 4.3, y + radius * 4.3)


def clouds(stage: Stage, rng: Random, horizon: float) -> list[Layer]:
    """Two rows of clouds, the far ones small and slow."""
    light, unit = stage.light, stage.unit
    if light.weather == "fog":
        return []
    layers = []
    rows = ((0.10, 0.20, 0.40, 0.72, 3.0), (0.20, 0.36, 0.10, 0.42, 6.5))
    for depth, size, low, high, pace in rows + (((0.24, 0.62, 0.02, 0.16, 5.0),) if light.cover > 0.9 else ()):
        drift = pace * unit / 480 * rng.choice((-1, 1))
        x0, x1 = stage.span(depth, abs(drift) * stage.seconds)
        number = max(1, round((x1 - x0) / unit * (2.6 if size < 0.3 else 1.9) * (0.35 + light.cover) * (0.5 if light.stars else 0.8)))
        near = mix(light.cloud, light.sky[1], 0.30 if size < 0.3 else 0.08)
        fill, shade = hexed(near), hexed(mix(near, light.sky[0 if light.cover < 0.9 else 1], 0.28))
        shapes = []
        for index in range(number):
            x = x0 + (x1 - x0) * (index + rng.uniform(0.15, 0.85)) / number
            width = unit * size * rng.uniform(0.7, 1.3) * (1.35 if light.cover > 0.9 else 1)
            shapes.append(cloud(rng, x, horizon * rng.uniform(low, high), width, fill, shade))
        opacity = 0.92 if light.cloud[0] > 0.6 else 0.85
        group = f'<g opacity="{opacity}">{"".join(shapes)}</g>'
        layers.append(stage.layer(group, depth, -0.1 * unit, horizon * high + 2, life=Life(drift=drift)))
    return layers


def sky(stage: Stage, rng: Random) -> list[Layer]:
    """High above a sea of clouds."""
    light, unit, height = stage.light, stage.unit, stage.height
    layers = heaven(stage, rng, height * 0.95)
    for depth, at, size, share in ((0.35, 0.80, 0.42, 0.45), (0.7, 0.90, 0.55, 0.22), (1.15, 1.02, 0.75, 0.05)):
        near = mix(light.cloud, light.sky[2], share)
        fill, shade = hexed(near), hexed(mix(near, light.sky[1], 0.3))
        drift = 7 * depth * unit / 480
        x0, x1 = stage.span(depth, drift * stage.seconds)
        number = max(3, round((x1 - x0) / (unit * size * 0.42)))
        puffs = [rect(x0, height * (at + 0.03), x1 - x0, height, fill)]
        spots = [
            (x0 + (x1 - x0) * (i + rng.uniform(0.2, 0.8)) / number, rng.uniform(0.14, 0.30)) for i in range(number)
        ]
        puffs += [circle(x, height * at + unit * 0.06, unit * size * r, shade) for x, r in spots]
        puffs += [circle(x - unit * 0.012, height * at + unit * 0.078, unit * size * r, fill) for x, r in spots]
        top = height * at - unit * size * 0.3
        layers.append(stage.layer(puffs, depth, top, height * 1.12, life=Life(drift=drift)))
    return layers


def space(stage: Stage, rng: Random) -> list[Layer]:
    """Stars, a faint nebula and the limb of a planet."""
    unit, width, height = stage.unit, stage.width, stage.height
    top, low, glow, ground = rng.choice(_SPACES)
    stops = ((0.0, rgb(top)), (1.0, rgb(low)))
    layers = [backing(stage, stops, height, rng), _nebula(stage, rng, glow), *stars(stage, rng, height, 260)]
    side = rng.choice((-1, 1))
    x, y, r = width * (0.5 + side * 0.34), height + unit * 0.62, unit * 0.95
    clip = f'<clipPath id="p">{circle(x, y, r, "#fff")}</clipPath>'
    bands = [ellipse(x + rng.uniform(-0.3, 0.3) * unit, y - r + unit * d, unit * rng.uniform(0.2, 0.4), unit * 0.022,
                     hexed(mix(rgb(ground), (1, 1, 1), 0.16))) for d in (0.07, 0.14, 0.2, 0.26)]  # fmt: skip
    body = [circle(x, y, r * 1.05, glow, 'opacity="0.14"'), circle(x, y, r * 1.02, glow, 'opacity="0.25"')]
    body += [clip, f'<g clip-path="url(#p)">{circle(x, y, r, ground)}{"".join(bands)}']
    body += [circle(x - side * unit * 0.12, y + unit * 0.1, r, "#05061a", 'opacity="0.35"'), "</g>"]
    layers.append(stage.layer(body, 0.3, y - r * 1.06, height * 1.1))
    return layers


_SPACES = (
    ("#070a24", "#2a1b5a", "#a06bff", "#5b4bb3"),
    ("#050d26", "#0e3356", "#4ac6d9", "#2f7f9a"),
    ("#0c0a24", "#41204f", "#ff7aa8", "#a4506f"),
)


def _nebula(stage: Stage, rng: Random, glow: str) -> Layer:
    """Soft clouds of light in a band across the frame."""
    size = (round(stage.width + 2 * (stage.reach * 0.08 + 4)), stage.height)
    soft = 0.6 * _noise(rng, size, (5, 8)) + 0.28 * _noise(rng, size, (10, 17)) + 0.12 * _noise(rng, size, (22, 36))
    x, y = np.meshgrid(np.linspace(-1, 1, size[0], dtype=np.float32), np.linspace(-1, 1, size[1], dtype=np.float32))
    band = np.exp(-(((y + 0.15 + x * rng.uniform(-0.7, 0.7)) / 0.62) ** 2))
    alpha = (np.clip((soft - 0.30) * 1.5, 0, 1) * band * 0.62)[..., None]
    colour = np.array([*rgb(glow), 1.0], np.float32)
    return Layer(np.rint(alpha * colour * 255).astype(np.uint8), -(size[0] - stage.width) / 2, 0.0, 0.08)


def _noise(rng: Random, size: tuple[int, int], cells: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth noise in about 0..1 of (width, height) ``size``, with (rows, columns) ``cells`` of detail."""
    coarse = np.random.default_rng(rng.getrandbits(32)).random(cells, np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def fog(stage: Stage, rng: Random, top: float, peak: float, bottom: float, depth: float, strength: float) -> Layer:
    """A drifting bank of fog from ``top`` to ``bottom`` (pixels), thickest at ``peak``."""
    life = Life(drift=rng.choice((-1, 1)) * (6 + 10 * depth) * stage.unit / 480)
    x0, x1 = stage.span(depth, abs(life.drift) * stage.seconds)
    size = round(x1 - x0), round(bottom - top)
    soft = 0.7 * _noise(rng, size, (4, 7)) + 0.3 * _noise(rng, size, (8, 16))
    profile = np.interp(np.linspace(top, bottom, size[1]), (top, peak, bottom), (0.0, 1.0, 0.35))
    profile = profile * profile * (3 - 2 * profile)
    alpha = np.clip(strength * profile[:, None] * (0.62 + 0.76 * soft), 0, 0.96)[..., None]
    colour = np.array([*stage.light.haze, 1.0])
    return Layer(np.rint(alpha * colour * 255).astype(np.uint8), x0, top, depth, 1.0, life)
