"""Spellings of one prompt are one source, and what is copied comes back letter for letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translation.copying import read_source, unkeyed
from translation.ports import TranslatorFailed
from translation.spans import protect

TWINS = [
    ("一只猫在雪地里，35mm", ["一隻貓在雪地裡，35mm", "一只猫在雪地里，３５ｍｍ", "一只\u200b猫在\u200d雪地里，35mm"]),
    ("ARRI 镜头下的龙，4K", ["ＡＲＲＩ 鏡頭下的龍，４Ｋ", "ARRI  镜头下的龙，4K"]),
]


@pytest.mark.parametrize(("prompt", "spellings"), TWINS)
def test_spellings_of_a_prompt_are_one_source(prompt: str, spellings: list[str]) -> None:
    wanted = read_source(prompt, "zh")
    for spelling in spellings:
        found = read_source(spelling, "zh")
        assert (found, found.digest, found.whole) == (wanted, wanted.digest, wanted.whole)


def test_what_is_quoted_stays_as_it_was_written_and_makes_another_prompt() -> None:
    traditional, simplified = read_source("標語「愛」", "zh"), read_source("标语「爱」", "zh")
    assert traditional.text == simplified.text == "标语<k0>"
    assert traditional.copied_into("it says <k0>") == "it says 「愛」"
    assert traditional.digest != simplified.digest


def test_japanese_is_not_simplified() -> None:
    assert read_source("東京の猫", "ja").text == "東京の猫"


@pytest.mark.parametrize("answer", ["a cat, <k0>, <K1>", "< k0 > and <k 1>"])
def test_placeholders_may_come_back_in_any_shape(answer: str) -> None:
    source = read_source("猫，35mm，4k", "zh")
    assert set(protect(source.copied_into(answer))[1]) == {"35mm", "4k"}


@pytest.mark.parametrize("answer", ["a cat", "a cat, <k0>", "<k0> <k1> <k1>", "<k0> <k1> <k2>", "35mm 4k"])
def test_what_is_lost_or_there_twice_is_no_translation(answer: str) -> None:
    with pytest.raises(TranslatorFailed) as failed:
        read_source("猫，35mm，4k", "zh").copied_into(answer)
    assert failed.value.reason == "copy-lost"


def test_a_prompt_with_placeholders_of_its_own_keeps_them() -> None:
    source = read_source("<k0> 猫 <k1> “<k0>” 35mm", "zh")
    assert source.whole == "<k0> 猫 <k1> “<k0>” 35mm"
    assert source.copied_into(source.text) == source.whole


def test_a_prompt_in_json_quotes_nothing() -> None:
    source = read_source('{"subject": "一隻貓", "camera": "35mm"}', "zh")
    assert source.text == '{"subject": "一只猫", "camera": "35mm"}'
    assert source.spans == ()
    assert unkeyed('say "hi"') == 'say "hi"'


@given(st.text(max_size=60))
def test_reading_it_again_changes_nothing(text: str) -> None:
    source = read_source(text, "zh")
    assert source.copied_into(source.text) == source.whole
    assert read_source(source.whole, "zh").whole == source.whole
