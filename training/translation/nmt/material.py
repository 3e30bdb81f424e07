"""Turns the corpus and made prompts into the lines a neural model learns from, placeholders for what is copied.

A model is given what ``translation.copying`` leaves of a prompt: ``<k0>`` stands for a number, a quotation or a tag.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from training.translation.corpus import Corpus, held_hashes, read, sentence_hash
from training.translation.dictionary import Dictionary, read_dictionary
from training.translation.synthetic import Prompts
from training.translation.words import word_costs
from translation.copying import read_source
from translation.segment import cut
from translation.weights import UNKNOWN_COST

Text = tuple[str, str]
"""A Chinese and an English text."""

SYNTHETIC = 40_000
MIXED_SHARE = 0.2
"""So many lines have some of their Chinese words in English, as users write: 一只 cat 在跑."""
LONGEST = 220
"""Characters of a Chinese text."""
_RUN = re.compile("[\u3400-\u9fff]+")


def gather(folder: Path, seed: int, most: int | None = None) -> list[Text]:
    """Every line to train on, in a random order; the same for the same seed."""
    corpus, dictionary, chance = read(folder), read_dictionary(folder), random.Random(seed)
    texts = [(pair.chinese, pair.english) for pair in corpus.train]
    prompts = Prompts(seed)
    texts += _untested([prompts.next() for _ in range(SYNTHETIC)], corpus)
    chance.shuffle(texts)
    chosen = texts[:most]
    costs = word_costs([run for chinese, _ in chosen for run in _RUN.findall(chinese)], dictionary.words())
    mixed = (
        mix(text, dictionary, costs, chance) if chance.random() < MIXED_SHARE else text
        for text in chosen
        if len(text[0]) < LONGEST
    )
    return [marked for text in mixed if (marked := mark(text))]


def mark(text: Text) -> Text | None:
    """Both sides with placeholders; None where what is copied is not once on either side."""
    source = read_source(text[0], "zh")
    english = text[1]
    for number, span in enumerate(source.spans):
        pattern = re.compile(rf"(?<!\w){re.escape(span)}(?!\w)", re.IGNORECASE)
        if len(pattern.findall(english)) != 1:
            return None
        english = pattern.sub(f"<k{number}>", english)
    return source.text, english


def mix(text: Text, dictionary: Dictionary, costs: Mapping[str, float], chance: random.Random) -> Text:
    """With up to two Chinese words as the English text has them."""
    said = set(re.findall("[a-z]+", text[1].lower()))
    runs = list(_words(text[0], costs))
    known = [place for place, word in enumerate(runs) if _english(word, dictionary, said)]
    for place in chance.sample(known, min(len(known), chance.choice((1, 2)))):
        runs[place] = f" {_english(runs[place], dictionary, said)} "
    return "".join(runs), text[1]


def _words(chinese: str, costs: Mapping[str, float]) -> Iterator[str]:
    end = 0
    for run in _RUN.finditer(chinese):
        yield chinese[end : run.start()]
        yield from cut(run.group(), costs, UNKNOWN_COST)
        end = run.end()
    yield chinese[end:]


def _english(word: str, dictionary: Dictionary, said: set[str]) -> str:
    glosses: Sequence[str] = dictionary.glosses.get(word, ()) if len(word) > 1 else ()
    return next((gloss for gloss in glosses if gloss in said), "")


def _untested(made: Sequence[Text], corpus: Corpus) -> list[Text]:
    tested = held_hashes(corpus.youmind + corpus.tatoeba + corpus.tuning)
    return [text for text in made if not {sentence_hash(side) for side in text} & tested]
