"""Turns letters that stand apart into words, and pinyin into characters, by lists with the commonest first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_STRANGE = 20.0
"""What a letter or syllable costs that is in no word: more than any word that is in the list."""
_LONGEST_WORD, _LONGEST_READING = 18, 4
_LEAST_SYLLABLES, _LEAST_SHARE, _STRANGE_SHARE = 4, 0.85, 0.3
"""Of a text in Latin letters that is read as pinyin: so many syllables, so much of its words, so many not English."""
_LATIN = re.compile("[a-z']+")
_RUN = re.compile("[a-z']+(?:[ ,.;:!?-]+[a-z']+)*")
_TONED = re.compile(r"(?<=[a-z])[1-5](?![0-9])")


@dataclass(frozen=True)
class _Known:
    cost: float
    value: str


class Lexicon:
    """``words`` are English; ``readings`` lines of pinyin without tones, a tab and characters; both commonest first."""

    def __init__(self, words: Sequence[str], readings: Sequence[str]) -> None:
        pairs = [line.partition("\t") for line in readings]
        self._words = _ranked((word, word) for word in words)
        self._readings = _ranked((reading, characters) for reading, _, characters in pairs)
        syllables = sorted({one for reading in self._readings for one in reading.split()}, key=len, reverse=True)
        self._syllable = re.compile("|".join(syllables) or "(?!)")
        self._syllables = re.compile(f"(?:{self._syllable.pattern})+")

    def words(self, letters: str) -> str:
        """``anakedwoman`` as ``a naked woman``."""
        return " ".join(_cheapest(list(letters), "", self._words, _LONGEST_WORD))

    def characters(self, plain: str) -> str:
        """A text that is largely pinyin, in characters: ``luo ti de nu ren`` as ``裸体的女人``. "" for any other."""
        # An ü is typed in three ways.
        plain = _TONED.sub("", plain)
        words = _LATIN.findall(plain)
        read = [word for word in words if self._syllables.fullmatch(_typed(word))]
        strange = [word for word in words if word not in self._words]
        if len(read) < max(1, _LEAST_SHARE * len(words)) or len(strange) < _STRANGE_SHARE * len(words):
            return ""
        if len(self._split(" ".join(read))) < _LEAST_SYLLABLES:
            return ""
        return _RUN.sub(lambda run: self._in_characters(run[0]), plain)

    def _in_characters(self, run: str) -> str:
        return "".join(_cheapest(self._split(run), " ", self._readings, _LONGEST_READING))

    def _split(self, run: str) -> list[str]:
        return [one for word in _LATIN.findall(run) for one in self._syllable.findall(_typed(word))]


def _typed(word: str) -> str:
    return word.replace("'", "").replace("v", "u")


def _ranked(pairs: Iterable[tuple[str, str]]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for rank, (key, value) in enumerate(pairs):
        found.setdefault(key, _Known(math.log(rank + 2) + 2, value))
    return found


def _cheapest(units: Sequence[str], between: str, known: Mapping[str, _Known], longest: int) -> list[str]:
    """The units as known entries that cost least together; a unit that is in none stays as it is."""
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    for end in range(1, len(units) + 1):
        starts = range(max(0, end - longest), end)
        entries = ((start, known.get(between.join(units[start:end]))) for start in starts)
        options = [(best[start][0] + entry.cost, start, entry.value) for start, entry in entries if entry]
        best.append(min(options, default=(best[end - 1][0] + _STRANGE, end - 1, units[end - 1])))
    parts, at = [], len(units)
    while at:
        _, at, value = best[at]
        parts.append(value)
    return parts[::-1]
