"""Normalising: what is dropped, what is kept, and the laws it obeys."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translation.normalise import normalise

_ODD = list(
    "\0\x07\x7f\x85\n\r\t\u00a0\u00ad\u034f\u061c\u115f\u180e\u2000\u200b\u200d\u200e\u202e\u2028\u2066\u2069\u20e3"
    "\u2800\u3000\u3164\ufdd0\ufe0e\ufe0f\ufeff\uffff\ufffd\ud800\udfff\ue000\U000e0041\U000e0100\U0010ffff"
    "e\u0301\u0344\u0323\u0334\u0958\u093c\u093e\u0930\u1100\u1161\u11a8가1#❤👨👩🏽🇨🇳🏴☺猫，。Ａﬁ\u2126\u2329"
)
_texts = st.one_of(st.lists(st.sampled_from([*_ODD, " "]), max_size=20).map("".join), st.text(max_size=40))


@settings(max_examples=1000, deadline=None)
@given(_texts)
def test_idempotent_never_longer_and_clean(text: str) -> None:
    clean = normalise(text)
    assert normalise(clean) == clean
    assert len(clean) <= len(text)
    assert clean == clean.strip()
    assert "  " not in clean
    clean.encode("utf-8")
    assert not {unicodedata.category(char) for char in clean if char != "\u200d"} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\0b\x07c", "abc"),
        ("a\r\n\tb\u00a0 c", "a b c"),
        ("你好　，世界！", "你好 ，世界！"),
        ("色\u200b情\u2060", "色情"),
        ("\u202eabc\u202c\u2066d\u2069", "abcd"),
        ("cat\U000e0068\U000e0069", "cat"),
        ("\ud800猫\udc00\ufffd", "猫"),
        ("e\u0301", "é"),
        ("Z\u0351\u036b\u0343\u036a\u0302A\u0334\u0335\u031cL", "Z\u0351\u036bA\u0334\u0335L"),
        ("Vie\u0323\u0302t", "Việt"),
        ("猫\U000e0100", "猫"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_dropped(text: str, clean: str) -> None:
    assert normalise(text) == clean


@pytest.mark.parametrize(
    "text",
    ["👨‍👩‍👧", "❤️", "❤️‍🔥", "1️⃣", "🏳️‍🌈", "👍🏽", "🇨🇳", "🕵🏽‍♂️", "☺︎", "🫨"],
)
def test_emoji_are_kept(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    "text",
    ["“一只猫”，。！？《书》——……", "Ｈｉ！", "naïve café", "각"],
)
def test_kept(text: str) -> None:
    assert normalise(text) == text


def test_a_pile_of_ten_thousand_marks_is_cleared() -> None:
    assert normalise("a" + "\u0323\u0301" * 5000) == "ạ\u0323\u0323"
