"""What a prompt was understood to ask for: the words of the scene engine's small world, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Place = Literal[
    "meadow", "forest", "mountain", "snow", "desert", "beach", "sea", "underwater", "lake",
    "city", "village", "room", "sky", "space",
]  # fmt: skip
TimeOfDay = Literal["day", "sunrise", "sunset", "night"]
Weather = Literal["clear", "cloudy", "rain", "snow", "fog", "storm"]
Motion = Literal[
    "still", "walk", "run", "drive", "fly", "swim", "jump", "dance", "spin", "roll",
    "float", "rise", "fall", "swing", "circle", "grow", "shrink",
]  # fmt: skip
Direction = Literal["left", "right", "up", "down"]
Camera = Literal["still", "pan_left", "pan_right", "zoom_in", "zoom_out"]
Size = Literal["small", "medium", "large"]
Colour = Literal[
    "red", "orange", "yellow", "gold", "lime", "green", "teal", "cyan",
    "blue", "navy", "purple", "pink", "brown", "black", "white", "grey",
]  # fmt: skip

PLACES: tuple[Place, ...] = get_args(Place)
MOTIONS: tuple[Motion, ...] = get_args(Motion)
COLOURS: tuple[Colour, ...] = get_args(Colour)


@dataclass(frozen=True)
class Subject:
    """One kind of thing to draw.

    ``sprite`` is a key of the sprite sheet (Fluent Emoji's own name, such as ``automobile``); ``word`` is the span of
    the prompt that named it. ``count`` is 1 to 12; where more were asked for, ``asked`` is that number, else None.
    ``colour`` None keeps the sprite's own colours. ``direction`` None lets the layout choose.
    """

    sprite: str
    word: str
    count: int = 1
    colour: Colour | None = None
    size: Size = "medium"
    motion: Motion = "still"
    direction: Direction | None = None
    asked: int | None = None


@dataclass(frozen=True)
class Scene:
    """A whole prompt. ``place``, ``time`` and ``weather`` are None where the prompt says nothing of them.

    ``undrawn`` holds the words (as typed, in order, each once) that name something the engine cannot draw; ``left_out``
    those of things that it could draw, beyond the kinds that a scene holds.
    """

    subjects: tuple[Subject, ...] = ()
    place: Place | None = None
    time: TimeOfDay | None = None
    weather: Weather | None = None
    camera: Camera = "still"
    undrawn: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
