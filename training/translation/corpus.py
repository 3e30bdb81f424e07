"""Turns the data folder into sentence pairs to train on, with those held out to test on left out."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from translation.views import flatten, simplify

HELD_SHARE = 20
"""One in so many of YouMind's prompts, and of Tatoeba's sentences, is held out."""
WEIGHTS = {
    "youmind_prompts": 1.0,
    "tatoeba_cmn_eng": 1.0,
    "sd_tags_physton": 1.0,
    "cldr_annotations": 1.0,
    "cdda_mo": 0.5,
}
"""The sources of whole sentences and of names, and how much a pair of each counts."""

_HAN = re.compile("[\u3400-\u9fff]")
_EMPHASIS = re.compile(r"^\(+|\)+$|:[\d.]+\)")
_SENTENCE_ZH = re.compile(r"(?<=[。!?;])\s*")
_SENTENCE_EN = re.compile(r"(?<=[.!?;])\s+(?=[^a-z]|$)")
_CLAUSE_ZH = re.compile(r"(?<=[,、:])\s*")
_CLAUSE_EN = re.compile(r"(?<=[,:])\s+")


@dataclass(frozen=True, slots=True)
class Pair:
    """A Chinese text, simplified, and its English; ``source`` is the file it is from."""

    chinese: str
    english: str
    source: str


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


def held_hashes(pairs: list[Pair]) -> set[str]:
    """Hashes of both sides of each pair."""
    return {sentence_hash(text) for pair in pairs for text in (pair.chinese, pair.english)}


def sentence_hash(text: str) -> str:
    """What tells whether two texts are the same but for width, case, punctuation and spaces."""
    letters = "".join(filter(str.isalnum, simplify(flatten(text)).lower()))
    return hashlib.sha256(letters.encode()).hexdigest()[:16]


def read_pairs(folder: Path, source: str) -> Iterator[Pair]:
    """The pairs of one file, each once."""
    seen = set()
    for line in (folder / "translation" / f"{source}.tsv").read_text("utf-8").splitlines():
        chinese, _, english = line.partition("\t")
        if source == "sd_tags_physton":
            english = _EMPHASIS.sub("", english)
        pair = Pair(simplify(flatten(chinese)).strip(), english.strip(), source)
        if pair not in seen and pair.english and _HAN.search(pair.chinese) and not _HAN.search(pair.english):
            seen.add(pair)
            yield pair


def youmind_ids(folder: Path) -> dict[str, str]:
    """The id of the YouMind prompt that a text, by its hash, is from."""
    records = map(json.loads, (folder / "safety" / "youmind_benign.jsonl").read_text("utf-8").splitlines())
    return {sentence_hash(record["text"]): record["id"] for record in records}


def is_held(key: str) -> bool:
    """Whether an id, or a sentence's hash, is of those held out."""
    return int(hashlib.sha256(f"held {key}".encode()).hexdigest(), 16) % HELD_SHARE == 0


def pieces(pair: Pair) -> list[Pair]:
    """The pair cut into sentences, or clauses, where both sides have as many of like length."""
    found = _cut(pair, _SENTENCE_ZH, _SENTENCE_EN)
    return [
        piece for part in found for piece in (_cut(part, _CLAUSE_ZH, _CLAUSE_EN) if len(part.chinese) > 40 else [part])
    ]


def _shelf(corpus: Corpus, pair: Pair, owners: dict[str, str]) -> list[Pair]:
    if pair.source == "youmind_prompts":
        owner = owners.get(sentence_hash(pair.english)) or owners.get(sentence_hash(pair.chinese))
        if owner and is_held(owner):
            return corpus.youmind
    if pair.source == "tatoeba_cmn_eng" and is_held(sentence_hash(pair.english)):
        return corpus.tatoeba
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
