"""Turns the corpus, the dictionary and synthetic prompts into tokenised pairs, and English to learn style from."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.translation import english
from training.translation.corpus import WEIGHTS, Corpus, development_hashes, held_hashes, is_held, sentence_hash
from training.translation.dictionary import Dictionary
from training.translation.synthetic import Prompts
from training.translation.words import word_costs
from translation.segment import segment
from translation.source import COPIES, Token, class_name, read
from translation.weights import UNKNOWN_COST

SYNTHETIC = 60_000
SYNTHETIC_WEIGHT = 0.6
DICTIONARY_WEIGHT = 0.25
LONGEST = 70
_HAN_RUN = re.compile("[\u3400-\u9fff]+")
_PHRASE = re.compile("[在一正].|.+[的着在]$")
"""No word of its own: 在海边, 一只狼, 红色的, 坐在."""
DESCRIBES, LEAST_MET = 0.3, 12
"""A word is an adjective when this share of the times it is met, and so often at least, 的 and a word follow."""
_NAMES = frozenset(("sd_tags_physton", "cldr_annotations"))


@dataclass(frozen=True)
class Line:
    """A sentence pair. Copied words are ``#`` and ``@`` on both sides; ``weight`` is what it counts."""

    chinese: list[Token]
    english: list[str]
    weight: float


@dataclass(frozen=True)
class Material:
    lines: list[Line]
    style: list[list[str]]
    """English sentences, each whole."""
    costs: dict[str, float]
    names: set[str]
    """Words for things, among them those of one character."""
    verbs: set[str]
    adjectives: set[str]
    grammar: list[tuple[str, str, str]]
    """What English nouns and verbs become: n, cat, cats; v, run, runs."""


def gather(folder: Path, corpus: Corpus, dictionary: Dictionary, seed: int) -> Material:
    """Everything to train on; the same for the same seed."""
    prompts = Prompts(seed)
    held = held_hashes(corpus.youmind + corpus.tatoeba + corpus.tuning) | development_hashes(folder)
    made = prompts.alone() * 3 + [prompts.next() for _ in range(SYNTHETIC)]
    made = [pair for pair in made if held.isdisjoint(map(sentence_hash, pair))]
    texts = [(pair.chinese, pair.english, WEIGHTS[pair.source]) for pair in corpus.train]
    texts += [(chinese, text, SYNTHETIC_WEIGHT) for chinese, text in made]
    runs = [run for chinese, _, _ in texts for run in _HAN_RUN.findall(chinese)]
    names = {pair.chinese for pair in corpus.train if pair.source in _NAMES and len(pair.chinese) <= 4}
    vocabulary = {word for word, _ in prompts.alone() if len(word) <= 3 and not _PHRASE.match(word)}
    costs = word_costs(runs, {word for word in dictionary.words() | names | vocabulary if _HAN_RUN.fullmatch(word)})
    met = {word for run in runs for word in dictionary.glosses.keys() & _stretches(run)}
    # Some sentences to test on are a word: 欢迎!
    looked_up = [(word, gloss) for word, gloss in dictionary.pairs(sorted(met)) if sentence_hash(word) not in held]
    texts += [(word, gloss, DICTIONARY_WEIGHT) for word, gloss in looked_up]
    captions = list(captions_of(folder, held))
    caser = english.Truecaser([english.tokenise(text) for text in [text for _, text, _ in texts] + captions])
    lines = [line for entry in texts if (line := _line(*entry, costs, caser.truecase))]
    style = [_classed(caser.truecase(english.tokenise(text)), {}) for text in captions]
    style += [line.english for line in lines if line.weight > DICTIONARY_WEIGHT]
    counts = Counter(class_name(token) for line in lines for token in line.chinese)
    verbs = dictionary.verbs() | {word for word, _ in prompts.deeds()}
    return Material(
        lines,
        style,
        costs,
        names | vocabulary,
        verbs,
        adjectives_of(lines, counts) - verbs - prompts.nouns(),
        list(prompts.grammar()),
    )


def adjectives_of(lines: Sequence[Line], counts: Mapping[str, int]) -> set[str]:
    """Words of two characters or more that mostly stand before 的 and what they describe."""
    describing = Counter(
        word.text
        for line in lines
        for word, mark, after in zip(line.chinese, line.chinese[1:], line.chinese[2:], strict=False)
        if mark.text == "的" and after.kind == "han" and word.kind == "han"
    )
    return {
        word
        for word, count in describing.items()
        if len(word) > 1 and counts[word] >= LEAST_MET and count >= DESCRIBES * counts[word]
    }


def _stretches(run: str) -> set[str]:
    return {run[start:end] for start in range(len(run)) for end in range(start + 1, min(len(run), start + 6) + 1)}


def captions_of(folder: Path, held: set[str]) -> Iterator[str]:
    """English of pictures: COCO's captions, and YouMind's lines but those of prompts held out and ``held`` by hash."""
    for name in ("coco30k_benign", "youmind_benign"):
        for record in map(json.loads, (folder / "safety" / f"{name}.jsonl").read_text("utf-8").splitlines()):
            if (
                record["lang"] == "en"
                and not is_held(record.get("id", "-"))
                and sentence_hash(record["text"]) not in held
            ):
                yield record["text"]


def _line(
    chinese: str, text: str, weight: float, costs: dict[str, float], truecase: Callable[[Sequence[str]], list[str]]
) -> Line | None:
    source = segment(read(chinese), costs, UNKNOWN_COST)
    target = truecase(english.tokenise(text))
    copies = {token.text.lower(): class_name(token) for token in source if class_name(token) in COPIES}
    if not 0 < len(source) <= LONGEST or not 0 < len(target) <= LONGEST + 10:
        return None
    return Line(source, _classed(target, copies), weight)


def _classed(words: Sequence[str], copies: dict[str, str]) -> list[str]:
    return [copies.get(word.lower(), "#" if word[0].isdigit() else word) for word in words]
