"""Turns the forms of texts into the words that put a minor into something sexual, if there are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.safety.rules.folding import Forms
from core.safety.rules.terms import Span, Terms

_NEAR = 120
"""Characters between a minor and something that is sexual only then. Explicit words count wherever they stand."""


@dataclass(frozen=True)
class Found:
    """Which text has the words, and by which rule."""

    index: int
    rule: str
    words: str


class Minors:
    """The rule before all others: (a minor) with (something sexual), or a word that is both.

    Words for the young who may be of age count beside the explicit alone.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._minor, self._alone = Terms.of(data["minor"]), Terms.of(data["alone"])
        # What is innocent of adults alone is not overlooked beside a minor.
        listed = ({**data[name], "innocent": []} for name in ("sexual", "non-consent"))
        self._explicit = Terms.of(data["explicit"], *listed)
        self._young = Terms.of(data["minor"], data["young"])
        harmless = {"innocent": data["explicit"]["innocent"]}
        self._sexualised = Terms.of(data["sexualised"], harmless)
        self._suggestive = Terms.of(data["suggestive"], harmless)

    @property
    def telling(self) -> tuple[Terms, ...]:
        """Without a word of these there is nothing to find."""
        return self._alone, self._explicit, self._sexualised, self._suggestive

    def find(self, texts: Sequence[Forms]) -> Found | None:
        """The first text with the words; a minor in one text and the sexual in another are together too."""
        if found := _anywhere(self._alone, texts, "minors-alone"):
            return found
        if (found := _anywhere(self._explicit, texts, "minors-explicit")) and _anywhere(self._young, texts, ""):
            return found
        minors = [(index, span) for index, text in enumerate(texts) for span in _spans(self._minor, text)]
        return (
            (_anywhere(self._sexualised, texts, "minors-sexualised") or self._near(texts, minors)) if minors else None
        )

    def _near(self, texts: Sequence[Forms], minors: list[tuple[int, Span]]) -> Found | None:
        for index, text in enumerate(texts):
            for span in _spans(self._suggestive, text):
                if any(at == index and abs(span.start - minor.start) <= _NEAR for at, minor in minors):
                    return Found(index, "minors-suggestive", span.words)
        return None


def _anywhere(terms: Terms, texts: Sequence[Forms], rule: str) -> Found | None:
    found = (Found(index, rule, words) for index, text in enumerate(texts) if (words := _first(terms, text)))
    return next(found, None)


def _first(terms: Terms, text: Forms) -> str | None:
    found = (terms.find(words) for words in text.words)
    in_runs = (terms.find_in_run(run) for run in text.runs)
    return next((words for group in (found, in_runs) for words in group if words), None)


def _spans(terms: Terms, text: Forms) -> list[Span]:
    spans = [span for words in text.words for span in terms.spans(words)]
    runs = (terms.find_in_run(run) for run in text.runs)
    return spans + [Span(0, words) for words in runs if words]
