"""Turns a prompt into the language it is written in, by counting scripts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en", "ja", "ko", "other", "none"]

KANA_SHARE = 0.2
"""Japanese has kana among its characters at this share or more; a lone の in a Chinese shop name stays below."""
ACCENTED_SHARE = 0.25
"""English does not have accents in a quarter of its words."""

_HAN = re.compile("[\u3005\u3007\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_KANA = re.compile("[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_LATIN_WORD = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+")


@dataclass(frozen=True)
class Detection:
    """``language`` leads; ``mixed`` where another script takes part too. ``none``: there is not a letter in it."""

    language: Language
    mixed: bool


@dataclass(frozen=True)
class _Counts:
    han: int
    kana: int
    hangul: int
    words: tuple[str, ...]
    foreign: int

    @property
    def english(self) -> int:
        """Latin words of two letters or more: the D of 3D and the T of T恤 speak no English."""
        return sum(len(word) > 1 for word in self.words)


def detect(text: str) -> Detection:
    """Judge by script alone, so that no prompt with Chinese in it passes for plain English.

    Latin letters are taken for English unless many words carry accents. Where Chinese and English mix, Chinese leads
    when it has at least as many characters as English has words.
    """
    counts = _count(unicodedata.normalize("NFKC", text))
    scripts = (counts.han + counts.kana, counts.hangul, counts.english, counts.foreign)
    return Detection(_leader(counts), sum(map(bool, scripts)) > 1)


def _count(text: str) -> _Counts:
    han, kana, hangul = (len(script.findall(text)) for script in (_HAN, _KANA, _HANGUL))
    words = tuple(_LATIN_WORD.findall(text))
    letters = sum(map(str.isalpha, text))
    foreign = letters - sum(map(str.isalpha, "".join(_HAN.findall(text)))) - sum(map(len, words))
    foreign -= sum(map(str.isalpha, "".join(_KANA.findall(text) + _HANGUL.findall(text))))
    return _Counts(han, kana, hangul, words, max(0, foreign))


def _leader(counts: _Counts) -> Language:
    latin = sum(map(len, counts.words))
    if counts.foreign > latin + 2 * (counts.han + counts.kana + counts.hangul):
        return "other"
    if _is_japanese(counts):
        return "ja"
    if counts.hangul > counts.han and counts.hangul >= counts.english:
        return "ko"
    if counts.han and counts.han >= counts.english:
        return "zh"
    if not counts.words:
        return "other" if counts.foreign else "ko" if counts.hangul else "none"
    return "other" if _is_accented(counts.words) else "en"


def _is_japanese(counts: _Counts) -> bool:
    written = counts.han + counts.kana
    return counts.kana > 0 and counts.kana >= KANA_SHARE * written and written >= counts.english


def _is_accented(words: tuple[str, ...]) -> bool:
    accented = sum(not word.isascii() for word in words)
    return accented > 1 and accented >= ACCENTED_SHARE * len(words)
