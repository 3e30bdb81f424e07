"""The script counter: Chinese and English are told apart, and from the rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translation.detect import Detection, detect


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
