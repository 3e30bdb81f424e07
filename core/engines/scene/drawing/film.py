"""Turns a Scene into frames: sets the stage, casts the subjects, and draws moment after moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from core.engines.scene.drawing.backdrops import BACKDROPS
from core.engines.scene.drawing.camera import Move, move
from core.engines.scene.drawing.casting import cast, default_place, heading, ways
from core.engines.scene.drawing.cels import ink
from core.engines.scene.drawing.dressing import dressed
from core.engines.scene.drawing.layout import Layout
from core.engines.scene.drawing.light import light
from core.engines.scene.drawing.performers import Performer
from core.engines.scene.drawing.raster import Image
from core.engines.scene.drawing.stage import Drawn, Layer, Stage, View, flattened
from core.engines.scene.drawing.staging import acted, staged
from core.engines.scene.drawing.weather import heavens, overlays, scenery
from core.engines.scene.scene import Scene, Subject
from core.engines.scene.sprites import load_sprites


@dataclass(frozen=True)
class Film:
    """A scene ready to be drawn, frame by frame, in any order."""

    stage: Stage
    camera: Move
    heavens: tuple[Drawn, ...]
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

    def _drawn(self, index: int, performers: Sequence[Performer]) -> Image:
        u, seconds = index / max(1, self.num_frames - 1), index / self.fps
        view = self.camera.view(u)
        frame = np.zeros((self.stage.height, self.stage.width, 3), np.uint8)
        aloft = [performer for performer in performers if performer.medium == "sky"]
        self._set(frame, view, seconds, aloft)
        # Painter's order: subjects, and what of the scenery stands among them, from far to near.
        among = [(line, item) for item in self.scenery if (line := _line(item)) is not None]
        among += [(performer.baseline(u), performer) for performer in performers if performer.medium != "sky"]
        for _, item in sorted(among, key=lambda pair: pair[0]):
            item.draw(frame, view, seconds)
        for item in self.overlays:
            item.draw(frame, view, seconds)
        return frame

    def _set(self, frame: Image, view: View, seconds: float, aloft: Sequence[Drawn]) -> None:
        """Draws what is behind all that stands, each layer only down to where nearer ones hide it."""
        seen: list[tuple[Drawn, int]] = []
        line = frame.shape[0]
        for item in reversed([*self.heavens, *aloft, *(item for item in self.scenery if _line(item) is None)]):
            seen.append((item, line))
            if isinstance(item, Layer):
                line = item.hides_from(view, seconds, (line, frame.shape[1]))
        for item, end in reversed(seen):
            item.draw(frame[:end], view, seconds)


def _line(item: Drawn) -> float | None:
    """The line on which a piece of scenery stands among the subjects; None when it is behind them all."""
    return item.baseline if isinstance(item, Layer) else None


def frames(scene: Scene, *, width: int, height: int, num_frames: int, fps: int, seed: int) -> Iterator[Image]:
    """The scene as ``num_frames`` pictures of (height, width, 3) uint8 RGB, each a new array, drawn when asked for.

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
    sprites = [staged(load_sprites()[subject.sprite]) for subject in scene.subjects]
    backdrop = BACKDROPS[scene.place or default_place(scene, sprites)]
    subjects = [acted(subject, sprite, backdrop) for subject, sprite in zip(scene.subjects, sprites, strict=True)]
    way = heading(subjects, Random(f"{seed}/way"))
    camera = move(scene.camera, _follow(subjects, way), width, height)
    bare = frozenset(sprite.name for sprite in sprites)
    lit = light(scene.time or "day", scene.weather or "clear")
    stage = Stage(width, height, lit, camera.reach, camera.closest, num_frames / fps, _sun(seed), bare)
    found = scenery(backdrop, backdrop.paint(stage, Random(f"{seed}/scenery")), stage, Random(f"{seed}/air"))
    total = sum(subject.count for subject in subjects)
    pairs = list(zip(subjects, sprites, strict=True))
    casts = [cast(subject, sprite, ink(sprite), backdrop, stage, total, way) for subject, sprite in pairs]
    # What nobody rises before need not be kept apart.
    split = heavens(found, backdrop.beyond) if any(member.medium == "sky" for member in casts) else 0
    far, near = found[:split], found[split:]
    if camera.fixed:
        far, near = (flattened(part, stage, camera.view(0.0)) for part in (far, near))
    marks = Layout(backdrop, stage, Random(f"{seed}/layout")).marks(casts)
    weather = overlays(backdrop, stage, Random(f"{seed}/weather"))
    performers = dressed(casts, marks, backdrop, stage)
    return Film(stage, camera, tuple(far), tuple(near), performers, tuple(weather), num_frames, fps)


def _sun(seed: int) -> float:
    """Where the sun or moon stands, in parts of the width: at either side of the middle."""
    rng = Random(f"{seed}/sun")
    return 0.5 + rng.choice((-1, 1)) * rng.uniform(0.14, 0.34)


def _follow(subjects: Sequence[Subject], way: int) -> int:
    """The way a camera drifts that is asked nothing of: along with subjects that all travel to one side."""
    sides = {ways(subject, way)[0] for subject in subjects}
    return sides.pop() if len(sides) == 1 else 0
