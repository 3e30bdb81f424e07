"""Turns a text into the same text as somebody writes it who wants to pass a filter: nine kinds."""

from __future__ import annotations

import re
from collections.abc import Callable

from opencc import OpenCC

_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[A-Za-z]{3,}")
_LEET = str.maketrans("aeiost", "43105+".replace("+", "7"))
_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_TRADITIONAL = OpenCC("s2t")


def zero_width(text: str) -> str:
    """Something invisible after each character."""
    return "\u200b".join(text)


def spaced(text: str) -> str:
    """Words spelled out, and Chinese characters apart."""
    return _apart(text, " ")


def dotted(text: str) -> str:
    """As spaced, with dots."""
    return _apart(text, ".")


def _apart(text: str, between: str) -> str:
    if _HAN.search(text):
        return between.join(text)
    return _WORD.sub(lambda word: between.join(word[0]), text)


def traditional(text: str) -> str:
    """In traditional characters."""
    return str(_TRADITIONAL.convert(text))


def full_width(text: str) -> str:
    """ASCII as wide as Chinese."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def leet(text: str) -> str:
    """Digits for letters."""
    return _WORD.sub(lambda word: word[0].translate(_LEET), text)


def cyrillic(text: str) -> str:
    """Cyrillic for Latin letters that look the same."""
    return text.translate(_CYRILLIC)


def pinyin(text: str) -> str:
    """Chinese in Latin letters without tones, by the package pypinyin."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))


def repeated(text: str) -> str:
    """The vowels of words, or each character of a Chinese text, three times over."""
    if _HAN.search(text):
        return _HAN.sub(lambda char: char[0] * 3, text)
    return _WORD.sub(lambda word: re.sub("([aeiou])", r"\1\1\1", word[0]), text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "zero-width": zero_width,
    "spaces": spaced,
    "dots": dotted,
    "traditional": traditional,
    "full-width": full_width,
    "leet": leet,
    "Cyrillic": cyrillic,
    "pinyin": pinyin,
    "repeats": repeated,
}
"""By name. One that leaves a text as it is says nothing about it."""
