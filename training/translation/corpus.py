"""Turns the data folder into sentence pairs to train on, with those held out to test on left out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from piying.bench.held_out import (
    YOUMIND,
    Pair,
    held_hashes,
    is_held,
    is_held_pair,
    read_pairs,
    sentence_hash,
    youmind_ids,
)

__all__ = [
    "Corpus", "Pair", "by_source", "development_hashes", "held_hashes", "is_held", "pieces", "read", "sentence_hash",
    "youmind_ids",
]  # fmt: skip

WEIGHTS = {
    "youmind_prompts": 1.0,
    "tatoeba_cmn_eng": 1.0,
    "sd_tags_physton": 1.0,
    "cldr_annotations": 1.0,
    "cdda_mo": 0.5,
}
"""The sources of whole sentences and of names, and how much a pair of each counts."""

_SENTENCE_ZH = re.compile(r"(?<=[。!?;])\s*")
_SENTENCE_EN = re.compile(r"(?<=[.!?;])\s+(?=[^a-z]|$)")
_CLAUSE_ZH = re.compile(r"(?<=[,、:])\s*")
_CLAUSE_EN = re.compile(r"(?<=[,:])\s+")


@dataclass(frozen=True)
class Corpus:
    """``youmind`` and ``tatoeba``, to test on, and ``tuning`` are nowhere in ``train``."""

    train: list[Pair]
    youmind: list[Pair]
    tatoeba: list[Pair]
    tuning: list[Pair]


def read(folder: Path) -> Corpus:
    """Read ``translation/`` and the ids in ``safety/youmind_benign.jsonl``."""
    owners = youmind_ids(folder)
    corpus = Corpus([], [], [], [])
    for source in WEIGHTS:
        for pair in read_pairs(folder, source):
            _shelf(corpus, pair, owners).append(pair)
    tested = held_hashes(corpus.youmind + corpus.tatoeba)
    tuning = [pair for pair in corpus.tuning if not _is_tested(pair, tested)]
    tested |= held_hashes(tuning)
    tested |= {text for text, owner in owners.items() if is_held(owner)}
    train = [piece for pair in corpus.train for piece in pieces(pair) if not _is_tested(piece, tested)]
    return Corpus(train, corpus.youmind, corpus.tatoeba, tuning)


def development_hashes(folder: Path) -> set[str]:
    """Hashes of the prompts in ``dev/mt_vbench2.tsv``, which no made prompt may be by chance; none without the file."""
    path = folder / "dev" / "mt_vbench2.tsv"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {sentence_hash(text) for line in lines for text in line.split("\t")}


def pieces(pair: Pair) -> list[Pair]:
    """The pair cut into sentences, or clauses, where both sides have as many of like length."""
    found = _cut(pair, _SENTENCE_ZH, _SENTENCE_EN)
    return [
        piece for part in found for piece in (_cut(part, _CLAUSE_ZH, _CLAUSE_EN) if len(part.chinese) > 40 else [part])
    ]


def _shelf(corpus: Corpus, pair: Pair, owners: dict[str, str]) -> list[Pair]:
    if is_held_pair(pair, owners):
        return corpus.youmind if pair.source == YOUMIND else corpus.tatoeba
    is_tuning = len(pair.chinese) > 6 and is_held(f"tuning {sentence_hash(pair.english)}")
    return corpus.tuning if is_tuning else corpus.train


def _is_tested(pair: Pair, tested: set[str]) -> bool:
    return any(sentence_hash(text) in tested for text in (pair.chinese, pair.english))


def _cut(pair: Pair, chinese: re.Pattern[str], english: re.Pattern[str]) -> list[Pair]:
    left = [part for part in chinese.split(pair.chinese) if part.strip()]
    right = [part for part in english.split(pair.english) if part.strip()]
    if len(left) != len(right) or len(left) < 2 or not all(map(_alike, left, right)):
        return [pair]
    return [Pair(zh, en, pair.source) for zh, en in zip(left, right, strict=True)]


def _alike(chinese: str, english: str) -> bool:
    """An English text is two to five times as long in letters, more or less."""
    return 0.8 * len(chinese) - 4 <= len(english) <= 7 * len(chinese) + 8


def by_source(pairs: list[Pair]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for pair in pairs:
        counts[pair.source] += 1
    return dict(counts)
