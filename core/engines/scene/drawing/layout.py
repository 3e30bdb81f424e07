"""Turns a cast into marks: where each subject starts, how large it is there, and the path it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from core.engines.scene.drawing.backdrops import Backdrop, Band
from core.engines.scene.drawing.casting import Cast, Medium
from core.engines.scene.drawing.stage import Stage
from core.engines.scene.drawing.trajectories import Path

_WAY = 0.44
"""The least a traveller moves across, in frame widths."""
_ALOFT: tuple[Medium, ...] = ("sky", "air")
_LEAST = 0.055
"""The least height of a few of a kind, in units."""
_FEW = 3


@dataclass(frozen=True)
class Mark:
    """Where one subject goes.

    ``kind`` is the index of its cast. ``held`` paths are given in the frame: a pan does not carry them off.
    """

    kind: int
    medium: Medium
    path: Path
    held: bool


@dataclass(frozen=True)
class _Grid:
    """Rows and columns for one kind, and the scale (0..1) at which it fits them."""

    rows: int
    columns: int
    scale: float


@dataclass(frozen=True)
class _Lane:
    """The room that kinds with one way share at the clip's start.

    ``left`` and ``room`` (its width) are pixels, ``band`` its lines in frame heights; all in it travel ``run`` pixels
    to the right.
    """

    left: float
    room: float
    band: Band
    run: float


class Layout:
    """Blocks subjects for one backdrop and stage: in lanes by their way, in rows by their number, none covered."""

    def __init__(self, backdrop: Backdrop, stage: Stage, rng: Random) -> None:
        self._backdrop, self._stage, self._rng = backdrop, stage, rng
        self._water = backdrop.water or backdrop.ground
        self._bands: dict[Medium, Band] = {
            "sky": (backdrop.air[0], min(backdrop.air[1], backdrop.skyline)),
            "air": backdrop.air,
            "water": self._water,
            "ground": backdrop.ground,
        }

    def marks(self, casts: Sequence[Cast]) -> list[Mark]:
        """A mark for every subject, in no particular order."""
        found: list[Mark] = []
        for medium, band in self._bands.items():
            groups: dict[int, list[int]] = {}
            for kind, member in enumerate(casts):
                if member.medium == medium:
                    groups.setdefault(member.sideways, []).append(kind)
            # Those that stay are farther back than those that pass.
            ordered = sorted(groups.items(), key=lambda item: (item[0] != 0, item[0]))
            step = (band[1] - band[0]) / max(1, len(ordered))
            for index, (sideways, kinds) in enumerate(ordered):
                part = band[0] + step * index, band[0] + step * (index + 1)
                found += self._procession(casts, kinds, self._lane([casts[k] for k in kinds], sideways, part))
        return found

    def _lane(self, members: Sequence[Cast], sideways: int, band: Band) -> _Lane:
        """The room for all that go one way: the whole width, or what leaves them a way to go."""
        width, zooming = self._stage.width, self._stage.density > 1
        margin = width * (0.085 if zooming else 0.035)
        if not sideways:
            inset = margin + 0.55 * self._stage.reach + (0.05 * width if zooming else 0.0)
            return _Lane(inset, width - 2 * inset, band, 0.0)
        needed = sum(m.width * (1.15 if m.subject.count == 1 else 1.35 * min(m.subject.count, 5)) for m in members)
        room = min(width * (1 - _WAY) - 2 * margin, needed)
        run = width - 2 * margin - room
        return _Lane(margin if sideways > 0 else margin + run, room, band, sideways * run)

    def _procession(self, casts: Sequence[Cast], kinds: Sequence[int], lane: _Lane) -> list[Mark]:
        """Marks for all in a lane, kind beside kind; the first named comes last."""
        counts = [casts[kind].subject.count for kind in kinds]
        wants = [casts[k].width * math.sqrt(n) * (1 + 0.12 * n) for k, n in zip(kinds, counts, strict=True)]
        shares = [lane.room * want / sum(wants) for want in wants]
        depth = (lane.band[1] - lane.band[0]) * self._stage.height
        grids = [_grid(casts[kind], share, depth) for kind, share in zip(kinds, shares, strict=True)]
        scale, tallest = min(grid.scale for grid in grids), max(casts[kind].height for kind in kinds)
        found, left = [], lane.left
        order = list(zip(kinds, shares, grids, strict=True))
        for kind, share, grid in reversed(order) if lane.run < 0 else order:
            part, fitted = _Lane(left, share, lane.band, lane.run), _Grid(grid.rows, grid.columns, scale)
            # What is tiny beside another is lost anywhere but in front.
            spots = self._spots(casts[kind], fitted, part, low=casts[kind].height < 0.5 * tallest)
            marks = [self._mark(casts[kind], kind, spot, scale, part) for spot in spots]
            found += self._ring(marks) if casts[kind].subject.motion == "circle" else marks
            left += share
        return found

    def _spots(self, member: Cast, grid: _Grid, lane: _Lane, *, low: bool) -> list[tuple[float, float]]:
        """For each of a kind its x in pixels and how near it is in its lane (0..1), far ones first."""
        (rng, rows), lone = (self._rng, grid.rows), (0.85, 1.0) if low else (0.45, 0.85)
        pitch = lane.room / (grid.columns + (0.5 if rows > 1 else 0.0))
        slack = min(max(0.0, pitch - member.width * grid.scale), 0.25 * self._stage.width)
        spots = []
        for number in range(member.subject.count):
            row, column = divmod(number, grid.columns)
            # Whole columns only, or a short last row would stand right behind the one before it.
            centring = max(0, (row + 1) * grid.columns - member.subject.count) // 2
            stagger = 0.5 * (row % 2) if rows > 1 else 0.0
            x = lane.left + (column + 0.5 + stagger + centring) * pitch + rng.uniform(-0.3, 0.3) * slack
            spots.append((x, (row + rng.uniform(0.35, 0.65)) / rows if rows > 1 else rng.uniform(*lone)))
        return spots

    def _ring(self, marks: Sequence[Mark]) -> list[Mark]:
        """Those that circle go round one middle, evenly apart, in sight all the way."""
        width, first = self._stage.width, marks[0].path
        reach = first.way[0] + max(mark.path.width for mark in marks) / 2
        middle = sum(mark.path.x for mark in marks) / len(marks)
        x = min(max(middle, reach), width - reach) if 2 * reach < width else width / 2
        y = sum(mark.path.y for mark in marks) / len(marks)
        return [
            replace(
                mark, path=replace(mark.path, x=x, y=y, heading=first.heading, beat=first.beat + number / len(marks))
            )
            for number, mark in enumerate(marks)
        ]

    def _mark(self, member: Cast, kind: int, spot: tuple[float, float], scale: float, lane: _Lane) -> Mark:
        """One subject's mark at a spot of its lane."""
        stage, rng, (x, near) = self._stage, self._rng, spot
        line = lane.band[0] + (lane.band[1] - lane.band[0]) * near * (0.4 if member.sprite.kind == "sky" else 1.0)
        size = scale * rng.uniform(0.95, 1.05) * self._perspective(member.medium, line)
        if member.subject.count <= _FEW:
            size = max(size, _LEAST * stage.unit / member.height)
        height, width = member.height * size, member.width * size
        y = line * stage.height + (height / 2 if member.medium in _ALOFT else 0.0)
        if member.medium == "sky":
            x, y = self._over_glitter(member, x, width), self._aloft(member, y, height)
        way, start, growth = self._travel(member, y, height, width, lane.run)
        hovers = member.medium == "air" and member.subject.motion == "still" and member.sprite.kind != "sky"
        sails = member.medium == "sky" and member.upwards
        motion = "float" if hovers else "still" if sails else member.subject.motion
        looks = member.sideways or self._look(member, x)
        bob = 0.22 if member.medium == "air" else 0.10 if member.sprite.kind == "deep" else 0.045
        path = Path(motion, x, start, way, height, width, looks, rng.random(), stage.seconds, growth, bob)
        return Mark(kind, member.medium, path, held=bool(member.sideways))

    def _aloft(self, member: Cast, y: float, height: float) -> float:
        """The foot of what is in the sky: all of it in sight, or for a rainbow behind the land."""
        if member.sprite.name == "rainbow":
            line = self._backdrop.skyline
            foot = line + 0.03 if self._backdrop.water else min(line + 0.13, 0.6)
            return max(foot * self._stage.height, height + 0.04 * self._stage.height)
        # A zoom pushes what is high up out of the frame.
        margin = 0.09 if self._stage.density > 1 else 0.03
        return max(min(y, 0.68 * self._backdrop.skyline * self._stage.height), height + margin * self._stage.height)

    def _over_glitter(self, member: Cast, x: float, width: float) -> float:
        """Where across a sun or moon is: over the path that its light lays on water."""
        orb = "sun" in member.sprite.name or "moon" in member.sprite.name
        if not self._backdrop.deep or not orb or member.sideways or member.subject.count > 1:
            return x
        return min(max(self._stage.sun * self._stage.width, 0.6 * width), self._stage.width - 0.6 * width)

    def _perspective(self, medium: Medium, line: float) -> float:
        """The scale of what stands on a line."""
        if medium in _ALOFT:
            return 1.0
        far, near = self._bands[medium]
        return self._backdrop.far + (1 - self._backdrop.far) * min(1.0, max(0.0, (line - far) / (near - far)))

    def _look(self, member: Cast, x: float) -> int:
        """Where one that does not travel looks: as asked, else towards the middle."""
        if member.subject.direction in ("left", "right"):
            return 1 if member.subject.direction == "right" else -1
        aside = x - self._stage.width / 2
        return self._rng.choice((-1, 1)) if abs(aside) < 0.06 * self._stage.width else (1 if aside < 0 else -1)

    def _travel(
        self, member: Cast, y: float, height: float, width: float, run: float
    ) -> tuple[tuple[float, float], float, float]:
        """How far it goes (x, y), the y it starts at, and its size at the end."""
        frame = self._stage
        if member.subject.motion == "circle":
            across = min(0.26 * frame.width, max(width, 0.18 * frame.width))
            return (across, (0.10 if member.medium in _ALOFT else 0.045) * frame.height), y, 1.0
        if not member.upwards:
            return (run, 0.0), y, 1.0
        up = member.upwards > 0
        if member.medium == "sky":
            # Nothing hides what sets before a wall.
            sunk = 0.0 if self._backdrop.beyond > 1 else (0.45 if up else 0.7) * height
            low = self._backdrop.skyline * frame.height + sunk
            return ((0.0, y - low), low, 1.0) if up else ((0.0, low - y), y, 1.0)
        if member.medium == "air":
            drift = (y / frame.height - 0.5) * 0.10 * frame.height
            high, low = 0.10 * frame.height + height + drift, 0.93 * frame.height + drift
            return ((0.0, high - low), low, 1.0) if up else ((0.0, low - high), high, 1.0)
        # On the ground up is away from the viewer, and down is nearer.
        far, near = (line * frame.height for line in self._bands[member.medium])
        far -= 0.3 * (near - far)
        return ((0.0, far - near), near, 0.45) if up else ((0.0, near - far), far, 1.9)


def _grid(member: Cast, width: float, depth: float) -> _Grid:
    """The arrangement that keeps subjects largest, rather in fewer rows; ``width`` and ``depth`` are pixels."""
    best, count = _Grid(1, 1, 0.0), member.subject.count
    apart = 0.86 if member.medium in _ALOFT or member.upwards else 0.34
    for rows in range(1, min(4, count) + 1):
        columns = math.ceil(count / rows)
        across = width / (columns + (0.5 if rows > 1 else 0.0)) / (member.width * 1.04)
        deep = depth / (rows - 1) / (member.height * apart) if rows > 1 else math.inf
        if member.medium in _ALOFT and member.sprite.name != "rainbow":
            deep = min(deep, depth / (rows * member.height * 0.8))
        scale = min(1.0, across, deep)
        if scale > best.scale * 1.3:
            best = _Grid(rows, columns, scale)
    return best
