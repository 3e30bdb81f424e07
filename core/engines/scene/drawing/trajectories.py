"""Turns a motion into the pose of a subject at each moment: where it is, how it leans, how it stretches."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.engines.scene.drawing.camera import ease
from core.engines.scene.scene import Motion


@dataclass(frozen=True)
class Path:
    """What the layout decided for one subject. Lengths are frame pixels.

    (x, y) is where its feet are at the clip's start, ``way`` how far it travels until the end, ``height`` its size.
    ``growth`` is its size at the end (walking to or from the viewer). ``heading`` -1 looks left, 1 right.
    ``beat`` (0..1) sets it apart from its neighbours; ``pace`` is the clip's seconds. ``bob`` is how far it floats
    up and down, in parts of its height.
    """

    motion: Motion
    x: float
    y: float
    way: tuple[float, float]
    height: float
    width: float
    heading: int
    beat: float
    pace: float
    growth: float = 1.0
    bob: float = 0.22


@dataclass(frozen=True)
class Pose:
    """A moment of a subject. (x, y) is where its feet would touch the ground, ``lift`` how far above that they are.

    ``angle`` (radians, clockwise) turns it about ``pivot`` (0 the feet, 1 the top); ``sx``, ``sy`` stretch it; ``lean``
    moves its top sideways (parts of its height); ``wave`` is the phase of a swimmer's undulation or None.
    """

    x: float
    y: float
    lift: float = 0.0
    angle: float = 0.0
    pivot: float = 0.0
    sx: float = 1.0
    sy: float = 1.0
    lean: float = 0.0
    size: float = 1.0
    heading: int = 1
    wave: float | None = None


def pose(path: Path, u: float) -> Pose:
    """The pose at ``u`` (0..1) of the clip; a pure function, so any moment can be asked for in any order."""
    at = ease(u)
    size = 1 + (path.growth - 1) * at
    base = Pose(path.x + path.way[0] * at, path.y + path.way[1] * at, size=size, heading=path.heading)
    return _MOVES[path.motion](path, u, base)


def _turn(path: Path, u: float, rate: float) -> float:
    """A phase in radians: ``rate`` turns a second."""
    return 2 * math.pi * (u * path.pace * rate + path.beat)


def _still(path: Path, u: float, base: Pose) -> Pose:
    breath = math.sin(_turn(path, u, 0.45))
    return replace(base, sy=1 + 0.016 * breath, sx=1 - 0.010 * breath, lean=0.008 * math.sin(_turn(path, u, 0.22)))


def _walk(path: Path, u: float, base: Pose) -> Pose:
    step = _turn(path, u, 1.05)
    lift = 0.055 * path.height * abs(math.sin(step))
    press = 0.03 * math.cos(2 * step)
    return replace(
        base, lift=lift, angle=0.055 * math.sin(step), lean=0.03 * base.heading, sy=1 - press, sx=1 + press * 0.7
    )


def _run(path: Path, u: float, base: Pose) -> Pose:
    step = _turn(path, u, 1.75)
    lift = 0.11 * path.height * abs(math.sin(step))
    press = 0.06 * math.cos(2 * step)
    rock = 0.085 * math.sin(2 * step + 0.6) * base.heading
    return replace(base, lift=lift, angle=rock, lean=0.08 * base.heading, sy=1 - press, sx=1 + press, pivot=0.3)


def _drive(path: Path, u: float, base: Pose) -> Pose:
    shake = math.sin(_turn(path, u, 4.3)) * 0.5 + math.sin(_turn(path, u, 2.7)) * 0.5
    start = math.exp(-u * path.pace * 2.2)
    return replace(
        base, lift=0.008 * path.height * (1 + shake), angle=0.010 * shake - 0.03 * start * base.heading, pivot=0.15
    )


def _fly(path: Path, u: float, base: Pose) -> Pose:
    swell = _turn(path, u, 0.42)
    bank = -0.10 * math.cos(swell) * base.heading
    return replace(
        base,
        lift=0.20 * path.height * math.sin(swell),
        angle=bank,
        pivot=0.5,
        sy=1 + 0.03 * math.sin(_turn(path, u, 2.2)),
    )


def _swim(path: Path, u: float, base: Pose) -> Pose:
    swell = _turn(path, u, 0.5)
    return replace(
        base,
        lift=min(0.10, path.bob) * path.height * math.sin(swell),
        angle=-0.07 * math.cos(swell) * base.heading,
        pivot=0.5,
        wave=_turn(path, u, 1.3),
    )


def _jump(path: Path, u: float, base: Pose) -> Pose:
    cycle = (u * path.pace / 1.15 + path.beat) % 1.0
    air = (cycle - 0.28) / 0.58
    if 0 <= air <= 1:
        rise = 4 * air * (1 - air)
        stretch = 0.11 * abs(1 - 2 * air)
        reach = min(0.75 * path.height + 20, 0.42 * path.y)
        return replace(
            base,
            lift=reach * rise,
            sy=1 + stretch,
            sx=1 - stretch * 0.7,
            angle=0.09 * (air - 0.5) * base.heading,
            pivot=0.4,
        )
    into = cycle / 0.28 if cycle < 0.28 else (cycle - 0.86) / 0.14
    squash = (0.20 if cycle < 0.28 else 0.15) * math.sin(math.pi * min(1.0, max(0.0, into)))
    return replace(base, sy=1 - squash, sx=1 + squash * 0.8)


def _dance(path: Path, u: float, base: Pose) -> Pose:
    beat = _turn(path, u, 0.95)
    hop = 0.10 * path.height * abs(math.sin(beat))
    press = 0.07 * math.cos(2 * beat)
    facing = base.heading if math.sin(beat / 2) >= 0 else -base.heading
    return replace(
        base,
        lift=hop,
        lean=0.13 * math.sin(beat),
        angle=0.10 * math.sin(beat),
        sy=1 - press,
        sx=1 + press,
        heading=facing,
        x=base.x + 0.10 * path.height * math.sin(beat / 2),
    )


def _spin(path: Path, u: float, base: Pose) -> Pose:
    turns = max(1, round(path.pace * 0.5))
    return replace(base, angle=2 * math.pi * turns * u * base.heading, pivot=0.5, lift=0.03 * path.height)


def _roll(path: Path, u: float, base: Pose) -> Pose:
    radius = max(path.width, path.height) / 2
    return replace(base, angle=(base.x - path.x) / radius if path.way[0] else 2 * math.pi * u * base.heading, pivot=0.5)


def _float(path: Path, u: float, base: Pose) -> Pose:
    swell = _turn(path, u, 0.28)
    return replace(
        base,
        lift=path.bob * path.height * math.sin(swell),
        angle=0.07 * math.sin(swell * 0.9 + 1),
        pivot=0.5,
        x=base.x + 0.06 * path.height * math.sin(swell * 0.7),
    )


def _rise(path: Path, u: float, base: Pose) -> Pose:
    sway = math.sin(_turn(path, u, 0.4))
    return replace(base, x=base.x + 0.07 * path.height * sway, angle=0.05 * sway, pivot=0.5)


def _fall(path: Path, u: float, base: Pose) -> Pose:
    down = min(1.0, u / 0.86) ** 1.7
    sway = math.sin(_turn(path, u, 0.55)) * (1 - down)
    landing = max(0.0, (u - 0.86) / 0.14)
    squash = 0.14 * math.sin(math.pi * landing) * math.exp(-2 * landing)
    return replace(
        base,
        y=path.y + path.way[1] * down,
        x=base.x + 0.18 * path.height * sway,
        angle=0.22 * sway,
        pivot=0.5 * (1 - landing),
        sy=1 - squash,
        sx=1 + squash * 0.8,
    )


def _swing(path: Path, u: float, base: Pose) -> Pose:
    return replace(base, angle=0.55 * math.sin(_turn(path, u, 0.5)), pivot=1.45, lift=0.12 * path.height)


def _circle(path: Path, u: float, base: Pose) -> Pose:
    turns = max(1, round(path.pace * 0.28))
    at = 2 * math.pi * (turns * u + path.beat) * path.heading
    rx, ry = path.way
    heading = 1 if -math.sin(at) * path.heading > 0 else -1
    return replace(
        base,
        x=path.x + rx * math.cos(at),
        y=path.y + ry * math.sin(at),
        heading=heading,
        angle=0.14 * math.cos(at) * heading * path.heading,
        pivot=0.5,
    )


def _grow(path: Path, u: float, base: Pose) -> Pose:
    return replace(base, size=0.35 + 0.95 * ease(u) + 0.02 * math.sin(_turn(path, u, 0.9)))


def _shrink(path: Path, u: float, base: Pose) -> Pose:
    return replace(base, size=1.30 - 0.95 * ease(u) + 0.02 * math.sin(_turn(path, u, 0.9)))


_MOVES: Mapping[Motion, Callable[[Path, float, Pose], Pose]] = {
    "still": _still,
    "walk": _walk,
    "run": _run,
    "drive": _drive,
    "fly": _fly,
    "swim": _swim,
    "jump": _jump,
    "dance": _dance,
    "spin": _spin,
    "roll": _roll,
    "float": _float,
    "rise": _rise,
    "fall": _fall,
    "swing": _swing,
    "circle": _circle,
    "grow": _grow,
    "shrink": _shrink,
}
