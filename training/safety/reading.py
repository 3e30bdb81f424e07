"""Turns examples into the lists of ``core.safety.apart``: English words, and Chinese stretches with their pinyin."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin

from core.safety.apart import LONGEST_READING
from core.safety.rules.moderator import chinese_terms
from training.safety.material import Example
from translation.views import view
from translation.weights import read_lexicon

_WORD, _HAN = re.compile("[a-z]+"), re.compile("[\u4e00-\u9fff]+")
_PINYIN = re.compile("[a-z]*[aeiou][a-z]*(?: [a-z]*[aeiou][a-z]*)*")
WORDS, READINGS, LONGEST = 20_000, 200_000, 4
_LEAST, _LEAST_SHORT = 3, 60
"""How often a word must be there to be one; of one or two letters more often."""
_TERM = 11.0
"""What a term of the rules costs at most: who writes in pinyin may mean it, however rare it is elsewhere."""


def learn_reading(examples: Iterable[Example], further: Iterable[str] = ()) -> dict[str, npt.NDArray[np.uint8]]:
    """Lists as text; ``further`` are Chinese texts that stretches are counted in, beside those of the examples."""
    words: Counter[str] = Counter()
    runs: dict[str, None] = {}
    for example in examples:
        words.update(_WORD.findall(example.text))
        runs |= dict.fromkeys(_HAN.findall(example.text))
    for text in further:
        runs |= dict.fromkeys(_HAN.findall(view(text).simplified))
    lines, costs = _readings(_costs(runs))
    stored = {"words": "\n".join(_english(words)).encode(), "readings": lines, "reading_costs": costs}
    return {name: np.frombuffer(value, np.uint8) for name, value in stored.items()}


def _english(words: Counter[str]) -> list[str]:
    kept = {word: count for word, count in words.items() if count >= (_LEAST if len(word) > 2 else _LEAST_SHORT)}
    kept = {word: count for word, count in kept.items() if len(word) > 1 or word in {"a", "i"}}
    return sorted(kept, key=lambda one: (-kept[one], one))[:WORDS]


def _costs(runs: Iterable[str]) -> dict[str, float]:
    """Of each stretch: how seldom it begins at a character of the texts, as a negative logarithm."""
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(_stretches(run))
    total = sum(count for stretch, count in counts.items() if len(stretch) == 1)
    found = {
        stretch: -math.log(count / total) for stretch, count in counts.items() if count >= _LEAST or len(stretch) == 1
    }
    for word, cost in (*read_lexicon().costs.items(), *((term, _TERM) for term in chinese_terms())):
        if len(word) <= LONGEST_READING and _HAN.fullmatch(word):
            found[word] = min(cost, found.get(word, cost))
    return found


def _stretches(run: str) -> Iterator[str]:
    for length in range(1, LONGEST + 1):
        yield from (run[at : at + length] for at in range(len(run) - length + 1))


def _readings(costs: dict[str, float]) -> tuple[bytes, bytes]:
    """The likeliest stretch of each reading: lines in the order of their bytes, and what each costs, in tenths."""
    kept: dict[str, str] = {}
    for stretch in sorted(costs, key=lambda one: (costs[one], one)):
        reading = " ".join(lazy_pinyin(stretch)).replace("v", "u")
        if _PINYIN.fullmatch(reading):
            kept.setdefault(reading, stretch)
        if len(kept) == READINGS:
            break
    for reading, stretch in list(kept.items()):
        # A syllable that is read so in words alone, 佛 as "fo", is one by itself too.
        for syllable, character in zip(reading.split(), stretch, strict=True):
            kept.setdefault(syllable, character)
    lines = sorted((f"{reading}\t{stretch}\n".encode(), costs[stretch]) for reading, stretch in kept.items())
    return b"".join(line for line, _ in lines), bytes(round(cost * 10) for _, cost in lines)
