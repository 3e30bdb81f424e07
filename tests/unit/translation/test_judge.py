"""What speaks against a translation, in either language and from any."""

from __future__ import annotations

import pytest

from translation.judge import make_guard

GOOD = [
    ("一只猫在雪地里奔跑", "A cat runs in the snow.", "en"),
    ("標語「愛」", "a slogan: 「愛」", "en"),
    ("@mei 和 <lora:cat:0.8>，见 https://a.com/x", "@mei and <lora:cat:0.8>, see https://a.com/x", "en"),
    ("＠mei 和 ＜lora:cat＞", "@mei and <lora:cat>", "en"),
    ("猫が雪の中を走っている", "A cat is running through the snow while snowflakes are falling", "en"),
    ('{"subject": "一只猫", "camera": "推镜"}', '{"subject": "a cat", "camera": "push in"}', "en"),
    ('"camera": "一只猫的特写"', "“camera”: “a close-up of a cat”", "en"),
    ("a cat runs in the snow", "一只猫在雪地里奔跑", "zh"),
    ("a cat says “hello”, 4k", "一只猫说“hello”，4k", "zh"),
    ("Mount Fuji", "富士山", "zh"),
]
BAD = [
    ("一只猫在雪地里奔跑", "A cat runs, <lora:x>", "en", "span-added"),
    ("一只猫在雪地里奔跑", "A cat runs, www.evil.example", "en", "span-added"),
    ('{"subject": "一只猫"}', '{"subject": "一只猫"}', "en", "untranslated"),
    ("猫が雪の中を走っている", "猫が雪の中を走っている", "en", "untranslated"),
    ("a cat runs in the snow", "a cat runs in the snow", "zh", "untranslated"),
    ("a cat runs in the snow", "ねこが走る", "zh", "untranslated"),
    ("a cat runs in the snow", "。", "zh", "empty"),
    ("a cat runs in the snow", "一只猫" * 30, "zh", "too-long"),
    ("a cat runs in the snow", "一只猫 @evil", "zh", "span-added"),
]


@pytest.mark.parametrize(("source", "text", "target"), GOOD)
def test_a_good_translation_passes(source: str, text: str, target: str) -> None:
    assert make_guard()(source, text, target) == ()


@pytest.mark.parametrize(("source", "text", "target", "fault"), BAD)
def test_a_bad_one_does_not(source: str, text: str, target: str, fault: str) -> None:
    assert fault in make_guard()(source, text, target)


@pytest.mark.parametrize("text", ["“camera”: “a close-up of a cat”", '"camera": "a close-up of a cat"'])
def test_what_json_holds_is_looked_for_in_any_quotation_marks(text: str) -> None:
    guard = make_guard(lambda source, text: float(("猫" in source) == ("cat" in text)))
    assert guard('"camera": "一只猫的特写"', text, "en") == ()
    assert guard('"camera": "一只猫的特写"', "“camera”: “a close-up of a dog”", "en") == ("noun-lost",)


def test_a_gloss_is_asked_for_english_alone() -> None:
    guard = make_guard(lambda _source, _text: 0.0)
    assert guard("一只猫在雪地里奔跑", "A dog sleeps in the sun.", "en") == ("noun-lost",)
    assert guard("a cat runs in the snow", "一只猫在雪地里奔跑", "zh") == ()
