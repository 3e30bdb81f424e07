"""Turns "goes" and "races" into the motion that fits who does it: a car drives, a bird flies, a dog runs."""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.scene.scene import Direction, Motion
from core.engines.scene.sprites import load_sprites

# Motions that only say that somebody gets somewhere, or rests; any other says more.
VAGUE = frozenset(("travel", "race", "ride", "drive"))
RIDDEN = frozenset(
    "ride rides riding rode ridden pedal pedals pedaling cycle cycling bike biking drive drives driving drove driven steer steering "
    "骑 骑着 骑在 骑行 骑上 乘坐 乘着 乘 驾着 驾驶 开 开着 驾车 坐上 踩着".split()
)
VEHICLES = frozenset(
    "automobile sport-utility-vehicle pickup-truck delivery-truck articulated-lorry tractor racing-car motorcycle "
    "motor-scooter auto-rickshaw bicycle kick-scooter skateboard roller-skate bus trolleybus minibus ambulance fire-engine "
    "police-car taxi locomotive railway-car high-speed-train bullet-train train metro light-rail tram tram-car monorail "
    "mountain-railway manual-wheelchair motorized-wheelchair sled shopping-cart person-biking man-biking woman-biking "
    "person-mountain-biking horse-racing-car station wheel luggage".split()
)
ROLLERS = frozenset(
    "soccer-ball basketball baseball softball volleyball tennis bowling pool-8-ball yarn american-football rugby-football "
    "tangerine red-apple green-apple watermelon coin crystal-ball jack-o-lantern red-circle rock lemon egg tomato melon".split()
)
AIRCRAFT = frozenset(("airplane", "small-airplane", "helicopter", "rocket", "satellite", "flying-saucer"))
FLOATERS = frozenset(("sun", "crescent-moon", "full-moon", "cloud", "rainbow", "balloon", "bubbles", "ghost"))
BOATS = frozenset(("sailboat", "canoe", "speedboat", "passenger-ship", "ferry", "motor-boat", "ship"))
# Drawings of the same person at it, and of the same thing in its colour.
DECLINED = {
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

    def over(self, before: Movement | None) -> Movement:
        """Of two motions said of one subject: the first, unless it was rest or said less."""
        if before is None or before.value == "still" or (before.value in VAGUE and self.value not in (*VAGUE, "still")):
            return self
        return before


def settle_motion(movement: Movement | None, sprite: str) -> tuple[Motion, Direction | None]:
    """The motion of ``sprite``, and the direction that goes without saying (None for nearly all)."""
    if movement is None:
        return "still", None
    value = movement.value
    if value in ("travel", "race", "ride"):
        return _fitting(sprite, swift=value != "travel"), None
    if value == "drive":
        return _driven(sprite, movement.word), None
    if value in ("walk", "run") and sprite in VEHICLES | BOATS | AIRCRAFT:
        return _fitting(sprite, swift=True), None
    if value == "swim" and sprite in BOATS:
        return "float", None
    return value, None  # type: ignore[return-value]


def _driven(sprite: str, word: str) -> Motion:
    """Only what has wheels is driven: 花开了 is about a flower."""
    if sprite in VEHICLES | BOATS | AIRCRAFT:
        return _fitting(sprite, swift=True)
    return "still" if word in ("开", "开着", "运行", "开得") else "drive"


def _fitting(sprite: str, *, swift: bool) -> Motion:
    kind = load_sprites()[sprite].kind
    if sprite in VEHICLES:
        return "drive"
    if sprite in AIRCRAFT:
        return "fly"
    if sprite in ROLLERS:
        return "roll"
    if sprite in FLOATERS or sprite in BOATS or kind == "water":
        return "float"
    if kind in ("air", "sky"):
        return "fly"
    if kind == "deep":
        return "swim"
    return "run" if swift else "walk"
