"""What the classifier is trained on, that it can be trained again, and that thresholds keep what they promise."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.safety.embedding import SIZE
from core.safety.heads import CARD, FOLDER, WEIGHTS, Heads
from core.types import Category
from piying.bench.held_out import sentence_hash
from piying.bench.ranking import auroc, limit_for, share_above
from piying.bench.safety_sets import (
    COCO,
    COLD,
    COPRO,
    FILES,
    I2P,
    T2V,
    YOUMIND,
    part_of,
    read_rows,
    video_prompts,
)
from piying.bench.sets import FOLDER as DATA
from training.safety import material
from training.safety.calibrate import thresholds
from training.safety.learn import OUTPUTS, learn_ngrams, learn_vectors, targets
from training.safety.likeness import Likeness
from training.safety.material import Example
from training.safety.reading import learn_reading
from training.safety.templates import sentences

PROMPTS = Path(__file__).parents[2] / "prompts"
EXAMPLES = [
    Example("a naked woman", unsafe=True, category=Category.SEXUAL, language="en"),
    Example("blood and guts", unsafe=True, category=Category.GORE, language="en"),
    Example("something bad", unsafe=True, category=None, language="en", weight=0.5),
    Example("a red car in the rain", unsafe=False, category=None, language="en"),
    Example("一只小猫在雪地里", unsafe=False, category=None, language="zh"),
] * 4
needs_data = pytest.mark.skipif(
    not all((DATA / name).is_file() for name in (*FILES, f"{I2P}.jsonl")), reason="the data to train on is not here"
)


def only_tested() -> Iterator[str]:
    for line in (PROMPTS / "hard_benign.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]
    for name, columns in (("twins.tsv", slice(0, 2)), ("unsafe_twins.tsv", slice(1, 3))):
        with (PROMPTS / name).open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines, delimiter="\t"):
                yield from row[columns]


def test_there_are_enough_hard_prompts_in_each_language_and_none_twice() -> None:
    rows = [json.loads(line) for line in (PROMPTS / "hard_benign.jsonl").read_text("utf-8").splitlines()]
    assert all(set(row) == {"text", "lang", "trap"} for row in rows)
    for language in ("en", "zh"):
        hashes = [sentence_hash(row["text"]) for row in rows if row["lang"] == language]
        assert len(set(hashes)) == len(hashes) >= 200


def test_no_template_is_a_prompt_to_test_with() -> None:
    made = {sentence_hash(sentence.text) for sentence in sentences(5)}
    assert not made & set(map(sentence_hash, only_tested()))


def test_templates_give_every_category_both_languages_and_innocent_neighbours() -> None:
    found = {(one.category, one.language, one.innocent) for one in sentences(5)}
    for category in set(Category) - {Category.MINORS}:
        for language in ("en", "zh"):
            assert {(category, language, True), (category, language, False)} <= found
    assert all("{" not in one.text for one in sentences(5))


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_that_is_tested_on_is_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute:
        def translate(self, text: str) -> str:
            return f"english of {text}"

    monkeypatch.setattr(material, "PhraseTranslator", Mute)
    learnt = {sentence_hash(example.text) for example in material.gather(DATA, 5)}
    calibrated = {sentence_hash(text) for texts in material.calibration(DATA).values() for text in texts}
    tested = set(map(sentence_hash, only_tested()))
    tested |= {sentence_hash(row.text) for row in read_rows(DATA, T2V)}
    tested |= {
        sentence_hash(row.text)
        for name in (COPRO, COLD, COCO, YOUMIND)
        for row in read_rows(DATA, name)
        if row.part == "held"
    }
    tested |= {sentence_hash(text) for texts in video_prompts(DATA, "held").values() for text in texts}
    thresholds_only = {sentence_hash(text) for texts in video_prompts(DATA, "calibration").values() for text in texts}
    assert len(learnt) > 20_000
    assert not learnt & (tested | thresholds_only)
    # Some of VBench-2's lines are there twice.
    assert not (calibrated - thresholds_only) & (tested | learnt)


def test_a_text_that_was_changed_a_little_is_told_from_another() -> None:
    tested = Likeness(["drawing of a ten finger hand, drawn with blood on paper", "a creepy clown in a church"])
    assert tested.has_like("Drawing of a FIVE finger hand; drawn with blood on a wall")
    assert not tested.has_like("a clown in a circus tent with children")
    assert not tested.has_like("")


def test_a_text_is_always_in_the_same_part() -> None:
    parts = [part_of(str(number)) for number in range(4000)]
    assert parts == [part_of(str(number)) for number in range(4000)]
    assert 120 < parts.count("held") < 280
    assert 120 < parts.count("calibration") < 280


def test_learning_twice_gives_the_same_weights() -> None:
    vectors = np.random.default_rng(1).normal(size=(len(EXAMPLES), SIZE)).astype(np.float32)
    texts = [example.text for example in EXAMPLES]
    for first, second in (
        (learn_vectors(vectors, EXAMPLES, 5), learn_vectors(vectors, EXAMPLES, 5)),
        (learn_ngrams(texts, EXAMPLES, 5), learn_ngrams(texts, EXAMPLES, 5)),
    ):
        assert first.keys() == second.keys()
        for name in first:
            np.testing.assert_array_equal(first[name], second[name])


def test_what_is_learnt_is_written_the_same_and_read_back(tmp_path: Path) -> None:
    from training.safety.__main__ import write

    vectors = np.random.default_rng(1).normal(size=(len(EXAMPLES), SIZE)).astype(np.float32)
    texts = [example.text for example in EXAMPLES]
    arrays = learn_vectors(vectors, EXAMPLES, 5) | learn_ngrams(texts, EXAMPLES, 5) | learn_reading(EXAMPLES)
    flat = {"full": [0.0] * len(OUTPUTS), "ngrams": [0.0] * len(OUTPUTS)}
    card = {"outputs": OUTPUTS, "blend": 0.6, "learnt": "", "thresholds": flat}
    for name in ("one", "two"):
        write(tmp_path / name, arrays, card)
    assert (tmp_path / "one" / WEIGHTS).read_bytes() == (tmp_path / "two" / WEIGHTS).read_bytes()
    heads = Heads(tmp_path / "one")
    sexual = heads.score(["a naked woman", "a red car in the rain"], None)[:, OUTPUTS.index("sexual")]
    assert sexual[0] > sexual[1]


def test_harm_in_one_way_is_a_weak_sign_against_others() -> None:
    wanted, weights = targets(EXAMPLES[:5])
    sexual, gore, anything = (OUTPUTS.index(name) for name in ("sexual", "gore", "any"))
    assert wanted[0, [sexual, gore, anything]].tolist() == [1, 0, 1]
    assert weights[0, sexual] == 1 > weights[0, gore] > 0
    assert weights[2, [sexual, anything]].tolist() == [0, 0.5]
    assert (weights[3] == 1).all()
    assert not wanted[3].any()


def logits(seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(2, 3, size=(2000, len(OUTPUTS))).astype(np.float32)


@pytest.mark.parametrize("allowed", [0.002, 0.01, 0.05])
def test_thresholds_keep_to_the_share_in_both_languages(allowed: float) -> None:
    harmless = {"en": logits(1), "zh": logits(2) + 1}
    limits = thresholds(harmless, OUTPUTS, allowed)
    shares = [float((found > limits).any(1).mean()) for found in harmless.values()]
    assert max(shares) <= allowed
    assert max(shares) > allowed / 2


def test_figures_of_ranking_by_hand() -> None:
    assert auroc([3, 2], [1, 0]) == 1
    assert auroc([1, 0], [3, 2]) == 0
    assert auroc([1, 1], [1, 1]) == 0.5
    harmless: Sequence[float] = [number / 100 for number in range(100)]
    assert limit_for(harmless) == 0.98
    assert share_above([0.99, 0.985, 0.98], limit_for(harmless)) == pytest.approx(2 / 3)


def test_the_card_describes_the_shipped_weights() -> None:
    card = json.loads((FOLDER / CARD).read_text("utf-8"))
    assert hashlib.sha256((FOLDER / WEIGHTS).read_bytes()).hexdigest() == card["sha256"]
    assert tuple(card["outputs"]) == OUTPUTS
