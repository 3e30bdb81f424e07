"""Turns words that were found in a form of a text into the part of the text that its user typed."""

from __future__ import annotations

import re
from collections.abc import Callable

_LONGEST = 200
_LOOKS = {"a": "a4@", "b": "b8", "e": "e3", "g": "g9", "i": "i1!|", "l": "l1!|", "o": "o0", "s": "s5$", "t": "t7"}


def fragment_of(original: str, words: str, plain: str, read: Callable[[str], str]) -> str:
    """The part of ``original`` that reads as ``words``, "" where it cannot be told.

    ``plain`` is how the whole reads, ``read`` reads a beginning of it. Gaps, repeats and disguises between are part of
    the fragment.
    """
    start = plain.find(words)
    end = start + len(words)
    if start < 0:
        if not (found := _disguised(words).search(plain)):
            return ""
        start, end = found.span()
    return original[_reach(original, start + 1, read) - 1 : _reach(original, end, read)].strip()[:_LONGEST]


def _disguised(words: str) -> re.Pattern[str]:
    letters = (f"(?:[{re.escape(_LOOKS.get(letter, letter))}]{{1,9}})" for letter in words if letter.strip())
    return re.compile(r"(?:[^\w]|_){0,8}".join(letters))


def _reach(original: str, length: int, read: Callable[[str], str]) -> int:
    """The shortest beginning of ``original`` that reads as so many characters."""
    low, high = 0, len(original)
    while low < high:
        middle = (low + high) // 2
        if len(read(original[:middle])) >= length:
            high = middle
        else:
            low = middle + 1
    return low
