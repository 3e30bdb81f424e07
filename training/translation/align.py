"""Turns pairs of token sequences into word alignments: IBM model 1 with a pull to the diagonal, both ways, symmetrised.

All pairs of tokens of all sentences lie in flat arrays, so that a step of expectation maximisation is a few calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Points = set[tuple[int, int]]

NULL_SHARE = 0.06
TENSION = 5.0
PRIOR = 0.01
"""Of the Dirichlet distribution over translations: small, so that rare words do not soak up what has no partner."""
_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


@dataclass(frozen=True)
class _Cells:
    """One row a (target token, source token or NULL) of one sentence; ``groups`` are where each target token begins."""

    entry: Ints
    groups: Ints
    pull: Floats
    source_of_entry: Ints


def align(pairs: Sequence[tuple[Ints, Ints]], rounds: int = 5) -> list[Points]:
    """The points (place in the source, place in the target) of each pair of id sequences."""
    forward = best_links(pairs, rounds)
    backward = best_links([(target, source) for source, target in pairs], rounds)
    return [
        _grow({(i, j) for j, i in enumerate(ahead) if i >= 0}, {(i, j) for i, j in enumerate(back) if j >= 0})
        for ahead, back in zip(forward, backward, strict=True)
    ]


def best_links(pairs: Sequence[tuple[Ints, Ints]], rounds: int) -> list[list[int]]:
    """For each target token the place of the likeliest source token, or -1."""
    cells = _cells(pairs)
    sizes = np.diff(np.append(cells.groups, len(cells.entry)))
    chance = np.ones(len(cells.source_of_entry), np.float32)
    for _ in range(rounds):
        score = chance[cells.entry] * cells.pull
        score /= np.repeat(np.add.reduceat(score, cells.groups), sizes)
        counts = np.bincount(cells.entry, score, len(chance)) + PRIOR
        totals = np.bincount(cells.source_of_entry, counts)
        chance = np.exp(_digamma(counts) - _digamma(totals)[cells.source_of_entry]).astype(np.float32)
    score = chance[cells.entry] * cells.pull
    return list(_winners(score, pairs))


def _digamma(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Asymptotic series at x + 6, taken back by recurrence; good to six digits."""
    shifted = values + 6
    series = np.log(shifted) - 0.5 / shifted - 1 / (12 * shifted**2) + 1 / (120 * shifted**4)
    return np.asarray(series - sum(1 / (values + step) for step in range(6)))


def _cells(pairs: Sequence[tuple[Ints, Ints]]) -> _Cells:
    size = max(int(target.max()) for _, target in pairs) + 1
    keys, pulls, lengths = [], [], []
    for source, target in pairs:
        n, m = len(source), len(target)
        key = np.concatenate(([0], source + 1))[None, :] * size + target[:, None]
        keys.append(key.ravel())
        pulls.append(_pull(n, m).ravel())
        lengths.append(np.full(m, n + 1))
    unique, entry = np.unique(np.concatenate(keys), return_inverse=True)
    groups = np.concatenate(([0], np.cumsum(np.concatenate(lengths))[:-1]))
    return _Cells(entry, groups, np.concatenate(pulls), unique // size)


def _pull(n: int, m: int) -> Floats:
    places = (np.arange(n) + 0.5) / n
    wanted = (np.arange(m) + 0.5) / m
    pull = np.exp(-TENSION * np.abs(places[None, :] - wanted[:, None]))
    pull *= (1 - NULL_SHARE) / pull.sum(1, keepdims=True)
    return np.hstack((np.full((m, 1), NULL_SHARE), pull)).astype(np.float32)


def _winners(score: Floats, pairs: Sequence[tuple[Ints, Ints]]) -> Iterator[list[int]]:
    start = 0
    for source, target in pairs:
        end = start + (len(source) + 1) * len(target)
        yield (score[start:end].reshape(len(target), -1).argmax(1) - 1).tolist()
        start = end


def _grow(forward: Points, backward: Points) -> Points:
    """grow-diag-final-and: from what both see outwards, then lone points that nothing contradicts."""
    union, found = forward | backward, forward & backward
    rows, columns = {i for i, _ in found}, {j for _, j in found}
    frontier = list(found)
    while frontier:
        i, j = frontier.pop()
        for down, right in _NEIGHBOURS:
            point = (i + down, j + right)
            if point in union and point not in found and (point[0] not in rows or point[1] not in columns):
                found.add(point)
                rows.add(point[0])
                columns.add(point[1])
                frontier.append(point)
    for point in sorted(union - found):
        if point[0] not in rows and point[1] not in columns:
            found.add(point)
            rows.add(point[0])
            columns.add(point[1])
    return found
