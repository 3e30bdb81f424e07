"""Turns a light into water seen from above: flat sheets that shimmer, and the path of the sun or the moon on them."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.colour import hexed
from core.engines.scene.drawing.shapes import rect, stroke
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Life, Stage


def sheet(stage: Stage, top: float, bottom: float, materials: tuple[str, str], depth: float) -> Layer:
    """Flat water between two lines, the sky's colour at its far edge."""
    light, sketch = stage.light, Sketch(stage, depth)
    paint = sketch.fade(hexed(light.water(materials[0], 0.0)), hexed(light.water(materials[1], 0.7)), top, bottom)
    sketch.add(rect(sketch.left, top, sketch.width, bottom - top, paint))
    return sketch.layer(top, bottom)


def glints(stage: Stage, rng: Random, top: float, bottom: float, depth: float) -> list[Layer]:
    """Two sets of short bright strokes, longer when nearer, that shimmer in turn."""
    unit, layers = stage.unit, []
    colour = "#aebff0" if stage.light.time == "night" else hexed(stage.light.near((1.0, 1.0, 1.0)))
    for turn in range(2):
        sketch = Sketch(stage, depth, slack=unit * 0.03)
        for x, y, near in sketch.strewn(rng, top + unit * 0.01, bottom, 26):
            w = unit * 0.045 * near * rng.uniform(0.4, 1.4)
            sketch.add(stroke(colour, unit * 0.0035 * near, "M", x, y, "h", w, extra='stroke-opacity="0.5"'))
        life = Life(sway=(unit * 0.02, 0.0), pulse=0.75, period=rng.uniform(2.6, 3.6), phase=turn / 2)
        layers.append(sketch.layer(top, bottom, life=life))
    return layers


def glitter(
    stage: Stage, rng: Random, top: float, bottom: float, nearness: float, baseline: float | None = None
) -> list[Layer]:
    """The path that a low sun or the moon lays on the water between two lines; wider and coarser when near (0..1)."""
    light, unit = stage.light, stage.unit
    if light.orb is None or light.time == "day":
        return []
    layers, middle, reach = [], stage.width * stage.sun, unit * (0.05 + 0.16 * nearness)
    for turn in range(2):
        sketch = Sketch(stage, 0.06)
        for _ in range(round(150 * (bottom - top) / unit)):
            x, y = middle + rng.gauss(0, 0.4) * reach, rng.uniform(top, bottom)
            w, thick = unit * rng.uniform(0.012, 0.035) * (0.7 + 1.3 * nearness), unit * (0.003 + 0.003 * nearness)
            sketch.add(stroke(hexed(light.orb_colour), thick, "M", x - w / 2, y, "h", w, extra='stroke-opacity="0.6"'))
        life = Life(sway=(unit * 0.008, 0.0), pulse=0.6, period=2.4, phase=turn / 2 + top / stage.height)
        sides = (middle - 2.2 * reach, middle + 2.2 * reach)
        layers.append(sketch.layer(top, bottom + 4, life=life, baseline=baseline, sides=sides))
    return layers
