"""Turns the files of ``translation/data`` into tables to look things up in.

They are mapped, not read, so that opening is quick and processes share the memory. Keys lie sorted, and are found by
bisection. Scores are natural logarithms times ``SCALE``, rounded.
"""

from __future__ import annotations

import csv
import gzip
import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from translation.agreement import read_grammar

FOLDER = Path(__file__).with_name("data")
SCALE = 12
"""Of the language model's bytes."""
FINE_SCALE = 256
"""Of the options' scores."""
UNKNOWN_COST = 20.0


@dataclass(frozen=True)
class Lexicon:
    """What is known of each Chinese word: how likely it is as a word, what it means, and what kind it is.

    ``senses`` are of names of things alone: stems of English words, any of which says it, with spaces between.
    """

    costs: Mapping[str, float]
    meanings: Mapping[str, str]
    senses: Mapping[str, str]
    verbs: frozenset[str]
    adjectives: frozenset[str] = frozenset()


class LanguageModel:
    """A trigram model. Word 0 begins and ends a sentence, 1 is any unknown one."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._unigrams = arrays["unigrams"].data
        self._unigram_backoffs = arrays["unigram_backoffs"].data
        self._bigram_keys = arrays["bigram_keys"].data
        self._bigrams = arrays["bigrams"].data
        self._bigram_backoffs = arrays["bigram_backoffs"].data
        self._trigram_keys = arrays["trigram_keys"].data
        self._trigrams = arrays["trigrams"].data

    def score(self, before: int, last: int, word: int) -> float:
        """Logarithm of the chance of ``word`` after the two others."""
        key = before << 32 | last << 16 | word
        place = bisect_left(self._trigram_keys, key)
        if place < len(self._trigram_keys) and self._trigram_keys[place] == key:
            return -self._trigrams[place] / SCALE
        context = self._bigram(before << 16 | last)
        backoff = self._bigram_backoffs[context] if context is not None else 0
        pair = self._bigram(last << 16 | word)
        if pair is not None:
            return -(backoff + self._bigrams[pair]) / SCALE
        return -(backoff + self._unigram_backoffs[last] + self._unigrams[word]) / SCALE

    def _bigram(self, key: int) -> int | None:
        place = bisect_left(self._bigram_keys, key)
        return place if place < len(self._bigram_keys) and self._bigram_keys[place] == key else None


class PhraseTable:
    """English for Chinese phrases."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self.scores = arrays["option_scores"]
        self._keys = arrays["phrase_keys"].data
        self._starts = arrays["phrase_starts"].data
        self._targets = arrays["option_targets"].data
        self._target_starts = arrays["target_starts"].data
        self._words = arrays["target_words"].data

    def options(self, phrase: Sequence[str]) -> Iterator[tuple[tuple[int, ...], float]]:
        """Word ids and score of each translation, the likeliest first."""
        key = phrase_key(phrase)
        place = bisect_left(self._keys, key)
        if place < len(self._keys) and self._keys[place] == key:
            for option in range(self._starts[place], self._starts[place + 1]):
                target = self._targets[option]
                words = self._words[self._target_starts[target] : self._target_starts[target + 1]]
                yield tuple(words), float(self.scores[option]) / FINE_SCALE


@dataclass(frozen=True)
class Settings:
    """Weights of what is not in the tables, as tuned."""

    language: float
    unknown: float
    copied: float


class Weights:
    """Everything in the folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        arrays = {path.stem: _mapped(path) for path in sorted(folder.glob("*.npy"))}
        self.language = LanguageModel(arrays)
        self.table = PhraseTable(arrays)
        self.words = (folder / "words.txt").read_text("utf-8").split("\n")
        self.lexicon = read_lexicon(folder)
        record = json.loads((folder / "settings.json").read_text("utf-8"))
        self.grammar = read_grammar(folder / "grammar.tsv")
        self.settings = Settings(**record["weights"])
        self.version: str = record["version"]

    @cached_property
    def ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}


def read_lexicon(folder: Path = FOLDER) -> Lexicon:
    costs: dict[str, float] = {}
    meanings: dict[str, str] = {}
    senses: dict[str, str] = {}
    verbs: set[str] = set()
    adjectives: set[str] = set()
    with gzip.open(folder / "lexicon.tsv.gz", "rt", encoding="utf-8") as lines:
        for word, cost, kind, meaning, stems in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            costs[word] = int(cost) / 10
            if meaning:
                meanings[word] = meaning
            if stems:
                senses[word] = stems
            if kind:
                (verbs if kind == "v" else adjectives).add(word)
    return Lexicon(costs, meanings, senses, frozenset(verbs), frozenset(adjectives))


def shipped_version() -> str:
    """Changes whenever the shipped weights do; nothing is opened for it but one small file."""
    return str(json.loads((FOLDER / "settings.json").read_text("utf-8"))["version"])


@cache
def shipped() -> Weights:
    """The weights that come with the package, opened once a process."""
    return Weights()


def phrase_key(phrase: Sequence[str]) -> int:
    """The 64 bits a phrase is found by."""
    return int.from_bytes(blake2b(" ".join(phrase).encode(), digest_size=8).digest(), "little")


def _mapped(path: Path) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array
