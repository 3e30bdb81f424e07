"""Turns Chinese words into the order in which English says them.

A clause is taken as a tree in which any two neighbouring stretches may change places, so that 在公园里跑步 becomes
跑步在公园里. A linear model, trained on word alignments, says of each two stretches what changing them would gain; the
best tree is found by dynamic programming. Weights lie in a table that features are hashed into.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from translation.source import Token, class_name

LONGEST = 24
"""Words of a clause that are looked at as one; the rest of a longer clause is another."""
SLOTS = 1 << 18

Weights = npt.NDArray[np.float32]
Ints = npt.NDArray[Any]
Classes = Callable[[str], tuple[int, int]]
"""The classes of a word, a fine and a coarse one: words that behave alike have the same."""


def reorder(words: Sequence[Token], weights: Weights, classes: Classes, least: float = 0.0) -> list[Token]:
    """The same tokens in English order. Punctuation stays where it is, and nothing crosses it.

    ``least`` is what a change must gain.
    """
    ordered: list[Token] = []
    for clause in clauses(words):
        if len(clause) > 1:
            names = [class_name(word) for word in clause]
            order = best_order(gains(features(names, classes), weights) - least, len(clause))
            ordered += [clause[place] for place in order]
        else:
            ordered += clause
    return ordered


def clauses(words: Sequence[Token]) -> Iterator[list[Token]]:
    """The words between two marks, and each mark by itself."""
    clause: list[Token] = []
    for word in words:
        is_mark = word.kind == "mark" and word.text != "、"
        if clause and (is_mark or len(clause) == LONGEST):
            yield clause
            clause = []
        clause.append(word)
        if is_mark:
            yield clause
            clause = []
    if clause:
        yield clause


def features(words: Sequence[str], classes: Classes) -> Ints:
    """Slots of each triple (start, middle, end): what stands at the edges of both stretches, inside and out."""
    size = len(words)
    first, middle, last = triples(size)
    # An edge of the clause is a word too: 2 at its beginning, 3 at its end.
    name = np.array([2, *(zlib.crc32(word.encode()) for word in words), 3], np.int64)
    kind, sort = np.array([(2, 2), *map(classes, words), (3, 3)], np.int64).T
    before, a, b, c, d, after = (edge for edge in (first, first + 1, middle, middle + 1, last, last + 1))
    spans = np.minimum(middle - first, 5) * 8 + np.minimum(last - middle, 5)
    edges = _join(sort[a], sort[b], sort[c], sort[d])
    parts = [
        name[a], name[b], name[c], name[d], spans,
        _join(name[a], name[c]), _join(name[b], name[c]), _join(name[a], name[b]), _join(name[c], name[d]),
        _join(name[a], kind[c]), _join(kind[a], name[c]), _join(name[b], kind[c]), _join(name[b], kind[d]),
        _join(kind[a], kind[b], kind[c], kind[d]), _join(kind[b], kind[c], spans),
        _join(name[before], name[a], kind[c]), _join(name[d], name[after]), _join(kind[before], kind[a], name[b]),
        _join(kind[c], kind[d], kind[after]), _join(name[a], name[b], sort[c], sort[d]), _join(name[before], name[b]),
        _join(name[a], spans), _join(name[b], spans), edges, _join(edges, spans),
        _join(sort[before], sort[a], sort[b]), _join(sort[c], sort[d], sort[after]), _join(sort[a], sort[b], sort[c]),
        _join(sort[b], sort[c], sort[d]), _join(sort[before], sort[b], sort[c]), _join(sort[b], sort[c], sort[after]),
        _join(edges, sort[before], sort[after]), _join(name[a], name[b], sort[c], sort[d], sort[after]),
    ]  # fmt: skip
    table = np.stack(parts, 1) * 0x9E3779B1 + np.arange(len(parts)) * 0x85EBCA6B
    return ((table ^ (table >> 15)) * 0xC2B2AE35 >> 13) % SLOTS


def gains(slots: Ints, weights: Weights) -> npt.NDArray[np.float64]:
    """What changing the two stretches of each triple would gain."""
    return np.asarray(weights[slots].sum(1), np.float64)


def best_order(gain: npt.NDArray[np.float64], size: int) -> list[int]:
    """The places of the words, in the order of the best tree."""
    order: list[int] = []
    swapped = best_swaps(gain, size)

    def walk(start: int, end: int) -> None:
        if end - start == 1:
            order.append(start)
            return
        middle, swap = swapped[start, end]
        for left, right in ((middle, end), (start, middle)) if swap else ((start, middle), (middle, end)):
            walk(left, right)

    walk(0, size)
    return order


def best_swaps(gain: npt.NDArray[np.float64], size: int) -> dict[tuple[int, int], tuple[int, bool]]:
    """For each stretch that may be needed where it is cut, and whether its halves change places."""
    values = gain.tolist()
    best = [[0.0] * (size + 1) for _ in range(size + 1)]
    cuts: dict[tuple[int, int], tuple[int, bool]] = {}
    entry = 0
    for length in range(2, size + 1):
        for start in range(size - length + 1):
            end = start + length
            row, top, cut = best[start], -1.0, (end - 1, False)
            for middle in range(start + 1, end):
                worth = row[middle] + best[middle][end]
                swap = values[entry]
                entry += 1
                if swap > 0:
                    worth += swap
                if worth > top:
                    top, cut = worth, (middle, swap > 0)
            row[end] = top
            cuts[start, end] = cut
    return cuts


@cache
def triples(size: int) -> tuple[Ints, Ints, Ints]:
    """Start, middle and end of each triple of a clause of ``size`` words, in the order of ``best_swaps``."""
    found = [
        (start, middle, start + length)
        for length in range(2, size + 1)
        for start in range(size - length + 1)
        for middle in range(start + 1, start + length)
    ]
    table = np.array(found, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _join(*parts: Ints) -> Ints:
    joined = parts[0]
    for part in parts[1:]:
        joined = (joined * 0x01000193) ^ part
    return joined
