"""Turns examples into the lists of ``core.safety.apart``: English words, and Chinese stretches with their pinyin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin

from training.safety.material import Example
from translation.weights import read_lexicon

_WORD, _HAN = re.compile("[a-z]+"), re.compile("[\u4e00-\u9fff]+")
WORDS, READINGS, LONGEST = 20_000, 50_000, 4
_LEAST, _LEAST_SHORT = 3, 60
"""How often a word must be there to be one; of one or two letters more often."""
_DICTIONARY = 12.0
"""Words of the translator's dictionary that are not rarer than this cost are taken too."""


def learn_reading(examples: Iterable[Example]) -> dict[str, npt.NDArray[np.uint8]]:
    """Both lists as text, a line an entry, the commonest first."""
    words: Counter[str] = Counter()
    stretches: Counter[str] = Counter()
    for example in examples:
        words.update(_WORD.findall(example.text))
        for run in _HAN.findall(example.text):
            lengths = range(1, LONGEST + 1)
            stretches.update(run[at : at + length] for length in lengths for at in range(len(run) - length + 1))
    stretches.update({word: _LEAST for word, cost in read_lexicon().costs.items() if _is_common(word, cost)})
    return {"words": _lines(_english(words)), "readings": _lines(_readings(stretches))}


def _is_common(word: str, cost: float) -> bool:
    return cost <= _DICTIONARY and len(word) <= LONGEST and _HAN.fullmatch(word) is not None


def _english(words: Counter[str]) -> list[str]:
    kept = {word: count for word, count in words.items() if count >= (_LEAST if len(word) > 2 else _LEAST_SHORT)}
    kept = {word: count for word, count in kept.items() if len(word) > 1 or word in {"a", "i"}}
    return _commonest(kept)[:WORDS]


def _readings(stretches: Counter[str]) -> list[str]:
    kept: dict[str, str] = {}
    for stretch in _commonest({one: count for one, count in stretches.items() if count >= _LEAST}):
        kept.setdefault(" ".join(lazy_pinyin(stretch)).replace("v", "u"), stretch)
        if len(kept) == READINGS:
            break
    return [f"{reading}\t{stretch}" for reading, stretch in kept.items() if reading.replace(" ", "").isalpha()]


def _commonest(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda one: (-counts[one], one))


def _lines(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)
