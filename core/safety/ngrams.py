"""Turns a text into windows, one spelling each, and a window into hashed n-grams."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from core.safety.denied import without_denied

BUCKETS = 1 << 18
WINDOW = 240
"""The width of a window, where a Chinese character counts two."""
_HAN = "\u3400-\u9fff\U00020000-\U000323af"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[\s.,*_|/+~·•-]{{1,8}}(?=[{_HAN}])")
_POINTED = re.compile(r"(?<![a-z0-9])[a-z0-9@$!](?:[.*_|/+~·•-]{1,3}[a-z0-9@$!]){2,}(?![a-z0-9@$])")
_SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9@$!][\s.*_|/+~·•-]{1,3}){3,}[a-z0-9](?![a-z0-9])")
_GAPS = re.compile(r"[\s.*_|/+~·•-]+")
_SQUEEZED = re.compile(r"([a-z])\1{2,}")
_HAN_SQUEEZED = re.compile(rf"([{_HAN}])\1{{2,}}")
_LEET = re.compile(
    r"(?<![a-z0-9@$!])(?=[a-z0-9@$!]*[a-z])(?=[a-z0-9@$!]*[0134578@$!])[a-z0-9@$!]{3,}(?<!!)(?![a-z0-9@$])"
)
_UNITS = re.compile(r"\d+(?:k|p|fps|mm|d|s|x|st|nd|rd|th|px|hz)|[a-z]+\d+|\d+x\d+")
_LETTERS = str.maketrans("0134578@$!", "oieastbasi")
_TOKENS = re.compile(rf"[{_HAN}]+|[a-z0-9']+")


def spelling(text: str, words: Callable[[str], str] = str) -> str:
    """One spelling for what is written alike: narrow, lower case, without accents, gaps in words, leet and repeats.

    ``words`` tells letters that were all apart where words begin.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    visible = (char for char in decomposed if unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cs", "Co"})
    plain = " ".join("".join(char if char.isprintable() else " " for char in visible).casefold().split())
    joined = _POINTED.sub(lambda found: _GAPS.sub("", found[0]), _BETWEEN_HAN.sub("", plain))
    joined = _SPACED.sub(lambda found: _together(found[0], words), joined)
    return _HAN_SQUEEZED.sub(r"\1", _SQUEEZED.sub(r"\1", _LEET.sub(_read_leet, joined)))


def _together(spelled: str, words: Callable[[str], str]) -> str:
    letters = _LEET.sub(_read_leet, _GAPS.sub("", spelled))
    return words(letters) if letters.isalpha() else letters


def _read_leet(found: re.Match[str]) -> str:
    return found[0] if _UNITS.fullmatch(found[0]) else found[0].translate(_LETTERS)


def windows(text: str, words: Callable[[str], str] = str) -> list[str]:
    """A text in its one spelling, without what it denies, cut between words: equal widths, at most ``WINDOW`` each."""
    plain = without_denied(spelling(text, words))
    width = sum(1 + (char > "\u2e80") for char in plain)
    if width <= WINDOW:
        return [plain.strip()]
    wanted = width / -(-width // WINDOW)
    found, start, used = [], 0, 0.0
    for place, char in enumerate(plain):
        used += 1 + (char > "\u2e80")
        if used >= wanted and (char == " " or char > "\u2e80" or used > WINDOW):
            found.append(plain[start : place + 1].strip())
            start, used = place + 1, 0.0
    return [window for window in (*found, plain[start:].strip()) if window]


def buckets(window: str) -> npt.NDArray[np.int64]:
    """Which of the ``BUCKETS`` a window is in, each once, in order."""
    return np.array(sorted({zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(window)}), np.int64)


def _grams(window: str) -> Iterator[str]:
    words = _TOKENS.findall(window)
    for before, word in zip(["", *words], words, strict=False):
        if word > "\u3400":
            yield from _slices(word, 1, 4)
        else:
            yield f"={word}"
            yield f"={before}={word}"
            yield from _slices(f" {word} ", 3, 5)


def _slices(word: str, least: int, most: int) -> Iterator[str]:
    for length in range(least, most + 1):
        for start in range(len(word) - length + 1):
            yield word[start : start + length]
