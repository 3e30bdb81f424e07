"""Turns a Scene into frames: sets the stage, casts the subjects, and draws moment after moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from core.engines.scene.drawing.backdrops import BACKDROPS, Backdrop
from core.engines.scene.drawing.camera import Move, ease, move
from core.engines.scene.drawing.cels import cel, ink
from core.engines.scene.drawing.layout import Mark, block, cast, heading
from core.engines.scene.drawing.light import light
from core.engines.scene.drawing.performers import Performer
from core.engines.scene.drawing.raster import Image
from core.engines.scene.drawing.stage import Layer, Stage, View, flattened
from core.engines.scene.drawing.weather import Effect, effects, fogged
from core.engines.scene.scene import Scene
from core.engines.scene.sprites import Sprite, load_sprites


@dataclass(frozen=True)
class Film:
    """A scene ready to be drawn, frame by frame, in any order."""

    stage: Stage
    camera: Move
    layers: tuple[Layer, ...]
    performers: tuple[Performer, ...]
    effects: tuple[Effect, ...]
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
        for item in self._order(performers, u):
            if isinstance(item, Layer):
                item.draw(frame, view, seconds)
            else:
                item.draw(frame, view, u)
        for effect in self.effects:
            effect(frame, view, seconds)
        return frame

    def _order(self, performers: tuple[Performer, ...], u: float) -> list[Layer | Performer]:
        """Painter's order: scenery, then subjects and whatever of the scenery is as near, from far to near."""
        back: list[Layer | Performer] = [layer for layer in self.layers if layer.baseline is None]
        front: list[tuple[float, Layer | Performer]] = [(p.baseline(u), p) for p in performers]
        front += [(layer.baseline, layer) for layer in self.layers if layer.baseline is not None]
        return back + [item for _, item in sorted(front, key=lambda pair: pair[0])]


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
    stage = Stage(width, height, lit, camera.reach, camera.closest, num_frames / fps)
    layers = fogged(backdrop.paint(stage, Random(f"{seed}/scenery")), name, stage, Random(f"{seed}/fog"))
    if camera.fixed:
        layers = flattened(layers, stage, camera.view(0.0))
    performers = _performers(scene, sprites, backdrop, stage, way, Random(f"{seed}/layout"))
    weather = effects(name, stage, backdrop, Random(f"{seed}/weather"))
    return Film(stage, camera, tuple(layers), performers, tuple(weather), num_frames, fps)


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
    from core.engines.scene.drawing.layout import TRAVEL

    if motion not in TRAVEL or direction in ("up", "down"):
        return 0
    return way if direction is None else (1 if direction == "right" else -1)


def _performers(scene: Scene, sprites: list[Sprite], backdrop: Backdrop, stage: Stage, way: int, rng: Random) -> tuple[Performer, ...]:
    """Every subject, blocked and dressed."""
    total = sum(subject.count for subject in scene.subjects)
    casts = [
        cast(subject, sprite, ink(sprite), backdrop, stage, total, way) for subject, sprite in zip(scene.subjects, sprites, strict=True)
    ]
    marks = block(casts, backdrop, stage, rng)
    tallest = [max((m.path.height for m in marks if m.kind == kind), default=0.0) for kind in range(len(casts))]
    tint = stage.light.sprite_tint
    cels = [
        cel(member.sprite, member.subject.colour, tall * stage.density * (1.3 if member.subject.motion in ("grow", "shrink") else 1.0), tint)
        for member, tall in zip(casts, tallest, strict=True)
    ]
    return tuple(_performer(mark, casts[mark.kind].sprite, cels[mark.kind], backdrop, stage) for mark in marks)


def _performer(mark: Mark, sprite: Sprite, picture: object, backdrop: Backdrop, stage: Stage) -> Performer:
    grounded = mark.medium == "ground" and backdrop.floor == "land"
    wet = mark.medium == "water"
    return Performer(
        path=mark.path,
        cel=picture,  # type: ignore[arg-type]
        facing=sprite.facing,
        medium=mark.medium,
        held=mark.held,
        tilt=TILTS.get(sprite.name, 0.0),
        shadow=stage.light.shadow * 1.5 if grounded else 0.0,
        mirror=0.26 if wet else 0.0,
        sink=0.16 if wet and sprite.kind not in ("water",) else 0.0,
    )


TILTS = {"rocket": 0.7, "airplane": 0.7, "small-airplane": 0.7}
"""Radians clockwise that lay a drawing level which points up to the right."""
