"""Turns aligned sentences into a phrase table: which English stands for which Chinese, and how likely."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from training.translation.align import Points
from translation.stems import stems

LONGEST_SOURCE = 5
LONGEST_TARGET = 7
MOST_OPTIONS = 12
DISCOUNT = 0.6
LEAST, LEAST_OF_LONG, LEAST_OF_LENGTH = 0.9, 1.5, {1: 0.0, 2: 0.55}
"""Counts below which an option of a common phrase is not kept, or a phrase of three words or more, one or two."""
FEATURES = ("forward", "backward", "lexical", "lexical_back", "phrase", "words", "rare", "missed")
CLASSES = frozenset("#@")
"""Stand for a number and for a Latin word that is written as it came."""

LEAST_DROPPED, COMMON = 0.15, 20
DROPPED_BACK = -1.5
"""What stands for the chance of a word from nothing, which no count gives."""

Phrase = tuple[str, ...]
Sentence = tuple[Sequence[str], Sequence[str], Points, float]
"""Source tokens, target tokens, their alignment, how much the sentence counts."""


@dataclass(frozen=True, slots=True)
class Option:
    """One translation of a source phrase. ``features`` follow ``FEATURES``, as log probabilities or counts."""

    words: tuple[str, ...]
    features: tuple[float, ...]


class Lexicon:
    """Word translation probabilities in both directions, from the links of the alignment."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._links: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._source: defaultdict[str, float] = defaultdict(float)
        self._target: defaultdict[str, float] = defaultdict(float)
        for source, target, points, weight in sentences:
            rows, columns = {i for i, _ in points}, {j for _, j in points}
            for i, j in points:
                self._count(source[i], target[j], weight)
            for j in range(len(target)):
                if j not in columns:
                    self._count("", target[j], weight)
            for i, word in enumerate(source):
                if i not in rows:
                    self._count(word, "", weight)

    def _count(self, source: str, target: str, weight: float) -> None:
        self._links[source, target] += weight
        self._source[source] += weight
        self._target[target] += weight

    def dropped(self, source: str) -> float:
        """How often a common word has no counterpart; 0 where that is an accident."""
        share = self.forward("", source)
        return share if share >= LEAST_DROPPED and self._source[source] >= COMMON else 0.0

    def likely(self, least: float, times: float) -> dict[str, set[str]]:
        """For each source word the target words that stand for it so often."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for (source, target), count in self._links.items():
            if source and target and count >= times and count >= least * self._source[source]:
                found[source].add(target)
        return found

    def forward(self, target: str, source: str) -> float:
        return self._links.get((source, target), 0.0) / self._source.get(source, 1.0)

    def backward(self, source: str, target: str) -> float:
        return self._links.get((source, target), 0.0) / self._target.get(target, 1.0)


def phrase_table(
    sentences: Sequence[Sentence], lexicon: Lexicon, senses: Mapping[str, frozenset[str]]
) -> dict[Phrase, list[Option]]:
    """Every source phrase with its likeliest options, best first.

    ``senses`` are the stems one of which names a thing; an option without any has ``missed`` it.
    """
    joint: defaultdict[Phrase, defaultdict[Phrase, float]] = defaultdict(lambda: defaultdict(float))
    lexical: dict[tuple[Phrase, Phrase], tuple[float, float]] = {}
    for source, target, points, weight in sentences:
        for start, end, low, high, share in _boxes(source, target, points):
            left, right = tuple(source[start:end]), tuple(target[low:high])
            if not _keeps_classes(left, right):
                continue
            joint[left][right] += weight * share
            if (left, right) not in lexical:
                links = [(i - start, j - low) for i, j in points if start <= i < end and low <= j < high]
                lexical[left, right] = _lexical(left, right, links, lexicon)
    totals: defaultdict[Phrase, float] = defaultdict(float)
    for found in joint.values():
        for right, count in found.items():
            totals[right] += count
    dropped = {
        word: share for (word,) in (left for left in joint if len(left) == 1) if (share := lexicon.dropped(word))
    }
    tables = _Counts(joint, totals, lexical, senses, dropped)
    return {left: options for left in joint if (options := _options(left, tables))}


@dataclass(frozen=True)
class _Counts:
    joint: Mapping[Phrase, Mapping[Phrase, float]]
    totals: Mapping[Phrase, float]
    lexical: Mapping[tuple[Phrase, Phrase], tuple[float, float]]
    senses: Mapping[str, frozenset[str]]
    dropped: Mapping[str, float]


def _options(left: Phrase, counts: _Counts) -> list[Option]:
    found = counts.joint[left]
    total = sum(found.values())
    if total < LEAST_OF_LENGTH.get(len(left), LEAST_OF_LONG):
        return []
    named = [counts.senses[word] for word in left if word in counts.senses]
    options = []
    for right, count in found.items():
        if count >= LEAST or total <= LEAST * 7:
            said = stems(" ".join(right))
            features = (
                _discounted(count, total),
                _discounted(count, counts.totals[right]),
                *counts.lexical[left, right],
                1.0,
                float(len(right)),
                float(count < LEAST_OF_LONG),
                float(sum(not wanted & said for wanted in named)),
            )
            options.append(Option(right, features))
    if len(left) == 1 and left[0] in counts.dropped and not named:
        share = math.log(counts.dropped[left[0]])
        options.append(Option((), (share, DROPPED_BACK, share, DROPPED_BACK, 1.0, 0.0, 0.0, 0.0)))
    options.sort(key=_rank, reverse=True)
    return options[:MOST_OPTIONS]


def _rank(option: Option) -> float:
    forward, backward, lexical, lexical_back, *_, missed = option.features
    return forward + 0.5 * backward + 0.4 * lexical + 0.3 * lexical_back - missed


def _discounted(count: float, total: float) -> float:
    return math.log(max(count - DISCOUNT, 0.08 * count) / (total + 0.1))


def _lexical(
    left: Sequence[str], right: Sequence[str], links: Sequence[tuple[int, int]], lexicon: Lexicon
) -> tuple[float, float]:
    by_target: defaultdict[int, list[str]] = defaultdict(list)
    by_source: defaultdict[int, list[str]] = defaultdict(list)
    for i, j in links:
        by_target[j].append(left[i])
        by_source[i].append(right[j])
    ahead = back = 0.0
    for j, word in enumerate(right):
        sources = by_target.get(j) or [""]
        ahead += math.log(sum(lexicon.forward(word, source) for source in sources) / len(sources) + 1e-6)
    for i, word in enumerate(left):
        targets = by_source.get(i) or [""]
        back += math.log(sum(lexicon.backward(word, target) for target in targets) / len(targets) + 1e-6)
    return ahead, back


def _keeps_classes(left: Sequence[str], right: Sequence[str]) -> bool:
    return all(left.count(name) == right.count(name) <= 1 for name in CLASSES)


def _boxes(source: Sequence[str], target: Sequence[str], points: Points) -> Iterator[tuple[int, int, int, int, float]]:
    """Spans consistent with the alignment: source start, end, target start, end, and the share of a count."""
    by_source: defaultdict[int, list[int]] = defaultdict(list)
    by_target: defaultdict[int, list[int]] = defaultdict(list)
    for i, j in points:
        by_source[i].append(j)
        by_target[j].append(i)
    for start in range(len(source)):
        low, high = len(target), -1
        for end in range(start + 1, min(len(source), start + LONGEST_SOURCE) + 1):
            columns = by_source.get(end - 1)
            if columns:
                low, high = min(low, *columns), max(high, *columns)
            if high < 0:
                continue
            if high - low >= LONGEST_TARGET:
                break
            if all(start <= i < end for j in range(low, high + 1) for i in by_target.get(j, ())):
                spans = _widened(low, high + 1, by_target, len(target))
                for first, last in spans:
                    yield start, end, first, last, 1 / len(spans)


def _widened(low: int, high: int, aligned: Container[int], size: int) -> list[tuple[int, int]]:
    """The span, and the same with up to two unaligned words at either edge."""
    firsts = [low]
    while firsts[-1] > 0 and firsts[-1] - 1 not in aligned and len(firsts) < 3:
        firsts.append(firsts[-1] - 1)
    lasts = [high]
    while lasts[-1] < size and lasts[-1] not in aligned and len(lasts) < 3:
        lasts.append(lasts[-1] + 1)
    return [(first, last) for first in firsts for last in lasts if last - first <= LONGEST_TARGET]
