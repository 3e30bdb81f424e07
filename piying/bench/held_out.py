"""Turns translated texts into pairs, and says which of them are held out: tested on, and never learnt from.

Training reads the same lines by the same rule, which is why it stands here, once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from translation.views import flatten, simplify

YOUMIND, TATOEBA = "youmind_prompts", "tatoeba_cmn_eng"
HELD_SHARE = 20
"""One in so many of YouMind's prompts, and of Tatoeba's sentences, is held out."""

_HAN = re.compile("[\u3400-\u9fff]")
_EMPHASIS = re.compile(r"^\(+|\)+$|:[\d.]+\)")


@dataclass(frozen=True, slots=True)
class Pair:
    """A Chinese text, simplified, and its English; ``source`` is the file it is from."""

    chinese: str
    english: str
    source: str


def read_pairs(folder: Path, source: str) -> Iterator[Pair]:
    """The pairs of one file of ``translation/``, each once."""
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


def is_held_pair(pair: Pair, owners: Mapping[str, str]) -> bool:
    """Whether a pair is of the slices to test on: YouMind's by the prompt's id (``owners``), Tatoeba's by its hash."""
    if pair.source == YOUMIND:
        owner = owners.get(sentence_hash(pair.english)) or owners.get(sentence_hash(pair.chinese))
        return owner is not None and is_held(owner)
    return pair.source == TATOEBA and is_held(sentence_hash(pair.english))


def is_held(key: str) -> bool:
    """Whether an id, or a sentence's hash, is of those held out."""
    return int(hashlib.sha256(f"held {key}".encode()).hexdigest(), 16) % HELD_SHARE == 0


def held_hashes(pairs: Iterable[Pair]) -> set[str]:
    """Hashes of both sides of each pair."""
    return {sentence_hash(text) for pair in pairs for text in (pair.chinese, pair.english)}


def sentence_hash(text: str) -> str:
    """What tells whether two texts are the same but for width, case, punctuation and spaces."""
    letters = "".join(filter(str.isalnum, simplify(flatten(text)).lower()))
    return hashlib.sha256(letters.encode()).hexdigest()[:16]
