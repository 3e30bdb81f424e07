"""Turns a prompt into the tokens that are translated, and what is copied past the translation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from translation.normalise import normalise
from translation.spans import protect
from translation.views import flatten, simplify

Kind = Literal["copy", "number", "latin", "han", "mark"]

_KEYED = re.compile(r"\"\s*:|:\s*\"|^\s*\"[^\"]*\",?\s*$")
"""Looks like JSON: its quotation marks quote nothing."""
_OTHER = r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
_TOKEN = re.compile(
    r"(?P<copy><k[0-9]{1,4}>)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.:/×x]\d+)*(?:[A-Za-z]{1,4}(?![A-Za-z]))?%?)"
    rf"|(?P<latin>{_OTHER}(?:{_OTHER}|\d)*(?:[-'’./:&+_](?:{_OTHER}|\d)+)*)"
    r"|(?P<han>[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af])"
    r"|(?P<mark>[^\s])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the source. ``mark`` is any sign that is neither letter nor digit; ``copy`` holds the copied text."""

    text: str
    kind: Kind


COPIES = frozenset("#@")
"""How tables call a number, and any other text that is copied."""


def class_name(token: Token) -> str:
    """``#``, ``@`` or the word itself."""
    if token.kind == "number" or (token.kind == "copy" and token.text[0].isdigit()):
        return "#"
    return "@" if token.kind in {"latin", "copy"} else token.text


def read(text: str) -> list[Token]:
    """The tokens of a prompt in any width and either script; Chinese comes character by character.

    What is protected (``translation.spans``) is one token, exactly as it was written.
    """
    clean = normalise(text)
    guarded, spans = (clean, ()) if _KEYED.search(clean) else protect(clean)
    return [_token(found, spans) for found in _TOKEN.finditer(simplify(flatten(guarded)))]


def _token(found: re.Match[str], spans: tuple[str, ...]) -> Token:
    kind: Kind = found.lastgroup or "mark"  # type: ignore[assignment]
    if kind == "copy" and (number := int(found.group()[2:-1])) < len(spans):
        return Token(spans[number], "copy")
    return Token(found.group(), kind)
