"""Turns English words as a dictionary lists them into the forms people type."""

from __future__ import annotations

import re
from collections.abc import Iterator

IRREGULAR = {
    "mouse": "mice", "goose": "geese", "tooth": "teeth", "foot": "feet", "man": "men", "woman": "women",
    "child": "children", "person": "people", "ox": "oxen", "leaf": "leaves", "wolf": "wolves", "knife": "knives",
    "loaf": "loaves", "calf": "calves", "elf": "elves", "scarf": "scarves", "shelf": "shelves", "half": "halves",
    "hoof": "hooves", "wife": "wives", "life": "lives", "die": "dice", "cactus": "cacti", "tomato": "tomatoes",
    "potato": "potatoes", "hero": "heroes", "superhero": "superheroes", "mango": "mangoes", "volcano": "volcanoes",
    "mosquito": "mosquitoes", "tornado": "tornadoes", "buffalo": "buffaloes", "fireman": "firemen",
    "policeman": "policemen", "gentleman": "gentlemen", "snowman": "snowmen", "fisherman": "fishermen",
    "octopus": "octopuses", "hippopotamus": "hippopotamuses", "bus": "buses", "merman": "mermen", "quiz": "quizzes",
    "dwarf": "dwarves", "gas": "gases", "torpedo": "torpedoes", "echo": "echoes", "flamingo": "flamingos",
}  # fmt: skip
UNCOUNTED = frozenset(
    ("sheep", "deer", "fish", "moose", "bison", "shrimp", "squid", "salmon", "trout", "cod", "tuna", "koi", "cattle")
)
VOWELS = "aeiou"
# A short vowel before one last consonant: run -> running, but row -> rowing.
SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]|qu[aeiou][^aeiouwxy]")


def plural(phrase: str) -> str:
    """Turn "fire truck" -> "fire trucks", "glass of milk" -> "glasses of milk"; words like sheep stay."""
    head, link, rest = phrase.partition(" of ")
    before, space, noun = head.rpartition(" ")
    return before + space + _plural(noun) + link + rest


def _plural(noun: str) -> str:
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun in UNCOUNTED or noun.endswith("fish"):
        return noun
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


def forms(entry: str) -> Iterator[tuple[str, str]]:
    """All (form, name) of a verb entry: "go/goes/going/went/gone", "fly/flew/flown", or regular "take off".

    The first word of a phrase is the one that changes. Names are base, s, ing, past.
    """
    parts = entry.split("/")
    verb, space, rest = parts[0].partition(" ")
    tail = space + rest
    given = [part.partition(" ")[0] for part in parts[1:]]
    irregular = PAST.get(verb)
    if not given and irregular:
        given = list(irregular)
    yield verb + tail, "base"
    if len(given) == 4:
        yield given.pop(0) + tail, "s"
        yield given.pop(0) + tail, "ing"
    else:
        yield _plural(verb) + tail, "s"
        yield _ing(verb) + tail, "ing"
    for past in given or [_past(verb)]:
        yield past + tail, "past"


def _ing(verb: str) -> str:
    if SHORT.fullmatch(verb):
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return verb + "ing"


def _past(verb: str) -> str:
    if SHORT.fullmatch(verb):
        return verb + verb[-1] + "ed"
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in VOWELS:
        return verb[:-1] + "ied"
    return verb + "ed"


# Verbs that begin phrases, where the list would repeat itself ("fly away", "come up").
PAST = {
    "be": ("was", "been"), "blow": ("blew", "blown"), "come": ("came", "come"), "do": ("did", "done"),
    "drive": ("drove", "driven"), "fall": ("fell", "fallen"), "fly": ("flew", "flown"), "get": ("got", "gotten"),
    "go": ("went", "gone"), "grow": ("grew", "grown"), "hang": ("hung",), "lie": ("lay", "lain"), "make": ("made",),
    "rise": ("rose", "risen"), "run": ("ran", "run"), "set": ("set",), "shoot": ("shot",), "shrink": ("shrank",),
    "sit": ("sat",), "spin": ("spun",), "stand": ("stood",), "swim": ("swam", "swum"), "swing": ("swung",),
    "take": ("took", "taken"), "wake": ("woke",), "leave": ("left",), "become": ("became",), "tear": ("tore",),
    "spread": ("spread",), "cast": ("cast",), "stick": ("stuck",), "hide": ("hid", "hidden"), "win": ("won",),
    "put": ("put",), "let": ("let",), "hit": ("hit",), "say": ("said",), "bet": ("bet",), "shut": ("shut",),
}  # fmt: skip
