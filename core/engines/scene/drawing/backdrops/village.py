"""Turns a light into cottages with smoking chimneys, a fence and a lane."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.meadow import hills
from core.engines.scene.drawing.backdrops.skies import heaven
from core.engines.scene.drawing.shapes import Line, bush, circle, flower, polygon, rect, scattered, tree, tuft, waves
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Life, Stage

_WALLS = ("#fbf1dc", "#f6d9b8", "#f3e3e0", "#e9eef0")
_ROOFS = (("#d9694f", "#b9543f"), ("#b5654a", "#96503c"), ("#5f7fa6", "#4b678a"), ("#c98a4b", "#a8703b"))
_PETALS = ("#ffffff", "#ff9fb5", "#ffd84d")


def village(stage: Stage, rng: Random) -> list[Layer]:
    """Cottages between trees in two rows, a fence, and a lane through the green."""
    unit, horizon = stage.unit, stage.height * 0.60
    return [
        *heaven(stage, rng, horizon),
        hills(stage, rng, horizon - unit * 0.05, 0.06, ("#86ab9d", "#9abf9b"), 0.15, 0.77),
        *_cottages(stage, rng, horizon, (0.4, 0.45), 0.6, 0.34),
        *_cottages(stage, rng, horizon + unit * 0.085, (0.72, 0.14), 1.0, 0.52),
        _green(stage, rng, horizon + unit * 0.13),
    ]


def _cottages(
    stage: Stage, rng: Random, base: float, depth: tuple[float, float], size: float, gap: float
) -> list[Layer]:
    """A rise with cottages and trees, and the smoke of the chimneys; ``depth`` is (depth, share of haze)."""
    unit, sketch, smoke = stage.unit * size, Sketch(stage, *depth), Sketch(stage, *depth)
    line = waves(rng, base, stage.unit * 0.02, stage.unit * 0.9)
    crown, bark = (sketch.tone("#5aa757"), sketch.tone("#46904f")), sketch.tone("#7a5a45")
    for x in scattered(rng, sketch.left, sketch.right, stage.unit * gap):
        y = line(x) + unit * 0.02
        sketch.add(tree(rng, x - unit * 0.17, y, unit * rng.uniform(0.16, 0.24), *crown, bark))
        _cottage(sketch, rng, x, y, unit * 0.17)
        sketch.add(bush(rng, x + unit * 0.13, y, unit * 0.09, *crown))
        for puff in range(5):
            spot = x + unit * (0.048 + 0.012 * puff), y - unit * (0.225 + 0.035 * puff)
            grey, opacity = smoke.tone("#f2f2f2"), f'opacity="{0.5 - 0.09 * puff:.2f}"'
            smoke.add(circle(*spot, unit * (0.010 + 0.005 * puff), grey, opacity))
    sketch.ground(line, ("#8ec76a", "#79ba5c"), base, base + stage.unit * 0.2, base + stage.unit * 0.25)
    life = Life(lean=unit * 0.02, pulse=0.3, period=4.2, phase=rng.random())
    return [
        sketch.layer(base - unit * 0.34, base + stage.unit * 0.25),
        smoke.layer(base - unit * 0.42, base - unit * 0.16, life=life),
    ]


def _cottage(sketch: Sketch, rng: Random, x: float, y: float, w: float) -> None:
    """A small house with a steep roof; (x, y) is the middle of its foot."""
    wood, tall, eaves = sketch.tone("#8a5a44"), w * 0.62, y - w * 0.58
    roof, shade = (sketch.tone(colour) for colour in rng.choice(_ROOFS))
    glass = "#ffdc8c" if sketch.stage.light.lamps else sketch.tone("#a9d5e6")
    ridge = y - tall * 1.85
    sketch.add(rect(x + w * 0.22, y - tall * 1.95, w * 0.12, w * 0.4, sketch.tone("#a86b58")))
    sketch.add(rect(x - w / 2, y - tall, w, tall, sketch.tone(rng.choice(_WALLS))))
    sketch.add(polygon([(x - w * 0.60, eaves), (x, ridge), (x + w * 0.60, eaves)], roof))
    sketch.add(polygon([(x, ridge), (x + w * 0.60, eaves), (x + w * 0.1, eaves)], shade))
    sketch.add(rect(x - w * 0.10, y - tall * 0.62, w * 0.2, tall * 0.62, wood, w * 0.03))
    sketch.add(circle(x + w * 0.05, y - tall * 0.3, w * 0.018, glass))
    for wx in (x - w * 0.30, x + w * 0.30):
        sketch.add(rect(wx - w * 0.105, y - tall * 0.70, w * 0.21, w * 0.23, wood, w * 0.02))
        sketch.add(rect(wx - w * 0.085, y - tall * 0.66, w * 0.17, w * 0.18, glass))
        sketch.add(rect(wx - w * 0.01, y - tall * 0.66, w * 0.02, w * 0.18, wood))


def _green(stage: Stage, rng: Random, base: float) -> Layer:
    """The village green with its fence, lane and flowers."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    line = waves(rng, base, unit * 0.012, unit * 1.2)
    _fence(sketch, line)
    sketch.ground(line, ("#8cc862", "#5da64f"), base, height, height * 1.12)
    middle = (base + height) / 2 + unit * 0.02
    upper = waves(rng, middle - unit * 0.045, unit * 0.008, unit * 0.8)
    lower = waves(rng, middle + unit * 0.055, unit * 0.010, unit * 0.7)
    steps = [sketch.left + sketch.width * i / 90 for i in range(91)]
    edges = [*((x, upper(x)) for x in steps), *((x, lower(x)) for x in reversed(steps))]
    sketch.add(polygon(edges, sketch.tone("#e3cb9b")))
    stem, heart = sketch.tone("#4b9040"), sketch.tone("#ffb52e")
    for x, y, near in sketch.strewn(rng, base + unit * 0.03, height, 22):
        petal, blooms = sketch.tone(rng.choice(_PETALS)), rng.random() < 0.4
        plant = (
            flower(x, y, unit * 0.011 * near, petal, heart, stem) if blooms else tuft(rng, x, y, unit * 0.026, stem, 3)
        )
        if not upper(x) - unit * 0.01 < y < lower(x) + unit * 0.035:
            sketch.add(plant)
    return sketch.layer(base - unit * 0.1, height * 1.12)


def _fence(sketch: Sketch, line: Line) -> None:
    """A white picket fence along a line."""
    unit, wood, x = sketch.stage.unit, sketch.tone("#f4efe4"), sketch.left
    pitch, w = unit * 0.034, unit * 0.012
    while x < sketch.right:
        y, beside = line(x) + unit * 0.01, line(x + pitch) + unit * 0.01
        tip = [(x, y - unit * 0.05), (x + w / 2, y - unit * 0.058), (x + w, y - unit * 0.05)]
        sketch.add(polygon([(x, y), *tip, (x + w, y)], wood))
        rail = [(x, y - unit * 0.040), (x + pitch, beside - unit * 0.040), (x + pitch, beside - unit * 0.033)]
        sketch.add(polygon([*rail, (x, y - unit * 0.033)], wood))
        x += pitch
