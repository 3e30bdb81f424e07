"""Turns a light into open sea, a beach, and a lake."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from core.engines.scene.drawing.backdrops.meadow import blades
from core.engines.scene.drawing.backdrops.skies import heaven
from core.engines.scene.drawing.backdrops.surface import glints, glitter, sheet
from core.engines.scene.drawing.colour import hexed, mix
from core.engines.scene.drawing.shapes import (
    circle,
    conifer,
    curve,
    ellipse,
    land,
    path,
    rect,
    rock,
    scattered,
    stroke,
    tuft,
    waves,
)
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Life, Stage

_SWELLS = 6


def sea(stage: Stage, rng: Random) -> list[Layer]:
    """Rows of rolling waves under a wide sky; what swims is between them."""
    unit, height, horizon = stage.unit, stage.height, stage.height * 0.46
    layers = [*heaven(stage, rng, horizon), sheet(stage, horizon, height * 1.12, ("#4fb0dd", "#1f77b8"), 0.3)]
    lines = [horizon + (height - horizon) * (0.06 + 0.94 * ((i + 0.4) / _SWELLS) ** 1.25) for i in range(_SWELLS + 1)]
    layers += glitter(stage, rng, horizon, lines[0], 0.0)
    for index, (y, following) in enumerate(pairwise(lines)):
        near = (index + 0.4) / _SWELLS
        bottom = following + unit * 0.05 if index < _SWELLS - 1 else height * 1.12
        layers.append(_swell(stage, rng, y, near, bottom, odd=bool(index % 2)))
        shown = min(following, height) - unit * 0.004
        layers += glitter(stage, rng, y + unit * 0.012, shown, near, baseline=y + unit * 0.0125)
    return layers


def _swell(stage: Stage, rng: Random, y: float, near: float, bottom: float, *, odd: bool) -> Layer:
    """One row of waves that rolls to the side and heaves; ``near`` 0 (horizon) to 1."""
    light, unit = stage.light, stage.unit
    amp, drift = unit * (0.006 + 0.016 * near), unit * (0.015 + 0.045 * near)
    sketch = Sketch(stage, 0.35 + 0.75 * near, slack=drift * stage.seconds + unit * 0.02)
    line = waves(rng, y, amp, unit * (0.16 + 0.34 * near))
    upper, lower = ("#4aa9da", "#2f88c6") if odd else ("#3d9ad1", "#2379ba")
    tones = hexed(light.water(upper, near * 0.8)), hexed(light.water(lower, near * 0.8 + 0.2))
    paint = sketch.fade(*tones, y - amp, y + unit * (0.06 + 0.16 * near))
    sketch.add(land(line, sketch.left, sketch.right, bottom, paint, 6.0))
    foam = hexed(mix(light.water("#ffffff", near), light.sky[2], 0.3))
    sketch.add(curve(foam, unit * (0.002 + 0.004 * near), line, sketch.left, sketch.right, 'opacity="0.45"'))
    heave = (unit * 0.012 * near, unit * (0.003 + 0.008 * near))
    life = Life(drift=drift, sway=heave, period=2.6 + rng.random(), phase=rng.random())
    return sketch.layer(y - amp * 1.4 - 2, bottom, life=life, baseline=y + unit * 0.012)


def beach(stage: Stage, rng: Random) -> list[Layer]:
    """Sea and islands, surf that runs up the sand, a palm at the side."""
    unit, horizon, shore = stage.unit, stage.height * 0.48, stage.height * 0.66
    low = shore + unit * 0.1
    palm = [] if "palm-tree" in stage.bare else [_palm(stage, rng, shore)]
    return [
        *heaven(stage, rng, horizon),
        _islands(stage, rng, horizon),
        sheet(stage, horizon, low, ("#5cc4e0", "#2fa3cf"), 0.4),
        *glitter(stage, rng, horizon, shore, 0.4),
        *glints(stage, rng, horizon, low, 0.4),
        _sand(stage, rng, shore),
        *_surf(stage, rng, shore),
        *palm,
    ]


def _islands(stage: Stage, rng: Random, horizon: float) -> Layer:
    """Low islands at the horizon."""
    unit, sketch, foot = stage.unit, Sketch(stage, 0.15, 0.7), horizon + 1
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.75):
        w, tall = unit * rng.uniform(0.12, 0.26), unit * rng.uniform(0.03, 0.075)
        left = ("M", x - w, foot, "Q", x - w * 0.4, horizon - tall * 1.9, x, horizon - tall * 0.7)
        sketch.add(path(sketch.tone("#6fa48d"), *left, "Q", x + w * 0.4, horizon - tall * 1.5, x + w, foot, "z"))
    return sketch.layer(horizon - unit * 0.16, horizon + 2)


def _sand(stage: Stage, rng: Random, shore: float) -> Layer:
    """Dry sand with a wet edge."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0, slack=stage.unit * 0.03)
    sketch.ground(waves(rng, shore, unit * 0.012, unit * 0.9), ("#d9b47d", "#d9b47d"), shore, height, height * 1.12)
    dry = waves(rng, shore + unit * 0.05, unit * 0.014, unit * 0.8)
    sketch.ground(dry, ("#f8dfa8", "#e9bf7f"), shore, height, height * 1.12)
    for x, y, near in sketch.strewn(rng, shore + unit * 0.09, height, 30):
        grain = unit * rng.uniform(0.004, 0.017) * near
        sketch.add(ellipse(x, y, grain, unit * 0.003, sketch.tone("#d8aa6c"), 'fill-opacity="0.55"'))
    return sketch.layer(shore - unit * 0.03, height * 1.12, baseline=shore)


def _surf(stage: Stage, rng: Random, shore: float) -> list[Layer]:
    """A thin sheet of water and a line of foam that run up the sand and back."""
    unit, layers = stage.unit, []
    for turn, colour, thick, opacity in ((0.0, "#7fd3e6", 0.03, 0.85), (0.12, "#ffffff", 0.008, 0.9)):
        sketch = Sketch(stage, 1.0, slack=unit * 0.03)
        run = waves(rng, shore + unit * 0.012, unit * 0.010, unit * 0.5)
        paint = hexed(stage.light.water(colour, 0.3))
        sketch.add(curve(paint, unit * thick, run, sketch.left, sketch.right, f'opacity="{opacity}"'))
        life = Life(sway=(unit * 0.01, unit * 0.017), period=3.4, phase=turn)
        layers.append(sketch.layer(shore - unit * 0.05, shore + unit * 0.09, life=life, baseline=shore + 1))
    return layers


_FRONDS = ((-0.24, 0.05), (-0.2, -0.07), (0.24, 0.06), (0.2, -0.08), (-0.1, 0.16), (0.12, 0.15), (0.02, -0.12))


def _palm(stage: Stage, rng: Random, shore: float) -> Layer:
    """A palm that leans in from one side and sways, behind the subjects."""
    unit, side, sketch = stage.unit, rng.choice((-1, 1)), Sketch(stage, 0.95)
    x, foot, w = stage.width * (0.5 + side * 0.44), shore + unit * 0.12, unit * 0.014
    tx, ty, bend = x - side * unit * 0.12, shore - unit * 0.40, (x - side * unit * 0.01, shore - unit * 0.2)
    rise = ("M", x - w * 1.5, foot, "Q", bend[0] - w, bend[1], tx - w * 0.7, ty)
    sketch.add(path(sketch.tone("#a5774f"), *rise, "L", tx + w * 0.7, ty, "Q", bend[0] + w, bend[1], x + w * 1.5, foot))
    for index, (dx, dy) in enumerate(_FRONDS):
        mx, my = tx + dx * unit * 0.5, ty + (dy * 0.5 - 0.075) * unit
        upper = ("M", tx, ty, "Q", mx, my, tx + dx * unit, ty + dy * unit)
        tone = sketch.tone("#3a8550" if index % 2 else "#4fa35b")
        sketch.add(path(tone, *upper, "Q", mx, my + unit * 0.055, tx, ty + unit * 0.012, "z"))
    nut = sketch.tone("#7d5638")
    sketch.add(*(circle(tx + d * unit, ty + unit * 0.02, unit * 0.017, nut) for d in (-0.015, 0.016)))
    life = Life(lean=unit * 0.012, period=4.6, phase=rng.random())
    return sketch.layer(ty - unit * 0.2, foot, life=life, baseline=foot)


def lake(stage: Stage, rng: Random) -> list[Layer]:
    """Still water between wooded hills, their mirror image, and a grassy bank."""
    unit, far, bank = stage.unit, stage.height * 0.50, stage.height * 0.80
    return [
        *heaven(stage, rng, far),
        *_far_shore(stage, rng, far, bank + unit * 0.08),
        *glitter(stage, rng, far + unit * 0.02, bank, 0.4),
        *glints(stage, rng, far + unit * 0.02, bank, 0.55),
        _bank(stage, rng, bank),
        blades(stage, rng, "#2f7a3a", "#3f8f43"),
    ]


def _far_shore(stage: Stage, rng: Random, line: float, bottom: float) -> list[Layer]:
    """Hills and firs on the other side, the water, and the hills again upside down in it."""
    unit, sketch = stage.unit, Sketch(stage, 0.3, 0.4)
    ends = sketch.left, sketch.right
    ridge = waves(rng, line - unit * 0.10, unit * 0.07, unit * 0.7)
    woods = waves(rng, line - unit * 0.02, unit * 0.012, unit * 0.5)
    tones = sketch.tone("#4c8a6c"), sketch.tone("#3d7860")
    view = land(ridge, *ends, line, stage.light.on("#7fa3b5", 0.6)) + land(woods, *ends, line, tones[0])
    for x in scattered(rng, *ends, unit * 0.06):
        view += conifer(x, line - unit * 0.005, unit * rng.uniform(0.05, 0.13), *tones)
    sketch.add(view)
    mirror = Sketch(stage, 0.3)
    mirror.add(f'<g transform="translate(0 {2 * line:.1f}) scale(1 -1)" opacity="0.38">{view}</g>')
    life = Life(sway=(unit * 0.003, 0.0), period=2.2)
    return [
        sketch.layer(line - unit * 0.22, line),
        sheet(stage, line, bottom, ("#6db7d6", "#3c8fbd"), 0.3),
        mirror.layer(line, line + unit * 0.2, life=life, blur=unit * 0.002),
    ]


def _bank(stage: Stage, rng: Random, bank: float) -> Layer:
    """The near bank: a strip of sand, grass, stones and reeds."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    line = waves(rng, bank, unit * 0.016, unit * 0.9)
    sand = sketch.tone("#c9b98a")
    sketch.add(land(lambda x: line(x) - unit * 0.008, sketch.left, sketch.right, height * 1.12, sand))
    sketch.ground(line, ("#86c261", "#549b4b"), bank, height, height * 1.12)
    for x, y, near in sketch.strewn(rng, bank + unit * 0.02, height, 10):
        sketch.add(tuft(rng, x, y, unit * 0.033 * near, sketch.tone("#468a42"), 4))
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.7):
        sketch.add(rock(rng, x, line(x) + unit * 0.015, unit * 0.08, sketch.tone("#b3bac0"), sketch.tone("#8b95a0")))
        for _ in range(5):
            at, tall = x + rng.uniform(0.06, 0.2) * unit, unit * rng.uniform(0.07, 0.13)
            top = line(at) - tall
            sketch.add(stroke(sketch.tone("#4f8a4a"), unit * 0.004, "M", at, line(at), "V", top))
            sketch.add(rect(at - unit * 0.005, top, unit * 0.010, unit * 0.032, sketch.tone("#8a5a3c"), unit * 0.005))
    return sketch.layer(bank - unit * 0.17, height * 1.12, baseline=bank)
