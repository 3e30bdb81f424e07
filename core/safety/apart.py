"""Turns letters that stand apart into words, and pinyin into characters, by lists of how common each is."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_STRANGE = 20.0
"""What a letter or syllable costs that is in no word: more than any word that is in the list."""
_EACH = 2.0
"""What each stretch of characters costs beside its own: few long ones are likelier than many short ones."""
_LONGEST_WORD, LONGEST_READING = 18, 6
_LEAST_SYLLABLES, _LEAST_SHARE, _STRANGE_SHARE = 4, 0.85, 0.3
"""Of a text in Latin letters that is read as pinyin: so many syllables, so much of its words, so many not English."""
_LATIN = re.compile("[a-z']+")
_RUN = re.compile("[a-z']+(?:[ ,.;:!?-]+[a-z']+)*")
_TONED = re.compile(r"(?<=[a-z])[1-5](?![0-9])")


_LIKE_PINYIN = re.compile("(?:(?:[bpmfdtnlgkhjqxrzcsywv]|[zcs]h)?[aeiou][aeiouvngr']*)+")
"""What every word in pinyin looks like, and many an English one."""


@dataclass(frozen=True)
class _Known:
    cost: float
    value: str


class Readings:
    """Lines of pinyin without tones, a tab and characters, in the order of their bytes, each ending in a newline.

    ``costs`` are tenths, the commoner the less. They are looked up where they lie: as a dictionary, two hundred
    thousand would take longer to build, and more room, than all the rest of the classifier.
    """

    def __init__(self, lines: bytes, costs: npt.NDArray[np.uint8]) -> None:
        self._lines, self._costs = lines, costs
        self._ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))

    def syllables(self) -> list[str]:
        """All, the longest first."""
        found = {one.decode() for one in re.findall(rb"(?m)^([a-z]+)\t", self._lines)}
        return sorted(found, key=lambda one: (-len(one), one))

    def find(self, reading: str) -> _Known | None:
        """The likeliest characters of a reading."""
        wanted = reading.encode() + b"\t"
        at = bisect_left(range(len(self._ends)), wanted, key=self._line)
        line = self._line(at) if at < len(self._ends) else b""
        if not line.startswith(wanted):
            return None
        return _Known(int(self._costs[at]) / 10 + _EACH, line[len(wanted) :].decode())

    def _line(self, at: int) -> bytes:
        return self._lines[int(self._ends[at - 1]) + 1 if at else 0 : int(self._ends[at])]


class Lexicon:
    """``words`` are English, the commonest first."""

    def __init__(self, words: Sequence[str], readings: Readings) -> None:
        self._words: dict[str, _Known] = {}
        for rank, word in enumerate(words):
            self._words.setdefault(word, _Known(math.log(rank + 2) + 2, word))
        self._readings = readings
        self._syllable = re.compile("|".join(readings.syllables()) or "(?!)")
        self._syllables = re.compile(f"(?:{self._syllable.pattern})+")

    def words(self, letters: str) -> str:
        """``anakedwoman`` as ``a naked woman``."""
        return " ".join(_cheapest(list(letters), "", self._words.get, _LONGEST_WORD))

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
        return "".join(_cheapest(self._split(run), " ", self._readings.find, LONGEST_READING))

    def _split(self, run: str) -> list[str]:
        return [one for word in _LATIN.findall(run) for one in self._syllable.findall(_typed(word))]


def may_be_pinyin(text: str) -> bool:
    """False of most that is not: so much can be told without lists."""
    words = _LATIN.findall(_TONED.sub("", text.lower()))
    return bool(words) and sum(map(bool, map(_LIKE_PINYIN.fullmatch, map(_typed, words)))) >= _LEAST_SHARE * len(words)


def _typed(word: str) -> str:
    return word.replace("'", "").replace("v", "u")


def _cheapest(units: Sequence[str], between: str, find: Callable[[str], _Known | None], longest: int) -> list[str]:
    """The units as known entries that cost least together; a unit that is in none stays as it is."""
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    for end in range(1, len(units) + 1):
        starts = range(max(0, end - longest), end)
        entries = ((start, find(between.join(units[start:end]))) for start in starts)
        options = [(best[start][0] + entry.cost, start, entry.value) for start, entry in entries if entry]
        best.append(min(options, default=(best[end - 1][0] + _STRANGE, end - 1, units[end - 1])))
    parts, at = [], len(units)
    while at:
        _, at, value = best[at]
        parts.append(value)
    return parts[::-1]
