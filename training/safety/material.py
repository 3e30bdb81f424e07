"""Turns the data folder, templates, a dictionary and a translator into examples to learn from."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.types import Category
from piying.bench.safety_sets import COCO, COLD, COPRO, I2P, T2V, YOUMIND, Part, Row, draw, read_rows, video_prompts
from training.safety.glossing import Glosser
from training.safety.likeness import Likeness
from training.safety.templates import Sentence, sentences
from translation.phrase import PhraseTranslator

SOURCES = {
    "sexual": Category.SEXUAL,
    "hate": Category.HATE,
    "violence": Category.GORE,
    "shocking": Category.HORROR,
    "illegal activity": Category.ILLEGAL,
    "self-harm": Category.SELF_HARM,
    "offensive_race": Category.HATE,
    "offensive_region": Category.HATE,
    "offensive_gender": Category.HATE,
}
"""Categories of CoProV2, I2P and COLD that are ours. "harassment" is not: it is all that annoys."""
TATOEBA = "translation/tatoeba_cmn_eng.tsv"
GLOSSED, TRANSLATED, TRANSLATED_COMMENTS = 2600, 1600, 300
"""Texts that are read word by word in Chinese, and sentences of templates and comments that are read in English."""
COMMENT_WEIGHT, NOISY_WEIGHT = 0.5, 0.5
NEIGHBOUR_WEIGHT = 1.5
IMPROPER, PROPER = 50, 20
"""I2P's prompts are what a search brought up: what matters is how many of their pictures were improper, in per cent."""


@dataclass(frozen=True)
class Example:
    """A text to learn from. ``category`` is None where it is harmless, or where its source does not tell ours."""

    text: str
    unsafe: bool
    category: Category | None
    language: str
    weight: float = 1.0


@dataclass(frozen=True)
class _Share:
    source: str
    most: int
    wanted: Callable[[Row], bool]
    weight: float = 1.0
    harmless: bool = False
    """Whatever its source says."""


_SHARES = (
    _Share(COPRO, 9500, lambda row: row.unsafe),
    _Share(COPRO, 7500, lambda row: not row.unsafe),
    _Share(COCO, 3000, lambda _row: True),
    _Share(YOUMIND, 2000, lambda row: row.language == "en" and len(row.text) < 240),
    _Share(YOUMIND, 2000, lambda row: row.language == "zh" and len(row.text) < 120),
    _Share(COLD, 1500, lambda row: row.unsafe, COMMENT_WEIGHT),
    _Share(COLD, 1000, lambda row: not row.unsafe, COMMENT_WEIGHT),
    _Share(I2P, 2000, lambda row: (row.share or 0) >= IMPROPER, NOISY_WEIGHT),
    _Share(I2P, 2000, lambda row: (row.share or 0) < PROPER, NOISY_WEIGHT, harmless=True),
)
_CALIBRATION = (
    _Share(COCO, 1000, lambda _row: True),
    _Share(YOUMIND, 500, lambda row: row.language == "en"),
    _Share(YOUMIND, 500, lambda row: row.language == "zh"),
)


def gather(data: Path, seed: int, scale: float = 1.0) -> list[Example]:
    """All examples, or of each kind a share."""
    published = list(_drawn(data, _SHARES, "train", scale))
    made = [_made(sentence) for sentence in sentences(seed)]
    if scale < 1:
        made = random.Random(seed).sample(made, round(len(made) * scale))
    return [*published, *made, *_glossed(data, published, scale), *_translated(made, published, scale)]


def calibration(data: Path, scale: float = 1.0) -> dict[str, list[str]]:
    """Harmless texts by language, of a split of their own, to set thresholds with."""
    found = {language: texts[:: round(1 / scale)] for language, texts in video_prompts(data, "calibration").items()}
    for example in _drawn(data, _CALIBRATION, "calibration", scale):
        found[example.language].append(example.text)
    return found


def chinese(data: Path) -> Iterator[str]:
    """Chinese texts to count characters in, whatever they mean: of the sets that are split, the training part alone."""
    for source in (COLD, YOUMIND):
        yield from (row.text for row in read_rows(data, source) if row.part == "train" and row.language == "zh")
    for line in (data / TATOEBA).read_text("utf-8").splitlines():
        yield line.partition("\t")[0]


def _drawn(data: Path, shares: Sequence[_Share], part: Part, scale: float) -> Iterator[Example]:
    rows = {source: list(read_rows(data, source)) for source in dict.fromkeys(share.source for share in shares)}
    if I2P in rows:
        # T2VSafetyBench took some of its prompts from there, and changed others a little.
        tested = Likeness(row.text for row in read_rows(data, T2V))
        rows[I2P] = [row for row in rows[I2P] if not tested.has_like(row.text)]
    for share in shares:
        chosen = draw(
            rows[share.source],
            round(share.most * scale),
            lambda row, share=share: row.part == part and share.wanted(row),  # type: ignore[misc]
        )
        for row in chosen:
            unsafe = row.unsafe and not share.harmless
            category = SOURCES.get(row.category.partition(",")[0]) if unsafe else None
            yield Example(row.text, unsafe, category, row.language, share.weight)


def _made(sentence: Sentence) -> Example:
    category = None if sentence.innocent else sentence.category
    weight = NEIGHBOUR_WEIGHT if sentence.innocent else 1.0
    return Example(sentence.text, not sentence.innocent, category, sentence.language, weight)


def _glossed(data: Path, examples: Sequence[Example], scale: float) -> Iterator[Example]:
    """English examples word by word in Chinese: rough, but the words are those that matter."""
    glosser = Glosser(data)
    english = [example for example in examples if example.language == "en" and example.weight >= 1]
    for example in english[:: max(1, round(len(english) / GLOSSED / scale))]:
        if chinese := glosser.gloss(example.text):
            yield Example(chinese, example.unsafe, example.category, "zh", COMMENT_WEIGHT)


def _translated(made: Sequence[Example], published: Sequence[Example], scale: float) -> Iterator[Example]:
    """Chinese examples as the product itself would put them into English before it judges them."""
    translator = PhraseTranslator()
    chinese = [example for example in made if example.language == "zh"]
    comments = [example for example in published if example.language == "zh" and example.unsafe]
    chosen = [*_every(chinese, TRANSLATED * scale), *_every(comments, TRANSLATED_COMMENTS * scale)]
    for example in chosen:
        english = translator.translate(example.text)
        yield Example(english, example.unsafe, example.category, "en", COMMENT_WEIGHT * example.weight)


def _every(examples: Sequence[Example], most: float) -> Sequence[Example]:
    return examples[:: max(1, round(len(examples) / most))]
