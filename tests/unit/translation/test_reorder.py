import itertools
import random

import numpy as np
import pytest

from training.translation.order import Clause, crossings, train_order
from translation.reorder import LONGEST, best_order, clauses, features, gains, reorder, triples
from translation.source import Token


def tokens(text: str) -> list[Token]:
    return [Token(word, "mark" if word in ",." else "han") for word in text.split(" ")]


def flat(_word: str) -> tuple[int, int]:
    return 7, 7


def test_without_weights_the_order_stays() -> None:
    words = tokens("一只 猫 在 雪地 奔跑 , 然后 睡觉 .")
    assert reorder(words, np.zeros(1 << 18, np.float32), flat) == words


def test_marks_stay_in_their_place() -> None:
    weights = np.random.default_rng(1).normal(size=1 << 18).astype(np.float32)
    words = tokens("一 二 三 , 四 五 六 七 . 八 九")
    found = reorder(words, weights, flat)
    assert [place for place, word in enumerate(found) if word.kind == "mark"] == [3, 8]
    assert sorted(word.text for word in found) == sorted(word.text for word in words)


def test_a_long_clause_is_cut() -> None:
    assert [len(clause) for clause in clauses([Token("猫", "han")] * (LONGEST + 3))] == [LONGEST, 3]


@pytest.mark.parametrize("size", [2, 3, 5, 7])
def test_the_best_tree_undoes_any_order_that_a_tree_can_make(size: int) -> None:
    chance = random.Random(size)

    def scrambled(places: list[int]) -> list[int]:
        if len(places) == 1:
            return places
        middle = chance.randint(1, len(places) - 1)
        left, right = scrambled(places[:middle]), scrambled(places[middle:])
        return right + left if chance.random() < 0.5 else left + right

    for _ in range(20):
        places = scrambled(list(range(size)))
        order = best_order(crossings([float(place) for place in places]), size)
        assert [places[i] for i in order] == sorted(places)


def test_crossings_are_counted_as_by_hand() -> None:
    places = [3.0, None, 0.0, 1.0, 3.0]
    for entry, (start, middle, end) in enumerate(zip(*(column.tolist() for column in triples(5)), strict=True)):
        pairs = itertools.product(places[start:middle], places[middle:end])
        by_hand = sum((a > b) - (a < b) for a, b in pairs if a is not None and b is not None)
        assert crossings(places)[entry] == by_hand


def test_it_learns_to_put_the_place_behind_the_deed() -> None:
    nouns, deeds = ["雪地", "公园", "海边", "水中"], ["奔跑", "跳舞", "睡觉", "唱歌"]
    examples: list[Clause] = [(["猫", "在", noun, deed], [0.0, 2.0, 3.0, 1.0]) for noun in nouns for deed in deeds[:3]]
    weights = train_order(examples, flat, rounds=3, seed=1)
    unseen = ["猫", "在", "公园", "唱歌"]
    assert best_order(gains(features(unseen, flat), weights), 4) == [0, 3, 1, 2]
