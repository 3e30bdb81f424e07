"""Turns the Latin words of a text into whether they are English, by the small words that no sentence does without."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SHARE = 0.2
"""Of the words of a sentence at least so many are function words of its language."""
ACCENTED_SHARE = 0.25
"""English does not have accents in a quarter of its words."""


def is_english(words: Sequence[str]) -> bool:
    """Whether Latin words, in order and as typed, pass for English; names and jargon without a sentence do.

    Another language is seen by two of its function words, or one beside an accented word, that outnumber the English
    ones; or by accents in many words. Accented words with a capital are taken for names.
    """
    english = sum(word.lower() in _lists().english for word in words)
    other, accented = _hits(words), sum(map(_is_accented, words))
    if accented > 1 and accented >= ACCENTED_SHARE * len(words) and accented + other > english:
        return False
    foreign = other + min(accented, 2)
    return other == 0 or foreign < max(2, english + 1, SHARE * len(words)) or other < english


def _hits(words: Sequence[str]) -> int:
    """How many of its function words the likeliest language has here, but for those in names (Plaza de la Reina)."""
    padded = ["", *words, ""]
    free = {
        word.lower()
        for before, word, after in zip(padded, words, padded[2:], strict=False)
        if not _is_in_name(before, word, after)
    }
    return max(len(known & free) for known in _lists().others)


def _is_in_name(before: str, word: str, after: str) -> bool:
    if word.lower() not in _lists().in_names or not _is_capital(after):
        return False
    return (
        _is_capital(before)
        or before.lower() in _lists().in_names
        or (_is_capital(word) and word.lower() in _lists().leading_names)
    )


def _is_capital(word: str) -> bool:
    return word[:1].isupper()


def _is_accented(word: str) -> bool:
    return not word.isascii() and not _is_capital(word) and word.lower() not in _lists().loans


@dataclass(frozen=True)
class _Lists:
    english: frozenset[str]
    loans: frozenset[str]
    in_names: frozenset[str]
    leading_names: frozenset[str]
    others: tuple[frozenset[str], ...]


@cache
def _lists() -> _Lists:
    data = tomllib.loads((files("translation") / "function_words.toml").read_text("utf-8"))
    others = [frozenset(filter(_tells, words.split())) for words in data["others"].values()]
    plain = {name: frozenset(words.split()) for name, words in data.items() if name != "others"}
    return _Lists(**plain, others=tuple(others))


def _tells(word: str) -> bool:
    """A lone a, e or s stands for too much else: (a), e-mail, Tom's."""
    return len(word) > 1 or not word.isascii()
