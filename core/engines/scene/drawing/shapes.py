"""Turns sizes and colours into SVG shapes: hills, trees, clouds, houses. All lengths are pixels of the frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from random import Random

Line = Callable[[float], float]
Point = tuple[float, float]


def waves(rng: Random, base: float, height: float, length: float) -> Line:
    """A soft horizon: three sines about ``base``, the longest ``length`` wide."""
    parts = [(height * share, 2 * math.pi / (length * part), rng.uniform(0, 2 * math.pi)) for share, part in _PARTS]
    return lambda x: base + sum(size * math.sin(x * pace + turn) for size, pace, turn in parts)


_PARTS = ((0.62, 1.0), (0.27, 0.47), (0.11, 0.21))


def polygon(points: Iterable[Point], fill: str, extra: str = "") -> str:
    """A filled polygon."""
    return f'<path fill="{fill}" {extra} d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}z"/>'


def land(line: Line, x0: float, x1: float, bottom: float, fill: str, step: float = 9.0) -> str:
    """Everything under a line."""
    count = max(2, math.ceil((x1 - x0) / step))
    edge = [(x0 + (x1 - x0) * i / count, line(x0 + (x1 - x0) * i / count)) for i in range(count + 1)]
    return polygon([*edge, (x1, bottom), (x0, bottom)], fill)


def path(fill: str, *steps: str | float, extra: str = "") -> str:
    """A filled path; ``steps`` are SVG commands and their numbers in turn."""
    return f'<path fill="{fill}" {extra} d="{_joined(steps)}"/>'


def stroke(colour: str, width: float, *steps: str | float, extra: str = "") -> str:
    """An unfilled path with round ends."""
    pen = f'fill="none" stroke="{colour}" stroke-width="{width:.1f}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path {pen} {extra} d="{_joined(steps)}"/>'


def curve(colour: str, width: float, line: Line, x0: float, x1: float, extra: str = "") -> str:
    """A stroke along a line."""
    points = [x0 + (x1 - x0) * index / 150 for index in range(151)]
    return stroke(colour, width, "M" + "L".join(f"{x:.1f} {line(x):.1f}" for x in points), extra=extra)


def _joined(steps: Iterable[str | float]) -> str:
    return " ".join(step if isinstance(step, str) else f"{step:.1f}" for step in steps)


def circle(x: float, y: float, r: float, fill: str, extra: str = "") -> str:
    """A filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.2f}" fill="{fill}" {extra}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, extra: str = "") -> str:
    """A filled ellipse."""
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" {extra}/>'


def rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0.0, extra: str = "") -> str:
    """A filled rectangle with corners of radius ``r``."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r:.1f}" fill="{fill}" {extra}/>'


def scattered(rng: Random, x0: float, x1: float, gap: float) -> list[float]:
    """Places from x0 to x1, about ``gap`` apart."""
    places, x = [], x0 + rng.uniform(0, gap)
    while x < x1:
        places.append(x)
        x += gap * rng.uniform(0.55, 1.45)
    return places


def cloud(rng: Random, x: float, y: float, width: float, fill: str, shade: str) -> str:
    """A flat-bottomed cloud with its belly in shade; (x, y) is the middle of the bottom."""
    puffs, low = rng.randint(4, 6), width * 0.16
    lobes = []
    for index in range(puffs):
        across = (index + 0.5) / puffs * 2 - 1
        radius = width * (0.085 + 0.125 * (1 - across * across)) * rng.uniform(0.85, 1.15)
        lobes.append((x + across * width * 0.37, y - max(low * 0.5, radius * rng.uniform(0.75, 1.05)), radius))
    dark = rect(x - width / 2, y - low, width, low, shade, low / 2)
    dark += "".join(_cut_circle(cx, cy, r, y, shade) for cx, cy, r in lobes)
    lit = rect(x - width * 0.485, y - low * 1.12, width * 0.95, low * 0.86, fill, low * 0.43)
    lit += "".join(_cut_circle(cx - r * 0.07, cy - r * 0.16, r * 0.97, y, fill) for cx, cy, r in lobes)
    return dark + lit


def _cut_circle(x: float, y: float, r: float, bottom: float, fill: str) -> str:
    """What of a filled circle is above the line ``bottom``; a clip path would cost thirty times as much to draw."""
    if y + r <= bottom:
        return circle(x, y, r, fill)
    half, large = math.sqrt(max(0.0, r * r - (bottom - y) ** 2)), int(bottom > y)
    return path(fill, "M", x - half, bottom, "A", r, r, f"0 {large} 1", x + half, bottom, "z")


def conifer(x: float, y: float, height: float, fill: str, shade: str, snow: str | None = None) -> str:
    """A fir of three tiers with its right half in shade; (x, y) is its foot."""
    parts = [rect(x - height * 0.035, y - height * 0.14, height * 0.07, height * 0.15, shade)]
    for tier, (low, high, half) in enumerate(((0.10, 0.52, 0.25), (0.33, 0.76, 0.20), (0.56, 1.0, 0.14))):
        bottom, tip, wide = y - height * low, y - height * high, height * half
        dip = bottom + height * 0.025
        hem = ("Q", x, dip + height * 0.03, x + wide, bottom, "z")
        parts.append(path(fill, "M", x, tip, "L", x - wide, bottom, *hem))
        parts.append(
            path(shade, "M", x, tip, "L", x + wide * 0.12, dip, "Q", x + wide * 0.6, dip, x + wide, bottom, "z")
        )
        if snow:
            share = 0.42 if tier < 2 else 0.55
            ex, ey = wide * share, tip + (bottom - tip) * share
            teeth = [(-1.0, 0.0), (-0.35, -0.03), (0.0, 0.01), (0.4, -0.03), (1.0, 0.0)]
            parts.append(polygon([(x, tip), *((x + dx * ex, ey + dy * height) for dx, dy in teeth)], snow))
    return "".join(parts)


def tree(rng: Random, x: float, y: float, height: float, fill: str, shade: str, trunk: str) -> str:
    """A round-crowned tree; (x, y) is its foot."""
    w = height * 0.035
    parts = [polygon([(x - w, y), (x - w * 0.6, y - height * 0.5), (x + w * 0.6, y - height * 0.5), (x + w, y)], trunk)]
    lobes = [(0.0, 0.72, 0.27), (-0.19, 0.55, 0.19), (0.20, 0.56, 0.20), (rng.uniform(-0.1, 0.1), 0.50, 0.2)]
    spots = [(x + dx * height, y - dy * height, r * height * rng.uniform(0.92, 1.08)) for dx, dy, r in lobes]
    parts += [circle(cx, cy, r, shade) for cx, cy, r in spots]
    parts += [circle(cx - r * 0.14, cy - r * 0.16, r * 0.84, fill) for cx, cy, r in spots]
    return "".join(parts)


def bush(rng: Random, x: float, y: float, width: float, fill: str, shade: str) -> str:
    """A low bush; (x, y) is the middle of its foot."""
    spots = [(x + d * width, y - width * 0.12, width * rng.uniform(0.2, 0.28)) for d in (-0.28, 0.0, 0.27)]
    parts = [circle(cx, cy, r, shade) for cx, cy, r in spots]
    parts += [circle(cx - r * 0.12, cy - r * 0.2, r * 0.8, fill) for cx, cy, r in spots]
    return "".join(parts)


def tuft(rng: Random, x: float, y: float, height: float, fill: str, blades: int = 4) -> str:
    """A tuft of grass; (x, y) is its foot."""
    parts = []
    for index in range(blades):
        lean = (index - (blades - 1) / 2) * height * 0.34 + rng.uniform(-0.1, 0.1) * height
        tall, foot = height * rng.uniform(0.7, 1.0), x + (index - (blades - 1) / 2) * height * 0.12
        w = height * 0.07
        up = ("M", foot - w, y, "Q", foot, y - tall * 0.6, foot + lean, y - tall)
        parts.append(path(fill, *up, "Q", foot + w, y - tall * 0.5, foot + w, y, "z"))
    return "".join(parts)


def flower(x: float, y: float, size: float, petal: str, heart: str, stem: str) -> str:
    """A five-petalled flower; (x, y) is the foot of its stem."""
    top = y - size * 2.2
    parts = [stroke(stem, max(1.0, size * 0.22), "M", x, y, "V", top)]
    for index in range(5):
        turn = 2 * math.pi * index / 5 - math.pi / 2
        parts.append(circle(x + math.cos(turn) * size * 0.5, top + math.sin(turn) * size * 0.42, size * 0.42, petal))
    return "".join([*parts, circle(x, top, size * 0.34, heart)])


def rock(rng: Random, x: float, y: float, width: float, fill: str, shade: str) -> str:
    """A boulder with a lit top; (x, y) is the middle of its foot."""
    tall, tip = width * rng.uniform(0.42, 0.62), x + width * rng.uniform(-0.15, 0.1)
    left, right = x - width / 2, x + width / 2
    body = [
        (left, y),
        (left + width * 0.08, y - tall * 0.55),
        (tip, y - tall),
        (right - width * 0.14, y - tall * 0.6),
        (right, y),
    ]
    lit = [body[1], body[2], body[3], (x + width * 0.06, y - tall * 0.42)]
    soft = f'stroke="{shade}" stroke-width="{width * 0.06:.1f}" stroke-linejoin="round"'
    return polygon(body, shade, soft) + polygon(lit, fill)


def peak(rng: Random, x: float, base: float, half: float, height: float, lit: str, shade: str, snow: str) -> str:
    """A mountain with a light and a dark flank and a jagged cap of snow."""
    tip = (x, base - height)
    left, right = (x - half, base), (x + half * rng.uniform(0.9, 1.15), base)
    ridge = [(x + half * 0.10, base - height * 0.66), (x - half * 0.05, base - height * 0.4), (x + half * 0.16, base)]
    parts = [polygon([tip, left, right], lit), polygon([tip, right, *reversed(ridge)], shade)]
    share = rng.uniform(0.26, 0.36)
    line = base - height * (1 - share)
    first, last = x - half * share, x + (right[0] - x) * share
    teeth = [(first + (last - first) * along, line + height * down * share) for along, down in _TEETH]
    parts.append(polygon([tip, (first, line), *teeth, (last, line)], snow))
    parts.append(polygon([tip, *teeth[2:], (last, line)], shade, 'fill-opacity="0.22"'))
    return "".join(parts)


_TEETH = ((0.16, -0.14), (0.30, 0.22), (0.45, -0.10), (0.60, 0.28), (0.78, -0.12), (0.90, 0.1))
