"""What turns a prompt into another language needs of its translators, all on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from core.types import TranslationKey

Failure = Literal[
    "timed-out", "unavailable", "busy", "denied", "spent", "rejected", "unreadable", "crashed", "resting", "copy-lost"
]
"""Why a translator gave nothing: no answer in time, not there, too many requests, no right to ask, no credit left, this
text not taken, an answer that is none, a bug, left alone for a while, or something lost that was to be copied."""

Guard = Callable[[str, str, str], Sequence[str]]
"""Takes the source, its translation and the language of that; gives the codes of what speaks against it, best none."""


class TranslatorFailed(Exception):
    """A translator gave nothing, for a ``reason``; ``retry_after``: seconds that the service asks to be left alone."""

    def __init__(self, reason: Failure, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


class TextTranslator(Protocol):
    """Writes a text in another language. ``version`` changes whenever the same text may come out otherwise."""

    name: str
    version: str

    def takes(self, source: str, target: str) -> bool:
        """Whether it translates between these languages (ISO 639-1; ``other`` is any that is not told apart)."""

    async def translate(self, text: str, source: str, target: str) -> str:
        """``<k0>``, ``<k1>``, … in the text stand for what is copied, and stay as they are.

        Raises:
            TranslatorFailed: nothing came of it.
        """

    async def close(self) -> None:
        """Give back what it holds."""


class Cache(Protocol):
    """Translations made before. Blocking: call it in a thread."""

    def find(self, key: TranslationKey) -> str | None: ...
    def keep(self, key: TranslationKey, text: str) -> None:
        """The first that is kept for a key stays."""
