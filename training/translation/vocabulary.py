"""Turns ``vocabulary.toml`` into phrases in both languages: subjects, verbs, places, drawn at random from a seed."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.translation.inflection import doing, plural, third, with_article

VOCABULARY = Path(__file__).with_name("vocabulary.toml")
_COUNTS = (
    ("一", 1, ""), ("两", 2, "two"), ("三", 3, "three"), ("四", 4, "four"), ("五", 5, "five"), ("几", 3, "several"),
    ("一群", 9, "a group of"),
)  # fmt: skip
_COUNT_SHARES = (12, 3, 1, 0.4, 0.4, 0.6, 0.6)
_LISTS = (
    "adjectives", "acts", "manner", "whither", "time", "camera", "style", "paths", "follows", "tools", "passives",
    "causes", "around", "putting", "sights", "motions", "ways", "signs",
)  # fmt: skip
Both = tuple[str, str]
Noun = tuple[str, Both]
"""A measure word, and what it measures."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A noun phrase in both languages; ``many`` where its verb is plural."""

    chinese: str
    english: str
    many: bool
    again: Both
    """How to speak of it a second time."""


class Vocabulary:
    """Draws the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        read = tomllib.loads(VOCABULARY.read_text("utf-8"))
        self.beings, self.things = _by_measure(read["beings"]), _by_measure(read["things"])
        self.lists = {name: entries(read[name]["list"]) for name in _LISTS}
        self.moves, self.happens = entries(read["does"]["moves"]), entries(read["does"]["happens"])
        self.places = _groups(read["places"])
        self.wears = _groups(read["wears"])
        self.names = [entry for _, _, entry in _groups(read["names"])]

    def alone(self) -> list[Both]:
        """Every entry by itself, so that each is met."""
        verbs = self.moves + self.happens + self.lists["acts"]
        nouns = self.beings + self.things
        found = [pair for pairs in self.lists.values() for pair in pairs] + verbs
        found += [noun for _, noun in nouns] + self.names * 2
        found += [(f"一{measure}{zh}", with_article(en)) for measure, (zh, en) in nouns]
        found += [(f"在{zh}{side}", f"{en} {place}") for side, en, (zh, place) in self.places]
        found += [(f"{verb}{zh}", f"{en} {what}") for verb, en, (zh, what) in self.wears]
        found += [(f"正在{zh}", f"is {doing(en)}") for zh, en in verbs]
        return found + [(zh, third(en)) for zh, en in verbs]

    def deeds(self) -> list[Both]:
        """Every verb."""
        return self.moves + self.happens + self.lists["acts"] + self.lists["paths"]

    def grammar(self) -> Iterator[tuple[str, str, str]]:
        """What English nouns and verbs become: n, cat, cats; v, run, runs."""
        nouns = [english for _, (_, english) in self.beings + self.things] + list(self._with_article())
        for english in dict.fromkeys(map(_head, nouns)):
            yield "n", english, plural(english)
        for english in dict.fromkeys(english.split(" ")[0] for _, english in self.deeds()):
            yield "v", english, third(english)

    def _with_article(self) -> Iterator[str]:
        """Of places and garments those that can be counted."""
        for _, _, (_, english) in self.places + self.wears:
            article, _, noun = english.partition(" ")
            if article in {"a", "an"}:
                yield noun

    def nouns(self) -> set[str]:
        """The Chinese of every thing, being, place and garment."""
        return (
            {noun for _, (noun, _) in self.beings + self.things}
            | {noun for _, _, (noun, _) in self.places + self.wears}
            | {noun for noun, _ in self.names + self.lists["sights"]}
        )

    def pick(self, table: str) -> Both:
        return self.random.choice(self.lists[table])

    def happens_by(self, chance: float) -> bool:
        return self.random.random() < chance

    def subject(self, nouns: list[Noun], *, plain: bool = False) -> Subject:
        """One or more of something, with an adjective or, when ``plain``, without."""
        measure, (zh, en) = self.random.choice(nouns)
        count, number, words = self.random.choices(_COUNTS, _COUNT_SHARES)[0]
        adjective = ("", "") if plain or self.happens_by(0.65) else self.pick("adjectives")
        many = number > 1
        noun = f"{adjective[1]} {plural(en) if many else en}".strip()
        if many:
            unit = "" if count == "一群" else measure
            return Subject(f"{count}{unit}{adjective[0]}{zh}", f"{words} {noun}", many, ("它们", "they"))
        if self.happens_by(0.12):
            return Subject(f"{adjective[0]}{zh}", with_article(noun), many, (zh, f"the {en}"))
        return Subject(f"一{measure}{adjective[0]}{zh}", with_article(noun), many, (f"这{measure}{zh}", f"the {en}"))

    def verb(self, pairs: list[Both], *, many: bool) -> Both:
        """A deed, going on (正在) or not."""
        zh, en = self.random.choice(pairs)
        style = self.random.random()
        being = "are" if many else "is"
        if style < 0.45:
            return f"正在{zh}" if style < 0.35 else f"在{zh}", f"{being} {doing(en)}"
        if style < 0.7:
            return zh, en if many else third(en)
        return zh, f"{being} {doing(en)}"

    def place(self) -> Both:
        side, en, (zh, place) = self.random.choice(self.places)
        return f"在{zh}{side}", f"{en} {place}"

    def doer(self) -> tuple[Subject, list[Both]]:
        """Somebody or something, and what it may do."""
        if self.happens_by(0.7):
            return self.subject(self.beings), self.moves
        return self.subject(self.things), self.happens


def _head(noun: str) -> str:
    """Piece, of a piece of cake; car, of a red car."""
    return noun.partition(" of ")[0].split(" ")[-1]


def entries(text: str) -> list[Both]:
    """``狗 dog, 猫 cat`` in pairs."""
    return [split(entry) for entry in re.split(r",\s*", text.strip())]


def split(entry: str) -> Both:
    """Chinese and English of an entry.

    Raises:
        ValueError: it does not have both.
    """
    found = re.fullmatch(r"(.*[\u3400-\u9fff]) (.+)", entry)
    if found is None:
        raise ValueError(f"no Chinese and English: {entry!r}")
    return found[1], found[2]


def spoken(verb: str) -> str:
    """A deed without the 正在 that stands before its place."""
    return verb.removeprefix("正").removeprefix("在")


def phrase(*parts: str) -> str:
    """Parts with spaces between, without the empty ones."""
    return " ".join(filter(None, parts))


def _by_measure(table: dict[str, str]) -> list[Noun]:
    return [(measure, entry) for measure, text in table.items() for entry in entries(text)]


def _groups(table: dict[str, str]) -> list[tuple[str, str, Both]]:
    return [(*split(key), entry) for key, text in table.items() for entry in entries(text)]
