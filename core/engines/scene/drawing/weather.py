"""Turns a weather into what falls and flashes: rain, splashes, snow, fog, lightning; and bubbles under water."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import cv2
import numpy as np

from core.engines.scene.drawing.backdrops import Backdrop
from core.engines.scene.drawing.backdrops.heavens import fog
from core.engines.scene.drawing.backdrops.town import window_box
from core.engines.scene.drawing.raster import Image, place, rasterise
from core.engines.scene.drawing.shapes import stroke
from core.engines.scene.drawing.stage import Layer, Life, Stage, View
from core.engines.scene.drawing.trails import bubble

Effect = Callable[[Image, View, float], None]
_SHELTERED = ("underwater", "space")


def effects(place_name: str, stage: Stage, backdrop: Backdrop, rng: Random) -> list[Effect]:
    """What the weather of the stage's light lays over each frame of a place."""
    if place_name == "underwater":
        return [_bubbles(stage, rng)]
    if place_name in _SHELTERED:
        return []
    weather = stage.light.weather
    found: list[Effect] = []
    if weather in ("rain", "storm"):
        found.append(_rain(stage, rng, weather == "storm"))
        if backdrop.floor != "none" and place_name != "room":
            found.append(_splashes(stage, backdrop, rng))
    if weather == "snow":
        found.append(_snow(stage, rng))
    if weather == "storm":
        found.append(_flashes(stage))
    return [_behind_window(effect, stage) for effect in found] if place_name == "room" else found


def set_in_weather(layers: Sequence[Layer], place_name: str, stage: Stage, rng: Random) -> list[Layer]:
    """The layers with what the weather puts between them: banks of fog, or strokes of lightning before the clouds."""
    if place_name in (*_SHELTERED, "room"):
        return list(layers)
    if stage.light.weather == "storm":
        sky = sum(1 for layer in layers if layer.depth < 0.3 and layer.baseline is None and layer.top < 0.1 * stage.height)
        return [*layers[:sky], *_bolts(stage, rng), *layers[sky:]]
    return _fogged(layers, stage, rng) if stage.light.weather == "fog" else list(layers)


def _fogged(layers: Sequence[Layer], stage: Stage, rng: Random) -> list[Layer]:
    """Fog behind, between and before what stands on the land."""
    found: list[Layer] = []
    banks = [(0.30, 0.62, 0.75), (0.60, 0.66, 0.60), (0.95, 0.70, 0.50)]
    h = stage.height
    for layer in layers:
        while banks and layer.depth >= banks[0][0]:
            depth, peak, strength = banks.pop(0)
            found.append(fog(stage, rng, h * (peak - 0.55), h * peak, h * 1.05, depth, strength))
        found.append(layer)
    return [*found, replace(fog(stage, rng, h * 0.1, h * 0.86, h * 1.05, 1.2, 0.24), baseline=float("inf"))]


def stroke_times(stage: Stage, rng: Random) -> tuple[float, ...]:
    """When lightning strikes, in seconds."""
    times, at = [], rng.uniform(0.5, 0.9)
    while at < max(1.0, stage.seconds):
        times.append(at)
        at += rng.uniform(1.7, 2.6)
    return tuple(times)


def _bolts(stage: Stage, rng: Random) -> list[Layer]:
    """A forked stroke for each flash, at its own place in the sky."""
    return [_bolt(stage, rng, at) for at in stroke_times(stage, Random(f"{stage.sun}"))]


def _bolt(stage: Stage, rng: Random, at: float) -> Layer:
    unit, x, y = stage.unit, stage.width * rng.uniform(0.15, 0.85), stage.height * 0.08
    parts, main = [], [(x, y)]
    while y < stage.height * 0.60:
        x, y = x + unit * rng.uniform(-0.055, 0.055), y + unit * rng.uniform(0.035, 0.075)
        main.append((x, y))
        if rng.random() < 0.25:
            side = rng.choice((-1, 1)) * unit
            parts.append([(x, y), (x + side * 0.04, y + unit * 0.04), (x + side * 0.05, y + unit * 0.10)])
    halo, core = [], []
    for points, width in [(main, 0.0065), *((fork, 0.0035) for fork in parts)]:
        path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        halo.append(stroke(path, "#bcd0ff", unit * width * 4, 'opacity="0.28" stroke-linejoin="round"'))
        core.append(stroke(path, "#ffffff", unit * width, 'stroke-linejoin="round"'))
    return stage.layer([*halo, *core], 0.15, 0, stage.height * 0.7, life=Life(strokes=(at,)))


def _behind_window(effect: Effect, stage: Stage) -> Effect:
    """The effect seen only through the room's window."""
    x, y, w, h = window_box(stage)

    def shown(frame: Image, view: View, seconds: float) -> None:
        left, top = view.point(x, y, 0.8)
        right, bottom = view.point(x + w, y + h, 0.8)
        x0, x1 = max(0, round(left)), min(frame.shape[1], round(right))
        y0, y1 = max(0, round(top)), min(frame.shape[0], round(bottom))
        if x1 - x0 < 8 or y1 - y0 < 8:
            return
        outside = frame.copy()
        effect(outside, view, seconds)
        frame[y0:y1, x0:x1] = outside[y0:y1, x0:x1]

    return shown


def _rain(stage: Stage, rng: Random, heavy: bool) -> Effect:
    """Streaks at three depths: tiles that wrap around, added to the frame."""
    unit = stage.unit
    slant = (0.30 if heavy else 0.10) * rng.choice((-1, 1))
    night = stage.light.time == "night"
    sheets = []
    for near, number in ((0.45, 150), (0.7, 100), (1.0, 55)):
        tile = np.zeros((stage.height, stage.width, 3), np.uint8)
        shine = round((34 + 40 * near) * (0.7 if night else 1.0))
        length = unit * 0.075 * near * (1.35 if heavy else 1.0)
        number = round(number * stage.width * stage.height / unit**2 * (1.5 if heavy else 1.0) / 1.3)
        for _ in range(number):
            _streak(tile, rng.uniform(0, stage.width), rng.uniform(0, stage.height), length, slant, shine, 2 if near == 1.0 and unit > 400 else 1)
        sheets.append((tile, unit * (1.5 + 1.1 * near)))

    def fall(frame: Image, view: View, seconds: float) -> None:
        for tile, speed in sheets:
            down = round(speed * seconds) % stage.height
            along = round(-speed * slant * seconds - view.pan) % stage.width
            _add_wrapped(frame, tile, along, down)

    return fall


def _streak(tile: Image, x: float, y: float, length: float, slant: float, shine: int, thick: int) -> None:
    height, width = tile.shape[:2]
    colour = (shine, shine, min(255, round(shine * 1.12)))
    for dx in (-width, 0, width):
        for dy in (0, -height):
            first = (round((x + dx) * 8), round((y + dy) * 8))
            last = (round((x + dx - slant * length) * 8), round((y + dy + length) * 8))
            cv2.line(tile, first, last, colour, thick, cv2.LINE_AA, 3)


def _add_wrapped(frame: Image, tile: Image, x: int, y: int) -> None:
    """Adds a tile that wraps around, moved by (x, y) pixels, to the frame."""
    height, width = tile.shape[:2]
    for y0, y1, ty in ((0, y, height - y), (y, height, 0)):
        for x0, x1, tx in ((0, x, width - x), (x, width, 0)):
            if y1 > y0 and x1 > x0:
                part = frame[y0:y1, x0:x1]
                cv2.add(part, tile[ty : ty + y1 - y0, tx : tx + x1 - x0], dst=part)


def _splashes(stage: Stage, backdrop: Backdrop, rng: Random) -> Effect:
    """Small crowns where drops hit the ground, each at a new place every time."""
    drop = rasterise(
        '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="24"><g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round">'
        '<ellipse cx="24" cy="18" rx="17" ry="4" stroke-opacity=".8"/><path d="M17 13l-5-6M31 13l5-6M24 11V4"/></g></svg>'
    )
    top = (min(backdrop.ground[0], backdrop.water[0]) if backdrop.water else backdrop.ground[0]) - 0.03
    x0, x1 = stage.span(1.0)
    number = round(30 * (x1 - x0) / stage.unit / 1.8)
    drops = [(rng.random(), rng.uniform(0.45, 0.65), rng.randrange(1 << 30)) for _ in range(number)]

    def splash(frame: Image, view: View, seconds: float) -> None:
        for phase, period, key in drops:
            turn, age = divmod(seconds / period + phase, 1.0)
            if age > 0.5:
                continue
            spot = Random(key + int(turn) * 7919)
            near = spot.random()
            y = stage.height * (top + (1.0 - top) * near)
            x, y = view.point(spot.uniform(x0, x1), y, 1.0)
            scale = stage.unit / 480 * (0.22 + 0.34 * near) * (0.5 + age)
            place(frame, drop, np.array([[scale, 0, x - 24 * scale], [0, scale, y - 18 * scale]]), 0.75 * (1 - 2 * age))

    return splash


def _snow(stage: Stage, rng: Random) -> Effect:
    """Flakes at many depths that drift and sway, the near ones soft and large."""
    unit, width, height = stage.unit, stage.width, stage.height
    number = round(150 * width * height / unit**2 / 1.78)
    flakes = [(rng.random(), rng.random(), rng.random() ** 1.6, rng.random()) for _ in range(number)]
    soft = rasterise(
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><defs><radialGradient id="a"><stop offset=".25" stop-color="#fff"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs><circle cx="16" cy="16" r="16" fill="url(#a)"/></svg>'
    )
    wind = rng.uniform(-0.05, 0.05)
    white = (236, 241, 250) if stage.light.time == "night" else (255, 255, 255)

    def fall(frame: Image, view: View, seconds: float) -> None:
        for fx, fy, near, phase in flakes:
            speed = 0.07 + 0.16 * near
            sway = 0.018 * math.sin(2 * math.pi * (seconds * (0.25 + 0.2 * phase) + phase)) * (0.4 + near)
            x = ((fx + sway + wind * seconds * (0.4 + near) - view.pan / width * (0.3 + 0.9 * near)) % 1.08 - 0.04) * width
            y = ((fy + speed * seconds) % 1.08 - 0.04) * height
            radius = unit * (0.0022 + 0.0045 * near)
            if near < 0.72:
                cv2.circle(frame, (round(x * 16), round(y * 16)), round(radius * 16), white, -1, cv2.LINE_AA, 4)
            else:
                scale = radius * 3.4 / 32
                place(frame, soft, np.array([[scale, 0, x - 16 * scale], [0, scale, y - 16 * scale]]), 0.85)

    return fall


def _flashes(stage: Stage) -> Effect:
    """Lightning that brightens everything for a moment, twice in quick succession."""
    times = stroke_times(stage, Random(f"{stage.sun}"))

    def flash(frame: Image, view: View, seconds: float) -> None:
        glow = max((_flare(seconds - start) for start in times), default=0.0)
        if glow > 0.02:
            cv2.convertScaleAbs(frame, dst=frame, alpha=1 + 0.5 * glow, beta=46 * glow)

    return flash


def _flare(age: float) -> float:
    """The brightness (0..1) ``age`` seconds after a stroke."""
    if age < 0 or age > 0.7:
        return 0.0
    return max(math.exp(-age * 16), 0.7 * math.exp(-(age - 0.16) * 9) if age >= 0.16 else 0.0)


def _bubbles(stage: Stage, rng: Random) -> Effect:
    """Bubbles that rise and wobble."""
    drop = bubble()
    places = [rng.random() for _ in range(7)]
    items = [(rng.choice(places) + rng.uniform(-0.02, 0.02), rng.random(), rng.random(), rng.random()) for _ in range(30)]

    def rise(frame: Image, view: View, seconds: float) -> None:
        for fx, fy, near, phase in items:
            up = (fy + seconds * (0.10 + 0.10 * near)) % 1.15
            x = fx * stage.width + stage.unit * 0.010 * math.sin(2 * math.pi * (seconds * 0.8 + phase)) - view.pan * near
            scale = stage.unit * (0.008 + 0.026 * near * near) / 40 * (0.7 + 0.4 * up)
            y = stage.height * (1.04 - up)
            place(frame, drop, np.array([[scale, 0, x % stage.width - 20 * scale], [0, scale, y - 20 * scale]]), 0.9)

    return rise
