"""Turns a light into places of firs: forest, mountain, snow."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.meadow import blades, hills
from core.engines.scene.drawing.backdrops.skies import heaven
from core.engines.scene.drawing.shapes import (
    circle,
    conifer,
    ellipse,
    land,
    peak,
    polygon,
    rock,
    scattered,
    tuft,
    waves,
)
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import NEAREST, Layer, Life, Stage


def forest(stage: Stage, rng: Random) -> list[Layer]:
    """Three depths of firs, moss and boulders, and light that falls between the trunks."""
    unit, horizon = stage.unit, stage.height * 0.62
    layers = [
        *heaven(stage, rng, horizon),
        _firs(stage, rng, horizon - unit * 0.02, 0.2, 0.85, ("#8fbfa6", "#7fb199"), (0.30, 0.44), 0.10),
        _firs(stage, rng, horizon + unit * 0.01, 0.4, 0.55, ("#5d9f78", "#4c8c6a"), (0.36, 0.58), 0.15),
        _firs(stage, rng, horizon + unit * 0.05, 0.7, 0.25, ("#3d8560", "#2f7053"), (0.42, 0.72), 0.27),
        _clearing(stage, rng, horizon + unit * 0.10),
    ]
    if stage.light.weather == "clear" and stage.light.time != "night":
        layers.append(_beams(stage, rng))
    return [*layers, _trunks(stage, rng), blades(stage, rng, "#1f5a3a", "#2a6b40")]


def _firs(
    stage: Stage,
    rng: Random,
    base: float,
    depth: float,
    far: float,
    materials: tuple[str, str],
    sizes: tuple[float, float],
    gap: float,
) -> Layer:
    """A row of firs on a rise; ``sizes`` and ``gap`` are parts of the unit."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    line = waves(rng, base, unit * 0.02, unit * 0.8)
    fill, shade = (sketch.tone(material) for material in materials)
    for x in scattered(rng, sketch.left - unit * 0.1, sketch.right + unit * 0.1, unit * gap):
        sketch.add(conifer(x, line(x) + unit * 0.02, unit * rng.uniform(*sizes), fill, shade))
    sketch.add(land(line, sketch.left, sketch.right, base + unit * 0.2, shade))
    return sketch.layer(base - unit * sizes[1] - unit * 0.03, base + unit * 0.2)


def _clearing(stage: Stage, rng: Random, base: float) -> Layer:
    """The forest floor."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    sketch.ground(waves(rng, base, unit * 0.016, unit * 0.9), ("#6fae58", "#3f7d43"), base, height, height * 1.12)
    for x, y, near in sketch.strewn(rng, base + unit * 0.03, height, 20):
        kind, size = rng.random(), unit * near
        if kind < 0.7:
            sketch.add(tuft(rng, x, y, size * 0.035, sketch.tone("#35713c"), 5))
        elif kind < 0.85:
            sketch.add(rock(rng, x, y, size * 0.05, sketch.tone("#9aa79a"), sketch.tone("#76857c")))
        else:
            sketch.add(ellipse(x, y, size * 0.05, size * 0.012, sketch.tone("#86c164"), 'fill-opacity="0.6"'))
    return sketch.layer(base - unit * 0.04, height * 1.12)


def _beams(stage: Stage, rng: Random) -> Layer:
    """Slanting light between the trees."""
    unit, low, sketch = stage.unit, stage.height * 0.9, Sketch(stage, 0.6)
    paint = sketch.fade("#fff6cf", "#fff6cf", 0, low, (0.30, 0.0))
    shift = unit * 0.35 * (-1 if stage.sun > 0.5 else 1)
    for x in scattered(rng, -unit * 0.2, stage.width + unit * 0.2, unit * 0.36):
        w = unit * rng.uniform(0.05, 0.12)
        sketch.add(polygon([(x, -5), (x + w, -5), (x + w * 1.8 + shift, low), (x + shift, low)], paint))
    return sketch.layer(0, low, life=Life(pulse=0.45, period=5.0, phase=rng.random()), blur=unit * 0.008)


def _trunks(stage: Stage, rng: Random) -> Layer:
    """A dark trunk with some leaves at either edge, before everything."""
    unit, low, sketch = stage.unit, stage.height * 1.05, Sketch(stage, 1.35, 0.06)
    for side, x in ((-1, -unit * 0.035), (1, stage.width + unit * 0.035)):
        w = unit * rng.uniform(0.045, 0.07)
        right = [(x + w * 0.8, -5.0), (x + w, low * 0.76), (x + w * 1.7, low)]
        sketch.add(polygon([*right, *((2 * x - px, py) for px, py in reversed(right))], sketch.tone("#4b3a35")))
        outer = [(x - side * w * 0.1, -5.0), (x + side * w * 0.8, -5.0), (x + side * w, low), (x, low)]
        sketch.add(polygon(outer, sketch.tone("#382b2b")))
        for _ in range(7):
            spot = x - side * unit * rng.uniform(-0.05, 0.13), unit * rng.uniform(-0.05, 0.07)
            sketch.add(circle(*spot, unit * rng.uniform(0.05, 0.09), sketch.tone(rng.choice(("#2c6b46", "#235a3d")))))
    return sketch.layer(0, low, blur=unit * 0.003, baseline=NEAREST)


def mountain(stage: Stage, rng: Random) -> list[Layer]:
    """High snowy peaks over a ridge of firs and an alp with boulders."""
    unit, horizon = stage.unit, stage.height * 0.60
    return [
        *heaven(stage, rng, horizon),
        _peaks(stage, rng, horizon + unit * 0.08, 0.10, 0.85, 0.30),
        _peaks(stage, rng, horizon + unit * 0.08, 0.20, 0.50, 0.42),
        hills(stage, rng, horizon + unit * 0.02, 0.035, ("#7fa58a", "#8fb78d"), 0.35, 0.52),
        _firs(stage, rng, horizon + unit * 0.06, 0.55, 0.3, ("#44806a", "#356a5b"), (0.10, 0.20), 0.10),
        _alp(stage, rng, horizon + unit * 0.11),
        blades(stage, rng, "#3d7440", "#4c8848"),
    ]


def _peaks(stage: Stage, rng: Random, base: float, depth: float, far: float, size: float) -> Layer:
    """A range of mountains about ``size`` units high, the lower ones in front."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    snow = stage.light.on("#f7fbff", far * 0.5)
    places = scattered(rng, sketch.left - unit * 0.1, sketch.right, unit * size * 0.95)
    for tall, x in sorted(((unit * size * rng.uniform(0.72, 1.15), x) for x in places), reverse=True):
        tones = sketch.tone("#98a6c4"), sketch.tone("#7483a7"), snow
        sketch.add(peak(rng, x, base, tall * rng.uniform(0.72, 0.95), tall, *tones))
    return sketch.layer(base - unit * size * 1.2, base)


def _alp(stage: Stage, rng: Random, base: float) -> Layer:
    """A high pasture with boulders."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    sketch.ground(waves(rng, base, unit * 0.018, unit), ("#93c06b", "#5f9650"), base, height, height * 1.12)
    for x, y, near in sketch.strewn(rng, base + unit * 0.03, height, 15):
        if rng.random() < 0.2:
            sketch.add(rock(rng, x, y, unit * 0.07 * near, sketch.tone("#b4bac2"), sketch.tone("#8a919f")))
        else:
            sketch.add(tuft(rng, x, y, unit * 0.028 * near, sketch.tone("#548a45"), 4))
    return sketch.layer(base - unit * 0.04, height * 1.12)


def snow(stage: Stage, rng: Random) -> list[Layer]:
    """White hills with snowy firs."""
    unit, horizon = stage.unit, stage.height * 0.60
    return [
        *heaven(stage, rng, horizon),
        hills(stage, rng, horizon - unit * 0.07, 0.07, ("#b9cfe6", "#d3e2f0"), 0.12, 0.75),
        _snowy_firs(stage, rng, horizon - unit * 0.01, 0.35, 0.45, (0.08, 0.15)),
        _snowy_firs(stage, rng, horizon + unit * 0.06, 0.65, 0.2, (0.13, 0.27)),
        _snowfield(stage, rng, horizon + unit * 0.13),
        _snowdrift(stage, rng),
    ]


def _snowy_firs(stage: Stage, rng: Random, base: float, depth: float, far: float, sizes: tuple[float, float]) -> Layer:
    """A white rise with firs that carry snow."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    line = waves(rng, base, unit * 0.03, unit * 0.9)
    tones = sketch.tone("#4f8a7d"), sketch.tone("#3c7269"), stage.light.on("#ffffff", far * 0.4)
    for x in scattered(rng, sketch.left, sketch.right, unit * sizes[1] * 0.9):
        sketch.add(conifer(x, line(x) + unit * 0.015, unit * rng.uniform(*sizes), *tones))
    sketch.ground(line, ("#eef5fc", "#d5e4f3"), base, base + unit * 0.15, base + unit * 0.25)
    return sketch.layer(base - unit * sizes[1] - unit * 0.05, base + unit * 0.25)


def _snowfield(stage: Stage, rng: Random, base: float) -> Layer:
    """Untouched snow with bluish hollows."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    sketch.ground(waves(rng, base, unit * 0.018, unit * 1.2), ("#fbfdff", "#cfdff0"), base, height, height * 1.12)
    for x, y, near in sketch.strewn(rng, base + unit * 0.05, height, 6):
        hollow = unit * rng.uniform(0.08, 0.17) * near
        sketch.add(ellipse(x, y, hollow, unit * 0.012, sketch.tone("#bcd2ea"), 'fill-opacity="0.5"'))
    return sketch.layer(base - unit * 0.04, height * 1.12)


def _snowdrift(stage: Stage, rng: Random) -> Layer:
    """A soft bank of snow right before the camera."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.5)
    line = waves(rng, height * 0.985, unit * 0.02, unit * 0.8)
    sketch.add(land(line, sketch.left, sketch.right, height * 1.05, sketch.tone("#ffffff")))
    return sketch.layer(height * 0.94, height * 1.05, blur=unit * 0.004, baseline=NEAREST)
