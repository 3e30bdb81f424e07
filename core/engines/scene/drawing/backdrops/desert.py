"""Turns a light into dunes, mesas and saguaros."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.skies import heaven
from core.engines.scene.drawing.shapes import path, polygon, rect, rock, scattered, stroke, waves
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Stage


def desert(stage: Stage, rng: Random) -> list[Layer]:
    """Mesas far off, dunes with a lit and a shaded side, a few saguaros."""
    unit, horizon = stage.unit, stage.height * 0.60
    return [
        *heaven(stage, rng, horizon),
        _mesas(stage, rng, horizon + unit * 0.03),
        _dunes(stage, rng, horizon, 0.35, 0.4, ("#f0c98a", "#d9a266")),
        _dunes(stage, rng, horizon + unit * 0.07, 0.7, 0.15, ("#f2c57c", "#d99d58")),
        _sand(stage, rng, horizon + unit * 0.13),
    ]


def _mesas(stage: Stage, rng: Random, base: float) -> Layer:
    """Table mountains with a darker right side."""
    unit, sketch = stage.unit, Sketch(stage, 0.15, 0.6)
    fill, shade = sketch.tone("#d98f63"), sketch.tone("#b8704f")
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.55):
        w, tall = unit * rng.uniform(0.2, 0.4), unit * rng.uniform(0.09, 0.2)
        left = [(x - w * 0.62, base), (x - w * 0.46, base - tall * 0.55), (x - w * 0.38, base - tall)]
        right = [(x + w * 0.36, base - tall), (x + w * 0.44, base - tall * 0.5), (x + w * 0.62, base)]
        sketch.add(polygon([*left, *right], fill))
        sketch.add(polygon([(x + w * 0.12, base - tall), *right, (x + w * 0.2, base)], shade))
        sketch.add(rect(x - w * 0.4, base - tall * 0.82, w * 0.52, tall * 0.07, shade))
    return sketch.layer(base - unit * 0.25, base)


def _dunes(stage: Stage, rng: Random, base: float, depth: float, far: float, materials: tuple[str, str]) -> Layer:
    """Overlapping dunes, each with a crest between light and shade."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    fill, shade = (sketch.tone(material) for material in materials)
    sketch.add(rect(sketch.left, base, sketch.width, unit * 0.3, fill))
    foot = base + 2
    for x in scattered(rng, sketch.left - unit * 0.2, sketch.right + unit * 0.2, unit * 0.42):
        w, tall = unit * rng.uniform(0.4, 0.7), unit * rng.uniform(0.05, 0.11)
        top = base - tall
        lee = ("Q", x + w * 0.4, base - tall * 0.25, x + w, foot)
        sketch.add(path(fill, "M", x - w, foot, "Q", x - w * 0.35, base, x, top, *lee, "z"))
        sketch.add(path(shade, "M", x, top, *lee, "L", x + w * 0.1, foot, "Q", x + w * 0.16, base - tall * 0.5, x, top))
    return sketch.layer(base - unit * 0.12, base + unit * 0.3)


def _sand(stage: Stage, rng: Random, base: float) -> Layer:
    """Rippled sand with a few saguaros and stones."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    line = waves(rng, base, unit * 0.02, unit * 1.3)
    sketch.ground(line, ("#f5cf8b", "#dfa764"), base, height, height * 1.12)
    ripple = sketch.tone("#cf9656")
    for x, y, near in sketch.strewn(rng, base + unit * 0.04, height, 16):
        w = unit * rng.uniform(0.05, 0.11) * near
        sketch.add(stroke(ripple, unit * 0.004, "M", x, y, "q", w / 2, -w * 0.13, w, 0, extra='stroke-opacity="0.6"'))
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.9):
        tones, tall = (sketch.tone("#6f9a58"), sketch.tone("#56804a")), unit * rng.uniform(0.12, 0.2)
        if "cactus" not in stage.bare:
            sketch.add(_saguaro(x, line(x) + unit * 0.02, tall, *tones))
        spot = x + unit * 0.3, rng.uniform(base + unit * 0.05, height * 0.97)
        sketch.add(rock(rng, *spot, unit * 0.06, sketch.tone("#d6a06c"), sketch.tone("#b07f56")))
    return sketch.layer(base - unit * 0.24, height * 1.12)


def _saguaro(x: float, y: float, tall: float, fill: str, shade: str) -> str:
    """A branching cactus; (x, y) is its foot."""
    w = tall * 0.17
    parts = []
    for side, high, low in ((-1.6, 0.68, 0.36), (1.5, 0.80, 0.50)):
        bend = ("Q", x + side * w, y - tall * low, x, y - tall * low)
        parts.append(stroke(shade, w * 0.7, "M", x + side * w, y - tall * high, "V", y - tall * (low + 0.12), *bend))
    parts.append(rect(x - w / 2, y - tall, w, tall, shade, w / 2))
    return "".join([*parts, rect(x - w * 0.42, y - tall * 0.98, w * 0.5, tall * 0.97, fill, w * 0.25)])
