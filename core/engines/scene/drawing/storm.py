"""Turns chance into lightning: strokes in the sky, and the flash that each throws over everything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import cv2

from core.engines.scene.drawing.raster import Image
from core.engines.scene.drawing.shapes import Point, stroke
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Life, Stage, View


def strikes(stage: Stage) -> tuple[float, ...]:
    """When lightning strikes, in seconds: the first within a second, then one every two or so."""
    rng = Random(f"{stage.sun}/strikes")
    times = [rng.uniform(0.4, 0.8)]
    while times[-1] < stage.seconds:
        times.append(times[-1] + rng.uniform(1.7, 2.6))
    return tuple(times)


def bolts(stage: Stage, rng: Random) -> list[Layer]:
    """A forked stroke for each strike, at its own place in the sky."""
    return [_bolt(stage, rng, at) for at in strikes(stage)]


def _bolt(stage: Stage, rng: Random, at: float) -> Layer:
    unit, low = stage.unit, stage.height * 0.62
    x, y = stage.width * rng.uniform(0.15, 0.85), stage.height * 0.08
    main: list[Point] = [(x, y)]
    forks: list[list[Point]] = []
    while y < low:
        x, y = x + unit * rng.uniform(-0.055, 0.055), y + unit * rng.uniform(0.035, 0.075)
        main.append((x, y))
        if rng.random() < 0.25:
            side = rng.choice((-1, 1)) * unit
            forks.append([(x, y), (x + side * 0.04, y + unit * 0.04), (x + side * 0.05, y + unit * 0.10)])
    sketch = Sketch(stage, 0.15)
    for widen, colour, opacity in ((4.0, "#bcd0ff", 0.28), (1.0, "#ffffff", 1.0)):
        for points, width in ((main, 0.0065), *((fork, 0.0035) for fork in forks)):
            steps = [step for px, py in points for step in ("L", px, py)]
            sketch.add(stroke(colour, unit * width * widen, "M", *steps[1:], extra=f'opacity="{opacity}"'))
    edges = [px for points in (main, *forks) for px, _ in points]
    sides = math.floor(min(edges) - unit * 0.02), math.ceil(max(edges) + unit * 0.02)
    return sketch.layer(0, stage.height * 0.72, life=Life(strokes=(at,)), sides=sides)


@dataclass(frozen=True)
class Flashes:
    """Brightens the whole frame for a moment at each of ``times`` (seconds), twice in quick succession."""

    times: tuple[float, ...]

    def draw(self, frame: Image, view: View, seconds: float) -> None:  # noqa: ARG002
        """Brightens the frame in place."""
        glow = max(_flare(seconds - start) for start in self.times)
        if glow > 0.02:
            cv2.convertScaleAbs(frame, dst=frame, alpha=1 + 0.5 * glow, beta=46 * glow)


def flashes(stage: Stage) -> Flashes:
    """The flashes of all strikes."""
    return Flashes(strikes(stage))


def _flare(age: float) -> float:
    """The brightness (0..1) ``age`` seconds after a stroke."""
    if not 0 <= age <= 0.7:
        return 0.0
    echo = 0.7 * math.exp(-(age - 0.16) * 9) if age >= 0.16 else 0.0
    return max(math.exp(-age * 16), echo)
