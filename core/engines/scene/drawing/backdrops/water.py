"""Turns a light into water: beach, open sea, lake, and the world below the surface."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.heavens import backing, heaven
from core.engines.scene.drawing.backdrops.land import INFINITY, blades, hills
from core.engines.scene.drawing.colour import hexed, mix, rgb, times
from core.engines.scene.drawing.shapes import (
    circle, conifer, ellipse, fade, land, polygon, rect, rock, scattered, stroke, tuft, waves,
)  # fmt: skip
from core.engines.scene.drawing.stage import Layer, Life, Stage


def _glints(stage: Stage, rng: Random, x0: float, x1: float, top: float, bottom: float, number: int) -> str:
    """Short bright strokes that lie on water, longer when nearer."""
    unit = stage.unit
    colour = stage.light.on("#ffffff") if stage.light.time != "night" else "#aebff0"
    parts = []
    for _ in range(number):
        near = rng.random()
        x, y, w = rng.uniform(x0, x1), top + (bottom - top) * near, unit * (0.015 + 0.05 * near) * rng.uniform(0.6, 1.4)
        parts.append(stroke(f"M{x:.1f} {y:.1f}h{w:.1f}", colour, unit * (0.002 + 0.003 * near), 'opacity="0.5"'))
    return "".join(parts)


def _sheet(stage: Stage, rng: Random, top: float, bottom: float, colours: tuple[str, str], depth: float) -> list[Layer]:
    """Flat water with the sky's colour at its far edge, and two sets of glints that shimmer in turn."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(depth, unit * 0.03)
    body = fade("w", hexed(light.water(colours[0], 0.0)), hexed(light.water(colours[1], 0.7)), top, bottom)
    layers = [stage.layer(body + rect(x0, top, x1 - x0, bottom - top, "url(#w)"), depth, top, bottom)]
    layers += _glitter(stage, rng, top, bottom, depth)
    for turn in range(2):
        life = Life(sway=(unit * 0.02, 0.0), pulse=0.75, period=rng.uniform(2.6, 3.6), phase=turn / 2)
        marks = _glints(stage, rng, x0, x1, top + unit * 0.01, bottom, round((x1 - x0) / unit * 26))
        layers.append(stage.layer(marks, depth, top, bottom, life=life))
    return layers


def _glitter(stage: Stage, rng: Random, top: float, bottom: float, depth: float, baseline: float | None = None) -> list[Layer]:
    """The path that the low sun or the moon lays on the water between two lines."""
    light, unit = stage.light, stage.unit
    if light.orb is None or light.time == "day":
        return []
    layers, x = [], stage.width * stage.sun
    reach = unit * (0.05 + 0.16 * depth)
    for turn in range(2):
        marks = []
        for _ in range(round(150 * (bottom - top) / unit)):
            near = rng.random()
            at, y = x + rng.gauss(0, 0.4) * reach, top + (bottom - top) * near
            w = unit * rng.uniform(0.012, 0.035) * (0.7 + 1.3 * depth)
            marks.append(stroke(f"M{at - w / 2:.1f} {y:.1f}h{w:.1f}", hexed(light.orb_colour), unit * (0.003 + 0.003 * depth), 'opacity="0.6"'))
        life = Life(sway=(unit * 0.008, 0.0), pulse=0.6, period=2.4, phase=turn / 2 + top / stage.height)
        sides = (x - 2.2 * reach, x + 2.2 * reach)
        layers.append(stage.layer(marks, 0.06, top, bottom + 4, life=life, baseline=baseline, sides=sides))
    return layers


def _swell(stage: Stage, rng: Random, y: float, near: float, colours: tuple[str, str], bottom: float) -> Layer:
    """One row of waves that rolls to the side and heaves; ``near`` 0 (horizon) to 1."""
    light, unit = stage.light, stage.unit
    depth = 0.35 + 0.75 * near
    amp, length = unit * (0.006 + 0.016 * near), unit * (0.16 + 0.34 * near)
    drift = unit * (0.015 + 0.045 * near)
    life = Life(
        drift=drift,
        sway=(unit * 0.012 * near, unit * (0.003 + 0.008 * near)),
        period=2.6 + rng.random(),
        phase=rng.random(),
    )
    x0, x1 = stage.span(depth, drift * stage.seconds + unit * 0.02)
    line = waves(rng, y, amp, length)
    crest = hexed(mix(light.water("#ffffff", near), light.sky[2], 0.3))
    upper, lower = hexed(light.water(colours[0], near * 0.8)), hexed(light.water(colours[1], near * 0.8 + 0.2))
    body = fade("s", upper, lower, y - amp, y + unit * (0.06 + 0.16 * near))
    points = [(x0 + (x1 - x0) * i / 160, line(x0 + (x1 - x0) * i / 160)) for i in range(161)]
    foam = stroke(
        "M" + "L".join(f"{x:.1f} {v:.1f}" for x, v in points), crest, unit * (0.002 + 0.004 * near), 'opacity="0.45"'
    )
    shapes = body + land(line, x0, x1, bottom, "url(#s)", 6.0) + foam
    return stage.layer(shapes, depth, y - amp * 1.4 - 2, bottom, life=life, baseline=y + unit * 0.012)


def sea(stage: Stage, rng: Random) -> list[Layer]:
    """Rows of rolling waves under a wide sky."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.46
    layers = heaven(stage, rng, horizon)
    layers += _sheet(stage, rng, horizon, height * 1.12, ("#4fb0dd", "#1f77b8"), 0.3)
    rows = 6
    for index in range(rows):
        near = (index + 0.4) / rows
        y = horizon + (height * 1.0 - horizon) * (0.06 + 0.94 * near**1.25)
        colours = ("#4aa9da", "#2f88c6") if index % 2 else ("#3d9ad1", "#2379ba")
        following = horizon + (height - horizon) * (0.06 + 0.94 * ((index + 1.4) / rows) ** 1.25)
        bottom = height * 1.12 if index == rows - 1 else following + unit * 0.05
        layers.append(_swell(stage, rng, y, near, colours, bottom))
        shown = min(following, height)
        layers += _glitter(stage, rng, y + unit * 0.012, shown - unit * 0.004, near, baseline=y + unit * 0.0125)
    return layers


def beach(stage: Stage, rng: Random) -> list[Layer]:
    """Sea and islands, surf that runs up the sand, a palm at the side."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon, shore = height * 0.48, height * 0.66
    layers = heaven(stage, rng, horizon)
    layers.append(_islands(stage, rng, horizon))
    layers += _sheet(stage, rng, horizon, shore + unit * 0.1, ("#5cc4e0", "#2fa3cf"), 0.4)
    x0, x1 = stage.span(1.0, unit * 0.03)
    edge = waves(rng, shore, unit * 0.012, unit * 0.9)
    wet = waves(rng, shore + unit * 0.05, unit * 0.014, unit * 0.8)
    sand = fade("n", light.on("#f8dfa8"), light.on("#e9bf7f"), shore, height)
    body = [sand, land(edge, x0, x1, height * 1.12, light.on("#d9b47d")), land(wet, x0, x1, height * 1.12, "url(#n)")]
    for _ in range(round((x1 - x0) / unit * 30)):
        x, y = rng.uniform(x0, x1), rng.uniform(shore + unit * 0.09, height)
        body.append(ellipse(x, y, unit * rng.uniform(0.004, 0.02), unit * 0.003, light.on("#d8aa6c"), 'opacity="0.55"'))
    layers.append(stage.layer(body, 1.0, shore - unit * 0.03, height * 1.12))
    for turn, colour, opacity in ((0.0, "#7fd3e6", 0.85), (0.12, "#ffffff", 0.9)):
        run = waves(rng, shore + unit * 0.012, unit * 0.010, unit * 0.5)
        points = [(x0 + (x1 - x0) * i / 120, run(x0 + (x1 - x0) * i / 120)) for i in range(121)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        thick = unit * (0.03 if turn == 0 else 0.008)
        foam = stroke(path, light.on(colour), thick, f'opacity="{opacity}"')
        life = Life(sway=(unit * 0.01, unit * 0.017), period=3.4, phase=turn)
        layers.append(stage.layer(foam, 1.0, shore - unit * 0.05, shore + unit * 0.09, life=life))
    layers.append(_palm(stage, rng, shore))
    return layers


def _islands(stage: Stage, rng: Random, horizon: float) -> Layer:
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(0.15)
    parts = []
    for x in scattered(rng, x0, x1, unit * 0.75):
        w, tall = unit * rng.uniform(0.12, 0.26), unit * rng.uniform(0.03, 0.075)
        parts.append(f'<path fill="{light.on("#6fa48d", 0.7)}" d="M{x - w:.1f} {horizon + 1:.1f}Q{x - w * 0.4:.1f} {horizon - tall * 1.9:.1f} {x:.1f} '
                     f'{horizon - tall * 0.7:.1f}Q{x + w * 0.4:.1f} {horizon - tall * 1.5:.1f} {x + w:.1f} {horizon + 1:.1f}z"/>')  # fmt: skip
    return stage.layer(parts, 0.15, horizon - unit * 0.16, horizon + 2)


def _palm(stage: Stage, rng: Random, shore: float) -> Layer:
    """A palm that leans in from one side, behind the subjects."""
    light, unit = stage.light, stage.unit
    side = rng.choice((-1, 1))
    x = stage.width * (0.5 + side * 0.44)
    foot, tip = shore + unit * 0.12, (x - side * unit * 0.12, shore - unit * 0.40)
    bark, leaf, dark = light.on("#a5774f"), light.on("#4fa35b"), light.on("#3a8550")
    w = unit * 0.014
    parts = [f'<path fill="{bark}" d="M{x - w * 1.5:.1f} {foot:.1f}Q{x - side * unit * 0.01 - w:.1f} {shore - unit * 0.2:.1f} {tip[0] - w * 0.7:.1f} {tip[1]:.1f}'
             f'L{tip[0] + w * 0.7:.1f} {tip[1]:.1f}Q{x - side * unit * 0.01 + w:.1f} {shore - unit * 0.2:.1f} {x + w * 1.5:.1f} {foot:.1f}z"/>']  # fmt: skip
    for index, (dx, dy) in enumerate(
        ((-0.24, 0.05), (-0.2, -0.07), (0.24, 0.06), (0.2, -0.08), (-0.1, 0.16), (0.12, 0.15), (0.02, -0.12))
    ):
        ex, ey = tip[0] + dx * unit, tip[1] + dy * unit
        mx, my = tip[0] + dx * unit * 0.5, tip[1] + dy * unit * 0.5 - unit * 0.075
        parts.append(f'<path fill="{dark if index % 2 else leaf}" d="M{tip[0]:.1f} {tip[1]:.1f}Q{mx:.1f} {my:.1f} {ex:.1f} {ey:.1f}'
                     f'Q{mx:.1f} {my + unit * 0.055:.1f} {tip[0]:.1f} {tip[1] + unit * 0.012:.1f}z"/>')  # fmt: skip
    parts += [
        circle(tip[0] + d * unit, tip[1] + unit * 0.02, unit * 0.017, light.on("#7d5638")) for d in (-0.015, 0.016)
    ]
    life = Life(lean=unit * 0.012, period=4.6, phase=rng.random())
    return stage.layer(parts, 0.95, tip[1] - unit * 0.2, foot, life=life)


def lake(stage: Stage, rng: Random) -> list[Layer]:
    """Still water between wooded hills, their mirror image, and a grassy bank."""
    light, unit, height = stage.light, stage.unit, stage.height
    far_shore, bank = height * 0.50, height * 0.80
    layers = heaven(stage, rng, far_shore)
    x0, x1 = stage.span(0.3)
    ridge = waves(rng, far_shore - unit * 0.10, unit * 0.07, unit * 0.7)
    woods = waves(rng, far_shore - unit * 0.02, unit * 0.012, unit * 0.5)
    firs = [(x, unit * rng.uniform(0.05, 0.13)) for x in scattered(rng, x0, x1, unit * 0.06)]
    colours = light.on("#7fa3b5", 0.6), light.on("#4c8a6c", 0.4), light.on("#3d7860", 0.4)
    shore = [land(ridge, x0, x1, far_shore, colours[0]), land(woods, x0, x1, far_shore, colours[1])]
    shore += [conifer(x, far_shore - unit * 0.005, tall, colours[1], colours[2]) for x, tall in firs]
    view = "".join(shore)
    layers.append(stage.layer(view, 0.3, far_shore - unit * 0.22, far_shore))
    layers += _sheet(stage, rng, far_shore, bank + unit * 0.08, ("#6db7d6", "#3c8fbd"), 0.3)[:1]
    mirror = f'<g transform="translate(0 {2 * far_shore:.1f}) scale(1 -1)" opacity="0.38">{view}</g>'
    life = Life(sway=(unit * 0.003, 0.0), period=2.2)
    layers.append(stage.layer(mirror, 0.3, far_shore, far_shore + unit * 0.2, life=life, blur=unit * 0.002))
    layers += _sheet(stage, rng, far_shore + unit * 0.02, bank, ("#6db7d6", "#3c8fbd"), 0.55)[1:]
    x0, x1 = stage.span(1.0)
    line = waves(rng, bank, unit * 0.016, unit * 0.9)
    parts = [fade("n", light.on("#86c261"), light.on("#549b4b"), bank, height)]
    parts += [
        land(lambda x: line(x) - unit * 0.008, x0, x1, height * 1.12, light.on("#c9b98a")),
        land(line, x0, x1, height * 1.12, "url(#n)"),
    ]
    for x in scattered(rng, x0, x1, unit * 0.11):
        y = rng.uniform(bank + unit * 0.02, height)
        parts.append(tuft(rng, x, y, unit * 0.035, light.on("#468a42"), 4))
    for x in scattered(rng, x0, x1, unit * 0.7):
        parts.append(rock(rng, x, line(x) + unit * 0.015, unit * 0.08, light.on("#b3bac0"), light.on("#8b95a0")))
        for _ in range(5):
            at = x + rng.uniform(0.06, 0.2) * unit
            tall = unit * rng.uniform(0.07, 0.13)
            parts.append(stroke(f"M{at:.1f} {line(at):.1f}v{-tall:.1f}", light.on("#4f8a4a"), unit * 0.004))
            parts.append(
                rect(
                    at - unit * 0.005,
                    line(at) - tall - unit * 0.01,
                    unit * 0.010,
                    unit * 0.032,
                    light.on("#8a5a3c"),
                    unit * 0.005,
                )
            )
    layers.append(stage.layer(parts, 1.0, bank - unit * 0.17, height * 1.12))
    layers.append(blades(stage, rng, light.on("#2f7a3a"), light.on("#3f8f43")))
    return layers


def underwater(stage: Stage, rng: Random) -> list[Layer]:
    """Blue depth with rays from above, reefs, weed that sways, and a sandy floor."""
    light, unit, height = stage.light, stage.unit, stage.height
    deep = light.time == "night"
    tones = [
        mix(times(rgb(c), mix((1.0, 1.0, 1.0), light.tint, 0.8)), light.sky[1], 0.08)
        for c in ("#5fd0e6", "#1f93c9", "#0d5a9c")
    ]
    layers = [backing(stage, ((0.0, tones[0]), (0.42, tones[1]), (1.0, tones[2])), height, rng)]
    layers += _rays(stage, rng, 0.5 if deep else 1.0)
    blue = tones[1]

    def at(material: str, distance: float) -> str:
        return hexed(mix(light.near(rgb(material)), blue, distance))

    for depth, drop, far in ((0.25, 0.70, 0.80), (0.5, 0.78, 0.58)):
        x0, x1 = stage.span(depth)
        line = waves(rng, height * drop, unit * 0.06, unit * 0.6)
        parts = [land(line, x0, x1, height * 1.12, at("#2f5f8f", far))]
        for x in scattered(rng, x0, x1, unit * 0.5):
            parts.append(_coral(rng, x, line(x) + unit * 0.02, unit * rng.uniform(0.08, 0.15), at("#c56a9a", far)))
        layers.append(stage.layer(parts, depth, height * drop - unit * 0.3, height * 1.12))
    x0, x1 = stage.span(1.0)
    base = height * 0.84
    line = waves(rng, base, unit * 0.02, unit * 0.9)
    parts = [fade("n", at("#f0d9a0", 0.25), at("#c9a76e", 0.3), base, height)]
    for x in scattered(rng, x0, x1, unit * 0.42):
        colour = rng.choice(("#ff7f8e", "#ffa55c", "#b57bea", "#ff6fae", "#ffd05c"))
        parts.append(_coral(rng, x, line(x) + unit * 0.02, unit * rng.uniform(0.09, 0.17), at(colour, 0.25)))
        parts.append(
            rock(
                rng,
                x + unit * rng.uniform(0.08, 0.16),
                line(x) + unit * 0.025,
                unit * rng.uniform(0.08, 0.15),
                at("#8796b5", 0.3),
                at("#62729a", 0.3),
            )
        )
    parts.append(land(line, x0, x1, height * 1.12, "url(#n)"))
    for _ in range(round((x1 - x0) / unit * 22)):
        parts.append(
            ellipse(
                rng.uniform(x0, x1),
                rng.uniform(base + unit * 0.05, height),
                unit * rng.uniform(0.008, 0.04),
                unit * 0.004,
                at("#b8925a", 0.3),
                'opacity="0.6"',
            )
        )
    layers.append(stage.layer(parts, 1.0, base - unit * 0.25, height * 1.12))
    for depth, near in ((0.8, 0.35), (1.4, 0.0)):
        layers.append(_weed(stage, rng, depth, at("#2f9a6a", near), at("#1f7d5c", near)))
    return layers


def _rays(stage: Stage, rng: Random, strength: float) -> list[Layer]:
    """Light that falls through the surface, in two sets that brighten in turn."""
    unit, height = stage.unit, stage.height
    layers = []
    for turn in range(2):
        shapes = [fade("r", "#e9fbff", "#e9fbff", 0, height * 0.8, ends=(0.26 * strength, 0.0))]
        for x in scattered(rng, -unit * 0.1, stage.width + unit * 0.3, unit * 0.45):
            w, lean = unit * rng.uniform(0.04, 0.11), unit * -0.22
            shapes.append(
                polygon(
                    [(x, -5), (x + w, -5), (x + w * 2.6 + lean, height * 0.8), (x + lean - w, height * 0.8)], "url(#r)"
                )
            )
        life = Life(sway=(unit * 0.03, 0.0), pulse=0.8, period=4.2, phase=turn / 2)
        layers.append(stage.layer(shapes, 0.1, 0, height * 0.8, life=life, blur=unit * 0.009))
    return layers


def _coral(rng: Random, x: float, y: float, size: float, fill: str) -> str:
    """A branching coral; (x, y) is its foot."""
    parts = []
    for turn in (-0.75, -0.38, 0.0, 0.36, 0.72):
        tall = size * rng.uniform(0.75, 1.1) * (1 - 0.25 * abs(turn))
        ex = x + turn * size * 0.9
        parts.append(
            stroke(
                f"M{x:.1f} {y:.1f}Q{x + turn * size * 0.25:.1f} {y - tall * 0.55:.1f} {ex:.1f} {y - tall:.1f}",
                fill,
                size * 0.15,
            )
        )
        fork = ex + (0.14 if turn >= 0 else -0.14) * size
        parts.append(
            stroke(
                f"M{x + turn * size * 0.42:.1f} {y - tall * 0.6:.1f}L{fork:.1f} {y - tall * 0.82:.1f}",
                fill,
                size * 0.11,
            )
        )
    return "".join(parts)


def _weed(stage: Stage, rng: Random, depth: float, fill: str, dark: str) -> Layer:
    """Ribbons of weed that sway; those nearest the camera stand at the edges only."""
    unit, height = stage.unit, stage.height
    x0, x1 = stage.span(depth, unit * 0.04)
    near = depth > 1
    parts = []
    for x in scattered(rng, x0, x1, unit * (0.13 if near else 0.3)):
        if near and abs(x - stage.width / 2) < stage.width * 0.40:
            continue
        for _ in range(3):
            foot, tall = x + rng.uniform(-0.05, 0.05) * unit, unit * rng.uniform(0.14, 0.34)
            y, w, bend = (
                height * (1.03 if near else 0.87),
                unit * rng.uniform(0.010, 0.017),
                unit * rng.choice((-0.035, 0.035)),
            )
            parts.append(f'<path fill="{rng.choice((fill, dark))}" d="M{foot - w:.1f} {y:.1f}C{foot - w + bend:.1f} {y - tall * 0.4:.1f} '
                         f'{foot - bend:.1f} {y - tall * 0.6:.1f} {foot + bend * 0.4:.1f} {y - tall:.1f}C{foot - bend + 2 * w:.1f} {y - tall * 0.55:.1f} '
                         f'{foot + bend + w:.1f} {y - tall * 0.35:.1f} {foot + w:.1f} {y:.1f}z"/>')  # fmt: skip
    life = Life(lean=unit * 0.035, period=4.4, phase=rng.random())
    bottom = height * (1.06 if near else 0.88)
    return stage.layer(
        parts,
        depth,
        bottom - unit * 0.42,
        bottom,
        life=life,
        blur=unit * 0.003 if near else 0,
        baseline=INFINITY if near else None,
    )
