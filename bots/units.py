"""Turns text into as much of it as a platform takes, counted as Telegram counts: in UTF-16 units.

No text has fewer of those than characters.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_BEGINS, _ENDS = "\u2068", "\u2069"
"""What lies between the two has its own direction, and changes that of nothing around it (Unicode's FSI and PDI)."""
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_NAME = 64


def units(text: str) -> int:
    """How long it is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """As much of it as fits, with a sign where something is missing; what is drawn as one character stays whole."""
    if units(text) <= most:
        return text
    end, left = 0, most - 1
    for char in text:
        left -= 2 if ord(char) > 0xFFFF else 1
        if left < 0:
            break
        end += 1
    while end and _belongs(text, end):
        end -= 1
    return f"{text[:end].rstrip()}…" if most > 0 else ""


def isolated(name: str) -> str:
    """A name that somebody chose, in one line, so that one written from right to left turns nothing else around."""
    shown = "".join(" " if char in "\n\r\t" else char for char in name if _is_shown(char))
    return f"{_BEGINS}{cut(' '.join(shown.split()), _LONGEST_NAME)}{_ENDS}"


def _is_shown(char: str) -> bool:
    return char not in _DIRECTIONS and (char in "\n\r\t" or unicodedata.category(char) not in {"Cc", "Cs"})


def _belongs(text: str, at: int) -> bool:
    """Whether the character there is drawn together with the one before it."""
    before, char = text[at - 1], text[at]
    return _JOINER in {before, char} or _extends(char) or (_is_flag(char) and _flags_before(text, at) % 2 == 1)


def _extends(char: str) -> bool:
    is_skin = 0x1F3FB <= ord(char) <= 0x1F3FF
    is_tag = 0xE0020 <= ord(char) <= 0xE007F
    return is_skin or is_tag or unicodedata.category(char) in {"Mn", "Me", "Mc"}


def _is_flag(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _flags_before(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and _is_flag(text[at - count - 1]):
        count += 1
    return count
