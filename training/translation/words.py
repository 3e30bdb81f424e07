"""Turns a dictionary and Chinese text into the costs by which text is cut into words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from translation.segment import LONGEST_WORD, cut

ROUNDS = 3
UNSEEN = 0.1
"""The count of a word of the dictionary that the text does not have."""


def word_costs(runs: Sequence[str], dictionary: Iterable[str]) -> dict[str, float]:
    """Negative log probability of each word, from cutting the text again and again; ``runs`` are of Chinese alone."""
    words = {word for word in dictionary if len(word) <= LONGEST_WORD}
    costs = {word: 12.0 - 0.5 * min(len(word), 4) for word in words}
    for _ in range(ROUNDS):
        counts = Counter(word for run in runs for word in cut(run, costs, 20.0))
        total = sum(counts.values()) + UNSEEN * len(words)
        costs = {word: -math.log((counts[word] + UNSEEN) / total) for word in words | set(counts)}
    return costs
