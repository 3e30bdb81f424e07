"""Turns a seed into outer space: stars, a nebula, the limb of a planet."""

from __future__ import annotations

from random import Random

import numpy as np

from core.engines.scene.drawing.backdrops.skies import backing, stars
from core.engines.scene.drawing.colour import hexed, mix, rgb
from core.engines.scene.drawing.shapes import circle, ellipse
from core.engines.scene.drawing.sketch import Sketch
from core.engines.scene.drawing.stage import Layer, Stage
from core.engines.scene.drawing.textures import noise, veil

_PALETTES = (
    ("#070a24", "#2a1b5a", "#a06bff", "#5b4bb3"),
    ("#050d26", "#0e3356", "#4ac6d9", "#2f7f9a"),
    ("#0c0a24", "#41204f", "#ff7aa8", "#a4506f"),
)
"""Zenith, nadir, nebula, planet."""


def space(stage: Stage, rng: Random) -> list[Layer]:
    """Stars, a faint nebula and the limb of a planet."""
    top, low, glow, planet = rng.choice(_PALETTES)
    layers = [backing(stage, ((0.0, rgb(top)), (1.0, rgb(low))), stage.height, rng), _nebula(stage, rng, glow)]
    layers += stars(stage, rng, stage.height, 260)
    alone = any(name == "ringed-planet" or name.startswith("globe") or "moon" in name for name in stage.bare)
    return layers if alone else [*layers, _planet(stage, rng, planet, glow)]


def _planet(stage: Stage, rng: Random, colour: str, glow: str) -> Layer:
    """A banded planet that fills a lower corner, with its air and its night side."""
    unit, side, sketch = stage.unit, rng.choice((-1, 1)), Sketch(stage, 0.3)
    x, y, r = stage.width * (0.5 + side * 0.34), stage.height + unit * 0.62, unit * 0.95
    band = hexed(mix(rgb(colour), (1.0, 1.0, 1.0), 0.16))
    sketch.add(circle(x, y, r * 1.05, glow, 'opacity="0.14"'), circle(x, y, r * 1.02, glow, 'opacity="0.25"'))
    sketch.add(f'<clipPath id="c">{circle(x, y, r, "#fff")}</clipPath><g clip-path="url(#c)">', circle(x, y, r, colour))
    for down in (0.07, 0.14, 0.2, 0.26):
        cx = x + rng.uniform(-0.3, 0.3) * unit
        sketch.add(ellipse(cx, y - r + unit * down, unit * rng.uniform(0.2, 0.4), unit * 0.022, band))
    sketch.add(circle(x - side * unit * 0.12, y + unit * 0.1, r, "#05061a", 'opacity="0.35"'), "</g>")
    return sketch.layer(y - r * 1.06, stage.height * 1.1)


def _nebula(stage: Stage, rng: Random, glow: str) -> Layer:
    """Soft clouds of light in a band across the frame."""
    margin = stage.reach * 0.08 + 4
    size = round((stage.width + 2 * margin) / 2), stage.height // 2
    soft = 0.6 * noise(rng, size, (5, 8)) + 0.28 * noise(rng, size, (10, 17)) + 0.12 * noise(rng, size, (22, 36))
    x, y = np.meshgrid(np.linspace(-1, 1, size[0], dtype=np.float32), np.linspace(-1, 1, size[1], dtype=np.float32))
    band = np.exp(-(((y + 0.15 + x * rng.uniform(-0.7, 0.7)) / 0.62) ** 2))
    return Layer(veil(rgb(glow), np.clip((soft - 0.30) * 1.5, 0, 1) * band * 0.62), -margin, 0.0, 0.08, 0.5)
