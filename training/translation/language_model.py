"""Turns English sentences into a trigram model with interpolated Kneser-Ney smoothing, as back-off tables."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

DISCOUNTS = (0.6, 0.75, 0.85)
"""Of words, pairs and triples."""
NEVER = 1e-9

Pair = tuple[int, int]
Triple = tuple[int, int, int]
Gram = TypeVar("Gram")
Context = TypeVar("Context")


@dataclass(frozen=True)
class Model:
    """Natural logarithms. Words are ids; 0 begins and ends a sentence, 1 is any unknown word."""

    unigrams: list[float]
    bigrams: dict[Pair, float]
    trigrams: dict[Triple, float]
    unigram_backoffs: list[float]
    bigram_backoffs: dict[Pair, float]


def train(sentences: Iterable[Sequence[int]], size: int, least: int = 2) -> Model:
    """A model of ``size`` words.

    Triples are kept when seen ``least`` times; pairs as well, or when a triple needs them.
    """
    triples: Counter[Triple] = Counter()
    for sentence in sentences:
        padded = [0, 0, *sentence, 0]
        triples.update(zip(padded, padded[1:], padded[2:], strict=False))
    followers = Counter((y, z) for _, y, z in triples)
    words = _words(followers, size)
    # A sentence begins with two zeros, which no sentence goes on with.
    pairs = _pairs(followers, words) | {(0, 0): NEVER}
    kept = _triples(triples, pairs, least)
    triple_backoffs: dict[Pair, float] = _backoffs(kept, lambda gram: gram[:2], lambda gram: pairs[gram[1:]])
    needed = {gram[1:] for gram in kept} | set(triple_backoffs)
    kept_pairs = {gram: chance for gram, chance in pairs.items() if followers[gram] >= least or gram in needed}
    pair_backoffs: dict[int, float] = _backoffs(kept_pairs, lambda gram: gram[0], lambda gram: words[gram[1]])
    return Model(
        list(map(math.log, words)),
        {gram: math.log(chance) for gram, chance in kept_pairs.items()},
        {gram: math.log(chance) for gram, chance in kept.items()},
        [pair_backoffs.get(word, 0.0) for word in range(size)],
        {gram: backoff for gram, backoff in triple_backoffs.items() if gram in kept_pairs},
    )


def _words(followers: Mapping[Pair, int], size: int) -> list[float]:
    """The chance of each word, by how many different words it follows."""
    counts = Counter(z for _, z in followers)
    total, discount = sum(counts.values()), DISCOUNTS[0]
    spare = discount * len(counts) / total / size
    return [max(counts[word] - discount, 0) / total + spare for word in range(size)]


def _pairs(followers: Mapping[Pair, int], words: Sequence[float]) -> dict[Pair, float]:
    sums: Counter[int] = Counter()
    types: Counter[int] = Counter()
    for (y, _), count in followers.items():
        sums[y] += count
        types[y] += 1
    discount = DISCOUNTS[1]
    return {
        (y, z): (max(count - discount, 0) + discount * types[y] * words[z]) / sums[y]
        for (y, z), count in followers.items()
    }


def _triples(triples: Mapping[Triple, int], pairs: Mapping[Pair, float], least: int) -> dict[Triple, float]:
    sums: Counter[Pair] = Counter()
    types: Counter[Pair] = Counter()
    for (x, y, _), count in triples.items():
        sums[x, y] += count
        types[x, y] += 1
    discount = DISCOUNTS[2]
    return {
        (x, y, z): (count - discount + discount * types[x, y] * pairs[y, z]) / sums[x, y]
        for (x, y, z), count in triples.items()
        if count >= least
    }


def _backoffs(
    kept: Mapping[Gram, float], context: Callable[[Gram], Context], lower: Callable[[Gram], float]
) -> dict[Context, float]:
    """Logarithm of what is left for unseen words, over what the shorter context gives those."""
    seen: defaultdict[Context, float] = defaultdict(float)
    below: defaultdict[Context, float] = defaultdict(float)
    for gram, chance in kept.items():
        seen[context(gram)] += chance
        below[context(gram)] += lower(gram)
    return {key: math.log(max(1 - seen[key], 1e-4) / max(1 - below[key], 1e-4)) for key in seen}
