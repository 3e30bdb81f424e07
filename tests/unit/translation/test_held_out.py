"""No line that translators are measured on is among those they learnt from."""

from pathlib import Path

import pytest

from tests.needs import need
from training.translation.__main__ import SEED
from training.translation.corpus import Corpus, held_hashes, is_held, read, sentence_hash, youmind_ids
from training.translation.dictionary import read_dictionary
from training.translation.material import DICTIONARY_WEIGHT, captions_of, gather

DATA = Path(__file__).parents[4] / "shared" / "data"
HELD = Path(__file__).parents[3] / "training" / "translation" / "held_out.txt"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    need(DATA.exists(), f"translated texts in {DATA}")
    return read(DATA)


@pytest.fixture(scope="module")
def trained(corpus: Corpus) -> set[str]:
    return held_hashes(corpus.train)


def test_the_slices_are_those_that_training_wrote_down(corpus: Corpus) -> None:
    assert held_hashes(corpus.youmind + corpus.tatoeba) == set(HELD.read_text("utf-8").split())
    assert len(corpus.youmind) > 500
    assert len(corpus.tatoeba) > 500


def test_no_held_line_is_trained_or_tuned_on(corpus: Corpus, trained: set[str]) -> None:
    held = held_hashes(corpus.youmind + corpus.tatoeba)
    assert not held & trained
    assert not held & held_hashes(corpus.tuning)
    assert not held_hashes(corpus.tuning) & trained


def test_no_line_of_a_held_prompt_is_trained_on(corpus: Corpus) -> None:
    owners = youmind_ids(DATA)
    for pair in corpus.train:
        owner = owners.get(sentence_hash(pair.english))
        assert owner is None or pair.source != "youmind_prompts" or not is_held(owner)


def test_no_prompt_of_the_development_set_is_trained_or_tuned_on(corpus: Corpus, trained: set[str]) -> None:
    lines = (DATA / "dev" / "mt_vbench2.tsv").read_text("utf-8").splitlines()
    tested = {sentence_hash(text) for line in lines for text in line.split("\t")}
    assert len(tested) > 1500
    assert not tested & trained
    assert not tested & held_hashes(corpus.tuning)
    assert not tested & {sentence_hash(caption) for caption in captions_of(DATA, set())}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_tested_line_is_in_anything_that_training_gathers(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts, made prompts, words of the dictionary, captions: all of it, as it is counted."""
    # What a word costs says where a line is cut, and nothing of what it says: to learn that takes half of the time.
    monkeypatch.setattr("training.translation.material.word_costs", lambda _runs, words: dict.fromkeys(words, 8.0))
    material = gather(DATA, corpus, read_dictionary(DATA), SEED)
    lines = (DATA / "dev" / "mt_vbench2.tsv").read_text("utf-8").splitlines()
    tested = held_hashes(corpus.youmind + corpus.tatoeba)
    tested |= {sentence_hash(text) for line in lines for text in line.split("\t")}
    chinese = {sentence_hash("".join(token.text for token in line.chinese)) for line in material.lines}
    # "Welcome" is a sentence to test on, and what the dictionary says of four words.
    english = [line.english for line in material.lines if line.weight != DICTIONARY_WEIGHT]
    # Where a number or a name was taken out of the English, its Chinese still tells.
    whole = (words for words in english + material.style if not {"#", "@"} & set(words))
    told = {sentence_hash("".join(words)) for words in whole}
    assert min(len(chinese), len(told)) > 100_000
    assert not tested & chinese
    assert not tested & told


def test_width_case_and_script_do_not_hide_a_line() -> None:
    assert sentence_hash("一隻貓，在跑。") == sentence_hash("一只猫 在跑")
    assert sentence_hash("A Cat.") == sentence_hash("a cat")
    assert sentence_hash("a cat") != sentence_hash("a bat")
