"""Turns word alignments into the weights by which Chinese is put into English order: a structured perceptron."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from translation.reorder import SLOTS, Classes, Weights, best_swaps, features, gains, triples

Clause = tuple[list[str], list[float | None]]
"""Words, and for each where its English stands on average; None where it has none."""


def train_order(clauses: Sequence[Clause], classes: Classes, rounds: int, seed: int) -> Weights:
    """Averaged weights. Each round sees every clause once, in another order."""
    weights, sums = np.zeros(SLOTS, np.float32), np.zeros(SLOTS, np.float64)
    shuffle = random.Random(seed)
    prepared = [(features(words, classes).astype(np.int32), crossings(places), len(words)) for words, places in clauses]
    step = 0
    for _ in range(rounds):
        shuffle.shuffle(prepared)
        for slots, true_gain, size in prepared:
            step += 1
            wanted = _swaps(true_gain, size)
            # Loss-augmented: a swap that the alignment speaks against must be beaten by a margin.
            got = _swaps(gains(slots, weights) - 0.1 * np.sign(true_gain), size)
            for node in wanted - got:
                np.add.at(weights, slots[node], 1.0)
                np.add.at(sums, slots[node], float(step))
            for node in got - wanted:
                np.add.at(weights, slots[node], -1.0)
                np.add.at(sums, slots[node], -float(step))
    return (weights - sums / (step + 1)).astype(np.float32)


def crossings(places: Sequence[float | None]) -> npt.NDArray[np.float64]:
    """For each triple how many crossings of alignment links fewer there are when its stretches change places."""
    size = len(places)
    above = np.zeros((size, size))
    for i, left in enumerate(places):
        for j in range(i + 1, size):
            right = places[j]
            if left is not None and right is not None and left != right:
                above[i, j] = 1.0 if left > right else -1.0
    # Sums over rectangles, by two running sums.
    total = np.zeros((size + 1, size + 1))
    total[1:, 1:] = above.cumsum(0).cumsum(1)
    first, middle, last = triples(size)
    return total[middle, last] - total[first, last] - total[middle, middle] + total[first, middle]


def _swaps(gain: npt.NDArray[np.float64], size: int) -> set[int]:
    """The entries of the triples that change places in the best tree."""
    cuts = best_swaps(gain, size)
    index = _index(size)
    found: set[int] = set()
    stack = [(0, size)]
    while stack:
        start, end = stack.pop()
        if end - start > 1:
            middle, swap = cuts[start, end]
            if swap:
                found.add(index[start, middle, end])
            stack += [(start, middle), (middle, end)]
    return found


_INDEXES: dict[int, dict[tuple[int, int, int], int]] = {}


def _index(size: int) -> dict[tuple[int, int, int], int]:
    if size not in _INDEXES:
        columns = (column.tolist() for column in triples(size))
        _INDEXES[size] = {triple: entry for entry, triple in enumerate(zip(*columns, strict=True))}
    return _INDEXES[size]
