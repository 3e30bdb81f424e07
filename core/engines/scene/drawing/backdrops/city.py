"""Turns a light into a street: towers, houses with shops, lamps and a road."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.skies import heaven
from core.engines.scene.drawing.colour import hexed, mix, rgb
from core.engines.scene.drawing.shapes import circle, ellipse, path, polygon, rect, scattered
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Stage

_FACADES = ("#e8927c", "#f2b880", "#8fb8de", "#b7a6d9", "#f0d59a", "#93c4b1", "#d98b9b", "#c9b8a4")
_AWNINGS = ("#e2574c", "#3f9e8f", "#4f7fc4", "#e39b3b")
_DOORS = ("#8a4f45", "#3f6b73", "#56658f")
_LIGHTS = ("#ffcf70", "#ff9f6b", "#8fd0ff", "#ffd98a")


def city(stage: Stage, rng: Random) -> list[Layer]:
    """Towers far off, a row of houses with shops, pavement and road; windows shine, and a wet road mirrors them."""
    unit, horizon = stage.unit, stage.height * 0.66
    return [
        *heaven(stage, rng, horizon),
        _skyline(stage, rng, horizon, 0.15, 0.8, "#9fb4cc", (0.30, 0.52), 0.10),
        _skyline(stage, rng, horizon, 0.35, 0.5, "#7d93b3", (0.24, 0.46), 0.13),
        _houses(stage, rng, horizon + unit * 0.02),
        _road(stage, rng, horizon),
        _lamp_posts(stage, rng, horizon + unit * 0.035),
    ]


def _skyline(
    stage: Stage,
    rng: Random,
    base: float,
    depth: float,
    far: float,
    material: str,
    sizes: tuple[float, float],
    width: float,
) -> Layer:
    """Silhouettes of towers with rows of windows; ``sizes`` and ``width`` are parts of the unit."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    x = sketch.left - unit * 0.05
    while x < sketch.right:
        w, tall = unit * width * rng.uniform(0.6, 1.3), unit * rng.uniform(*sizes)
        wall = stage.light.on(material, min(1.0, far * rng.uniform(0.85, 1.15)))
        sketch.add(_tower(rng, x, base, w, tall, wall), _windows(stage, rng, x, base - tall, w, tall, wall))
        x += w * rng.uniform(0.92, 1.15)
    # The houses hide what is lower.
    return sketch.layer(base - unit * (sizes[1] + 0.12), base - unit * 0.28)


def _tower(rng: Random, x: float, base: float, w: float, tall: float, wall: str) -> str:
    """A tower with a flat, pointed or stepped top; (x, base) is its left foot."""
    top, style = base - tall, rng.random()
    body = rect(x, top, w, tall * 1.2, wall, w * 0.03)
    if style < 0.25:
        return body + polygon([(x, top + 1), (x + w / 2, top - w * 0.45), (x + w, top + 1)], wall)
    if style < 0.5:
        mast = rect(x + w * 0.48, top - w * 0.7, w * 0.04, w * 0.6, wall)
        return body + rect(x + w * 0.25, top - w * 0.24, w * 0.5, w * 0.3, wall) + mast
    return body


def _windows(stage: Stage, rng: Random, x: float, y: float, w: float, tall: float, wall: str) -> str:
    """A grid of small windows, some of them lit when lamps are on."""
    pane, lamps = stage.unit * 0.016, stage.light.lamps
    dark = hexed(mix(rgb(wall), (0.0, 0.0, 0.0) if lamps else (1.0, 1.0, 1.0), 0.14))
    columns = max(1, int((w - pane) / (pane * 1.9)))
    start = x + (w - columns * pane * 1.9 + pane * 0.9) / 2
    panes: dict[str, list[str | float]] = {}
    for row in range(int((tall - pane) / (pane * 2.2))):
        for column in range(columns):
            fill = rng.choice(("#ffd98a", "#ffe9b8")) if lamps and rng.random() < 0.45 else dark
            corner = start + column * pane * 1.9, y + pane * (1.2 + row * 2.2)
            panes.setdefault(fill, []).extend(("M", *corner, "h", pane, "v", pane * 1.25, "h", -pane, "z"))
    return "".join(path(fill, *steps) for fill, steps in panes.items())


def _houses(stage: Stage, rng: Random, base: float) -> Layer:
    """A street front of coloured houses with shops below."""
    unit, sketch = stage.unit, Sketch(stage, 0.7, 0.14)
    x, last = sketch.left - unit * 0.1, ""
    while x < sketch.right:
        w = unit * rng.uniform(0.19, 0.29)
        last = rng.choice([colour for colour in _FACADES if colour != last])
        top = base - unit * (0.135 + 0.105 * rng.choice((2, 2, 3)))
        _front(sketch, rng, x, top, w, base, last)
        _shop(sketch, rng, x, w, base)
        x += w
    return sketch.layer(base - unit * 0.52, base + unit * 0.05)


def _front(sketch: Sketch, rng: Random, x: float, top: float, w: float, base: float, material: str) -> None:
    """A house front with floors of windows and a cornice; (x, top) is its left upper corner."""
    unit, lamps, trim = sketch.stage.unit, sketch.stage.light.lamps, sketch.tone("#fff6e6")
    sketch.add(rect(x, top, w + 1, base - top, sketch.tone(material)))
    sketch.add(rect(x - unit * 0.006, top - unit * 0.014, w + unit * 0.012, unit * 0.02, trim))
    columns, storey = (3 if w > unit * 0.235 else 2), unit * 0.105
    for floor in range(round((base - top - unit * 0.135) / storey)):
        for column in range(columns):
            wx, wy = x + w * (column + 0.5) / columns - unit * 0.022, top + storey * floor + unit * 0.03
            glass = "#ffdf97" if lamps and rng.random() < 0.6 else sketch.tone("#bfe0ee")
            sketch.add(rect(wx - unit * 0.005, wy - unit * 0.005, unit * 0.054, unit * 0.070, trim, unit * 0.004))
            sketch.add(rect(wx, wy, unit * 0.044, unit * 0.058, glass))
            sketch.add(rect(wx + unit * 0.0205, wy, unit * 0.003, unit * 0.058, trim))


def _shop(sketch: Sketch, rng: Random, x: float, w: float, base: float) -> None:
    """A shop window, a door and a striped awning."""
    tall, lamps = sketch.stage.unit * 0.135, sketch.stage.light.lamps
    sketch.add(rect(x, base - tall, w + 1, tall, sketch.tone("#6b5a58")))
    glass = "#ffe6ad" if lamps else sketch.tone("#cfe8f0")
    sketch.add(rect(x + w * 0.08, base - tall * 0.72, w * 0.5, tall * 0.56, glass))
    sketch.add(rect(x + w * 0.68, base - tall * 0.74, w * 0.22, tall * 0.74, sketch.tone(rng.choice(_DOORS))))
    tones = sketch.tone(rng.choice(_AWNINGS)), sketch.tone("#fff6e6")
    stripe = w * 0.94 / 7
    for index in range(7):
        hem = ("a", stripe / 2, stripe / 2, "0 0 1", -stripe, 0, "z")
        corner = ("M", x + w * 0.03 + stripe * index, base - tall)
        sketch.add(path(tones[index % 2], *corner, "h", stripe, "v", tall * 0.22, *hem))


def _road(stage: Stage, rng: Random, horizon: float) -> Layer:
    """Pavement, kerb and a road with a broken line."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    kerb, road = horizon + unit * 0.035, horizon + unit * 0.075
    sketch.add(rect(sketch.left, horizon, sketch.width, height, sketch.tone("#c9c5c0")))
    sketch.add(rect(sketch.left, kerb, sketch.width, unit * 0.04, sketch.tone("#b1aca8")))
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.12):
        sketch.add(rect(x, horizon, unit * 0.003, unit * 0.036, sketch.tone("#aba6a2")))
    paint = sketch.fade(sketch.tone("#6f7480"), sketch.tone("#565b68"), road, height)
    sketch.add(rect(sketch.left, road, sketch.width, height, paint))
    x, line = sketch.left + rng.uniform(0, unit * 0.2), (road + height) / 2 - unit * 0.006
    while x < sketch.right:
        dash = sketch.tone("#f4ecd2")
        sketch.add(rect(x, line, unit * 0.12, unit * 0.012, dash, unit * 0.004, 'fill-opacity="0.85"'))
        x += unit * 0.24
    if stage.light.weather in ("rain", "storm"):
        _wet(sketch, rng, road)
    return sketch.layer(horizon - 2, height * 1.12)


def _wet(sketch: Sketch, rng: Random, top: float) -> None:
    """Long soft mirrors of the lights on the road, and puddles."""
    stage = sketch.stage
    unit, bottom, strength = stage.unit, stage.height, 0.42 if stage.light.lamps else 0.16
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.24):
        colour, w = rng.choice(_LIGHTS), unit * rng.uniform(0.03, 0.07)
        paint = sketch.fade(colour, colour, top, bottom, (strength, 0.0))
        sketch.add(rect(x - w / 2, top, w, bottom - top, paint, w / 2))
    sky = hexed(mix(stage.light.sky[2], (1.0, 1.0, 1.0), 0.1))
    for x, y, near in sketch.strewn(rng, top + unit * 0.02, bottom, 8):
        size = unit * rng.uniform(0.04, 0.12) * near
        sketch.add(ellipse(x, y, size, size * 0.10, sky, 'fill-opacity="0.30"'))


def _lamp_posts(stage: Stage, rng: Random, foot: float) -> Layer:
    """Street lamps along the kerb, shining when lamps are on."""
    unit, lamps, sketch = stage.unit, stage.light.lamps, Sketch(stage, 0.9)
    iron, top = sketch.tone("#3f4756"), foot - unit * 0.36
    x = sketch.left + rng.uniform(0.1, 0.5) * unit
    while x < sketch.right:
        sketch.add(rect(x - unit * 0.005, top, unit * 0.010, foot - top, iron))
        sketch.add(rect(x - unit * 0.012, foot - unit * 0.03, unit * 0.024, unit * 0.03, iron, unit * 0.004))
        if lamps:
            sketch.glow(x, top, unit * 0.13, "#ffe2a0", (0, 0.75))
        sketch.add(circle(x, top, unit * 0.019, "#ffedc2" if lamps else sketch.tone("#f5efe0")))
        sketch.add(rect(x - unit * 0.02, top - unit * 0.026, unit * 0.04, unit * 0.009, iron, unit * 0.004))
        x += unit * rng.uniform(0.75, 0.95)
    return sketch.layer(foot - unit * 0.52, foot + 2)
