"""Turns a light into the world below the surface: rays, reefs, weed, a sandy floor."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from core.engines.scene.drawing.backdrops.skies import backing
from core.engines.scene.drawing.colour import mix, rgb, times
from core.engines.scene.drawing.shapes import ellipse, path, polygon, rock, scattered, stroke, waves
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import NEAREST, Layer, Life, Stage

_CORALS = ("#ff7f8e", "#ffa55c", "#b57bea", "#ff6fae", "#ffd05c")


def underwater(stage: Stage, rng: Random) -> list[Layer]:
    """Blue depth with rays from above, reefs, weed that sways, and a sandy floor."""
    light = stage.light
    dim = mix((1.0, 1.0, 1.0), light.tint, 0.8)
    tones = [mix(times(rgb(c), dim), light.sky[1], 0.08) for c in ("#5fd0e6", "#1f93c9", "#0d5a9c")]
    # Water is a thick haze of its own, and neither snow nor the sky's glow reach down.
    sunk = replace(stage, light=replace(light, haze=tones[1], thickness=1.0, frost=0.0))
    return [
        backing(stage, ((0.0, tones[0]), (0.42, tones[1]), (1.0, tones[2])), stage.height, rng),
        *_rays(stage, rng, 0.13 if light.time == "night" else 0.26),
        _reef(sunk, rng, stage.height * 0.70, 0.25, 0.80),
        _reef(sunk, rng, stage.height * 0.78, 0.50, 0.58),
        _floor(sunk, rng, stage.height * 0.84),
        _weed(sunk, rng, 0.8, 0.35),
        _weed(sunk, rng, 1.4, 0.0),
    ]


def _rays(stage: Stage, rng: Random, strength: float) -> list[Layer]:
    """Light that falls through the surface, in two sets that brighten in turn."""
    unit, low, layers = stage.unit, stage.height * 0.8, []
    for turn in range(2):
        sketch = Sketch(stage, 0.1)
        paint = sketch.fade("#e9fbff", "#e9fbff", 0, low, (strength, 0.0))
        for x in scattered(rng, -unit * 0.1, stage.width + unit * 0.3, unit * 0.45):
            w, foot = unit * rng.uniform(0.04, 0.11), x - unit * 0.22
            sketch.add(polygon([(x, -5), (x + w, -5), (foot + w * 2.6, low), (foot - w, low)], paint))
        life = Life(sway=(unit * 0.03, 0.0), pulse=0.8, period=4.2, phase=turn / 2)
        layers.append(sketch.layer(0, low, life=life, blur=unit * 0.009))
    return layers


def _reef(stage: Stage, rng: Random, y: float, depth: float, far: float) -> Layer:
    """A dim ridge with corals."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    line = waves(rng, y, unit * 0.06, unit * 0.6)
    sketch.ground(line, ("#2f5f8f", "#2f5f8f"), y, stage.height, stage.height * 1.12)
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.5):
        sketch.add(_coral(rng, x, line(x) + unit * 0.02, unit * rng.uniform(0.08, 0.15), sketch.tone("#c56a9a")))
    return sketch.layer(y - unit * 0.3, stage.height * 1.12)


def _floor(stage: Stage, rng: Random, y: float) -> Layer:
    """Sand with corals and stones behind its crest."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0, 0.27)
    line = waves(rng, y, unit * 0.02, unit * 0.9)
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.42):
        size = unit * rng.uniform(0.09, 0.17)
        sketch.add(_coral(rng, x, line(x) + unit * 0.02, size, sketch.tone(rng.choice(_CORALS))))
        spot = x + unit * rng.uniform(0.08, 0.16), line(x) + unit * 0.025
        sketch.add(rock(rng, *spot, unit * rng.uniform(0.08, 0.15), sketch.tone("#8796b5"), sketch.tone("#62729a")))
    sketch.ground(line, ("#f0d9a0", "#c9a76e"), y, height, height * 1.12)
    for x, low, near in sketch.strewn(rng, y + unit * 0.05, height, 22):
        grain = unit * rng.uniform(0.008, 0.034) * near
        sketch.add(ellipse(x, low, grain, unit * 0.004, sketch.tone("#b8925a"), 'fill-opacity="0.6"'))
    return sketch.layer(y - unit * 0.25, height * 1.12)


def _coral(rng: Random, x: float, y: float, size: float, fill: str) -> str:
    """A branching coral; (x, y) is its foot."""
    parts = []
    for turn in (-0.75, -0.38, 0.0, 0.36, 0.72):
        tall = size * rng.uniform(0.75, 1.1) * (1 - 0.25 * abs(turn))
        tip = x + turn * size * 0.9
        parts.append(stroke(fill, size * 0.15, "M", x, y, "Q", x + turn * size * 0.25, y - tall * 0.55, tip, y - tall))
        fork = tip + (0.14 if turn >= 0 else -0.14) * size
        joint = (x + turn * size * 0.42, y - tall * 0.6)
        parts.append(stroke(fill, size * 0.11, "M", *joint, "L", fork, y - tall * 0.82))
    return "".join(parts)


def _weed(stage: Stage, rng: Random, depth: float, far: float) -> Layer:
    """Ribbons of weed that sway; those nearest the camera stand at the edges only."""
    unit, near, sketch = stage.unit, depth > 1, Sketch(stage, depth, far, slack=stage.unit * 0.04)
    tones = sketch.tone("#2f9a6a"), sketch.tone("#1f7d5c")
    y = stage.height * (1.03 if near else 0.87)
    for x in scattered(rng, sketch.left, sketch.right, unit * (0.13 if near else 0.3)):
        if not near or abs(x - stage.width / 2) >= stage.width * 0.40:
            for _ in range(3):
                foot, tall = x + rng.uniform(-0.05, 0.05) * unit, unit * rng.uniform(0.14, 0.34)
                sketch.add(_ribbon(rng, foot, y, tall, unit * rng.uniform(0.010, 0.017), rng.choice(tones)))
    life = Life(lean=unit * 0.035, period=4.4, phase=rng.random())
    bottom = y + unit * 0.02
    return sketch.layer(
        bottom - unit * 0.42, bottom, life=life, blur=unit * 0.003 if near else 0, baseline=NEAREST if near else None
    )


def _ribbon(rng: Random, x: float, y: float, tall: float, w: float, fill: str) -> str:
    """One wavy leaf; (x, y) is its foot."""
    bend = w * rng.choice((-2.6, 2.6))
    up = ("C", x - w + bend, y - tall * 0.4, x - bend, y - tall * 0.6, x + bend * 0.4, y - tall)
    down = ("C", x - bend + 2 * w, y - tall * 0.55, x + bend + w, y - tall * 0.35, x + w, y, "z")
    return path(fill, "M", x - w, y, *up, *down)
