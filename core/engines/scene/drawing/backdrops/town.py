"""Turns a light into places that people built: city, village, a room, and a plain studio."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.heavens import backing, clouds, heaven
from core.engines.scene.drawing.backdrops.land import hills
from core.engines.scene.drawing.colour import Rgb, hexed, mix, rgb, times
from core.engines.scene.drawing.shapes import (
    bush, circle, ellipse, fade, flower, land, polygon, rect, scattered, stroke, tree, tuft, waves,
)  # fmt: skip
from core.engines.scene.drawing.stage import Layer, Life, Stage

_FACADES = ("#e8927c", "#f2b880", "#8fb8de", "#b7a6d9", "#f0d59a", "#93c4b1", "#d98b9b", "#c9b8a4")


def city(stage: Stage, rng: Random) -> list[Layer]:
    """Towers far off, a row of houses with shops, pavement and road; windows shine at night, the wet road mirrors them."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.66
    layers = heaven(stage, rng, horizon)
    layers.append(_skyline(stage, rng, horizon, 0.15, "#9fb4cc", 0.8, (0.22, 0.44), 0.10))
    layers.append(_skyline(stage, rng, horizon, 0.35, "#7d93b3", 0.5, (0.16, 0.36), 0.13))
    row, lamps = _houses(stage, rng, horizon + unit * 0.02, 0.7)
    layers.append(row)
    x0, x1 = stage.span(1.0)
    kerb, road = horizon + unit * 0.035, horizon + unit * 0.075
    parts = [
        rect(x0, horizon, x1 - x0, height, light.on("#c9c5c0")),
        rect(x0, kerb, x1 - x0, unit * 0.04, light.on("#b1aca8")),
    ]
    parts += [
        rect(x, horizon, unit * 0.003, unit * 0.036, light.on("#aba6a2")) for x in scattered(rng, x0, x1, unit * 0.12)
    ]
    parts += [
        fade("n", light.on("#6f7480"), light.on("#565b68"), road, height),
        rect(x0, road, x1 - x0, height, "url(#n)"),
    ]
    middle = (road + height) / 2
    x = x0 + rng.uniform(0, unit * 0.2)
    while x < x1:
        parts.append(
            rect(
                x, middle - unit * 0.006, unit * 0.12, unit * 0.012, light.on("#f4ecd2"), unit * 0.004, 'opacity="0.85"'
            )
        )
        x += unit * 0.24
    if light.weather in ("rain", "storm"):
        parts.append(_wet(stage, rng, lamps, road, height))
    layers.append(stage.layer(parts, 1.0, horizon - 2, height * 1.12))
    layers.append(_lamp_posts(stage, rng, kerb))
    return layers


def _skyline(stage: Stage, rng: Random, base: float, depth: float, colour: str, far: float,
             sizes: tuple[float, float], width: float) -> Layer:  # fmt: skip
    """Silhouettes of towers with rows of windows."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(depth)
    parts, x = [], x0 - unit * 0.05
    while x < x1:
        w, tall = unit * width * rng.uniform(0.6, 1.3), unit * rng.uniform(*sizes)
        fill = light.on(colour, min(1.0, far * rng.uniform(0.85, 1.15)))
        parts.append(rect(x, base - tall, w, tall + unit * 0.1, fill, unit * 0.004))
        style = rng.random()
        if style < 0.25:
            parts.append(polygon([(x, base - tall), (x + w / 2, base - tall - w * 0.45), (x + w, base - tall)], fill))
        elif style < 0.5:
            parts.append(rect(x + w * 0.25, base - tall - unit * 0.03, w * 0.5, unit * 0.04, fill))
            parts.append(rect(x + w * 0.49, base - tall - unit * 0.08, unit * 0.004, unit * 0.06, fill))
        parts.append(_windows(stage, rng, x, base - tall, w, tall, fill, unit * 0.016))
        x += w * rng.uniform(0.92, 1.15)
    return stage.layer(parts, depth, base - unit * (sizes[1] + 0.12), base + unit * 0.08)


def _windows(stage: Stage, rng: Random, x: float, y: float, w: float, tall: float, wall: str, pane: float) -> str:
    """A grid of small windows, some of them lit when lamps are on."""
    lit, dark = ("#ffd98a", "#ffe9b8"), hexed(mix(rgb(wall), (1, 1, 1) if not stage.light.lamps else (0, 0, 0), 0.14))
    columns = max(1, int((w - pane) / (pane * 1.9)))
    start = x + (w - columns * pane * 1.9 + pane * 0.9) / 2
    parts = []
    for row in range(int((tall - pane) / (pane * 2.2))):
        for column in range(columns):
            glow = stage.light.lamps and rng.random() < 0.45
            fill = rng.choice(lit) if glow else dark
            parts.append(rect(start + column * pane * 1.9, y + pane * 1.2 + row * pane * 2.2, pane, pane * 1.25, fill))
    return "".join(parts)


def _houses(stage: Stage, rng: Random, base: float, depth: float) -> tuple[Layer, list[tuple[float, str]]]:
    """A street front of coloured houses with shops below; also where light falls from it: (x, colour)."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(depth)
    parts: list[str] = []
    lamps: list[tuple[float, str]] = []
    x, last = x0 - unit * 0.1, ""
    while x < x1:
        w, floors = unit * rng.uniform(0.19, 0.29), rng.randint(2, 3)
        last = rng.choice([colour for colour in _FACADES if colour != last])
        parts.append(_house(stage, rng, x, base, w, floors, last))
        lamps.append((x + w / 2, rng.choice(("#ffcf70", "#ff9f6b", "#8fd0ff", "#ffd98a"))))
        x += w
    return stage.layer(parts, depth, base - unit * 0.52, base + unit * 0.05), lamps


def _house(stage: Stage, rng: Random, x: float, base: float, w: float, floors: int, colour: str) -> str:
    """One house front: shop with awning, floors of windows, a cornice."""
    light, unit = stage.light, stage.unit
    storey, shop = unit * 0.105, unit * 0.135
    top = base - shop - floors * storey
    wall, trim = light.on(colour, 0.14), light.on("#fff6e6", 0.14)
    parts = [
        rect(x, top, w + 1, base - top, wall),
        rect(x - unit * 0.006, top - unit * 0.014, w + unit * 0.012, unit * 0.02, trim),
    ]
    columns = 3 if w > unit * 0.235 else 2
    for floor in range(floors):
        for column in range(columns):
            wx, wy = x + w * (column + 0.5) / columns - unit * 0.022, top + storey * floor + unit * 0.03
            glass = "#ffdf97" if light.lamps and rng.random() < 0.6 else light.on("#bfe0ee", 0.1)
            parts += [
                rect(wx - unit * 0.005, wy - unit * 0.005, unit * 0.054, unit * 0.070, trim, unit * 0.004),
                rect(wx, wy, unit * 0.044, unit * 0.058, glass),
            ]
            parts.append(rect(wx + unit * 0.0205, wy, unit * 0.003, unit * 0.058, trim))
    glass = "#ffe6ad" if light.lamps else light.on("#cfe8f0", 0.1)
    parts += [
        rect(x, base - shop, w + 1, shop, light.on("#6b5a58", 0.15)),
        rect(x + w * 0.08, base - shop * 0.72, w * 0.5, shop * 0.56, glass),
    ]
    parts.append(
        rect(
            x + w * 0.68,
            base - shop * 0.74,
            w * 0.22,
            shop * 0.74,
            light.on(rng.choice(("#8a4f45", "#3f6b73", "#56658f")), 0.12),
        )
    )
    stripes, awning = 7, light.on(rng.choice(("#e2574c", "#3f9e8f", "#4f7fc4", "#e39b3b")), 0.1)
    for index in range(stripes):
        sx, sw = x + w * (0.03 + 0.94 * index / stripes), w * 0.94 / stripes
        fill = awning if index % 2 == 0 else trim
        parts.append(
            f'<path fill="{fill}" d="M{sx:.1f} {base - shop:.1f}h{sw:.1f}v{shop * 0.22:.1f}a{sw / 2:.1f} {sw / 2:.1f} 0 0 1 {-sw:.1f} 0z"/>'
        )
    return "".join(parts)


def _wet(stage: Stage, rng: Random, lamps: list[tuple[float, str]], top: float, bottom: float) -> str:
    """Long soft mirrors of the lights on a wet road, and puddles."""
    unit, light = stage.unit, stage.light
    strength = 0.42 if light.lamps else 0.16
    parts = []
    for index, (x, colour) in enumerate(lamps):
        w = unit * rng.uniform(0.03, 0.07)
        parts.append(fade(f"m{index}", colour, colour, top, bottom, ends=(strength, 0)))
        parts.append(rect(x - w / 2, top, w, bottom - top, f"url(#m{index})", w / 2))
    sky = hexed(mix(light.sky[2], (1, 1, 1), 0.1))
    for _ in range(round(stage.width / unit * 9)):
        x, y = rng.uniform(*stage.span(1.0)), rng.uniform(top + unit * 0.02, bottom)
        parts.append(
            ellipse(x, y, unit * rng.uniform(0.04, 0.13), unit * rng.uniform(0.006, 0.013), sky, 'opacity="0.30"')
        )
    return "".join(parts)


def _lamp_posts(stage: Stage, rng: Random, foot: float) -> Layer:
    """Street lamps along the kerb, shining when lamps are on."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(0.9)
    iron = light.on("#3f4756")
    parts = [
        '<defs><radialGradient id="l"><stop stop-color="#ffe2a0" stop-opacity="0.75"/><stop offset="1" stop-color="#ffe2a0" stop-opacity="0"/></radialGradient></defs>'
    ]
    x = x0 + rng.uniform(0.1, 0.5) * unit
    while x < x1:
        top = foot - unit * 0.36
        parts += [
            rect(x - unit * 0.005, top, unit * 0.010, foot - top, iron),
            rect(x - unit * 0.012, foot - unit * 0.03, unit * 0.024, unit * 0.03, iron, unit * 0.004),
        ]
        if light.lamps:
            parts.append(circle(x, top, unit * 0.13, "url(#l)"))
        parts += [
            circle(x, top, unit * 0.019, "#ffedc2" if light.lamps else light.on("#f5efe0")),
            rect(x - unit * 0.02, top - unit * 0.026, unit * 0.04, unit * 0.009, iron, unit * 0.004),
        ]
        x += unit * rng.uniform(0.75, 0.95)
    return stage.layer(parts, 0.9, foot - unit * 0.52, foot + 2)


def village(stage: Stage, rng: Random) -> list[Layer]:
    """Cottages with smoking chimneys between trees, a fence, and a path through the green."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.60
    layers = heaven(stage, rng, horizon)
    layers.append(
        hills(stage, rng, horizon - unit * 0.05, 0.06, 0.8, light.on("#86ab9d", 0.75), 0.15, light.on("#9abf9b", 0.8))
    )
    for depth, drop, size, gap, far in ((0.4, 0.0, 0.6, 0.34, 0.45), (0.72, 0.085, 1.0, 0.52, 0.14)):
        base = horizon + unit * drop
        layers += _cottages(stage, rng, base, depth, size, gap, far)
    x0, x1 = stage.span(1.0)
    base = horizon + unit * 0.13
    line = waves(rng, base, unit * 0.012, unit * 1.2)
    parts = [fade("n", light.on("#8cc862"), light.on("#5da64f"), base, height)]
    parts += [_fence(stage, x0, x1, line), land(line, x0, x1, height * 1.12, "url(#n)")]
    lane = (base + height) / 2 + unit * 0.02
    upper = waves(rng, lane - unit * 0.045, unit * 0.008, unit * 0.8)
    lower = waves(rng, lane + unit * 0.055, unit * 0.010, unit * 0.7)
    steps = [x0 + (x1 - x0) * i / 90 for i in range(91)]
    parts.append(
        polygon([*((x, upper(x)) for x in steps), *((x, lower(x)) for x in reversed(steps))], light.on("#e3cb9b"))
    )
    for y, x in sorted(
        (rng.uniform(base + unit * 0.03, height), rng.uniform(x0, x1)) for _ in range(round((x1 - x0) / unit * 22))
    ):
        if upper(x) - unit * 0.01 < y < lower(x) + unit * 0.035:
            continue
        petal = light.on(rng.choice(("#ffffff", "#ff9fb5", "#ffd84d")))
        parts.append(
            flower(x, y, unit * 0.011, petal, light.on("#ffb52e"), light.on("#4b9040"))
            if rng.random() < 0.4
            else tuft(rng, x, y, unit * 0.028, light.on("#4b9040"), 3)
        )
    layers.append(stage.layer(parts, 1.0, base - unit * 0.1, height * 1.12))
    return layers


def _cottages(stage: Stage, rng: Random, base: float, depth: float, size: float, gap: float, far: float) -> list[Layer]:
    """A rise with cottages and trees, and the smoke of the chimneys."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(depth)
    line = waves(rng, base, unit * 0.02, unit * 0.9)
    parts, smoke = [], []
    for x in scattered(rng, x0, x1, unit * gap):
        y = line(x) + unit * 0.02 * size
        parts.append(
            tree(
                rng,
                x - unit * 0.17 * size,
                y,
                unit * rng.uniform(0.16, 0.24) * size,
                light.on("#5aa757", far),
                light.on("#46904f", far),
                light.on("#7a5a45", far),
            )
        )
        parts.append(_cottage(stage, rng, x, y, unit * 0.17 * size, far))
        parts.append(
            bush(rng, x + unit * 0.13 * size, y, unit * 0.09 * size, light.on("#63ad58", far), light.on("#4b944e", far))
        )
        smoke += [circle(x + unit * size * (0.048 + 0.012 * k), y - unit * size * (0.225 + 0.035 * k), unit * size * (0.010 + 0.005 * k),
                         light.on("#f2f2f2", far), f'opacity="{0.5 - 0.09 * k:.2f}"') for k in range(5)]  # fmt: skip
    parts.append(fade("v", light.on("#8ec76a", far), light.on("#79ba5c", far), base, base + unit * 0.2))
    parts.append(land(line, x0, x1, base + unit * 0.25, "url(#v)"))
    top = base - unit * 0.34 * size
    life = Life(lean=unit * 0.02 * size, pulse=0.3, period=4.2, phase=rng.random())
    return [
        stage.layer(parts, depth, top, base + unit * 0.25),
        stage.layer(smoke, depth, base - unit * 0.42 * size, base - unit * 0.16 * size, life=life),
    ]


def _cottage(stage: Stage, rng: Random, x: float, y: float, w: float, far: float) -> str:
    """A small house with a steep roof; (x, y) is the middle of its foot."""
    light = stage.light
    wall, trim = light.on(rng.choice(("#fbf1dc", "#f6d9b8", "#f3e3e0", "#e9eef0")), far), light.on("#8a5a44", far)
    roof, roof_dark = rng.choice(
        (("#d9694f", "#b9543f"), ("#b5654a", "#96503c"), ("#5f7fa6", "#4b678a"), ("#c98a4b", "#a8703b"))
    )
    tall = w * 0.62
    glow = "#ffdc8c" if light.lamps else light.on("#a9d5e6", far)
    parts = [
        rect(x + w * 0.22, y - tall * 1.95, w * 0.12, w * 0.4, light.on("#a86b58", far)),
        rect(x - w / 2, y - tall, w, tall, wall),
    ]
    parts.append(
        polygon(
            [(x - w * 0.60, y - tall * 0.94), (x, y - tall * 1.85), (x + w * 0.60, y - tall * 0.94)],
            light.on(roof, far),
        )
    )
    parts.append(
        polygon(
            [(x, y - tall * 1.85), (x + w * 0.60, y - tall * 0.94), (x + w * 0.1, y - tall * 0.94)],
            light.on(roof_dark, far),
        )
    )
    parts += [
        rect(x - w * 0.10, y - tall * 0.62, w * 0.2, tall * 0.62, trim, w * 0.03),
        circle(x + w * 0.05, y - tall * 0.3, w * 0.018, glow),
    ]
    for dx in (-0.30, 0.30):
        parts += [
            rect(x + (dx - 0.105) * w, y - tall * 0.70, w * 0.21, w * 0.23, trim, w * 0.02),
            rect(x + (dx - 0.085) * w, y - tall * 0.66, w * 0.17, w * 0.18, glow),
        ]
        parts.append(rect(x + (dx - 0.01) * w, y - tall * 0.66, w * 0.02, w * 0.18, trim))
    return "".join(parts)


def _fence(stage: Stage, x0: float, x1: float, line) -> str:  # type: ignore[no-untyped-def]
    """A white picket fence behind the green."""
    light, unit = stage.light, stage.unit
    wood, parts, x = light.on("#fdf8ee", 0.06), [], x0
    while x < x1:
        y = line(x) + unit * 0.01
        parts.append(
            polygon(
                [
                    (x, y),
                    (x, y - unit * 0.05),
                    (x + unit * 0.006, y - unit * 0.058),
                    (x + unit * 0.012, y - unit * 0.05),
                    (x + unit * 0.012, y),
                ],
                wood,
            )
        )
        parts.append(
            polygon(
                [
                    (x, y - unit * 0.040),
                    (x + unit * 0.034, line(x + unit * 0.034) - unit * 0.030),
                    (x + unit * 0.034, line(x + unit * 0.034) - unit * 0.023),
                    (x, y - unit * 0.033),
                ],
                wood,
            )
        )
        x += unit * 0.034
    return "".join(parts)


def window_box(stage: Stage) -> tuple[float, float, float, float]:
    """Where the room's window pane is at rest: x, y, width, height in pixels."""
    w, h = stage.unit * 0.50, stage.unit * 0.34
    return stage.width * 0.5 - w / 2, stage.height * 0.16, w, h


def room(stage: Stage, rng: Random) -> list[Layer]:
    """A living room whose window shows the hour and the weather."""
    light, unit, height, width = stage.light, stage.unit, stage.height, stage.width
    wall, trim, rug, cloth = rng.choice(_ROOMS)
    inside = mix((1.0, 1.0, 1.0), light.tint, 0.35)
    warm: Rgb = (1.0, 0.93, 0.80) if light.lamps else (1.0, 1.0, 1.0)

    def lit(material: str) -> str:
        return hexed(times(times(rgb(material), inside), warm))

    x, y, w, h = window_box(stage)
    floor = height * 0.68
    stops = ((0.0, light.sky[0]), (0.6, light.sky[1]), (1.0, light.sky[2]))
    layers = [backing(stage, stops, y + h, rng), *clouds(stage, rng, y + h)]
    layers.append(hills(stage, rng, y + h * 0.82, 0.04, 0.5, light.on("#8fbf86", 0.3), 0.25, light.on("#9cc98a", 0.3)))
    x0, x1 = stage.span(0.8)
    hole = f"M{x0:.1f} -9H{x1:.1f}V{floor:.1f}H{x0:.1f}zM{x:.1f} {y:.1f}V{y + h:.1f}H{x + w:.1f}V{y:.1f}z"
    parts = [f'<path fill="{lit(wall)}" fill-rule="evenodd" d="{hole}"/>']
    stripe = x0
    while stripe < x1:
        if not x - unit * 0.06 < stripe < x + w + unit * 0.02:
            parts.append(rect(stripe, -9, unit * 0.035, floor + 9, lit("#ffffff"), 0, 'opacity="0.13"'))
        stripe += unit * 0.085
    frame = lit("#fffaf0")
    parts += [
        stroke(f"M{x:.1f} {y:.1f}h{w:.1f}v{h:.1f}h{-w:.1f}z", frame, unit * 0.018),
        rect(x + w / 2 - unit * 0.005, y, unit * 0.010, h, frame),
    ]
    parts += [
        rect(x, y + h * 0.45, w, unit * 0.008, frame),
        rect(x - unit * 0.03, y + h, w + unit * 0.06, unit * 0.022, frame, unit * 0.004),
    ]
    for side in (-1, 1):
        parts.append(
            _curtain(
                x + w / 2 + side * (w / 2 + unit * 0.03),
                y - unit * 0.04,
                unit * 0.15,
                h + unit * 0.15,
                side,
                lit(cloth),
                lit(trim),
            )
        )
    parts.append(rect(x - unit * 0.14, y - unit * 0.055, w + unit * 0.28, unit * 0.014, lit("#8a6248"), unit * 0.007))
    for side in (-1, 1):
        px = width / 2 + side * unit * 0.60
        parts += [
            rect(px - unit * 0.065, y + unit * 0.02, unit * 0.13, unit * 0.16, lit("#a97c58"), unit * 0.005),
            rect(px - unit * 0.052, y + unit * 0.033, unit * 0.104, unit * 0.134, lit("#fdf5e4")),
        ]
        parts += [
            circle(px + unit * 0.012, y + unit * 0.08, unit * 0.022, lit(rug)),
            polygon(
                [
                    (px - unit * 0.052, y + unit * 0.167),
                    (px - unit * 0.01, y + unit * 0.11),
                    (px + unit * 0.052, y + unit * 0.167),
                ],
                lit(cloth),
            ),
        ]
    parts += [rect(x0, floor - unit * 0.035, x1 - x0, unit * 0.035, frame)]
    layers.append(stage.layer(parts, 0.8, -9, floor))
    layers.append(_floor(stage, floor, [lit(c) for c in ("#c98f5e", "#b57c4e", "#a56f45", rug, "#fff3df")]))
    layers.append(
        _furniture(stage, floor, [lit(c) for c in ("#4f9a63", "#3d8253", "#d98760", "#8a6248", "#fff0cf")], light.lamps)
    )
    return layers


_ROOMS = (
    ("#f3d9c0", "#c7644f", "#d9755f", "#e58c70"),
    ("#cfe0e2", "#3f7f8c", "#e0a458", "#5b9aa6"),
    ("#e3d8ec", "#7a5ea0", "#8f78c0", "#a58bd0"),
    ("#dfe6c9", "#6f8f4e", "#d99a5b", "#93b06b"),
)


def _curtain(x: float, y: float, w: float, tall: float, side: int, cloth: str, fold: str) -> str:
    """A curtain gathered at the side of a window."""
    outer, inner = x + side * w * 0.5, x - side * w * 0.5
    body = f"M{outer:.1f} {y:.1f}L{inner:.1f} {y:.1f}Q{x - side * w * 0.1:.1f} {y + tall * 0.55:.1f} {x:.1f} {y + tall:.1f}L{outer:.1f} {y + tall:.1f}z"
    folds = "".join(
        stroke(
            f"M{x + side * w * d:.1f} {y:.1f}Q{x + side * w * (d + 0.12):.1f} {y + tall * 0.5:.1f} {x + side * w * (d * 0.4 + 0.3):.1f} {y + tall:.1f}",
            fold,
            w * 0.03,
            'opacity="0.55"',
        )
        for d in (-0.2, 0.05, 0.28)
    )
    return f'<path fill="{cloth}" d="{body}"/>{folds}'


def _floor(stage: Stage, top: float, colours: list[str]) -> Layer:
    """Boards in perspective and a round rug."""
    unit, height = stage.unit, stage.height
    x0, x1 = stage.span(1.0)
    light, dark, seam, rug, edge = colours
    parts = [fade("n", light, dark, top, height), rect(x0, top, x1 - x0, height, "url(#n)")]
    for index in range(6):
        y = top + (height - top) * (index / 6) ** 1.4
        parts.append(rect(x0, y, x1 - x0, unit * 0.003, seam, 0, 'opacity="0.7"'))
        step = unit * (0.22 + 0.05 * index)
        x = x0 + (index % 2) * step / 2
        while x < x1:
            following = top + (height - top) * ((index + 1) / 6) ** 1.4
            parts.append(rect(x, y, unit * 0.003, following - y, seam, 0, 'opacity="0.6"'))
            x += step
    middle, y = stage.width / 2, top + (height - top) * 0.55
    for share, fill in ((1.0, rug), (0.9, edge), (0.83, rug), (0.5, edge), (0.45, rug)):
        parts.append(ellipse(middle, y, unit * 0.56 * share, unit * 0.105 * share, fill))
    return stage.layer(parts, 1.0, top, height * 1.12)


def _furniture(stage: Stage, floor: float, colours: list[str], lamps: bool) -> Layer:
    """A pot plant and a floor lamp against the wall."""
    unit, middle = stage.unit, stage.width / 2
    leaf, leaf_dark, pot, wood, shade = colours
    away = min(unit * 0.76, stage.width / 2 - unit * 0.09)
    x, y = middle - away, floor + unit * 0.03
    parts = []
    for index, (dx, dy) in enumerate(
        ((-0.09, 0.2), (0.09, 0.21), (-0.045, 0.29), (0.05, 0.28), (0.0, 0.33), (-0.11, 0.12), (0.11, 0.13))
    ):
        tip, mid = (x + dx * unit, y - (0.07 + dy) * unit), (x + dx * 0.3 * unit, y - (0.10 + dy * 0.5) * unit)
        parts.append(
            f'<path fill="{leaf if index % 2 else leaf_dark}" d="M{x:.1f} {y - 0.08 * unit:.1f}Q{mid[0] - 0.035 * unit:.1f} {mid[1]:.1f} {tip[0]:.1f} {tip[1]:.1f}Q{mid[0] + 0.04 * unit:.1f} {mid[1]:.1f} {x:.1f} {y - 0.08 * unit:.1f}z"/>'
        )
    parts.append(
        polygon(
            [
                (x - 0.055 * unit, y - 0.10 * unit),
                (x + 0.055 * unit, y - 0.10 * unit),
                (x + 0.04 * unit, y),
                (x - 0.04 * unit, y),
            ],
            pot,
        )
    )
    parts.append(rect(x - 0.06 * unit, y - 0.115 * unit, 0.12 * unit, 0.025 * unit, pot, 0.006 * unit))
    x = middle + away
    if lamps:
        parts.append(
            '<defs><radialGradient id="l"><stop stop-color="#ffe2a0" stop-opacity="0.7"/><stop offset="1" stop-color="#ffe2a0" stop-opacity="0"/></radialGradient></defs>'
        )
        parts.append(circle(x, y - 0.38 * unit, 0.28 * unit, "url(#l)"))
    parts += [
        rect(x - 0.005 * unit, y - 0.36 * unit, 0.01 * unit, 0.36 * unit, wood),
        ellipse(x, y, 0.05 * unit, 0.012 * unit, wood),
    ]
    parts.append(
        polygon(
            [
                (x - 0.075 * unit, y - 0.33 * unit),
                (x - 0.045 * unit, y - 0.43 * unit),
                (x + 0.045 * unit, y - 0.43 * unit),
                (x + 0.075 * unit, y - 0.33 * unit),
            ],
            "#ffedc2" if lamps else shade,
        )
    )
    return stage.layer(parts, 0.9, y - 0.7 * unit, y + 0.03 * unit)


def studio(stage: Stage, rng: Random) -> list[Layer]:
    """A plain two-tone backdrop with a soft light in the middle, for things without a place."""
    light, unit, height, width = stage.light, stage.unit, stage.height, stage.width
    wall, floor, spot = rng.choice(_STUDIOS)
    tint = mix((1.0, 1.0, 1.0), light.tint, 0.7)
    tones = [times(rgb(c), tint) for c in (wall, floor, spot)]
    line = height * 0.70
    layers = [backing(stage, ((0.0, mix(tones[0], (0, 0, 0), 0.06)), (0.9, tones[0]), (1.0, tones[0])), height, rng)]
    x0, x1 = stage.span(0.3)
    glow = hexed(tones[2])
    ring = [
        f'<defs><radialGradient id="k"><stop stop-color="{glow}" stop-opacity="0.95"/><stop offset="1" stop-color="{glow}" stop-opacity="0"/></radialGradient></defs>'
    ]
    ring.append(circle(width / 2, height * 0.46, unit * 0.62, "url(#k)"))
    layers.append(stage.layer(ring, 0.2, -9, height * 0.46 + unit * 0.62))
    dots = [
        circle(rng.uniform(x0, x1), rng.uniform(0, line * 0.92), unit * rng.uniform(0.006, 0.02), glow, 'opacity="0.5"')
        for _ in range(26)
    ]
    layers.append(stage.layer(dots, 0.4, -9, line, life=Life(sway=(unit * 0.012, unit * 0.015), period=5.0)))
    x0, x1 = stage.span(1.0)
    base = [
        fade("n", hexed(mix(tones[1], tones[0], 0.35)), hexed(tones[1]), line, height),
        rect(x0, line, x1 - x0, height, "url(#n)"),
    ]
    base.append(ellipse(width / 2, height * 0.83, unit * 0.62, unit * 0.085, glow, 'opacity="0.35"'))
    layers.append(stage.layer(base, 1.0, line, height * 1.12))
    return layers


_STUDIOS = (
    ("#f9d5c3", "#f2a98e", "#fff1e6"),
    ("#c8e4ee", "#8fc3d8", "#f2fbff"),
    ("#d9d3f0", "#aaa0dc", "#f6f2ff"),
    ("#d5ecd2", "#9fd0a0", "#f4fff0"),
    ("#fbe5b0", "#f0c468", "#fffaea"),
)
