"""Turns "goes" and "races" into the motion that fits who does it: a car drives, a bird flies, a dog runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from core.engines.scene.scene import Colour, Direction, Motion
from core.engines.scene.sprites import load_sprites

# Motions that only say that somebody gets somewhere, or rests; any other says more.
VAGUE = frozenset(("travel", "race", "ride", "drive"))
RIDDEN = frozenset(
    ["ride", "rides", "riding", "rode", "ridden", "pedal", "pedals", "pedaling", "cycle", "cycling", "bike", "biking", "drive", "drives", "driving", "drove", "driven", "steer", "steering", "骑", "骑着", "骑在", "骑行", "骑上", "乘坐", "乘着", "乘", "驾着", "驾驶", "开", "开着", "驾车", "坐上", "踩着"]
)
VEHICLES = frozenset(
    ["automobile", "sport-utility-vehicle", "pickup-truck", "delivery-truck", "articulated-lorry", "tractor", "racing-car", "motorcycle", "motor-scooter", "auto-rickshaw", "bicycle", "kick-scooter", "skateboard", "roller-skate", "bus", "trolleybus", "minibus", "ambulance", "fire-engine", "police-car", "taxi", "locomotive", "railway-car", "high-speed-train", "bullet-train", "train", "metro", "light-rail", "tram", "tram-car", "monorail", "mountain-railway", "manual-wheelchair", "motorized-wheelchair", "sled", "shopping-cart", "person-biking", "man-biking", "woman-biking", "person-mountain-biking", "horse-racing-car", "station", "wheel", "luggage"]
)
ROLLERS = frozenset(
    ["soccer-ball", "basketball", "baseball", "softball", "volleyball", "tennis", "bowling", "pool-8-ball", "yarn", "american-football", "rugby-football", "tangerine", "red-apple", "green-apple", "watermelon", "coin", "crystal-ball", "jack-o-lantern", "red-circle", "rock", "lemon", "egg", "tomato", "melon"]
)
AIRCRAFT = frozenset(("airplane", "small-airplane", "helicopter", "rocket", "satellite", "flying-saucer"))
FLOATERS = frozenset(("sun", "crescent-moon", "full-moon", "cloud", "rainbow", "balloon", "bubbles", "ghost"))
BOATS = frozenset(("sailboat", "canoe", "speedboat", "passenger-ship", "ferry", "motor-boat", "ship"))
# How each gets anywhere: by name, else by where it lives, else on foot.
OWN: tuple[tuple[frozenset[str], Motion], ...] = (
    (VEHICLES, "drive"), (AIRCRAFT, "fly"), (ROLLERS, "roll"), (FLOATERS | BOATS, "float"),
)  # fmt: skip
BY_KIND: dict[str, Motion] = {"water": "float", "air": "fly", "sky": "fly", "deep": "swim"}
# 开 drives a car and opens a flower: said of what has no wheels it is no motion.
BLOOMING = frozenset(("开", "开着", "运行", "开得"))
# Drawings of the same person at it, and of the same thing in its colour.
VARIANTS = {
    (person, motion): f"{person}-{motion}ning" if motion == "run" else f"{person}-{motion}ing"
    for person in ("person", "man", "woman")
    for motion in ("walk", "run")
} | {
    ("man", "dance"): "man-dancing", ("woman", "dance"): "woman-dancing", ("man", "swim"): "man-swimming",
    ("woman", "swim"): "woman-swimming", ("person", "swim"): "person-swimming", ("red-apple", "green"): "green-apple",
    ("closed-book", "green"): "green-book", ("closed-book", "blue"): "blue-book", ("closed-book", "orange"): "orange-book",
    ("red-circle", "orange"): "orange-circle", ("red-circle", "yellow"): "yellow-circle",
    ("red-circle", "green"): "green-circle", ("red-circle", "blue"): "blue-circle",
    ("red-circle", "purple"): "purple-circle", ("red-circle", "brown"): "brown-circle",
    ("red-circle", "black"): "black-circle", ("red-circle", "white"): "white-circle",
    ("red-square", "orange"): "orange-square", ("red-square", "yellow"): "yellow-square",
    ("red-square", "green"): "green-square", ("red-square", "blue"): "blue-square",
    ("red-square", "purple"): "purple-square", ("red-square", "brown"): "brown-square",
    ("red-square", "black"): "black-large-square", ("red-square", "white"): "white-large-square",
    ("red-heart", "pink"): "pink-heart", ("red-heart", "orange"): "orange-heart",
    ("red-heart", "yellow"): "yellow-heart", ("red-heart", "green"): "green-heart",
    ("red-heart", "blue"): "blue-heart", ("red-heart", "cyan"): "light-blue-heart",
    ("red-heart", "purple"): "purple-heart", ("red-heart", "brown"): "brown-heart",
    ("red-heart", "black"): "black-heart", ("red-heart", "grey"): "grey-heart", ("red-heart", "white"): "white-heart",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Movement:
    """A motion as said: ``value`` is a Motion or one of VAGUE, ``word`` the word that said it."""

    value: str
    word: str

    @property
    def direction(self) -> Direction | None:
        """Up or down where the word itself says so."""
        if self.word.endswith((" up", " upward", " upwards")) or self.word.startswith(("往上", "向上")):
            return "up"
        return "down" if self.word.endswith((" down", "往下掉")) else None

    def over(self, before: Movement | None) -> Movement:
        """Of two motions said of one subject: the first, unless it was rest or said less."""
        vaguer = before is not None and before.value in VAGUE and self.value not in (*VAGUE, "still")
        return self if before is None or before.value == "still" or vaguer else before


def settle_motion(movement: Movement | None, sprite: str) -> Motion:
    """The motion that fits ``sprite``."""
    if movement is None:
        return "still"
    value, carried = movement.value, sprite in VEHICLES | BOATS | AIRCRAFT
    if value in ("travel", "race", "ride") or (value in ("walk", "run", "drive") and carried):
        return _fitting(sprite, swift=value != "travel")
    if value == "drive" and movement.word in BLOOMING:
        return "still"
    if value == "swim" and sprite in BOATS:
        return "float"
    return cast("Motion", value)


def _fitting(sprite: str, *, swift: bool) -> Motion:
    kind = load_sprites()[sprite].kind
    own = next((motion for sprites, motion in OWN if sprite in sprites), None)
    return own or BY_KIND.get(kind) or ("run" if swift else "walk")


def variant(sprite: str, motion: Motion, colour: Colour | None) -> str:
    """The drawing of the same person doing it, or of the same thing in that colour, where there is one."""
    wanted = VARIANTS.get((sprite, colour or "")) or VARIANTS.get((sprite, motion)) or sprite
    return wanted if wanted in load_sprites() else sprite
