"""Turns a light into the sky: its gradient, stars, sun or moon, clouds; and a place high above them."""

from __future__ import annotations

import math
from random import Random

from core.engines.scene.drawing.colour import hexed, mix
from core.engines.scene.drawing.shapes import circle, cloud, rect
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Life, Stage
from core.engines.scene.drawing.textures import Stops, gradient


def backing(stage: Stage, stops: Stops, bottom: float, rng: Random) -> Layer:
    """An opaque gradient behind everything, that ends at the line ``bottom`` but fills the frame."""
    margin = math.ceil(stage.reach * 0.1 + 4)
    scaled = tuple((at * bottom / stage.height, colour) for at, colour in stops)
    return Layer(gradient(round(stage.width + 2 * margin), stage.height, scaled, rng), -margin, 0.0, 0.0)


def heaven(stage: Stage, rng: Random, horizon: float) -> list[Layer]:
    """The sky down to the line ``horizon`` (pixels) and a little below: gradient, sun or moon, stars, clouds."""
    light = stage.light
    stops = ((0.0, light.sky[0]), (0.62, light.sky[1]), (1.0, light.sky[2]))
    layers = [backing(stage, stops, horizon + 0.1 * stage.height, rng)]
    if light.stars:
        layers += stars(stage, rng, horizon * 0.92, 190)
    if light.orb and not any("sun" in name or "moon" in name for name in stage.bare):
        layers.append(_orb(stage, rng, horizon))
    return layers + clouds(stage, rng, horizon)


def stars(stage: Stage, rng: Random, bottom: float, count: int) -> list[Layer]:
    """Three sets of stars that twinkle in turn; ``count`` in a square of one unit."""
    layers = []
    for turn in range(3):
        sketch = Sketch(stage, 0.05)
        for _ in range(round(count / 3 * stage.width * bottom / stage.unit**2)):
            size = stage.unit * 0.0013 * rng.choice((0.8, 1.0, 1.0, 1.4, 2.2))
            colour = rng.choice(("#ffffff", "#ffffff", "#dfe6ff", "#fff2d6"))
            shine = f'fill-opacity="{rng.uniform(0.45, 1.0):.2f}"'
            sketch.add(circle(rng.uniform(sketch.left, sketch.right), rng.uniform(0, bottom), size, colour, shine))
        layers.append(sketch.layer(0, bottom, life=Life(pulse=0.65, period=rng.uniform(1.6, 2.8), phase=turn / 3)))
    return layers


def _orb(stage: Stage, rng: Random, horizon: float) -> Layer:
    """The sun or the moon with its glow; low at sunrise and sunset."""
    light, sketch = stage.light, Sketch(stage, 0.04)
    low = light.time in ("sunrise", "sunset")
    x, y = stage.width * stage.sun, horizon * (rng.uniform(0.74, 0.86) if low else rng.uniform(0.22, 0.32))
    r, colour = stage.unit * (0.075 if low else 0.058), hexed(light.orb_colour)
    sketch.glow(x, y, r * (4.2 if low else 3.2), colour, (0, 0.62), (0.35, 0.22))
    sketch.add(circle(x, y, r, colour))
    if light.orb == "moon":
        dark = hexed(mix(light.orb_colour, light.sky[1], 0.22))
        spots = ((-0.3, -0.2, 0.2), (0.25, 0.3, 0.16), (0.2, -0.35, 0.11), (-0.25, 0.4, 0.1))
        sketch.add(*(circle(x + dx * r, y + dy * r, size * r, dark) for dx, dy, size in spots))
    return sketch.layer(y - r * 4.3, y + r * 4.3, sides=(math.floor(x - r * 4.3), math.ceil(x + r * 4.3)))


def clouds(stage: Stage, rng: Random, horizon: float) -> list[Layer]:
    """Rows of clouds, the far ones small and slow; a third row closes a covered sky."""
    overcast = stage.light.cover > 0.9
    layers = [_cloud_row(stage, rng, 0.10, 0.20, (0.40 * horizon, 0.72 * horizon), 3.0)]
    layers.append(_cloud_row(stage, rng, 0.20, 0.36, (0.10 * horizon, 0.42 * horizon), 6.5))
    if overcast:
        layers.append(_cloud_row(stage, rng, 0.24, 0.62, (0.02 * horizon, 0.16 * horizon), 5.0))
    return [] if stage.light.weather == "fog" else layers


def _cloud_row(stage: Stage, rng: Random, depth: float, size: float, lines: tuple[float, float], pace: float) -> Layer:
    """Clouds about ``size`` units wide between two lines (pixels), drifting ``pace`` pixels a second at 480 lines."""
    light, unit = stage.light, stage.unit
    overcast, drift = light.cover > 0.9, pace * unit / 480 * rng.choice((-1, 1))
    sketch = Sketch(stage, depth, slack=abs(drift) * stage.seconds)
    near = mix(light.cloud, light.sky[1], 0.30 if size < 0.3 else 0.08)
    tones = hexed(near), hexed(mix(near, light.sky[1 if overcast else 0], 0.28))
    density = (2.6 if size < 0.3 else 1.9) * (0.35 + light.cover) * (0.5 if light.stars else 0.8)
    number = max(1, round(sketch.width / unit * density))
    for index in range(number):
        x = sketch.left + sketch.width * (index + rng.uniform(0.15, 0.85)) / number
        width = unit * size * rng.uniform(0.7, 1.3) * (1.35 if overcast else 1)
        sketch.add(cloud(rng, x, rng.uniform(*lines), width, *tones))
    opacity = 0.92 if light.cloud[0] > 0.6 else 0.85
    return sketch.layer(-0.1 * unit, lines[1] + 2, life=Life(drift=drift), opacity=opacity)


def sky(stage: Stage, rng: Random) -> list[Layer]:
    """High above a sea of clouds."""
    height = stage.height
    layers = heaven(stage, rng, height * 0.95)
    for depth, at, size, share in ((0.35, 0.80, 0.42, 0.45), (0.7, 0.90, 0.55, 0.22), (1.15, 1.02, 0.75, 0.05)):
        layers.append(_cloud_sea(stage, rng, depth, height * at, stage.unit * size, share))
    return layers


def _cloud_sea(stage: Stage, rng: Random, depth: float, y: float, size: float, share: float) -> Layer:
    """A billowing bank of clouds, ``share`` (0..1) of it the horizon's colour."""
    light, unit = stage.light, stage.unit
    drift = 7 * depth * unit / 480
    sketch = Sketch(stage, depth, slack=drift * stage.seconds)
    near = mix(light.cloud, light.sky[2], share)
    fill, shade = hexed(near), hexed(mix(near, light.sky[1], 0.3))
    number = max(3, round(sketch.width / (size * 0.42)))
    steps = [sketch.left + sketch.width * (i + rng.uniform(0.2, 0.8)) / number for i in range(number)]
    spots = [(x, size * rng.uniform(0.14, 0.30)) for x in steps]
    sketch.add(rect(sketch.left, y + 0.03 * stage.height, sketch.width, stage.height, fill))
    sketch.add(*(circle(x, y + unit * 0.06, r, shade) for x, r in spots))
    sketch.add(*(circle(x - unit * 0.012, y + unit * 0.078, r, fill) for x, r in spots))
    return sketch.layer(y - size * 0.3, stage.height * 1.12, life=Life(drift=drift))
