"""Turns "goes" and "races" into the motion that fits who does it: a car drives, a bird flies, a dog runs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from core.engines.scene.scene import Colour, Direction, Motion
from core.engines.scene.sprites import load_sprites

# Motions that only say that somebody gets somewhere, or rests; any other says more.
VAGUE = frozenset(("travel", "race", "ride", "drive", "drift"))
# What nobody rooted does while others beside them do.
GOING = VAGUE | {"walk", "run", "fly", "swim", "jump"}
NO_MOTION = ("carry", "rooted", "parts", "clothes", "dressed")  # lists of traits that are no motions
BY_KIND: dict[str, Motion] = {"water": "float", "air": "fly", "sky": "fly", "deep": "swim"}


@dataclass(frozen=True)
class Traits:
    """How each drawing gets anywhere (else by where it lives, else on foot), and its relatives."""

    moves: Mapping[str, Motion]
    carriers: frozenset[str]
    rooted: frozenset[str]
    parts: frozenset[str]
    clothes: frozenset[str]
    dressed: frozenset[str]
    variants: Mapping[tuple[str, str], str]


@lru_cache(maxsize=1)
def load_traits() -> Traits:
    """The table data/lexicon/traits.toml, read once on the first call."""
    table = tomllib.loads((files(__package__) / "data" / "lexicon" / "traits.toml").read_text("utf-8"))
    lists = {key: text.replace("\n", " ").replace(",", " ").split() for key, text in table["moves"].items()}
    return Traits(
        moves={sprite: motion for motion, sprites in lists.items() if motion not in NO_MOTION for sprite in sprites},
        carriers=frozenset([*lists["drive"], *lists["carry"]]),
        rooted=frozenset(lists["rooted"]),
        parts=frozenset(lists["parts"]),
        clothes=frozenset(lists["clothes"]),
        dressed=frozenset(lists["dressed"]),
        variants={(sprite, key): other for sprite, row in table["variants"].items() for key, other in row.items()},
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """A motion as said: ``value`` is a Motion or one of VAGUE, ``word`` the word that said it.

    ``riding`` is True where it is done on or in what is named after it. ``opening`` marks 开, which drives a car and
    opens a flower: said of what has no wheels it is no motion.
    """

    value: str
    word: str
    riding: bool = False
    opening: bool = False

    @property
    def direction(self) -> Direction | None:
        """Up or down where the word itself says so."""
        if self.word.endswith((" up", " upward", " upwards")) or self.word.startswith(("往上", "向上")):
            return "up"
        return "down" if self.word.endswith((" down", "往下掉", "往下落")) else None

    def over(self, before: Movement | None) -> Movement:
        """Of two motions said of one subject: the first, unless it was rest or said less."""
        vaguer = before is not None and before.value in VAGUE and self.value not in (*VAGUE, "still")
        return self if before is None or before.value == "still" or vaguer else before


def settle_motion(movement: Movement | None, sprite: str) -> Motion:
    """The motion that fits ``sprite``."""
    if movement is None:
        return "still"
    value, carried = movement.value, sprite in load_traits().carriers
    if value in ("travel", "race", "ride") or (value in ("walk", "run", "drive") and carried):
        return _fitting(sprite, swift=value != "travel")
    if value == "drift":
        return "drive" if load_traits().moves.get(sprite) == "drive" else "float"
    if value == "drive" and movement.opening:
        return "still"
    if value == "swim" and carried:
        return "float"
    return cast("Motion", value)


def _fitting(sprite: str, *, swift: bool) -> Motion:
    kind = load_sprites()[sprite].kind
    return load_traits().moves.get(sprite) or BY_KIND.get(kind) or ("run" if swift else "walk")


def variant(sprite: str, deed: str, motion: Motion, colour: Colour | None) -> str:
    """The drawing of the same person doing it, or of the same thing in that colour, where there is one."""
    variants = load_traits().variants
    keys = (colour or "", deed, motion)
    wanted = next((variants[sprite, key] for key in keys if (sprite, key) in variants), sprite)
    return wanted if wanted in load_sprites() else sprite
