"""Turns the subjects of a scene into places and paths: who stands where, how tall, and which way each one goes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from core.engines.scene.drawing.backdrops import Backdrop, Band
from core.engines.scene.drawing.stage import Stage
from core.engines.scene.drawing.trajectories import Path
from core.engines.scene.scene import Motion, Subject
from core.engines.scene.sprites import Sprite

Medium = Literal["ground", "water", "air"]
TRAVEL: frozenset[Motion] = frozenset({"walk", "run", "drive", "fly", "swim", "roll"})
_SIZES = {"small": 0.58, "medium": 1.0, "large": 1.5}
_LIMITS = {"small": 0.30, "medium": 0.50, "large": 0.64}
_HEROES = {1: 1.95, 2: 1.65, 3: 1.4, 4: 1.25, 5: 1.1}
"""How much larger few subjects are drawn than their sprite asks."""
_WAY = 0.44
"""The least a traveller moves across, in frame widths."""


@dataclass(frozen=True)
class Cast:
    """One kind of subject: what it is, its ink's (width, height) in heights of its box, and its height in pixels."""

    subject: Subject
    sprite: Sprite
    medium: Medium
    height: float
    width: float
    sideways: int
    upwards: int


@dataclass(frozen=True)
class Mark:
    """Where one subject goes: its kind (an index into the scene's subjects), medium, and path. ``held`` paths are
    given in the frame and do not move with the camera's pan.
    """

    kind: int
    medium: Medium
    path: Path
    held: bool


def heading(subjects: Sequence[Subject], rng: Random) -> int:
    """The way that travellers without a direction go (-1 left, 1 right): that of the others, or by chance."""
    asked = {s.direction for s in subjects} & {"left", "right"}
    by_chance = rng.choice((-1, 1))
    return by_chance if len(asked) != 1 else (1 if "right" in asked else -1)


def cast(
    subject: Subject, sprite: Sprite, ink: tuple[float, float], backdrop: Backdrop, stage: Stage, total: int, way: int
) -> Cast:
    """A subject with its size and way; ``total`` is how many subjects there are in all.

    A sprite's height is that of its view box, of which its ``ink`` fills a part.
    """
    height = stage.unit * sprite.height * max(0.3, ink[1]) * _HEROES.get(total, 1.0) * _SIZES[subject.size]
    height = min(max(height, 0.085 * stage.unit), _LIMITS[subject.size] * min(stage.height, 1.2 * stage.unit))
    width = height * ink[0] / ink[1]
    shrink = min(1.0, 0.58 * stage.width / width)
    sideways, upwards = _ways(subject, way)
    return Cast(subject, sprite, _medium(subject, sprite, backdrop), height * shrink, width * shrink, sideways, upwards)


def _ways(subject: Subject, way: int) -> tuple[int, int]:
    """Sideways (-1, 0, 1) and upwards (-1, 0, 1)."""
    motion, direction = subject.motion, subject.direction
    if motion in ("rise", "fall"):
        return 0, 1 if motion == "rise" else -1
    if motion in ("still", "swing", "circle", "grow", "shrink"):
        return 0, 0
    if direction in ("up", "down"):
        return 0, 1 if direction == "up" else -1
    if direction:
        return (1 if direction == "right" else -1), 0
    return (way if motion in TRAVEL else 0), 0


def _medium(subject: Subject, sprite: Sprite, backdrop: Backdrop) -> Medium:
    if backdrop.floor == "none":
        crawls = (
            subject.motion in ("walk", "run", "drive", "roll", "still")
            and sprite.kind == "ground"
            and not backdrop.weightless
        )
        return "ground" if crawls else "air"
    if subject.motion in ("fly", "float", "rise", "fall") or sprite.kind == "sky":
        afloat = subject.motion == "float" and backdrop.water and sprite.kind in ("water", "deep")
        return "water" if afloat else "air"
    if backdrop.water and (sprite.kind in ("water", "deep") or subject.motion == "swim"):
        return "water"
    if sprite.kind == "air" and subject.motion not in ("walk", "run", "drive", "jump", "dance", "roll"):
        return "air"
    return "air" if subject.motion in ("swim", "swing") else "ground"


def block(casts: Sequence[Cast], backdrop: Backdrop, stage: Stage, rng: Random) -> list[Mark]:
    """A mark for every subject, in no particular order; none covers another fully."""
    marks: list[Mark] = []
    for medium, band in (
        ("air", backdrop.air),
        ("water", backdrop.water or backdrop.ground),
        ("ground", backdrop.ground),
    ):
        lanes: dict[tuple[int, int], list[int]] = {}
        for kind, member in enumerate(casts):
            if member.medium == medium:
                lanes.setdefault((member.sideways, member.upwards), []).append(kind)
        ordered = sorted(lanes.items(), key=lambda item: (item[0][0] != 0, item[0]))
        for index, (way, kinds) in enumerate(ordered):
            lane = _lane(casts, kinds, way[0], _share(band, index, len(ordered)), stage)
            marks += _marks(casts, kinds, lane, backdrop, stage, rng)
    return marks


def _share(band: Band, index: int, number: int) -> Band:
    """One of ``number`` equal parts of a band, from far to near."""
    step = (band[1] - band[0]) / number
    return band[0] + step * index, band[0] + step * (index + 1)


@dataclass(frozen=True)
class _Grid:
    """Rows and columns for one kind, and the scale at which it fits them."""

    rows: int
    columns: int
    scale: float


def _grid(member: Cast, width: float, depth: float) -> _Grid:
    """The arrangement that keeps subjects largest: ``width`` and ``depth`` are the room in pixels."""
    best = _Grid(1, 1, 0.0)
    apart = 0.86 if member.medium == "air" or member.upwards else 0.34
    for rows in range(1, min(4, member.subject.count) + 1):
        columns = math.ceil(member.subject.count / rows)
        across = width / (columns + (0.5 if rows > 1 else 0.0)) / (member.width * 1.04)
        deep = depth / max(1, rows - 1) / (member.height * apart) if rows > 1 else 9.0
        if member.medium == "air":
            deep = min(deep, depth / (rows * member.height * 0.8))
        scale = min(1.0, across, deep)
        if scale > best.scale * 1.3:
            best = _Grid(rows, columns, scale)
    return best


@dataclass(frozen=True)
class _Lane:
    """The room that kinds with one way share at the clip's start: its left end and width (pixels), its lines (parts of
    the height), and how far all in it travel to the right (pixels).
    """

    left: float
    room: float
    band: Band
    run: float

    def part(self, left: float, room: float) -> _Lane:
        """A piece of this lane."""
        return _Lane(left, room, self.band, self.run)


def _lane(casts: Sequence[Cast], kinds: Sequence[int], sideways: int, band: Band, stage: Stage) -> _Lane:
    margin = 0.035 * stage.width + (0.05 * stage.width if stage.density > 1 else 0.0)
    if not sideways:
        inset = margin + 0.55 * stage.reach + (0.05 * stage.width if stage.density > 1 else 0.0)
        return _Lane(inset, stage.width - 2 * inset, band, 0.0)
    needed = sum(
        casts[k].width * (1.15 if casts[k].subject.count == 1 else 1.35 * min(casts[k].subject.count, 5)) for k in kinds
    )
    room = min(stage.width * (1 - _WAY) - 2 * margin, needed)
    run = stage.width - 2 * margin - room
    return _Lane(margin if sideways > 0 else margin + run, room, band, sideways * run)


def _marks(
    casts: Sequence[Cast], kinds: Sequence[int], lane: _Lane, backdrop: Backdrop, stage: Stage, rng: Random
) -> list[Mark]:
    """Marks for all that share a lane, side by side; the first named is the last in a procession."""
    wants = [casts[k].width * math.sqrt(casts[k].subject.count) * (1.0 + 0.12 * casts[k].subject.count) for k in kinds]
    depth = (lane.band[1] - lane.band[0]) * stage.height
    shares = [lane.room * want / sum(wants) for want in wants]
    scale = min(_grid(casts[k], share, depth).scale for k, share in zip(kinds, shares, strict=True))
    marks, left, order = [], lane.left, list(zip(kinds, shares, strict=True))
    for kind, share in reversed(order) if lane.run < 0 else order:
        grid = replace(_grid(casts[kind], share, depth), scale=scale)
        marks += _group(casts[kind], kind, grid, lane.part(left, share), backdrop, stage, rng)
        left += share
    return marks


def _group(
    member: Cast, kind: int, grid: _Grid, lane: _Lane, backdrop: Backdrop, stage: Stage, rng: Random
) -> list[Mark]:
    """Marks for one kind in its part of a lane."""
    marks = []
    rows = grid.rows
    pitch = lane.room / (grid.columns + (0.5 if rows > 1 else 0.0))
    slack = min(max(0.0, pitch - member.width * grid.scale), 0.25 * stage.width)
    for number in range(member.subject.count):
        row, column = divmod(number, grid.columns)
        # Whole columns only, or a short last row would stand right behind the one before it.
        centring = max(0, (row + 1) * grid.columns - member.subject.count) // 2
        stagger = 0.5 * (row % 2) if rows > 1 else 0.0
        x = lane.left + (column + 0.5 + stagger + centring) * pitch + rng.uniform(-0.3, 0.3) * slack
        near = (row + rng.uniform(0.35, 0.65)) / rows if rows > 1 else rng.uniform(0.45, 0.85)
        marks.append(_mark(member, kind, (x, near), grid.scale * rng.uniform(0.95, 1.05), lane, backdrop, stage, rng))
    return marks


def _mark(member: Cast, kind: int, spot: tuple[float, float], scale: float, lane: _Lane, backdrop: Backdrop, stage: Stage,
          rng: Random) -> Mark:  # fmt: skip
    """One subject's mark at a spot: x in pixels, and how near in its lane (0..1)."""
    x, near = spot
    line = lane.band[0] + (lane.band[1] - lane.band[0]) * near
    afar, close = backdrop.ground if member.medium == "ground" else backdrop.water or backdrop.ground
    nearness = 1.0 if member.medium == "air" else min(1.0, max(0.0, (line - afar) / (close - afar)))
    size = scale * (backdrop.far + (1 - backdrop.far) * nearness)
    height, width = member.height * size, member.width * size
    y = line * stage.height + (height / 2 if member.medium == "air" else 0)
    way, start, growth = _travel(member, y, (width, height), lane.run, backdrop, stage)
    facing = member.sideways or _look(member, x, stage, rng)
    motion = "float" if member.medium == "air" and member.subject.motion == "still" else member.subject.motion
    path = Path(motion, x, start, way, height, width, facing, rng.random(), stage.seconds, growth)
    return Mark(kind, member.medium, path, held=bool(member.sideways))


def _look(member: Cast, x: float, stage: Stage, rng: Random) -> int:
    """Where one that does not travel looks: as asked, else towards the middle."""
    if member.subject.direction in ("left", "right"):
        return 1 if member.subject.direction == "right" else -1
    if abs(x - stage.width / 2) < 0.06 * stage.width:
        return rng.choice((-1, 1))
    return 1 if x < stage.width / 2 else -1


def _travel(member: Cast, y: float, size: tuple[float, float], run: float, backdrop: Backdrop, stage: Stage
            ) -> tuple[tuple[float, float], float, float]:  # fmt: skip
    """How far it goes (x, y), the y it starts at, and its size at the end."""
    if member.subject.motion == "circle":
        across = min(0.26 * stage.width, max(size[0], 0.18 * stage.width))
        return (across, (0.10 if member.medium == "air" else 0.045) * stage.height), y, 1.0
    if not member.upwards:
        return (run, 0.0), y, 1.0
    up = member.upwards > 0
    if member.medium == "ground":
        far, near = (line * stage.height for line in backdrop.ground)
        far -= 0.3 * (near - far)
        return ((0.0, far - near), near, 0.45) if up else ((0.0, near - far), far, 1.9)
    drift = (y / stage.height - 0.5) * 0.10 * stage.height
    high, low = 0.10 * stage.height + size[1] + drift, 0.93 * stage.height + drift
    return ((0.0, high - low), low, 1.0) if up else ((0.0, low - high), high, 1.0)
