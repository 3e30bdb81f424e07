"""Turns a light into open country: meadow, forest, mountain, snow, desert."""

from __future__ import annotations

from random import Random

from core.engines.scene.drawing.backdrops.heavens import heaven
from core.engines.scene.drawing.shapes import (
    bush, circle, conifer, ellipse, fade, flower, land, peak, polygon, rect, rock, scattered, stroke, tree, tuft, waves,
)  # fmt: skip
from core.engines.scene.drawing.stage import Layer, Life, Stage

INFINITY = float("inf")


def meadow(stage: Stage, rng: Random) -> list[Layer]:
    """Hills, lone trees, and a flowering meadow."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.60
    layers = heaven(stage, rng, horizon)
    layers.append(
        hills(stage, rng, horizon - unit * 0.05, 0.06, 0.75, light.on("#7fa7b8", 0.8), 0.15, light.on("#93b9bd", 0.9))
    )
    layers.append(_wooded(stage, rng, horizon + unit * 0.00, 0.35))
    line = waves(rng, horizon + unit * 0.085, unit * 0.022, unit * 1.1)
    layers.append(_field(stage, rng, line, ("#8ccb5e", "#5fae4b"), 0.75))
    layers += _near_grass(stage, rng, horizon + unit * 0.12, ("#7cc455", "#4f9f45"))
    return layers


def hills(
    stage: Stage, rng: Random, base: float, amp: float, length: float, fill: str, depth: float, low: str
) -> Layer:
    """One soft ridge that fades to ``low`` towards its foot."""
    unit = stage.unit
    x0, x1 = stage.span(depth)
    line = waves(rng, base, unit * amp, unit * length)
    bottom = base + unit * 0.25
    top = base - unit * amp
    shape = fade("h", fill, low, top, bottom) + land(line, x0, x1, bottom, "url(#h)")
    return stage.layer(shape, depth, top - 2, bottom)


def _wooded(stage: Stage, rng: Random, base: float, depth: float) -> Layer:
    """A hill with round trees in small groups."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(depth)
    line = waves(rng, base, unit * 0.035, unit * 0.9)
    bottom = base + unit * 0.2
    parts = [fade("w", light.on("#79b96a", 0.4), light.on("#8ac66c", 0.35), base - unit * 0.05, bottom)]
    colours = [(light.on(a, 0.35), light.on(b, 0.35)) for a, b in (("#4f9b57", "#3c8150"), ("#63a955", "#4a8f4d"))]
    for x in scattered(rng, x0, x1, unit * 0.26):
        for _ in range(rng.randint(1, 3)):
            at = x + rng.uniform(-0.06, 0.06) * unit
            size = unit * rng.uniform(0.07, 0.13)
            parts.append(tree(rng, at, line(at) + 2, size, *rng.choice(colours), light.on("#7a5a45", 0.3)))
    parts.append(land(line, x0, x1, bottom, "url(#w)"))
    return stage.layer(parts, depth, base - unit * 0.2, bottom)


def _field(stage: Stage, rng: Random, line, colours: tuple[str, str], depth: float) -> Layer:  # type: ignore[no-untyped-def]
    """The middle ground: lit crest, darker foot, mown stripes and bushes on the crest."""
    light, unit, height = stage.light, stage.unit, stage.height
    x0, x1 = stage.span(depth)
    top = line(stage.width / 2)
    parts = [fade("f", light.on(colours[0], 0.12), light.on(colours[1], 0.05), top - unit * 0.03, top + unit * 0.3)]
    for x in scattered(rng, x0, x1, unit * 0.5):
        parts.append(
            bush(
                rng,
                x,
                line(x) + unit * 0.012,
                unit * rng.uniform(0.08, 0.15),
                light.on("#5aa653", 0.15),
                light.on("#43894a", 0.15),
            )
        )
    parts.append(land(line, x0, x1, height * 1.12, "url(#f)"))
    return stage.layer(parts, depth, top - unit * 0.14, height * 1.12)


def _near_grass(stage: Stage, rng: Random, base: float, colours: tuple[str, str]) -> list[Layer]:
    """The ground that subjects stand on, with flowers, and blurred blades before everything."""
    light, unit, height = stage.light, stage.unit, stage.height
    x0, x1 = stage.span(1.0)
    line = waves(rng, base, unit * 0.012, unit * 1.4)
    parts = [
        fade("n", light.on(colours[0]), light.on(colours[1]), base, height),
        land(line, x0, x1, height * 1.12, "url(#n)"),
    ]
    petals = [
        light.on(c)
        for c in rng.choice(
            (("#ffffff", "#ffd84d"), ("#ff8fb1", "#ffffff"), ("#b79bff", "#ffffff"), ("#ffd84d", "#ff9f6b"))
        )
    ]
    dark, heart = light.on("#468f3e"), light.on("#ffc93c")
    patches = sorted(
        (rng.uniform(base + unit * 0.03, height * 1.02), rng.uniform(x0, x1))
        for _ in range(round((x1 - x0) / unit * 26))
    )
    for y, x in patches:
        near = 0.45 + 0.75 * (y - base) / max(1.0, height - base)
        if rng.random() < 0.42:
            parts.append(flower(x, y, unit * 0.011 * near, rng.choice(petals), heart, dark))
        else:
            parts.append(tuft(rng, x, y, unit * 0.032 * near, dark, 3))
    ground = stage.layer(parts, 1.0, base - unit * 0.03, height * 1.12)
    return [ground, blades(stage, rng, light.on("#2f7a3a"), light.on("#3f8f43"))]


def blades(stage: Stage, rng: Random, *colours: str) -> Layer:
    """Soft blades of grass that sway right before the camera."""
    unit, height = stage.unit, stage.height
    x0, x1 = stage.span(1.5, unit * 0.02)
    shapes = []
    for x in scattered(rng, x0, x1, unit * 0.10):
        corner = abs(x - stage.width / 2) / (stage.width / 2)
        shapes.append(
            tuft(
                rng,
                x,
                height * 1.02,
                unit * (0.035 + 0.07 * min(1.3, corner) ** 2) * rng.uniform(0.7, 1.2),
                rng.choice(colours),
                5,
            )
        )
    life = Life(lean=unit * 0.008, period=3.1, phase=rng.random())
    return stage.layer(
        shapes, 1.5, height - unit * 0.17, height * 1.04, life=life, blur=unit * 0.0035, baseline=INFINITY
    )


def forest(stage: Stage, rng: Random) -> list[Layer]:
    """Three depths of trees, moss and ferns, and light that falls between the trunks."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.62
    layers = heaven(stage, rng, horizon)
    layers.append(_firs(stage, rng, horizon - unit * 0.02, 0.2, ("#8fbfa6", "#7fb199"), 0.85, (0.30, 0.44), 0.10))
    layers.append(_firs(stage, rng, horizon + unit * 0.01, 0.4, ("#5d9f78", "#4c8c6a"), 0.55, (0.36, 0.58), 0.15))
    layers.append(_firs(stage, rng, horizon + unit * 0.05, 0.7, ("#3d8560", "#2f7053"), 0.25, (0.42, 0.72), 0.27))
    x0, x1 = stage.span(1.0)
    base = horizon + unit * 0.10
    line = waves(rng, base, unit * 0.016, unit * 0.9)
    parts = [
        fade("n", light.on("#6fae58"), light.on("#3f7d43"), base, height),
        land(line, x0, x1, height * 1.12, "url(#n)"),
    ]
    for y, x in sorted(
        (rng.uniform(base + unit * 0.03, height), rng.uniform(x0, x1)) for _ in range(round((x1 - x0) / unit * 20))
    ):
        near = 0.5 + 0.8 * (y - base) / (height - base)
        kind = rng.random()
        if kind < 0.7:
            parts.append(tuft(rng, x, y, unit * 0.035 * near, light.on("#35713c"), 5))
        elif kind < 0.85:
            parts.append(rock(rng, x, y, unit * 0.05 * near, light.on("#9aa79a"), light.on("#76857c")))
        else:
            parts.append(ellipse(x, y, unit * 0.05 * near, unit * 0.012 * near, light.on("#86c164"), 'opacity="0.6"'))
    layers.append(stage.layer(parts, 1.0, base - unit * 0.04, height * 1.12))
    if light.weather == "clear" and light.time != "night":
        layers.append(_beams(stage, rng))
    layers += [_frame_of_trunks(stage, rng), blades(stage, rng, light.on("#1f5a3a"), light.on("#2a6b40"))]
    return layers


def _firs(stage: Stage, rng: Random, base: float, depth: float, colours: tuple[str, str], far: float,
          sizes: tuple[float, float], gap: float) -> Layer:  # fmt: skip
    """A row of firs on a rise; ``sizes`` and ``gap`` are parts of the unit."""
    light, unit = stage.light, stage.unit
    x0, x1 = stage.span(depth)
    line = waves(rng, base, unit * 0.02, unit * 0.8)
    fill, shade = light.on(colours[0], far), light.on(colours[1], far)
    trees = [(x, unit * rng.uniform(*sizes)) for x in scattered(rng, x0 - unit * 0.1, x1 + unit * 0.1, unit * gap)]
    parts = [conifer(x, line(x) + unit * 0.02, size, fill, shade) for x, size in trees]
    parts.append(land(line, x0, x1, base + unit * 0.2, shade))
    return stage.layer(parts, depth, base - unit * sizes[1] - unit * 0.03, base + unit * 0.2)


def _beams(stage: Stage, rng: Random) -> Layer:
    """Slanting light between the trees."""
    unit, height = stage.unit, stage.height
    shapes = [fade("b", "#fff6cf", "#fff6cf", 0, height * 0.9, ends=(0.30, 0.0))]
    side = rng.choice((-1, 1))
    for x in scattered(rng, -unit * 0.2, stage.width + unit * 0.2, unit * 0.36):
        w = unit * rng.uniform(0.05, 0.12)
        shift = side * unit * 0.35
        shapes.append(
            polygon([(x, -5), (x + w, -5), (x + w * 1.8 + shift, height * 0.9), (x + shift, height * 0.9)], "url(#b)")
        )
    life = Life(pulse=0.45, period=5.0, phase=rng.random())
    return stage.layer(shapes, 0.6, 0, height * 0.9, life=life, blur=unit * 0.008)


def _frame_of_trunks(stage: Stage, rng: Random) -> Layer:
    """A dark trunk at one or both edges, before everything."""
    light, unit, height = stage.light, stage.unit, stage.height
    bark, dark = light.on("#4b3a35"), light.on("#382b2b")
    leaf, leaf_dark = light.on("#2c6b46"), light.on("#235a3d")
    parts = []
    for side, x in ((-1, -unit * 0.035), (1, stage.width + unit * 0.035)):
        w = unit * rng.uniform(0.045, 0.07)
        parts.append(polygon([(x - w * 0.8, -5), (x + w * 0.8, -5), (x + w, height * 0.8), (x + w * 1.7, height * 1.05),
                              (x - w * 1.7, height * 1.05), (x - w, height * 0.8)], bark))  # fmt: skip
        parts.append(
            polygon(
                [(x - side * w * 0.1, -5), (x + side * w * 0.8, -5), (x + side * w, height * 1.05), (x, height * 1.05)],
                dark,
            )
        )
        for _ in range(7):
            spot = x - side * unit * rng.uniform(-0.05, 0.13), unit * rng.uniform(-0.05, 0.07)
            parts.append(circle(*spot, unit * rng.uniform(0.05, 0.09), rng.choice((leaf, leaf_dark))))
    return stage.layer(parts, 1.35, 0, height * 1.05, blur=unit * 0.003, baseline=INFINITY)


def mountain(stage: Stage, rng: Random) -> list[Layer]:
    """High snowy peaks over a ridge of firs and an alp with boulders."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.60
    layers = heaven(stage, rng, horizon)
    for depth, far, size, colours in (
        (0.10, 0.85, 0.30, ("#a9b7d0", "#8c9cbc")),
        (0.2, 0.5, 0.42, ("#8f9dbb", "#6b7a9e")),
    ):
        x0, x1 = stage.span(depth)
        lit, shade, snow = light.on(colours[0], far), light.on(colours[1], far), light.on("#f7fbff", far * 0.5)
        tops = [
            (x, unit * size * rng.uniform(0.72, 1.15)) for x in scattered(rng, x0 - unit * 0.1, x1, unit * size * 0.95)
        ]
        tops.sort(key=lambda top: -top[1])
        base = horizon + unit * 0.08
        parts = [peak(x, base, tall * rng.uniform(0.72, 0.95), tall, lit, shade, snow, rng) for x, tall in tops]
        layers.append(stage.layer(parts, depth, base - unit * size * 1.2, base))
    layers.append(
        hills(stage, rng, horizon + unit * 0.02, 0.035, 0.7, light.on("#7fa58a", 0.55), 0.35, light.on("#8fb78d", 0.5))
    )
    layers.append(_firs(stage, rng, horizon + unit * 0.06, 0.55, ("#44806a", "#356a5b"), 0.3, (0.10, 0.20), 0.10))
    x0, x1 = stage.span(1.0)
    base = horizon + unit * 0.11
    line = waves(rng, base, unit * 0.018, unit * 1.0)
    parts = [
        fade("n", light.on("#93c06b"), light.on("#5f9650"), base, height),
        land(line, x0, x1, height * 1.12, "url(#n)"),
    ]
    for y, x in sorted(
        (rng.uniform(base + unit * 0.03, height), rng.uniform(x0, x1)) for _ in range(round((x1 - x0) / unit * 15))
    ):
        near = 0.5 + 0.8 * (y - base) / (height - base)
        if rng.random() < 0.2:
            parts.append(rock(rng, x, y, unit * 0.07 * near, light.on("#b4bac2"), light.on("#8a919f")))
        else:
            parts.append(tuft(rng, x, y, unit * 0.028 * near, light.on("#548a45"), 4))
    layers.append(stage.layer(parts, 1.0, base - unit * 0.04, height * 1.12))
    layers.append(blades(stage, rng, light.on("#3d7440"), light.on("#4c8848")))
    return layers


def snow(stage: Stage, rng: Random) -> list[Layer]:
    """White hills with snowy firs."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.60
    layers = heaven(stage, rng, horizon)
    layers.append(
        hills(stage, rng, horizon - unit * 0.07, 0.07, 0.8, light.on("#b9cfe6", 0.7), 0.12, light.on("#d3e2f0", 0.8))
    )
    for depth, drop, far, sizes in ((0.35, -0.01, 0.45, (0.08, 0.15)), (0.65, 0.06, 0.2, (0.13, 0.27))):
        x0, x1 = stage.span(depth)
        base = horizon + unit * drop
        line = waves(rng, base, unit * 0.03, unit * 0.9)
        colours = light.on("#4f8a7d", far), light.on("#3c7269", far), light.on("#ffffff", far * 0.4)
        parts = [
            conifer(x, line(x) + unit * 0.015, unit * rng.uniform(*sizes), *colours)
            for x in scattered(rng, x0, x1, unit * sizes[1] * 0.9)
        ]
        parts += [fade("s", light.on("#eef5fc", far), light.on("#d5e4f3", far), base, base + unit * 0.15)]
        parts.append(land(line, x0, x1, base + unit * 0.25, "url(#s)"))
        layers.append(stage.layer(parts, depth, base - unit * sizes[1] - unit * 0.05, base + unit * 0.25))
    x0, x1 = stage.span(1.0)
    base = horizon + unit * 0.13
    line = waves(rng, base, unit * 0.018, unit * 1.2)
    parts = [
        fade("n", light.on("#fbfdff"), light.on("#cfdff0"), base, height),
        land(line, x0, x1, height * 1.12, "url(#n)"),
    ]
    for _ in range(round((x1 - x0) / unit * 6)):
        y = rng.uniform(base + unit * 0.05, height)
        parts.append(
            ellipse(
                rng.uniform(x0, x1),
                y,
                unit * rng.uniform(0.08, 0.2),
                unit * 0.012,
                light.on("#bcd2ea"),
                'opacity="0.5"',
            )
        )
    layers.append(stage.layer(parts, 1.0, base - unit * 0.04, height * 1.12))
    x0, x1 = stage.span(1.5)
    drift = waves(rng, height * 0.985, unit * 0.02, unit * 0.8)
    near = land(drift, x0, x1, height * 1.05, light.on("#ffffff"))
    layers.append(stage.layer(near, 1.5, height * 0.94, height * 1.05, blur=unit * 0.004, baseline=INFINITY))
    return layers


def desert(stage: Stage, rng: Random) -> list[Layer]:
    """Mesas far off, dunes with a lit and a shaded side, a few saguaros."""
    light, unit, height = stage.light, stage.unit, stage.height
    horizon = height * 0.60
    layers = heaven(stage, rng, horizon)
    x0, x1 = stage.span(0.15)
    parts = []
    for x in scattered(rng, x0, x1, unit * 0.55):
        parts.append(
            _mesa(
                x,
                horizon + unit * 0.03,
                unit * rng.uniform(0.2, 0.4),
                unit * rng.uniform(0.09, 0.2),
                light.on("#d98f63", 0.6),
                light.on("#b8704f", 0.6),
            )
        )
    layers.append(stage.layer(parts, 0.15, horizon - unit * 0.22, horizon + unit * 0.04))
    for depth, drop, far, colours in (
        (0.35, 0.0, 0.4, ("#f0c98a", "#d9a266")),
        (0.7, 0.07, 0.15, ("#f2c57c", "#d99d58")),
    ):
        layers.append(
            _dunes(stage, rng, horizon + unit * drop, depth, light.on(colours[0], far), light.on(colours[1], far))
        )
    x0, x1 = stage.span(1.0)
    base = horizon + unit * 0.13
    line = waves(rng, base, unit * 0.02, unit * 1.3)
    parts = [
        fade("n", light.on("#f5cf8b"), light.on("#dfa764"), base, height),
        land(line, x0, x1, height * 1.12, "url(#n)"),
    ]
    for _ in range(round((x1 - x0) / unit * 16)):
        x, y = rng.uniform(x0, x1), rng.uniform(base + unit * 0.04, height)
        w = unit * rng.uniform(0.05, 0.13)
        parts.append(
            stroke(
                f"M{x:.1f} {y:.1f}q{w / 2:.1f} {-w * 0.13:.1f} {w:.1f} 0",
                light.on("#cf9656"),
                unit * 0.004,
                'opacity="0.6"',
            )
        )
    for x in scattered(rng, x0, x1, unit * 0.9):
        parts.append(
            _saguaro(
                x,
                line(x) + unit * 0.02,
                unit * rng.uniform(0.12, 0.2),
                light.on("#6f9a58", 0.08),
                light.on("#56804a", 0.08),
            )
        )
        parts.append(
            rock(
                rng,
                x + unit * 0.3,
                rng.uniform(base + unit * 0.05, height * 0.97),
                unit * 0.06,
                light.on("#d6a06c"),
                light.on("#b07f56"),
            )
        )
    layers.append(stage.layer(parts, 1.0, base - unit * 0.24, height * 1.12))
    return layers


def _mesa(x: float, base: float, width: float, tall: float, fill: str, shade: str) -> str:
    """A table mountain with a darker right side."""
    points = [(x - width * 0.62, base), (x - width * 0.46, base - tall * 0.55), (x - width * 0.38, base - tall), (x + width * 0.36, base - tall),
              (x + width * 0.44, base - tall * 0.5), (x + width * 0.62, base)]  # fmt: skip
    side = [(x + width * 0.12, base - tall), points[3], points[4], points[5], (x + width * 0.2, base)]
    return (
        polygon(points, fill)
        + polygon(side, shade)
        + rect(x - width * 0.4, base - tall * 0.82, width * 0.52, tall * 0.07, shade)
    )


def _dunes(stage: Stage, rng: Random, base: float, depth: float, fill: str, shade: str) -> Layer:
    """Overlapping dunes, each with a crest between light and shade."""
    unit = stage.unit
    x0, x1 = stage.span(depth)
    parts = [rect(x0, base, x1 - x0, unit * 0.3, fill)]
    for x in scattered(rng, x0 - unit * 0.2, x1 + unit * 0.2, unit * 0.42):
        w, tall = unit * rng.uniform(0.4, 0.7), unit * rng.uniform(0.05, 0.11)
        tip = f"{x:.1f} {base - tall:.1f}"
        parts.append(
            f'<path fill="{fill}" d="M{x - w:.1f} {base + 2:.1f}Q{x - w * 0.35:.1f} {base:.1f} {tip}Q{x + w * 0.4:.1f} {base - tall * 0.25:.1f} {x + w:.1f} {base + 2:.1f}z"/>'
        )
        parts.append(
            f'<path fill="{shade}" d="M{tip}Q{x + w * 0.4:.1f} {base - tall * 0.25:.1f} {x + w:.1f} {base + 2:.1f}L{x + w * 0.1:.1f} {base + 2:.1f}Q{x + w * 0.16:.1f} {base - tall * 0.5:.1f} {tip}z"/>'
        )
    return stage.layer(parts, depth, base - unit * 0.12, base + unit * 0.3)


def _saguaro(x: float, y: float, tall: float, fill: str, shade: str) -> str:
    """A branching cactus; (x, y) is its foot."""
    w = tall * 0.17
    left = f"M{x - w * 1.6:.1f} {y - tall * 0.68:.1f}V{y - tall * 0.48:.1f}Q{x - w * 1.6:.1f} {y - tall * 0.36:.1f} {x:.1f} {y - tall * 0.36:.1f}"
    right = f"M{x + w * 1.5:.1f} {y - tall * 0.8:.1f}V{y - tall * 0.6:.1f}Q{x + w * 1.5:.1f} {y - tall * 0.5:.1f} {x:.1f} {y - tall * 0.5:.1f}"
    body = (
        stroke(left, shade, w * 0.7) + stroke(right, shade, w * 0.7) + rect(x - w / 2, y - tall, w, tall, shade, w / 2)
    )
    return body + rect(x - w * 0.42, y - tall * 0.98, w * 0.5, tall * 0.97, fill, w * 0.25)
