"""Views: the plainer forms of a text, and the laws they obey."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from tests.unit.translation.test_normalise import _texts as odd_texts
from translation.normalise import normalise
from translation.views import GROWTH, Views, flatten, simplify, view

_HAN = st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=12)
_ODD = [
    "乾隆",
    "著",
    "顯著",
    "著作",
    "簷",
    "枱",
    "麼",
    "幺麼",
    "皇后",
    "隻",
    "薴",
    "臺",
    "頭髮",
    "發",
    "a",
    "Ａ",
    "а",
    "ﷺ",
    "㌖",
    "½",
    "№",
    "™",
    "´",
]
_PHRASES = st.lists(st.sampled_from(_ODD)).map("".join)
_texts = st.one_of(odd_texts, _HAN, _PHRASES, st.text("aаеoоΑαpр привет", max_size=20))


@settings(max_examples=1000, deadline=None)
@given(_texts)
def test_views_of_views_are_the_same_and_never_longer_than_the_bound(text: str) -> None:
    views = view(text)
    assert views.clean == normalise(text)
    assert flatten(views.plain) == views.plain
    assert simplify(views.simplified) == views.simplified
    assert len(views.plain) <= GROWTH * len(text)
    assert len(views.simplified) <= GROWTH * len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ｃａｔ，１２", "Cat,12"),
        ("cаt", "cat"),
        ("mοdel", "model"),
        ("сосо привет", "сосо привет"),
        ("Пpивет", "Пpивет"),
        ("Sony α7", "Sony α7"),
        ("ﬁsh № ½", "fish No 1⁄2"),
        ("𝓬𝓪𝓽 ⓒⓐⓣ", "cat cat"),
        ("猫™️ ❤️ ㊗️", "猫™️ ❤️ ㊗️"),
        ("ﷺ", "ﷺ"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert view(text).plain == plain


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("一隻貓在雪地裡奔跑", "一只猫在雪地里奔跑"),
        ("頭髮和發展，皇后在後宮", "头发和发展，皇后在后宫"),
        ("乾隆年間的乾燥花", "乾隆年间的干燥花"),
        ("小狗叼著拖鞋看著作業，穿著名牌", "小狗叼着拖鞋看着作业，穿着名牌"),
        ("顯著的巨著，著名的著作，原著著者", "显著的巨著，著名的著作，原著著者"),
        ("屋簷下的枱燈，衞星", "屋檐下的台灯，卫星"),
        ("一只猫 a cat", "一只猫 a cat"),
        ("薴", "苎"),
        ("豎\ud800屏", "竖\ud800屏"),
    ],
)
def test_simplified(text: str, simplified: str) -> None:
    assert simplify(text) == simplified


def test_the_original_is_kept() -> None:
    assert view("一\u200b隻ｃаｔ ") == Views("一\u200b隻ｃаｔ ", "一隻ｃаｔ", "一隻cat", "一只cat")


_PROMPTS = Path(__file__).parents[2] / "prompts" / "tuning.jsonl"
_TUNING = [json.loads(line)["prompt"] for line in _PROMPTS.read_text("utf-8").splitlines()]
_WIDE = {narrow: narrow + 0xFEE0 for narrow in range(0x21, 0x7F)}
_DISGUISED = str.maketrans("aeopcx", "аеорсх")


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


def _spellings(text: str) -> Iterator[str]:
    yield _traditional().convert(text)
    yield text.translate(_WIDE)
    yield "\u200b".join(text)
    yield "\u2066" + text.replace(" ", "\u00a0") + "\u2069\ufe0f"
    # A word with no letter left of its own script is taken for what it then is.
    yield re.sub("[A-Za-z]+", lambda word: word[0][0] + word[0][1:].translate(_DISGUISED), text)


def test_a_prompt_in_any_spelling_is_looked_up_as_one() -> None:
    assert len(_TUNING) > 300
    assert [
        text for text in _TUNING if {view(text).simplified} != {view(way).simplified for way in _spellings(text)}
    ] == []
