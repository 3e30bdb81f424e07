"""Turns a light into hills and a flowering meadow, and gives other places hills and grass."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.skies import heaven
from core.engines.scene.drawing.shapes import Line, bush, flower, land, scattered, tree, tuft, waves
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import NEAREST, Layer, Life, Stage

_PETALS = (("#ffffff", "#ffd84d"), ("#ff8fb1", "#ffffff"), ("#b79bff", "#ffffff"), ("#ffd84d", "#ff9f6b"))


def meadow(stage: Stage, rng: Random) -> list[Layer]:
    """Hills, lone trees, and a flowering meadow."""
    unit, horizon = stage.unit, stage.height * 0.60
    line = waves(rng, horizon + unit * 0.085, unit * 0.022, unit * 1.1)
    return [
        *heaven(stage, rng, horizon),
        hills(stage, rng, horizon - unit * 0.05, 0.06, ("#7fa7b8", "#93b9bd"), 0.15, 0.8),
        _wooded(stage, rng, horizon),
        _field(stage, rng, line),
        _flowers(stage, rng, horizon + unit * 0.12),
        blades(stage, rng, "#2f7a3a", "#3f8f43"),
    ]


def hills(
    stage: Stage, rng: Random, base: float, amp: float, materials: tuple[str, str], depth: float, far: float
) -> Layer:
    """One soft ridge, ``amp`` units high, whose foot is another material."""
    unit, sketch = stage.unit, Sketch(stage, depth, far)
    top, bottom = base - unit * amp, base + unit * 0.25
    sketch.ground(waves(rng, base, unit * amp, unit * 0.76), materials, top, bottom, bottom)
    return sketch.layer(top - 2, bottom)


def _wooded(stage: Stage, rng: Random, base: float) -> Layer:
    """A hill with round trees in small groups."""
    unit, sketch = stage.unit, Sketch(stage, 0.35, 0.36)
    line, bottom = waves(rng, base, unit * 0.035, unit * 0.9), base + unit * 0.2
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.26):
        for _ in range(rng.randint(1, 3)):
            at, size = x + rng.uniform(-0.06, 0.06) * unit, unit * rng.uniform(0.07, 0.13)
            crown, shade = rng.choice((("#4f9b57", "#3c8150"), ("#63a955", "#4a8f4d")))
            tones = sketch.tone(crown), sketch.tone(shade), sketch.tone("#7a5a45")
            if not any(name.endswith("tree") for name in stage.bare):
                sketch.add(tree(rng, at, line(at) + 2, size, *tones))
    sketch.ground(line, ("#79b96a", "#8ac66c"), base - unit * 0.05, bottom, bottom)
    return sketch.layer(base - unit * 0.2, bottom)


def _field(stage: Stage, rng: Random, line: Line) -> Layer:
    """The middle ground with bushes on its crest."""
    unit, sketch = stage.unit, Sketch(stage, 0.75, 0.12)
    top, tones = line(stage.width / 2), (sketch.tone("#5aa653"), sketch.tone("#43894a"))
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.5):
        sketch.add(bush(rng, x, line(x) + unit * 0.012, unit * rng.uniform(0.08, 0.15), *tones))
    sketch.ground(line, ("#8ccb5e", "#5fae4b"), top - unit * 0.03, top + unit * 0.3, stage.height * 1.12)
    return sketch.layer(top - unit * 0.14, stage.height * 1.12)


def _flowers(stage: Stage, rng: Random, base: float) -> Layer:
    """The ground that subjects stand on: soft swells of grass with flowers."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.0)
    sketch.ground(waves(rng, base, unit * 0.012, unit * 1.4), ("#7cc455", "#4f9f45"), base, height, height * 1.12)
    for share, tone in ((0.22, "#93d468"), (0.55, "#5aab4a")):
        swell = waves(rng, base + (height - base) * share, unit * 0.022, unit * 0.9)
        paint = sketch.fade(sketch.tone(tone), sketch.tone(tone), base, height, (0.5, 0.0))
        sketch.add(land(swell, sketch.left, sketch.right, height * 1.12, paint))
    petals = [sketch.tone(colour) for colour in rng.choice(_PETALS)]
    stem, heart = sketch.tone("#468f3e"), sketch.tone("#ffc93c")
    for x, y, near in sketch.strewn(rng, base + unit * 0.03, height * 1.02, 26):
        blooms = rng.random() < 0.42
        size = unit * near
        sketch.add(
            flower(x, y, size * 0.011, rng.choice(petals), heart, stem)
            if blooms
            else tuft(rng, x, y, size * 0.03, stem, 3)
        )
    return sketch.layer(base - unit * 0.03, height * 1.12)


def blades(stage: Stage, rng: Random, *materials: str) -> Layer:
    """Soft blades of grass that sway right before the camera, tall at the corners."""
    unit, height, sketch = stage.unit, stage.height, Sketch(stage, 1.5, slack=stage.unit * 0.02)
    for x in scattered(rng, sketch.left, sketch.right, unit * 0.10):
        corner = min(1.3, abs(x - stage.width / 2) / (stage.width / 2))
        tall = unit * (0.035 + 0.07 * corner**2) * rng.uniform(0.7, 1.2)
        sketch.add(tuft(rng, x, height * 1.02, tall, sketch.tone(rng.choice(materials)), 5))
    life = Life(lean=unit * 0.008, period=3.1, phase=rng.random())
    return sketch.layer(height - unit * 0.17, height * 1.04, life=life, blur=unit * 0.0035, baseline=NEAREST)
