"""Turns a light into a living room with a window, or into a plain studio."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

from core.engines.scene.drawing.backdrops.meadow import hills
from core.engines.scene.drawing.backdrops.skies import backing, clouds
from core.engines.scene.drawing.colour import hexed, mix, rgb, times
from core.engines.scene.drawing.shapes import circle, ellipse, path, polygon, rect, stroke
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Life, Stage

_ROOMS = (
    ("#f3d9c0", "#c7644f", "#d9755f", "#e58c70"),
    ("#cfe0e2", "#3f7f8c", "#e0a458", "#5b9aa6"),
    ("#e3d8ec", "#7a5ea0", "#8f78c0", "#a58bd0"),
    ("#dfe6c9", "#6f8f4e", "#d99a5b", "#93b06b"),
)
"""Wall, folds of the curtain, rug, curtain."""
_STUDIOS = (
    ("#f9d5c3", "#f2a98e", "#fff1e6"),
    ("#c8e4ee", "#8fc3d8", "#f2fbff"),
    ("#d9d3f0", "#aaa0dc", "#f6f2ff"),
    ("#d5ecd2", "#9fd0a0", "#f4fff0"),
    ("#fbe5b0", "#f0c468", "#fffaea"),
)
"""Wall, floor, spot of light."""


def window_box(stage: Stage) -> tuple[float, float, float, float]:
    """Where the room's window pane is at rest: x, y, width, height in pixels."""
    w, h = stage.unit * 0.50, stage.unit * 0.34
    return stage.width * 0.5 - w / 2, stage.height * 0.16, w, h


def room(stage: Stage, rng: Random) -> list[Layer]:
    """A living room whose window shows the hour and the weather."""
    light, (_, y, _, h), floor = stage.light, window_box(stage), stage.height * 0.68
    wall, folds, rug, cloth = rng.choice(_ROOMS)
    warm = (1.0, 0.93, 0.80) if light.lamps else (1.0, 1.0, 1.0)
    # Walls keep most of the dusk out, and lamps make what is left of it warm.
    indoors = times(mix((1.0, 1.0, 1.0), light.tint, 0.35), warm)
    inside = replace(stage, light=replace(light, tint=indoors, glowing=0.0, frost=0.0))
    stops = ((0.0, light.sky[0]), (0.6, light.sky[1]), (1.0, light.sky[2]))
    return [
        backing(stage, stops, y + h, rng),
        *clouds(stage, rng, y + h),
        hills(stage, rng, y + h * 0.82, 0.04, ("#8fbf86", "#9cc98a"), 0.25, 0.3),
        _wall(inside, floor, wall, folds, rug, cloth),
        _floor(inside, floor, rug),
        _furniture(inside, floor),
    ]


def _wall(stage: Stage, floor: float, wall: str, folds: str, rug: str, cloth: str) -> Layer:
    """A striped wall with a window, curtains and two pictures."""
    unit, sketch, (x, y, w, h) = stage.unit, Sketch(stage, 0.8), window_box(stage)
    pane = ("M", x, y, "V", y + h, "H", x + w, "V", y, "z")
    sheet = ("M", sketch.left, -9.0, "H", sketch.right, "V", floor, "H", sketch.left, "z")
    sketch.add(path(sketch.tone(wall), *sheet, *pane, extra='fill-rule="evenodd"'))
    stripe = sketch.left
    while stripe < sketch.right:
        if not x - unit * 0.06 < stripe < x + w + unit * 0.02:
            sketch.add(rect(stripe, -9, unit * 0.035, floor + 9, "#ffffff", 0, 'fill-opacity="0.13"'))
        stripe += unit * 0.085
    trim = sketch.tone("#fffaf0")
    sketch.add(stroke(trim, unit * 0.018, *pane), rect(x + w / 2 - unit * 0.005, y, unit * 0.010, h, trim))
    sketch.add(rect(x, y + h * 0.45, w, unit * 0.008, trim))
    sketch.add(rect(x - unit * 0.03, y + h, w + unit * 0.06, unit * 0.022, trim, unit * 0.004))
    for side in (-1, 1):
        edge = x + w / 2 + side * (w / 2 + unit * 0.03)
        _curtain(sketch, edge, y - unit * 0.04, h + unit * 0.15, side, cloth, folds)
        _picture(sketch, stage.width / 2 + side * unit * 0.60, y + unit * 0.02, rug, cloth)
    rod = sketch.tone("#8a6248")
    sketch.add(rect(x - unit * 0.14, y - unit * 0.055, w + unit * 0.28, unit * 0.014, rod, unit * 0.007))
    sketch.add(rect(sketch.left, floor - unit * 0.035, sketch.width, unit * 0.035, trim))
    return sketch.layer(-9, floor)


def _curtain(sketch: Sketch, x: float, y: float, tall: float, side: int, cloth: str, folds: str) -> None:
    """A curtain gathered at the side of a window."""
    w, low = sketch.stage.unit * 0.15, y + tall
    outer, inner = x + side * w * 0.5, x - side * w * 0.5
    fall = ("Q", x - side * w * 0.1, y + tall * 0.55, x, low)
    sketch.add(path(sketch.tone(cloth), "M", outer, y, "L", inner, y, *fall, "L", outer, low, "z"))
    for d in (-0.2, 0.05, 0.28):
        bend = ("Q", x + side * w * (d + 0.12), y + tall * 0.5, x + side * w * (d * 0.4 + 0.3), low)
        sketch.add(stroke(sketch.tone(folds), w * 0.03, "M", x + side * w * d, y, *bend, extra='opacity="0.55"'))


def _picture(sketch: Sketch, x: float, y: float, sun: str, hill: str) -> None:
    """A framed print of a sun over a hill; (x, y) is the middle of its top."""
    unit = sketch.stage.unit
    sketch.add(rect(x - unit * 0.065, y, unit * 0.13, unit * 0.16, sketch.tone("#a97c58"), unit * 0.005))
    sketch.add(rect(x - unit * 0.052, y + unit * 0.013, unit * 0.104, unit * 0.134, sketch.tone("#fdf5e4")))
    sketch.add(circle(x + unit * 0.012, y + unit * 0.06, unit * 0.022, sketch.tone(sun)))
    low = y + unit * 0.147
    peak = [(x - unit * 0.052, low), (x - unit * 0.01, y + unit * 0.09), (x + unit * 0.052, low)]
    sketch.add(polygon(peak, sketch.tone(hill)))


def _floor(stage: Stage, top: float, rug: str) -> Layer:
    """Boards in perspective and a round rug."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    paint = sketch.fade(sketch.tone("#c98f5e"), sketch.tone("#b57c4e"), top, height)
    sketch.add(rect(sketch.left, top, sketch.width, height, paint))
    seam, lines = sketch.tone("#a56f45"), [top + (height - top) * (index / 6) ** 1.4 for index in range(7)]
    for index, (y, following) in enumerate(pairwise(lines)):
        sketch.add(rect(sketch.left, y, sketch.width, unit * 0.003, seam, 0, 'fill-opacity="0.7"'))
        step = unit * (0.22 + 0.05 * index)
        x = sketch.left + (index % 2) * step / 2
        while x < sketch.right:
            sketch.add(rect(x, y, unit * 0.003, following - y, seam, 0, 'fill-opacity="0.6"'))
            x += step
    for share, material in ((1.0, rug), (0.9, "#fff3df"), (0.83, rug), (0.5, "#fff3df"), (0.45, rug)):
        size = unit * 0.56 * share, unit * 0.105 * share
        sketch.add(ellipse(stage.width / 2, top + (height - top) * 0.55, *size, sketch.tone(material)))
    return sketch.layer(top, height * 1.12)


_LEAVES = ((-0.09, 0.2), (0.09, 0.21), (-0.045, 0.29), (0.05, 0.28), (0.0, 0.33), (-0.11, 0.12), (0.11, 0.13))


def _furniture(stage: Stage, floor: float) -> Layer:
    """A pot plant and a floor lamp against the wall."""
    unit, y, sketch = stage.unit, floor + stage.unit * 0.03, Sketch(stage, 0.9)
    away = min(unit * 0.76, stage.width / 2 - unit * 0.09)
    x, pot = stage.width / 2 - away, sketch.tone("#d98760")
    for index, (dx, dy) in enumerate(_LEAVES):
        root, mid = (x, y - 0.08 * unit), (x + dx * 0.3 * unit, y - (0.10 + dy * 0.5) * unit)
        out = ("M", *root, "Q", mid[0] - 0.035 * unit, mid[1], x + dx * unit, y - (0.07 + dy) * unit)
        leaf = sketch.tone("#4f9a63" if index % 2 else "#3d8253")
        sketch.add(path(leaf, *out, "Q", mid[0] + 0.04 * unit, mid[1], *root, "z"))
    sketch.add(_tapered(x, y - 0.10 * unit, 0.055 * unit, y, 0.04 * unit, pot))
    sketch.add(rect(x - 0.06 * unit, y - 0.115 * unit, 0.12 * unit, 0.025 * unit, pot, 0.006 * unit))
    x, wood = stage.width / 2 + away, sketch.tone("#8a6248")
    if stage.light.lamps:
        sketch.glow(x, y - 0.38 * unit, 0.28 * unit, "#ffe2a0", (0, 0.7))
    sketch.add(rect(x - 0.005 * unit, y - 0.36 * unit, 0.01 * unit, 0.36 * unit, wood))
    sketch.add(ellipse(x, y, 0.05 * unit, 0.012 * unit, wood))
    shade = "#ffedc2" if stage.light.lamps else sketch.tone("#fff0cf")
    sketch.add(_tapered(x, y - 0.43 * unit, 0.045 * unit, y - 0.33 * unit, 0.075 * unit, shade))
    return sketch.layer(y - 0.7 * unit, y + 0.03 * unit)


def _tapered(x: float, top: float, upper: float, bottom: float, lower: float, fill: str) -> str:
    """A symmetric trapezium by its half widths."""
    return polygon([(x - upper, top), (x + upper, top), (x + lower, bottom), (x - lower, bottom)], fill)


def studio(stage: Stage, rng: Random) -> list[Layer]:
    """A plain two-tone backdrop with a soft light in the middle, for things without a place."""
    tint = mix((1.0, 1.0, 1.0), stage.light.tint, 0.7)
    wall, floor, spot = (times(rgb(colour), tint) for colour in rng.choice(_STUDIOS))
    height, line = stage.height, stage.height * 0.70
    upper = mix(wall, (0.0, 0.0, 0.0), 0.06)
    backwall = backing(stage, ((0.0, upper), (0.9, wall), (1.0, wall)), height, rng)
    return [
        backwall,
        *_spot(stage, rng, line, hexed(spot)),
        _stand(stage, line, hexed(spot), hexed(floor), hexed(wall)),
    ]


def _spot(stage: Stage, rng: Random, line: float, colour: str) -> list[Layer]:
    """The light on the wall, and a few discs that hover."""
    unit, width, middle = stage.unit, stage.width, stage.height * 0.46
    light, dots = Sketch(stage, 0.2), Sketch(stage, 0.4)
    light.glow(width / 2, middle, unit * 0.62, colour, (0, 0.95))
    for _ in range(26):
        spot = rng.uniform(dots.left, dots.right), rng.uniform(0, line * 0.92)
        dots.add(circle(*spot, unit * rng.uniform(0.006, 0.02), colour, 'fill-opacity="0.5"'))
    hover = Life(sway=(unit * 0.012, unit * 0.015), period=5.0)
    return [light.layer(-9, middle + unit * 0.62), dots.layer(-9, line, life=hover)]


def _stand(stage: Stage, line: float, spot: str, floor: str, wall: str) -> Layer:
    """The floor, lit where subjects stand."""
    height, sketch = stage.height, Sketch(stage, 1.0)
    far = hexed(mix(rgb(floor), rgb(wall), 0.35))
    sketch.add(rect(sketch.left, line, sketch.width, height, sketch.fade(far, floor, line, height)))
    sketch.add(ellipse(stage.width / 2, height * 0.84, stage.unit * 0.62, stage.unit * 0.085, spot, 'opacity="0.35"'))
    return sketch.layer(line, height * 1.12)
