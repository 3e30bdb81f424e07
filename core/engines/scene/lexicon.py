"""Turns the word lists in data/lexicon into lookups: what a word, a phrase or an emoji can mean."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from core.engines.scene.inflection import forms, plural
from core.engines.scene.scene import Colour
from core.engines.scene.sprites import load_sprites

FOLDER = "lexicon"
FACTS = ("place", "time", "weather")
# Remarks on words that have their meaning elsewhere.
SETS = (
    "together", "imperative", "suffix", "perceive", "container", "ridden", "opening", "describing", "headed", "epithet",
    "worn", "astir", "role", "agent", "lookalike", "objectless",
)  # fmt: skip

MANNERS = {
    "camera ": ("slowly ", "gently ", "smoothly ", "quickly ", "steadily ", "gradually "),
    "镜头": ("缓缓", "缓缓地", "慢慢", "慢慢地", "缓慢", "缓慢地", "慢速", "快速", "逐渐", "平稳", "平稳地", "轻轻"),
}


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word.

    ``kind`` is a section of the word lists (motion, colour, preposition ...), or "sprite" or "fact". ``value`` is what
    it means there: a sprite, a motion, a number. ``form`` is a verb's form: base, s, ing, past. ``weak`` marks a fact
    that is only a hint, ``proper`` a name of somebody.
    """

    kind: str
    value: str = ""
    form: str = ""
    plural: bool = False
    colour: Colour | None = None
    weak: bool = False
    proper: bool = False


Senses = tuple[Sense, ...]


@dataclass(frozen=True)
class Lexicon:
    """All lookups. Keys are folded: lower case, simplified Chinese, single spaces."""

    english: Mapping[str, Senses]
    chinese: Mapping[str, Senses]
    emoji: Mapping[str, Senses]
    simplified: Mapping[str, str]
    sets: Mapping[str, frozenset[str]]
    company: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]  # what a word means among which other words
    longest_english: int
    longest_chinese: int
    longest_emoji: int


@dataclass
class _Builder:
    words: dict[str, list[Sense]] = field(default_factory=dict)

    def add(self, word: str, sense: Sense) -> None:
        if "'s " in word and " 's " not in word:  # the tokens have the ending apart unless the whole word is listed
            self.add(word.replace("'s ", " 's "), sense)
        senses = self.words.setdefault(word, [])
        if sense not in senses:
            senses.append(sense)

    def built(self) -> dict[str, Senses]:
        return {word: tuple(senses) for word, senses in self.words.items()}


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Both languages, read once on the first call."""
    english, chinese = _Builder(), _Builder()
    sets: dict[str, frozenset[str]] = {}
    _read_sprites(english, chinese)
    _read_table(_toml("english.toml"), english, sets, inflect=True)
    _read_table(_toml("chinese.toml"), chinese, sets, inflect=False)
    _read_roles(english, chinese)
    emoji = {sprite.emoji: (Sense("sprite", name),) for name, sprite in load_sprites().items()}
    return Lexicon(
        english=english.built(),
        chinese=chinese.built(),
        emoji=emoji | _pictures(),
        simplified=_simplified(),
        sets=sets,
        company=_company("english.toml") | _company("chinese.toml"),
        longest_english=max(word.count(" ") + 1 for word in english.words),
        longest_chinese=max(map(len, chinese.words)),
        longest_emoji=max(map(len, emoji)),
    )


def _text(name: str) -> str:
    return (files(__package__) / "data" / FOLDER / name).read_text("utf-8")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(name))


def _pictures() -> dict[str, Senses]:
    """Emoji that show a place, a time or a weather rather than a thing."""
    table = _toml("english.toml")["picture"]
    return {emoji: (Sense("fact", facts),) for facts, text in table.items() for emoji in _listed(text)}


def _company(name: str) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    """As written: `"mouse, mice" = "computer-mouse: keyboard, desk"`; with nothing before the colon it is not drawn."""
    rules: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}
    for words, text in _toml(name)["company"].items():
        sprite, _, others = text.partition(":")
        for word in _listed(words):
            rules[word] = (*rules.get(word, ()), (sprite.strip(), frozenset(_listed(others))))
    return rules


def _simplified() -> dict[str, str]:
    """Traditional to simplified characters: two lines of equal length, character under character."""
    traditional, simplified = _text("traditional.txt").split("\n")[:2]
    return dict(zip(traditional, simplified, strict=True))


def _listed(text: str) -> list[str]:
    return [word for word in (part.strip() for part in text.split(",")) if word]


def _rows() -> Iterator[tuple[str, str, str]]:
    for line in _text("sprites.tsv").splitlines():
        if line and not line.startswith("#"):
            sprite, english, chinese = line.split("\t")
            yield sprite, english, chinese


def _sense(sprite: str, entry: str) -> tuple[str, Sense]:
    """As written: "goldfish=orange" is a word with a colour of its own, "mice=+" a plural, "小明=@" somebody's name."""
    word, _, note = entry.partition("=")
    many = note.startswith("+")
    colour = cast("Colour | None", note if note and not many and note.isalpha() else None)
    return word, Sense("sprite", sprite, plural=many, colour=colour, proper=note == "@")


def _read_sprites(english: _Builder, chinese: _Builder) -> None:
    spoken: list[tuple[str, Sense]] = []
    for sprite, words, chars in _rows():
        spoken += [_sense(sprite, entry) for entry in _listed(words)]
        for word, sense in (_sense(sprite, entry) for entry in _listed(chars)):
            chinese.add(word, sense)
    for word, sense in spoken:
        english.add(word, sense)
    for word, sense in spoken:
        many = plural(word)
        if many not in english.words and not sense.plural:
            english.add(many, Sense("sprite", sense.value, plural=True, colour=sense.colour))


def _read_roles(english: _Builder, chinese: _Builder) -> None:
    """Add "female doctor" and 女医生 for each sprite that is drawn as a man and as a woman too."""
    sheet = load_sprites()
    for sprite, words, chars in _rows():
        base = sprite.removeprefix("person-")
        for gender, spoken, written in (("man", "male", "男"), ("woman", "female", "女")):
            if sprite.startswith(("man-", "woman-")) or f"{gender}-{base}" not in sheet:
                continue
            name = f"{gender}-{base}"
            for word in (entry.partition("=")[0] for entry in _listed(words)):
                english.add(f"{spoken} {word}", Sense("sprite", name))
                english.add(f"{spoken} {plural(word)}", Sense("sprite", name, plural=True))
            for word in (entry.partition("=")[0] for entry in _listed(chars)):
                if len(word) > 1:
                    chinese.add(written + word, Sense("sprite", name))


def _read_table(table: dict[str, Any], into: _Builder, sets: dict[str, frozenset[str]], *, inflect: bool) -> None:
    for section, lists in table.items():
        if section in ("picture", "company"):
            continue
        for key, text in lists.items():
            words = _listed(text)
            if section == "motion" or key == "verb":
                for word, form in _conjugated(words, inflect):
                    into.add(word, Sense("motion" if section == "motion" else "verb", key, form))
            elif key in SETS:
                spelled = frozenset(word for word, _ in _conjugated(words, inflect))
                sets[key] = sets.get(key, frozenset()) | spelled
            else:
                _add_all(section, key, words, into, inflect=inflect)


def _conjugated(words: Iterable[str], inflect: bool) -> Iterator[tuple[str, str]]:
    for word in words:
        yield from forms(word) if inflect else ((word, "base"),)


def _add_all(section: str, key: str, words: list[str], into: _Builder, *, inflect: bool) -> None:
    for sense in _senses(section, key):
        for word in words:
            into.add(word, sense)
            if inflect and sense.kind == "undrawn":
                into.add(plural(word), Sense("undrawn", plural=True))
            if section == "camera":
                for form in _unhurried(word):
                    into.add(form, sense)
            if inflect and section == "camera":
                for form, _ in forms(word) if " " in word else ():
                    into.add(form, sense)


def _unhurried(word: str) -> Iterator[str]:
    """What a camera does, with how it does it: camera slowly pushes in, 镜头缓缓推近."""
    for subject, manners in MANNERS.items():
        if word.startswith(subject) and word != subject:
            yield from (f"{subject}{manner}{word.removeprefix(subject)}" for manner in manners)


def _senses(section: str, key: str) -> Iterator[Sense]:
    """What a list means: `[place] beach` and `"time=night weather=rain"` are facts, `[words] verb` is a kind."""
    if section in FACTS:
        yield Sense("fact", f"{section}={key}")
    elif section in ("setting", "hint"):
        yield Sense("fact", key, weak=section == "hint")
    elif section in ("words", "position", "measure"):
        yield Sense(key if section == "words" else section)
    else:
        yield Sense(section, key)
