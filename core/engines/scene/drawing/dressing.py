"""Turns marks into performers: the drawing each one wears, its shadow, its trail."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.engines.scene.drawing.backdrops import Backdrop
from core.engines.scene.drawing.casting import Cast
from core.engines.scene.drawing.cels import Cel, cel
from core.engines.scene.drawing.colour import rgb
from core.engines.scene.drawing.layout import Mark
from core.engines.scene.drawing.performers import Performer
from core.engines.scene.drawing.stage import Stage
from core.engines.scene.drawing.staging import own_water
from core.engines.scene.drawing.trails import Trail
from core.engines.scene.sprites import Sprite

_ASLANT = frozenset({"rocket", "airplane", "small-airplane"})
"""Sprites that point up to the right."""


def dressed(casts: Sequence[Cast], marks: Sequence[Mark], backdrop: Backdrop, stage: Stage) -> tuple[Performer, ...]:
    """A performer for each mark; those of one kind share their pictures."""
    cels = {kind: _cel(casts[kind], kind, marks, stage) for kind in {mark.kind for mark in marks}}
    return tuple(
        _performer(mark, casts[mark.kind].sprite, cels[mark.kind], backdrop, stage, len(marks)) for mark in marks
    )


def _cel(member: Cast, kind: int, marks: Sequence[Mark], stage: Stage) -> Cel:
    """The drawing as large as the largest of its kind ever gets."""
    swells = 1.3 if member.subject.motion in ("grow", "shrink") else 1.0
    tallest = max(mark.path.height * max(1.0, mark.path.growth) for mark in marks if mark.kind == kind)
    shines = member.medium == "sky" and "cloud" not in member.sprite.name
    tint = (1.0, 1.0, 1.0) if shines else stage.light.sprite_tint
    return cel(member.sprite, member.subject.colour, tallest * stage.density * swells, tint)


def _performer(mark: Mark, sprite: Sprite, picture: Cel, backdrop: Backdrop, stage: Stage, total: int) -> Performer:
    grounded = mark.medium == "ground" and backdrop.floor == "land"
    wet, slab = mark.medium == "water", own_water(sprite)
    draught = 0.0 if not wet else 0.12 if sprite.kind == "water" else 0.18
    sink = max(draught, slab + 0.02) if slab and wet else max(draught, slab)
    return Performer(
        path=mark.path,
        cel=picture,
        facing=sprite.facing,
        medium=mark.medium,
        held=mark.held,
        tilt=_tilt(mark, sprite),
        shadow=stage.light.shadow * 1.5 if grounded else 0.0,
        mirror=backdrop.mirror(stage.light, afloat=wet),
        sink=sink,
        wet=slab,
        depth=1.0 if mark.medium != "sky" else 0.8 if backdrop.beyond > 1 else 0.05,
        trail=_trail(mark, sprite, backdrop, stage, total),
        ripple=stage.light.water("#ffffff", 0.1) if wet else None,
    )


def _tilt(mark: Mark, sprite: Sprite) -> float:
    """Radians clockwise that turn a drawing which points up to the right to where it goes."""
    motion = mark.path.motion
    if sprite.name not in _ASLANT or motion in ("spin", "swing", "fall", "grow", "shrink"):
        return 0.0
    climb = 0.0 if motion == "circle" else mark.path.way[1]
    return 0.7 if climb == 0 else (-math.pi / 4 if climb < 0 else 0.75 * math.pi)


def _trail(mark: Mark, sprite: Sprite, backdrop: Backdrop, stage: Stage, total: int) -> Trail | None:
    """What a subject leaves behind, given how and where it goes."""
    motion, light = mark.path.motion, stage.light
    travels = mark.path.way != (0.0, 0.0) and motion != "circle"
    fast = motion in ("run", "drive", "fly") and mark.path.way[0] != 0 and total <= 6
    if travels and sprite.name == "rocket":
        return Trail("smoke", light.near((0.97, 0.96, 0.95)))
    if mark.medium == "water":
        return Trail("foam", light.water("#ffffff", 0.0)) if travels else None
    if backdrop.shelter == "water":
        return Trail("bubbles")
    if travels and mark.medium == "ground" and motion in ("run", "drive", "roll") and backdrop.dust:
        return Trail("dust", light.near(rgb(backdrop.dust)), streaks=fast)
    return Trail(streaks=True) if fast else None
