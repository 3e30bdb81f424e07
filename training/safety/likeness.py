"""Turns texts into what tells whether another is like one of them, if not the same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

ALIKE = 0.4
"""Of all words of two texts, the share that both have. Two prompts that came about apart seldom share a quarter."""
_COMMON = 60
"""Words of more texts than so many tell nothing."""
_WORD = re.compile(r"\w+")


class Likeness:
    """Of a set of texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = [_words(text) for text in texts]
        counts = Counter(word for words in self._words for word in words)
        self._with = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in words:
                if counts[word] <= _COMMON:
                    self._with[word].append(place)

    def has_like(self, text: str) -> bool:
        """Whether one of the texts shares ``ALIKE`` of the words, a telling one among them."""
        words = _words(text)
        places = {place for word in words for place in self._with.get(word, ())}
        return any(len(words & self._words[place]) >= ALIKE * len(words | self._words[place]) for place in places)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
