"""Laws of options in plain words, over texts built from the words that matter."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import Options
from translation.options import read_options

_WORDS = """
竖屏 横屏 竖版 方形 正方形 画面 视频 的 一段 生成 9:16 16:9 1:1 : ： 9 16 1 6 ６ . - -- ( ) （ ） , ， 。 、 秒
秒钟 分钟 半 六 十 二 两 点 s sec seconds minute for in a an make it vertical portrait landscape square
video fps 帧 每秒 个 版本 来 takes mode of 480p ７２０Ｐ p seed = 42 种子
比例 改成 4k 4 3 2.35 x 60s 90s to 到 条 生成 小时 分半 时长 duration batch
随机 recipe hd 高清 档 用 and 和 cat 小猫 奔跑 第 后 不 not iphone the " “ ” < > 🐱
"""
_PIECES = [*_WORDS.split(), "\0", "\ud800", "\u200b"]
_texts = st.lists(st.sampled_from([*_PIECES, " ", " ", " ", "\n", "　"]), max_size=25).map("".join)
_anything = st.one_of(_texts, st.text(max_size=60), st.tuples(_texts, st.text(max_size=20), _texts).map("".join))


def _is_subsequence(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)


@settings(max_examples=600, deadline=None)
@given(_anything)
def test_what_is_left_is_the_prompts_own_and_holds_no_more_options(text: str) -> None:
    rest, options = read_options(text)
    assert _is_subsequence(rest, text)
    assert read_options(rest) == (rest, Options())
    assert options != Options() or rest == text


@settings(max_examples=200, deadline=None)
@given(_texts)
def test_values_are_of_their_types(text: str) -> None:
    _, options = read_options(text)
    assert options.ratio is None or re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?:[0-9]{1,2}", options.ratio)
    assert options.resolution is None or re.fullmatch("[0-9]{3,4}p|[248]K|[0-9]{3,4}x[0-9]{3,4}", options.resolution)
    assert options.recipe in {None, "draft", "standard", "hd"}
    assert options.seconds is None or (isinstance(options.seconds, float) and 0 <= options.seconds < 1e9)
    assert options.fps is None or (isinstance(options.fps, float) and 0 <= options.fps < 1000)
    assert options.takes is None or (isinstance(options.takes, int) and 0 < options.takes < 1e6)
    assert options.seed is None or (isinstance(options.seed, int) and abs(options.seed) < 10**19)


@pytest.mark.parametrize("depth", [1, 1500, 20_000])
def test_brackets_that_held_only_options_go_however_deep(depth: int) -> None:
    assert read_options(f"a cat {'(' * depth}6s{')' * depth}") == ("a cat", Options(seconds=6.0))
    assert read_options(f"a cat {'（ ' * depth}6s{'） ' * depth}runs") == ("a cat runs", Options(seconds=6.0))


@pytest.mark.parametrize("unit", ["6s ", "6s, ", "竖屏 6秒 ", "9:16 ", "not 6s ", "50s "])
def test_a_text_of_options_alone_costs_no_more_than_other_words(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + "a cat"
    start = time.process_time()
    assert read_options(text) == (text, Options())
    assert time.process_time() - start < 0.5


def test_options_are_read_in_any_prompt_a_person_would_write() -> None:
    assert read_options("6s " * 300 + "a cat") == ("a cat", Options(seconds=6.0))


_UNITS = [
    "6秒，",
    "a ",
    "竖屏",
    "1 ",
    "9:",
    "(",
    '"',
    "seed ",
    "6s 720p ",
    "种子",
    "vertical ",
    "，",
    " ",
    "六",
    "1:1 x ",
    "4k ",
    "60s ",
    "5到",
    "比例",
    "来3条",
    "1000x500 ",
    "时长",
    "make it ",
]


@pytest.mark.parametrize("unit", [*_UNITS, "<a> ", "6", "in a 6s video ", "生成一段"])
def test_ten_times_the_text_takes_about_ten_times_the_time(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length]
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            read_options(text)
            best = min(best, time.process_time() - start)
        return best

    assert cost(10_000) < 30 * max(cost(1_000), 0.002)
