"""Turns a weather into what is set between the layers of a place and what is laid over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import cv2
import numpy as np

from core.engines.scene.drawing.backdrops import Backdrop
from core.engines.scene.drawing.motes import bubbles, fireflies, snowfall
from core.engines.scene.drawing.rain import rain, splashes
from core.engines.scene.drawing.raster import trimmed
from core.engines.scene.drawing.stage import NEAREST, Drawn, Layer, Life, Stage
from core.engines.scene.drawing.storm import bolts, flashes
from core.engines.scene.drawing.textures import noise, veil


def scenery(backdrop: Backdrop, layers: Sequence[Layer], stage: Stage, rng: Random) -> list[Drawn]:
    """A place's layers with fog or lightning among them; in a room all weather stays behind the wall."""
    weather = stage.light.weather
    if backdrop.shelter == "walls":
        wall = next(index for index, layer in enumerate(layers) if layer.depth >= 0.8)
        return [*layers[:wall], *_falling(backdrop, stage, rng), *layers[wall:]]
    if backdrop.shelter == "none" and weather == "storm":
        sky = sum(1 for layer in layers if layer.depth < 0.3 and (layer.depth == 0 or layer.life.drift))
        return [*layers[:sky], *bolts(stage, rng), *layers[sky:]]
    if backdrop.shelter == "none" and weather == "fog":
        return _fogged(layers, stage, rng)
    return list(layers)


def heavens(found: Sequence[Drawn], beyond: float) -> int:
    """How many of the first pieces of scenery are sky, or else less deep than ``beyond``."""
    near = (number for number, item in enumerate(found) if not _heavenly(item, beyond))
    return next(near, len(found))


def _heavenly(item: Drawn, beyond: float) -> bool:
    if not isinstance(item, Layer) or item.baseline is not None:
        return False
    return item.depth < beyond or (item.depth < 0.3 and item.life.drift != 0)


def overlays(backdrop: Backdrop, stage: Stage, rng: Random) -> list[Drawn]:
    """What is laid over everything, subjects too."""
    if backdrop.shelter == "water":
        return [bubbles(stage, rng)]
    if backdrop.shelter != "none":
        return []
    found = _falling(backdrop, stage, rng)
    if backdrop.fireflies and stage.light.time == "night" and stage.light.weather in ("clear", "cloudy"):
        found.append(fireflies(stage, rng))
    return found


def _falling(backdrop: Backdrop, stage: Stage, rng: Random) -> list[Drawn]:
    """Rain, snow and flashes."""
    weather = stage.light.weather
    found: list[Drawn] = []
    if weather in ("rain", "storm"):
        found.append(rain(stage, rng, heavy=weather == "storm"))
        if backdrop.floor != "none" and backdrop.shelter == "none":
            far = min(backdrop.ground[0], (backdrop.water or backdrop.ground)[0]) - 0.03
            found.append(splashes(stage, rng, far * stage.height))
    if weather == "snow":
        found.append(snowfall(stage, rng))
    if weather == "storm":
        found.append(flashes(stage))
    return found


_BANKS = ((0.30, 0.62, 0.75), (0.60, 0.66, 0.60), (0.95, 0.70, 0.50))
"""Depth, the height where it is thickest, and the opacity of each bank of fog."""


def _fogged(layers: Sequence[Layer], stage: Stage, rng: Random) -> list[Drawn]:
    """Fog behind, between and before what stands on the land."""
    found: list[Drawn] = []
    banks, h = list(_BANKS), stage.height
    for layer in layers:
        while banks and layer.depth >= banks[0][0]:
            depth, peak, strength = banks.pop(0)
            found.append(_bank(stage, rng, (h * (peak - 0.55), h * peak), depth, strength))
        found.append(layer)
    return [*found, replace(_bank(stage, rng, (h * 0.1, h * 0.86), 1.2, 0.24), baseline=NEAREST)]


_COARSE = 0.25
"""Picture pixels a frame pixel for fog: it has no edges to lose."""


def _bank(stage: Stage, rng: Random, lines: tuple[float, float], depth: float, strength: float) -> Layer:
    """A drifting bank of fog from its upper edge to below the frame; thickest at the second of the ``lines``."""
    life = Life(drift=rng.choice((-1, 1)) * (6 + 10 * depth) * stage.unit / 480)
    left, right = stage.span(depth, abs(life.drift) * stage.seconds)
    (top, thickest), bottom = lines, stage.height * 1.05
    size = round((right - left) * _COARSE), round((bottom - top) * _COARSE)
    soft = 0.7 * noise(rng, size, (4, 7)) + 0.3 * noise(rng, size, (8, 16))
    profile = np.interp(np.linspace(top, bottom, size[1]), (top, thickest, bottom), (0.0, 1.0, 0.35))
    profile = profile * profile * (3 - 2 * profile)
    alpha = np.clip(strength * profile[:, None] * (0.62 + 0.76 * soft), 0, 0.96)
    # As large as the frame's pixels, the bank need only be shifted, which is quicker than enlarging it each time.
    soft_bank = cv2.resize(veil(stage.light.haze, alpha), None, fx=1 / _COARSE, fy=1 / _COARSE)
    picture, aside, above = trimmed(np.asarray(soft_bank, np.uint8)[: math.ceil(stage.height - top)], 0)
    return Layer(picture, left + aside, top + above, depth, life=life)
