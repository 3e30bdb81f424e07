"""Turns the name of a place into its layers of scenery and the room they leave for subjects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from core.engines.scene.drawing.backdrops import (
    city,
    desert,
    indoors,
    meadow,
    shore,
    skies,
    space,
    underwater,
    village,
    woods,
)
from core.engines.scene.drawing.light import Light
from core.engines.scene.drawing.stage import Layer, Stage

Band = tuple[float, float]


@dataclass(frozen=True)
class Backdrop:
    """A place: what paints it, and where subjects may be, in parts of the frame's height.

    ``ground`` (far, near) are lines to stand on, ``water`` lines to float on, ``air`` (high, low) heights for
    what flies or hovers. ``far`` is the scale of subjects on the farthest line. ``floor`` says what casts or mirrors;
    ``dust`` is the colour that feet and wheels stir up, or empty; ``shelter`` is what keeps the weather out;
    ``paved`` ground shines when wet, and ``deep`` water mirrors. The land begins at the ``skyline`` (parts of the
    height); sun, moon and the like are before the layers less deep than ``beyond``, and behind all others.
    """

    paint: Callable[[Stage, Random], list[Layer]]
    ground: Band
    air: Band
    water: Band | None = None
    floor: Literal["land", "water", "none"] = "land"
    far: float = 0.72
    dust: str = ""
    shelter: Literal["none", "walls", "water", "vacuum"] = "none"
    weightless: bool = False
    fireflies: bool = False
    paved: bool = False
    deep: bool = False
    skyline: float = 0.57
    beyond: float = 0.06

    def mirror(self, light: Light, *, afloat: bool) -> float:
        """How much (0..1) the water or the ground mirrors of what is on it."""
        if afloat:
            return 0.26 if self.deep else 0.0
        return 0.10 if self.paved and light.weather in ("rain", "storm") else 0.0


BACKDROPS: Mapping[str, Backdrop] = {
    "meadow": Backdrop(meadow.meadow, (0.76, 0.92), (0.14, 0.56), dust="#d8cf9c", fireflies=True),
    "forest": Backdrop(woods.forest, (0.78, 0.92), (0.16, 0.58), dust="#cdbf96", fireflies=True, skyline=0.32),
    "mountain": Backdrop(woods.mountain, (0.77, 0.92), (0.13, 0.52), dust="#cfc6a6", fireflies=True, skyline=0.45),
    "snow": Backdrop(woods.snow, (0.77, 0.92), (0.14, 0.56), dust="#ffffff"),
    "desert": Backdrop(desert.desert, (0.78, 0.92), (0.14, 0.54), dust="#f5deb0"),
    "beach": Backdrop(
        shore.beach, (0.79, 0.93), (0.12, 0.46), water=(0.56, 0.64), dust="#f6e2b6", deep=True, skyline=0.48
    ),
    "sea": Backdrop(shore.sea, (0.62, 0.86), (0.10, 0.40), water=(0.62, 0.86), floor="water", deep=True, skyline=0.46),
    "underwater": Backdrop(underwater.underwater, (0.88, 0.95), (0.16, 0.76), floor="none", shelter="water"),
    "lake": Backdrop(
        shore.lake,
        (0.87, 0.95),
        (0.10, 0.42),
        water=(0.60, 0.76),
        dust="#d3cc9f",
        fireflies=True,
        deep=True,
        skyline=0.48,
    ),
    "city": Backdrop(city.city, (0.80, 0.93), (0.12, 0.44), paved=True, skyline=0.44),
    "village": Backdrop(village.village, (0.79, 0.92), (0.12, 0.46), dust="#e6d3a8", fireflies=True, skyline=0.54),
    "room": Backdrop(indoors.room, (0.76, 0.93), (0.16, 0.56), shelter="walls", beyond=1.1),
    "sky": Backdrop(skies.sky, (0.55, 0.80), (0.20, 0.72), floor="none", weightless=True),
    "space": Backdrop(space.space, (0.50, 0.80), (0.18, 0.80), floor="none", weightless=True, shelter="vacuum"),
    "studio": Backdrop(indoors.studio, (0.80, 0.90), (0.18, 0.58), beyond=1.1),
}
