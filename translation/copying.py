"""Turns a prompt into one form for all its spellings, with placeholders for what is copied; and a translation back."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass

from translation.normalise import normalise
from translation.ports import TranslatorFailed
from translation.spans import protect, restore
from translation.views import flatten, simplify

_KEYED = re.compile(r"\"\s*:|:\s*\"")
_PLACEHOLDER = re.compile("< ?k ?([0-9]{1,4}) ?>", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """A prompt to be translated. ``text`` has a placeholder for each of the ``spans``, which are as they were written.

    Simplified and traditional, full-width and zero-width-spaced spellings of a prompt are the same source.
    """

    text: str
    spans: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The text with its spans in place."""
        return restore(self.text, self.spans)

    @property
    def digest(self) -> str:
        """The same for the same source alone."""
        return hashlib.sha256(json.dumps([self.text, self.spans]).encode()).hexdigest()

    def copied_into(self, answer: str) -> str:
        """A translation of the text with the spans back in place.

        Raises:
            TranslatorFailed: ``copy-lost``: a placeholder is gone, there twice, or was never given.
        """
        found = Counter(int(number) for number in _PLACEHOLDER.findall(answer))
        if found != Counter(range(len(self.spans))):
            raise TranslatorFailed("copy-lost")
        return restore(answer, self.spans)


def unkeyed(prompt: str) -> str:
    """The prompt; but one that is written as JSON without its quotation marks, which quote nothing there."""
    return prompt.replace('"', " ") if _KEYED.search(prompt) else prompt


def read_source(prompt: str, language: str) -> Source:
    """Take out what is copied, once as it was written (quotations) and once in plain letters (３５ｍｍ)."""
    clean = normalise(prompt)
    if unkeyed(clean) != clean:
        return Source(simplify(flatten(clean)) if language == "zh" else flatten(clean), ())
    written, quoted = protect(clean)
    plain = flatten(written)
    text, spans = protect(simplify(plain) if language == "zh" else plain)
    return Source(text, tuple(restore(span, quoted) for span in spans))
