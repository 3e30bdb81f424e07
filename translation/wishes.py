"""Turns a prompt into what it asks of camera, speed and style, in words that stay in it for the model to read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast

from translation.options import hide_quotations
from translation.views import view

Kind = Literal["camera", "speed", "style"]

_MARKS = r",.;:!?，。；：！？、\n()（）\[\]{}【】|/+&"
_BEGIN, _END = f"(?:(?<=[{_MARKS}])|^) ?", f"(?= ?(?:[{_MARKS}]|$))"
# Unwanted, or named for another reason than to ask for it: no zoom, 不要航拍, "not anime".
_NEGATED = re.compile(
    r"(?:\b(?:no|not|never|without|avoid|non)(?: an?| any)?[ -]|不要|不用|没有|别|非|无|不)$", re.IGNORECASE
)
_GENTLY = "(?:(?:slowly|gently|smoothly|quickly|steadily|gradually) )?"
_HAN_GENTLY = "(?:(?:缓缓|慢慢|缓慢|慢速|快速|逐渐|平稳|轻轻)地?)?"
_LATIN = re.compile("[a-z0-9]")
_REMEMBERED = 256
"""Prompts: of one its chips and its notes are shown, when it is taken and again with each progress."""


@dataclass(frozen=True)
class Wish:
    """``kind`` and ``name`` select the label ``wish-<kind>-<name>``."""

    kind: Kind
    name: str


@lru_cache(maxsize=_REMEMBERED)
def read_wishes(text: str) -> tuple[Wish, ...]:
    """What is asked of camera, speed and style, each once, in the order of the prompt.

    Nothing of what is quoted or unwanted. Of words that overlap the longest counts: to pan right is not to pan besides.
    """
    plain = hide_quotations(view(text).simplified.lower())
    found = [
        (match.start(), -match.end(), match, wish) for pattern, wish in _rules() for match in pattern.finditer(plain)
    ]
    wishes, read = [], 0
    for start, _, match, wish in sorted(found, key=lambda entry: entry[:2]):
        if start >= read:
            read = match.end()
            wishes += [wish] if _wanted(match) else []
    return tuple(dict.fromkeys(wishes))


@cache
def vocabulary() -> dict[Wish, tuple[str, ...]]:
    """Every wish, with the words that ask for it."""
    return {wish: (*_listed(words), *_listed(alone)) for wish, words, alone in _entries()}


def _entries() -> list[tuple[Wish, str, str]]:
    data = tomllib.loads((files("translation") / "wish_words.toml").read_text("utf-8"))
    return [
        (Wish(cast("Kind", kind), name), entry["words"], entry.get("alone", ""))
        for kind, entries in data.items()
        for name, entry in entries.items()
    ]


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Wish], ...]:
    return tuple((re.compile(_pattern(words, alone)), wish) for wish, words, alone in _entries())


def _pattern(words: str, alone: str) -> str:
    anywhere = "|".join(map(_bounded, sorted(_listed(words), key=len, reverse=True)))
    return f"{anywhere}|{_BEGIN}(?:{'|'.join(map(_spaced, _listed(alone)))}){_END}" if alone else anywhere


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r",\s*", words.strip()) if word)


def _bounded(word: str) -> str:
    """English words are whole words; Chinese has no such thing."""
    before = "(?<![a-z0-9-])" if _LATIN.match(word[0]) else ""
    after = "(?![a-z0-9-])" if _LATIN.match(word[-1]) else ""
    return f"{before}{_spaced(word)}{after}"


def _spaced(word: str) -> str:
    """A space or a hyphen, as they come; and between the camera and what it does, how it does it."""
    spaced = re.sub(r"\\?[ -]", "[ -]", re.escape(word))
    return re.sub(r"^camera\[ -\]", f"camera {_GENTLY}", re.sub("^镜头(?=.)", f"镜头{_HAN_GENTLY}", spaced))


def _wanted(found: re.Match[str]) -> bool:
    return not _NEGATED.search(found.string, max(0, found.start() - 16), found.start())
