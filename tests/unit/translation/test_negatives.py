"""What shall not be there: what is taken out of a prompt, and what is part of the story."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translation.negatives import read_negative

TAKEN = [
    ("a beach, no people", "a beach", "people"),
    ("a beach without people, sunset", "a beach, sunset", "people"),
    ("a city with no cars and no people", "a city", "cars, people"),
    ("a cat, no text, no watermark", "a cat", "text, watermark"),
    ("a cat, no text, watermarks or logos, sunset", "a cat, sunset", "text, watermarks, logos"),
    ("a cat, don't show any faces", "a cat", "faces"),
    ("a cat, avoid motion blur", "a cat", "motion blur"),
    ("No people. A quiet road.", "A quiet road.", "people"),
    ("a cat --no dogs, text", "a cat", "dogs, text"),
    ("a cat. Negative prompt: blurry, low quality", "a cat.", "blurry, low quality"),
    ("一个公园，不要有人", "一个公园", "人"),
    ("公园，不要出现文字和水印，夜晚", "公园，夜晚", "文字, 水印"),
    ("海邊，沒有人，無浮水印", "海邊", "人, 浮水印"),
    ("海邊，不要出現車輛，無字幕", "海邊", "車輛, 字幕"),
    ("海边没有人", "海边", "人"),
    ("海边，无字幕，无水印", "海边", "字幕, 水印"),
    ("请不要有任何文字。一只猫", "一只猫", "文字"),
    ("画面中不要出现任何人物，一只猫", "一只猫", "人物"),
    ("一只猫，别加字幕", "一只猫", "字幕"),
    ("不要文字、水印、logo，一只猫", "一只猫", "文字, 水印, logo"),
    ("一只猫，反向提示词：模糊、低画质", "一只猫", "模糊, 低画质"),
    ("一只猫。负面提示词：模糊、无头", "一只猫。", "模糊, 无头"),
    ("一只猫，不要有字", "一只猫", "字"),
    ("一只猫，请勿出现文字", "一只猫", "文字"),
    ("一只猫，勿加字幕", "一只猫", "字幕"),
    ("一只猫，无水印无文字", "一只猫", "水印, 文字"),
    ("一只猫，不要出现狗狗和小孩", "一只猫", "狗狗, 小孩"),
    ("海邊，沒有人沒有車", "海邊", "人, 車"),
    ("a cat, absolutely no text", "a cat", "text"),
]
LEFT = [
    "a cat runs without stopping", "no turning back, a car", "a man with no hat walks", "no one is there, a road",
    "no entry sign on a wall", 'a sign "no people" and a cat', "winners don't use drugs", "sport knows no borders",
    "no text, symbols, dates or numbers may appear", "无人机航拍森林", "没有尽头的公路", "没有人知道他的名字",
    "一只没有尾巴的猫", "不要停下来", "不要忘记我，一只猫", "一个没有人的海滩", "帮助别人", "房间里几乎没有人",
    "写着「不要有人」的牌子", "不要竖屏，一只猫", "no people", "不要有人", "", "a cat",
    "他别出现在这里", "一个不识字的人", "这里无车无人", "没有人不要钱",
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "rest", "negative"), TAKEN)
def test_what_shall_not_be_there_is_taken_out(prompt: str, rest: str, negative: str) -> None:
    assert read_negative(prompt) == (rest, negative)


@pytest.mark.parametrize("prompt", LEFT)
def test_the_story_stays(prompt: str) -> None:
    assert read_negative(prompt) == (prompt, "")


_PIECES = [
    "no ", "without ", "people", "text", " and ", " or ", ", ", "。", "，", "不要", "没有", "有", "人", "文字",
    "、", "和", "无", "别", "--no ", "negative prompt: ", "a cat", "猫", '"', "「", "」", " ", "\n", "(", ")",
    "don't show ",
]  # fmt: skip
_texts = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=20).map("".join), st.text(max_size=40))


@settings(max_examples=600, deadline=None)
@given(_texts)
def test_what_is_left_is_the_prompts_own_and_never_nothing(text: str) -> None:
    rest, negative = read_negative(text)
    letters = iter(text)
    assert all(letter in letters for letter in rest)
    assert negative or rest == text
    assert not negative or any(map(str.isalnum, rest))


@pytest.mark.parametrize("unit", ["no ", "no text, ", "不要", "没有人、", "--no ", "avoid a ", "a or ", "negative:"])
def test_ten_times_the_text_takes_about_ten_times_the_time(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length]
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            read_negative(text)
            best = min(best, time.process_time() - start)
        return best

    assert cost(10_000) < 30 * max(cost(1_000), 0.002)
