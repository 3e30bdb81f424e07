"""Turns number words, Chinese or English, into numbers."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100}
_ENGLISH = {
    "zero": 0.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0,
    "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0,
    "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "ninety": 90.0,
}  # fmt: skip
_DIGITAL = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?")

HAN_DIGIT = f"[{''.join(_DIGITS)}{''.join(_UNITS)}]"
"""Pattern of one character of a Chinese numeral."""
ENGLISH_NUMBER = f"(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})"
"""Pattern of an English number word."""


def read_number(text: str) -> float | None:
    """The value of ``6``, ``3.5``, ``六``, ``十二``, ``三点五``, ``半`` or ``six``; None for anything else.

    Two numerals side by side (三四) mean "three or four" and are no number. At most six digits, so the value is finite.
    """
    if _DIGITAL.fullmatch(text):
        return float(text)
    if text == "半":
        return 0.5
    if text.lower() in _ENGLISH:
        return _ENGLISH[text.lower()]
    whole, point, decimals = text.partition("点")
    value = _read_whole(whole) if whole else None
    if value is None or not point:
        return value
    return float(f"{value:.0f}.{''.join(str(_DIGITS[char]) for char in decimals)}") if _all_digits(decimals) else None


def _all_digits(text: str) -> bool:
    return bool(text) and set(text) <= set(_DIGITS)


def _read_whole(text: str) -> float | None:
    total, digit, unit = 0, None, 1000
    for char in text:
        if char in _UNITS and _UNITS[char] < unit:
            unit = _UNITS[char]
            total += (1 if digit is None else digit) * unit
            digit = None
        elif char in _DIGITS and not digit:
            digit = _DIGITS[char]
        else:
            return None
    return float(total + (digit or 0))
