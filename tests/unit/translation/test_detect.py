"""The script counter: Chinese and English are told apart, and from the rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translation.detect import Detection, detect, segments


@pytest.mark.parametrize(
    ("text", "language", "mixed"),
    [
        ("一只猫", "zh", False),
        ("一隻貓在雪地裡奔跑", "zh", False),
        ("a cat", "en", False),
        ("ｃａｔ", "en", False),
        ("café in Paris at night", "en", False),
        ("一只猫 wide shot, 4k", "zh", True),
        ("a cat in 雪地 running", "en", True),
        ("3D卡通猫穿T恤", "zh", False),
        ("一只猫の故事", "zh", False),
        ("猫がいる", "ja", False),
        ("東京の夜景", "ja", False),
        ("花火大会の夜、浴衣姿の家族連れ", "ja", False),
        ("ネオン東京", "ja", False),
        ("初音ミク在舞台上唱歌", "zh", False),
        ("a neon sign サクラ in Tokyo at night", "en", True),
        ("고양이가 눈 속에서", "ko", False),
        ("Привет кот", "other", False),
        ("Привет cat", "other", True),
        ("قطة في الثلج", "other", False),
        ("แมวในหิมะ", "other", False),
        ("con mèo chạy trong tuyết", "other", False),
        ("Eine süße Katze läuft im Schnee", "other", False),
        ("🐱🐱", "none", False),
        ("123 !？", "none", False),
        ("", "none", False),
    ],
)
def test_languages(text: str, language: str, mixed: bool) -> None:
    assert (detect(text).language, detect(text).mixed) == (language, mixed)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1), st.text("abcdef ", max_size=80))
def test_chinese_among_english_is_never_overlooked(han: str, latin: str) -> None:
    found = detect(f"{latin}{han}")
    assert found.language == "zh" or found.mixed


@given(st.text())
def test_anything_is_judged(text: str) -> None:
    assert isinstance(detect(text), Detection)


_PROMPTS = Path(__file__).parents[2] / "prompts"
_LINES = [line.split("\t") for line in (_PROMPTS / "languages.tsv").read_text("utf-8").splitlines()]
_OURS = ("zh", "en")


def _prompts() -> Iterator[str]:
    for name in ("scored", "tuning"):
        for line in (_PROMPTS / f"{name}.jsonl").read_text("utf-8").splitlines():
            yield json.loads(line)["prompt"]


def test_no_prompt_in_chinese_or_english_is_refused() -> None:
    assert [text for text in _prompts() if detect(text).language not in {*_OURS, "none"}] == []
    assert [text for language, text in _LINES if language in _OURS and detect(text).language not in _OURS] == []


def test_other_languages_are_recognised() -> None:
    found = Counter[str]()
    for language, text in _LINES:
        # Of those we need not tell apart from each other it is enough to know that they are neither of ours.
        found[language] += detect(text).language == (language if language in {"ja", "ko"} else "other")
    others = Counter(language for language, _ in _LINES if language not in _OURS)
    assert len(others) >= 12
    assert sum(found.values()) >= 0.95 * others.total() >= 300
    assert all(found[language] >= 0.6 * count for language, count in others.items())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("「おはよう」这块招牌下的猫", "zh"),
        ("a robot that says «bonjour, je suis un robot et toi»", "en"),
        ("「おはよう」", "ja"),
        ("Plaza de la Reina, El Capitan", "en"),
        ("the dog of El Niño in Los Angeles", "en"),
        ("Tom's door is open", "en"),
        ("un gato", "en"),
        ("con mèo", "other"),
    ],
)
def test_quotations_and_names_speak_for_nobody(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("一只猫 wide shot, 4k，夜晚", [("一只猫 ", "zh"), ("wide shot, 4k，", "en"), ("夜晚", "zh")]),
        ("3D卡通猫穿T恤", [("3D卡通猫穿T恤", "zh")]),
        ("一只猫の故事", [("一只猫", "zh"), ("の", "ja"), ("故事", "zh")]),
        ("東京の夜景 neon", [("東京の夜景 ", "ja"), ("neon", "en")]),
        ("한국 음식 a cat", [("한국 음식 ", "ko"), ("a cat", "en")]),
        ("Привет, cat", [("Привет, ", "other"), ("cat", "en")]),
        ("un chat dans la neige 雪", [("un chat dans la neige ", "other"), ("雪", "zh")]),
        ("... 🐱 a cat", [("... 🐱 a cat", "en")]),
        ("🐱 42", [("🐱 42", "none")]),
        ("", []),
    ],
)
def test_segments(text: str, parts: list[tuple[str, str]]) -> None:
    assert [(part.text, part.language) for part in segments(text)] == parts


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text("猫の가cat é, 1ю🐱Ｔ", max_size=30)))
def test_segments_are_the_prompt_and_no_two_in_a_row_of_one_language(text: str) -> None:
    parts = segments(text)
    assert "".join(part.text for part in parts) == text
    assert all(left.language != right.language for left, right in pairwise(parts))
    assert all(part.text for part in parts)
