"""Turns a Scene into frames: sets the stage, casts the subjects, and draws moment after moment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from core.engines.scene.drawing.backdrops import BACKDROPS, Backdrop
from core.engines.scene.drawing.camera import Move, move
from core.engines.scene.drawing.cels import Cel, cel, ink
from core.engines.scene.drawing.colour import rgb
from core.engines.scene.drawing.layout import TRAVEL, Mark, block, cast, heading
from core.engines.scene.drawing.light import light
from core.engines.scene.drawing.performers import Performer
from core.engines.scene.drawing.raster import Image
from core.engines.scene.drawing.stage import Drawn, Layer, Stage, flattened
from core.engines.scene.drawing.trails import Trail
from core.engines.scene.drawing.weather import overlays, scenery
from core.engines.scene.scene import Scene
from core.engines.scene.sprites import Sprite, load_sprites


@dataclass(frozen=True)
class Film:
    """A scene ready to be drawn, frame by frame, in any order."""

    stage: Stage
    camera: Move
    scenery: tuple[Drawn, ...]
    performers: tuple[Performer, ...]
    overlays: tuple[Drawn, ...]
    num_frames: int
    fps: int

    def frame(self, index: int) -> Image:
        """Frame ``index`` as (height, width, 3) uint8 RGB."""
        return self._drawn(index, self.performers)

    def plate(self, index: int) -> Image:
        """The same moment without the subjects."""
        return self._drawn(index, ())

    def _drawn(self, index: int, performers: tuple[Performer, ...]) -> Image:
        u, seconds = index / max(1, self.num_frames - 1), index / self.fps
        view = self.camera.view(u)
        frame = np.zeros((self.stage.height, self.stage.width, 3), np.uint8)
        for item in self.scenery:
            if not _among_subjects(item):
                item.draw(frame, view, seconds)
        for item in self._in_order(performers, u):
            item.draw(frame, view, u if isinstance(item, Performer) else seconds)
        for item in self.overlays:
            item.draw(frame, view, seconds)
        return frame

    def _in_order(self, performers: tuple[Performer, ...], u: float) -> list[Drawn]:
        """Painter's order: subjects, and whatever of the scenery stands among them, from far to near."""
        found: list[tuple[float, Drawn]] = [(performer.baseline(u), performer) for performer in performers]
        for item in self.scenery:
            if isinstance(item, Layer) and item.baseline is not None:
                found.append((item.baseline, item))
        return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _among_subjects(item: Drawn) -> bool:
    return isinstance(item, Layer) and item.baseline is not None


def frames(scene: Scene, *, width: int, height: int, num_frames: int, fps: int, seed: int) -> Iterator[Image]:
    """The scene as ``num_frames`` pictures of (height, width, 3) uint8 RGB, each a new contiguous array, drawn when asked for.

    The same arguments give the same bytes; another seed gives another layout, scenery and palette.

    Raises:
        ValueError: a size under 32 pixels, no frames, or no frames a second.
        KeyError: a sprite that the sheet does not have.
    """
    film = shoot(scene, width=width, height=height, num_frames=num_frames, fps=fps, seed=seed)
    return (film.frame(index) for index in range(num_frames))


def shoot(scene: Scene, *, width: int, height: int, num_frames: int, fps: int, seed: int) -> Film:
    """The film of a scene; arguments and errors as in `frames`."""
    if min(width, height) < 32 or num_frames < 1 or fps < 1:
        raise ValueError(f"cannot draw {num_frames} frames of {width}x{height} at {fps} a second")
    sprites = [load_sprites()[subject.sprite] for subject in scene.subjects]
    name = scene.place or default_place(scene, sprites)
    backdrop = BACKDROPS[name]
    way = heading(scene.subjects, Random(f"{seed}/way"))
    camera = move(scene.camera, _follow(scene, way), width, height)
    lit = light(scene.time or "day", scene.weather or "clear")
    stage = Stage(width, height, lit, camera.reach, camera.closest, num_frames / fps, _sun(seed))
    found = scenery(backdrop, backdrop.paint(stage, Random(f"{seed}/scenery")), stage, Random(f"{seed}/air"))
    if camera.fixed:
        found = flattened(found, stage, camera.view(0.0))
    performers = _performers(scene, sprites, backdrop, stage, way, Random(f"{seed}/layout"))
    weather = overlays(backdrop, stage, Random(f"{seed}/weather"))
    return Film(stage, camera, tuple(found), performers, tuple(weather), num_frames, fps)


def _sun(seed: int) -> float:
    """Where the sun or moon stands, in parts of the width: at either side of the middle."""
    rng = Random(f"{seed}/sun")
    return 0.5 + rng.choice((-1, 1)) * rng.uniform(0.14, 0.34)


def default_place(scene: Scene, sprites: list[Sprite]) -> str:
    """A place that suits the subjects of a prompt that names none."""
    kinds = {sprite.kind for sprite in sprites}
    if not sprites:
        return "meadow"
    if kinds == {"deep"}:
        return "underwater"
    if kinds <= {"water", "deep"}:
        return "sea"
    if kinds <= {"air", "sky"}:
        return "sky"
    wheels = {subject.motion for subject in scene.subjects} == {"drive"}
    if wheels:
        return "city"
    lively = any(s.group in ("nature", "people", "travel") and not s.face for s in sprites)
    return "meadow" if lively or scene.weather or scene.time else "studio"


def _follow(scene: Scene, way: int) -> int:
    """The way a camera drifts that is asked nothing of: along with subjects that all travel to one side."""
    ways = {cast_way(subject.motion, subject.direction, way) for subject in scene.subjects}
    return ways.pop() if len(ways) == 1 else 0


def cast_way(motion: str, direction: str | None, way: int) -> int:
    """-1, 0 or 1: whether a subject travels left, not sideways, or right."""
    if motion not in TRAVEL or direction in ("up", "down"):
        return 0
    return way if direction is None else (1 if direction == "right" else -1)


def _performers(
    scene: Scene, sprites: list[Sprite], backdrop: Backdrop, stage: Stage, way: int, rng: Random
) -> tuple[Performer, ...]:
    """Every subject, blocked and dressed."""
    total = sum(subject.count for subject in scene.subjects)
    casts = [
        cast(subject, sprite, ink(sprite), backdrop, stage, total, way)
        for subject, sprite in zip(scene.subjects, sprites, strict=True)
    ]
    marks = block(casts, backdrop, stage, rng)
    tallest = [max((m.path.height for m in marks if m.kind == kind), default=0.0) for kind in range(len(casts))]
    tint = stage.light.sprite_tint
    cels = [
        cel(
            member.sprite,
            member.subject.colour,
            tall * stage.density * (1.3 if member.subject.motion in ("grow", "shrink") else 1.0),
            tint,
        )
        for member, tall in zip(casts, tallest, strict=True)
    ]
    return tuple(_performer(mark, casts[mark.kind].sprite, cels[mark.kind], backdrop, stage, total) for mark in marks)


def _performer(mark: Mark, sprite: Sprite, picture: Cel, backdrop: Backdrop, stage: Stage, total: int) -> Performer:
    grounded = mark.medium == "ground" and backdrop.floor == "land"
    wet = mark.medium == "water"
    return Performer(
        path=mark.path,
        cel=picture,
        facing=sprite.facing,
        medium=mark.medium,
        held=mark.held,
        tilt=_tilt(mark, sprite),
        shadow=stage.light.shadow * 1.5 if grounded else 0.0,
        mirror=0.26 if wet else 0.10 if backdrop.gloss(stage.light) else 0.0,
        sink=0.16 if wet and sprite.kind != "water" else 0.0,
        trail=_trail(mark, sprite, backdrop, stage, total),
        ripple=stage.light.water("#ffffff", 0.1) if wet else None,
    )


def _trail(mark: Mark, sprite: Sprite, backdrop: Backdrop, stage: Stage, total: int) -> Trail | None:
    """What a subject leaves behind, given how and where it goes."""
    motion, light = mark.path.motion, stage.light
    travels = mark.path.way != (0.0, 0.0) and motion != "circle"
    fast = motion in ("run", "drive", "fly") and mark.path.way[0] != 0 and total <= 6
    if travels and sprite.name == "rocket":
        return Trail("smoke", light.near((0.97, 0.96, 0.95)))
    if mark.medium == "water":
        return Trail("foam", light.water("#ffffff", 0.0)) if travels else None
    if backdrop.floor == "none" and not backdrop.weightless:
        return Trail("bubbles")
    if travels and mark.medium == "ground" and motion in ("run", "drive", "roll") and backdrop.dust:
        return Trail("dust", light.near(rgb(backdrop.dust)), fast)
    return Trail(None, streaks=True) if fast else None


def _tilt(mark: Mark, sprite: Sprite) -> float:
    """Radians clockwise that turn a drawing which points up to the right to where it goes."""
    if sprite.name not in _ASLANT or mark.path.motion in ("still", "spin", "swing", "fall", "grow", "shrink"):
        return 0.0
    way = mark.path.way[1] if mark.path.motion != "circle" else 0.0
    return 0.7 if way == 0 else (-math.pi / 4 if way < 0 else 0.75 * math.pi)


_ASLANT = frozenset({"rocket", "airplane", "small-airplane"})
