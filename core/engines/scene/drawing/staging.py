"""Turns a subject and its drawing into what they can be in a place: no boat flies, no duck floats over a road."""

from __future__ import annotations

from dataclasses import replace

from core.engines.scene.drawing.backdrops import Backdrop
from core.engines.scene.scene import Subject
from core.engines.scene.sprites import Sprite

_ALOFT = frozenset({"fireworks", "high-voltage"})
"""Sprites that are seen far up, though they count as things of the air."""

_VEHICLES = frozenset(
    {
        "ambulance",
        "articulated-lorry",
        "auto-rickshaw",
        "automobile",
        "bicycle",
        "bullet-train",
        "bus",
        "delivery-truck",
        "fire-engine",
        "high-speed-train",
        "kick-scooter",
        "light-rail",
        "locomotive",
        "metro",
        "minibus",
        "monorail",
        "motor-scooter",
        "motorcycle",
        "mountain-railway",
        "pickup-truck",
        "police-car",
        "racing-car",
        "railway-car",
        "skateboard",
        "sport-utility-vehicle",
        "taxi",
        "tractor",
        "train",
        "tram",
        "tram-car",
        "trolleybus",
    }
)
"""Sprites on wheels or rails: they climb, but do not rise into the air."""

_OWN_WATER = {
    "canoe": 0.34,
    "motor-boat": 0.32,
    "rowing-boat": 0.35,
    "sailboat": 0.22,
    "speedboat": 0.42,
    "swimming": 0.38,
    "water-polo": 0.24,
    "ship": 0.09,
    "ferry": 0.12,
}
"""The part of a drawing's height that is water of its own, by the end of its name."""


def acted(subject: Subject, sprite: Sprite, backdrop: Backdrop) -> Subject:
    """The subject with a motion that can be had in the place: on land swimmers walk, boats rest, and vehicles climb."""
    if backdrop.floor == "none":
        return subject
    motion = subject.motion
    if motion == "rise" and sprite.name in _VEHICLES:
        return replace(subject, motion="drive", direction="up")
    if backdrop.water or motion not in ("float", "swim"):
        return subject
    if sprite.kind == "water":
        return replace(subject, motion="walk" if sprite.group in ("nature", "people") else "still")
    return replace(subject, motion="walk") if sprite.kind == "ground" and motion == "swim" else subject


def staged(sprite: Sprite) -> Sprite:
    """The drawing as a scene needs it: a whole rainbow in place of half of one, fireworks far up."""
    if sprite.name == "rainbow":
        # The two halves overlap a little, as the half's upper end is rounded.
        other = f'<g transform="translate(56 0) scale(-1 1)">{sprite.svg}</g>'
        return replace(sprite, svg=sprite.svg + other, view_width=56.0)
    return replace(sprite, kind="sky") if sprite.name in _ALOFT else sprite


def own_water(sprite: Sprite) -> float:
    """The lower part (0..1) of the drawing that is water, which the scene has of its own or has none of."""
    return next((part for name, part in _OWN_WATER.items() if sprite.name.endswith(name)), 0.0)
