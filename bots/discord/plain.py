"""Turns words that somebody typed into text that Discord shows as typed: no markdown, no mention, no link of theirs."""

from __future__ import annotations

import re

from bots.units import cut

MESSAGE, ALT_TEXT = 4000, 1024
"""The most characters of all texts of a message with components, and of a picture's description (OpenAPI)."""

_SIGNS = re.compile(r"[\\*_~`|\[\]()<>@#]|:(?=//)")
"""What begins markdown, a mention, a custom emoji, a time, a command or a link: a backslash takes that from it."""
_BEGINS = re.compile(r"^(\s*\d*)([-+.)])", re.MULTILINE)
"""What makes of a line an item of a list, or small print."""


def plain(text: str) -> str:
    """As it is; where it goes through Discord's markdown it comes out as it was."""
    return _BEGINS.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", text))


def plain_line(text: str, most: int) -> str:
    """In one line of at most so many characters, backslashes included."""
    line = " ".join(text.split())
    shown = plain(cut(line, most))
    while len(shown) > most:
        line = line[: max(1, len(line) * most // len(shown) - 1)]
        shown = plain(f"{line.rstrip()}…")
    return shown


def alt_text(prompt: str) -> str | None:
    """What a picture shows, for those who cannot see it; None where nothing was typed."""
    return cut(" ".join(prompt.split()), ALT_TEXT) or None
