"""The parts of ``training/translation``, on toy data whose answers are known."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from training.translation import english, extract, language_model
from training.translation.align import align
from training.translation.corpus import Pair, development_hashes, pieces, sentence_hash
from training.translation.dictionary import read_dictionary
from training.translation.inflection import doing, plural, third, with_article
from training.translation.synthetic import Prompts
from training.translation.tune import FIXED, START, tune
from training.translation.words import word_costs
from translation.search import Choice, search
from translation.segment import cut

PAIRS = [
    ("猫 跑", "cat runs"),
    ("狗 跑", "dog runs"),
    ("猫 睡", "cat sleeps"),
    ("狗 睡", "dog sleeps"),
    ("红 猫", "red cat"),
]


def test_alignment_finds_who_stands_for_whom() -> None:
    sources = {word: number for number, word in enumerate(sorted({word for zh, _ in PAIRS for word in zh.split()}))}
    targets = {word: number for number, word in enumerate(sorted({word for _, en in PAIRS for word in en.split()}))}
    pairs = [
        (np.array([sources[word] for word in zh.split()]), np.array([targets[word] for word in en.split()]))
        for zh, en in PAIRS * 4
    ]
    assert all(points == {(0, 0), (1, 1)} for points in align(pairs))


def test_phrases_are_cut_along_the_alignment() -> None:
    sentences = [(zh.split(), en.split(), {(0, 0), (1, 1)}, 1.0) for zh, en in PAIRS * 3]
    table = extract.phrase_table(sentences, extract.Lexicon(sentences), {"猫": frozenset({"cat"})})
    best = {phrase: options[0].words for phrase, options in table.items()}
    assert best["猫",] == ("cat",)
    assert best["猫", "跑"] == ("cat", "runs")
    assert all(option.features[extract.FEATURES.index("missed")] == 0 for option in table["猫",])


def test_a_phrase_keeps_its_number_and_its_latin_word() -> None:
    sentences = [(["#", "只", "猫"], ["#", "cats"], {(0, 0), (2, 1)}, 1.0), (["#", "只"], ["many"], {(0, 0)}, 1.0)] * 3
    table = extract.phrase_table(sentences, extract.Lexicon(sentences), {})
    for phrase, options in table.items():
        assert all(option.words.count("#") == phrase.count("#") for option in options)


def test_the_language_model_shares_out_one() -> None:
    sentences = [[2, 3, 4], [2, 3, 5], [2, 4], [2, 3, 4], [3, 4, 5]] * 3
    model = language_model.train(sentences, 6)
    for before, last in ((0, 0), (0, 2), (2, 3), (5, 5)):
        total = sum(math.exp(_chance(model, before, last, word)) for word in range(6))
        assert total == pytest.approx(1, abs=0.02)
    assert _chance(model, 2, 3, 4) > _chance(model, 2, 3, 2)


def _chance(model: language_model.Model, before: int, last: int, word: int) -> float:
    if (before, last, word) in model.trigrams:
        return model.trigrams[before, last, word]
    backoff = model.bigram_backoffs.get((before, last), 0.0)
    pair = model.bigrams.get((last, word))
    return backoff + (model.unigram_backoffs[last] + model.unigrams[word] if pair is None else pair)


def test_the_search_weighs_words_against_what_stands_around_them() -> None:
    choices = [[Choice(1, (2,), -1.0, ()), Choice(1, (3,), -1.2, ())], [Choice(2, (4,), -1.0, ())]]
    liked = search(choices, lambda _before, last, word: 0.0 if (last, word) != (3, 4) else 1.0)
    assert [choice.words for choice in liked] == [(3,), (4,)]
    plain = search(choices, lambda _before, _last, _word: 0.0)
    assert [choice.words for choice in plain] == [(2,), (4,)]


def test_a_longer_phrase_competes_with_its_parts() -> None:
    choices = [[Choice(1, (2,), -1.0, ()), Choice(2, (5, 6), -1.5, ())], [Choice(2, (4,), -1.0, ())]]
    assert [choice.words for choice in search(choices, lambda *_: 0.0)] == [(5, 6)]


def test_words_are_cut_as_often_met() -> None:
    costs = word_costs(["红色汽车", "红色", "汽车", "色"] * 5, {"红色", "汽车", "色汽"})
    assert cut("红色汽车", costs, 20.0) == ["红色", "汽车"]
    assert "".join(cut("蓝色汽车们", costs, 20.0)) == "蓝色汽车们"


def test_capitals_of_sentences_and_titles_go_and_names_keep_theirs() -> None:
    texts = [
        english.tokenise(text)
        for text in ("I saw Tommy there.", "Then the kitten watched Tommy.", "My dog watched the kitten")
    ]
    caser = english.Truecaser(texts)
    assert caser.truecase(english.tokenise("The Kitten Watched Tommy")) == ["the", "kitten", "watched", "Tommy"]
    assert caser.truecase(english.tokenise("Tommy ran. The end")) == ["Tommy", "ran", ".", "the", "end"]


def test_sentences_are_paired_where_both_sides_have_as_many() -> None:
    pair = Pair("一只猫在跑。一只狗在睡。", "A cat is running. A dog is sleeping.", "t")
    assert [(piece.chinese, piece.english) for piece in pieces(pair)] == [
        ("一只猫在跑。", "A cat is running."),
        ("一只狗在睡。", "A dog is sleeping."),
    ]
    uneven = Pair("一只猫在跑。一只狗在睡。", "A cat runs and a dog sleeps.", "t")
    assert pieces(uneven) == [uneven]


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("run", ("runs", "running")),
        ("carry a box", ("carries a box", "carrying a box")),
        ("watch", ("watches", "watching")),
        ("ride", ("rides", "riding")),
        ("lie", ("lies", "lying")),
        ("be seen", ("is seen", "being seen")),
    ],
)
def test_verbs_are_inflected(base: str, forms: tuple[str, str]) -> None:
    assert (third(base), doing(base)) == forms


def test_nouns_are_inflected() -> None:
    assert [plural(noun) for noun in ("cat", "fisherman", "leaf", "cup of tea", "butterfly")] == [
        "cats", "fishermen", "leaves", "cups of tea", "butterflies",
    ]  # fmt: skip
    assert (with_article("owl"), with_article("uniform")) == ("an owl", "a uniform")


def test_synthetic_prompts_are_the_same_for_a_seed_and_have_both_languages() -> None:
    one, other = Prompts(3), Prompts(3)
    made = [one.next() for _ in range(300)]
    assert made == [other.next() for _ in range(300)]
    assert len(set(made)) > 250
    for chinese, text in made:
        assert any("\u4e00" <= char <= "\u9fff" for char in chinese)
        assert not any("\u4e00" <= char <= "\u9fff" for char in text)
        assert text[0].isupper() or not text[0].isalpha()


def test_tuning_goes_where_it_is_better() -> None:
    words = ["a", "cat", "runs", "in", "the", "snow", "today"]

    def apply(point: Mapping[str, float]) -> Callable[[str], str]:
        kept = max(1, min(len(words), round(len(words) - 4 + 10 * (point["words"] - START["words"]))))
        return lambda _source: " ".join(words[:kept])

    best = tune(apply, [(["x"] * 3, ["a cat runs in the snow today"] * 3)], tries=60, seed=1)
    assert best["words"] > START["words"]
    assert {name: best[name] for name in FIXED} == {name: START[name] for name in FIXED}


def test_of_a_place_the_dictionary_keeps_the_name(tmp_path: Path) -> None:
    (tmp_path / "translation").mkdir()
    glosses = ("桂林\tGuilin prefecture-level city in Guangxi", "东京\tTokyo, capital of Japan", "猫\tcat, domestic")
    (tmp_path / "translation" / "cedict_glosses.tsv").write_text("\n".join(glosses), "utf-8")
    assert read_dictionary(tmp_path).glosses == {"桂林": ["Guilin"], "东京": ["Tokyo"], "猫": ["cat, domestic"]}


def test_prompts_to_develop_on_are_known_by_their_hashes(tmp_path: Path) -> None:
    assert development_hashes(tmp_path) == set()
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "mt_vbench2.tsv").write_text("一只猫\tA cat\n", "utf-8")
    assert development_hashes(tmp_path) == {sentence_hash("一只猫。"), sentence_hash("a cat")}
