"""Turns the subjects of a scene into a cast: how large each kind is, where it lives, and which way it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from core.engines.scene.drawing.backdrops import Backdrop
from core.engines.scene.drawing.stage import Stage
from core.engines.scene.scene import Motion, Scene, Subject
from core.engines.scene.sprites import Sprite

Medium = Literal["sky", "ground", "water", "air"]

_TRAVEL: frozenset[Motion] = frozenset({"walk", "run", "drive", "fly", "swim", "roll"})
_STAY: frozenset[Motion] = frozenset({"still", "swing", "circle", "grow", "shrink"})
_SIZES = {"small": 0.58, "medium": 1.0, "large": 1.5}
_LIMITS = {"small": 0.30, "medium": 0.50, "large": 0.64}
"""The tallest a subject may be, in frame heights."""
_ORBS = (0.24, 0.34)
"""The same for what is in the sky: wherever it is, and where the skyline leaves it room."""
_HEROES = {1: 1.95, 2: 1.65, 3: 1.4, 4: 1.25, 5: 1.1}
"""How much larger few subjects are drawn than their sprite asks."""


_COSMIC = ("moon", "planet", "globe", "comet", "star", "milky-way", "satellite", "saucer", "alien")
"""Parts of the names of sprites that belong in space."""


@dataclass(frozen=True)
class Cast:
    """One kind of subject with its place in the scene.

    ``height`` and ``width`` are of its ink, in pixels on the nearest line. It goes ``sideways`` (-1 left, 0, 1 right)
    and ``upwards`` (-1 down, 0, 1 up).
    """

    subject: Subject
    sprite: Sprite
    medium: Medium
    height: float
    width: float
    sideways: int
    upwards: int


def default_place(scene: Scene, sprites: Sequence[Sprite]) -> str:
    """The place for a prompt that names none: what suits its subjects, or a plain studio."""
    kinds = {sprite.kind for sprite in sprites}
    if kinds == {"deep"}:
        return "underwater"
    if kinds and kinds <= {"water", "deep"}:
        return "sea"
    if kinds and kinds <= {"air", "sky"}:
        cosmic = any(word in sprite.name for sprite in sprites for word in _COSMIC)
        return "space" if cosmic and scene.weather is None and scene.time is None else "sky"
    if sprites and all(subject.motion == "drive" for subject in scene.subjects):
        return "city"
    lively = any(sprite.group in ("nature", "people", "travel") and not sprite.face for sprite in sprites)
    return "meadow" if lively or not sprites or scene.weather or scene.time else "studio"


def heading(subjects: Sequence[Subject], rng: Random) -> int:
    """The way that travellers without a direction go (-1 left, 1 right): that of the others, or by chance."""
    asked = {subject.direction for subject in subjects} & {"left", "right"}
    by_chance = rng.choice((-1, 1))
    return by_chance if len(asked) != 1 else (1 if "right" in asked else -1)


def ways(subject: Subject, way: int) -> tuple[int, int]:
    """Sideways (-1, 0, 1) and upwards (-1, 0, 1); ``way`` is the scene's `heading`."""
    motion, direction = subject.motion, subject.direction
    if motion in ("rise", "fall"):
        return 0, 1 if motion == "rise" else -1
    if motion in _STAY:
        return 0, 0
    if direction in ("up", "down"):
        return 0, 1 if direction == "up" else -1
    if direction is not None:
        return (1 if direction == "right" else -1), 0
    return (way if motion in _TRAVEL else 0), 0


def cast(
    subject: Subject,
    sprite: Sprite,
    ink: tuple[float, float],
    backdrop: Backdrop,
    stage: Stage,
    total: int,
    way: int,
) -> Cast:
    """A subject with its size and ways; ``total`` is how many subjects there are in all.

    A sprite's height is that of its view box, of which its ``ink`` (width, height in box heights) fills a part.
    """
    height = stage.unit * sprite.height * max(0.3, ink[1]) * _HEROES.get(total, 1.0) * _SIZES[subject.size]
    lives = medium(subject, sprite, backdrop)
    limit = _LIMITS[subject.size]
    if lives == "sky" and sprite.name != "rainbow":
        limit *= min(max(_ORBS[0], 0.6 * backdrop.skyline), _ORBS[1]) / _LIMITS["medium"]
    limit *= min(stage.height, 1.2 * stage.unit)
    height = min(max(height, 0.085 * stage.unit), limit)
    width = height * ink[0] / ink[1]
    shrink = min(1.0, 0.58 * stage.width / width)
    return Cast(subject, sprite, lives, height * shrink, width * shrink, *ways(subject, way))


def medium(subject: Subject, sprite: Sprite, backdrop: Backdrop) -> Medium:
    """Where a subject is: what it does decides before where its kind lives."""
    motion = subject.motion
    if backdrop.floor == "none":
        crawls = sprite.kind == "ground" and motion in ("walk", "run", "drive", "roll", "still")
        return "ground" if crawls and not backdrop.weightless else "air"
    swims = sprite.kind in ("water", "deep")
    if sprite.kind == "sky":
        return "sky"
    if motion in ("fly", "float", "rise", "fall"):
        return "water" if motion == "float" and swims and backdrop.water else "air"
    if backdrop.water and (swims or motion == "swim"):
        return "water"
    lands = motion in ("walk", "run", "drive", "jump", "dance", "roll")
    return "air" if motion in ("swim", "swing") or (sprite.kind == "air" and not lands) else "ground"
