"""Turns what was typed into plain comparable text that remembers where each character came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

JOINER = "\u200d"  # holds emoji sequences together, so it stays


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` is lower-case, half-width and simplified; ``origin[i]`` is the index in ``typed`` of its character i."""

    typed: str
    text: str
    origin: tuple[int, ...]

    def slice(self, start: int, end: int) -> str:
        """The typed characters behind ``text[start:end]``."""
        if start >= end:
            return ""
        return self.typed[self.origin[start] : self.origin[end - 1] + 1]


def fold(typed: str, simplified: Mapping[str, str]) -> Folded:
    """Fold ``typed``: compatibility forms, case, traditional characters; control and format characters go.

    A control character that is white space becomes a space, so it still ends a word.
    """
    text: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(typed):
        for plain in _plain(char):
            text.append(simplified.get(plain, plain))
            origin.append(index)
    return Folded(typed, "".join(text), tuple(origin))


def _plain(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char.lower()
    if char.isspace():
        return "\n" if char in "\r\n" else " "
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me") and char != JOINER:
        return ""
    if "\U0001f3fb" <= char <= "\U0001f3ff":  # skin tones: every person is drawn in one
        return ""
    return unicodedata.normalize("NFKC", char).lower() if category != "So" else char
