"""Turns an English text into one without words that only its translator put there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """A Chinese word, and the English that it does not mean."""

    chinese: re.Pattern[str]
    english: re.Pattern[str]

    @classmethod
    def of(cls, chinese: str, english: Sequence[str]) -> Reading:
        """From a line of ``readings.toml``."""
        return cls(re.compile(chinese), re.compile(rf"(?<![a-z0-9])(?:{'|'.join(english)})(?![a-z0-9])"))


def forgiven(words: str, others: Sequence[str], readings: Sequence[Reading]) -> str:
    """A folded text without as many such words as the ``others``, which say the same, have reason for."""
    for reading in readings:
        reasons = max((len(reading.chinese.findall(other)) for other in others), default=0)
        if reasons:
            words = reading.english.sub("\ufffc", words, count=reasons)
    return words
