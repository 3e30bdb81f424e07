import time
from functools import cache

import pytest

from translation.phrase import PhraseTranslator
from translation.views import view


@cache
def translator() -> PhraseTranslator:
    return PhraseTranslator()


def english(text: str) -> str:
    return translator().translate(text)


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("一只猫在雪地里奔跑", ("cat", "snow")),
        ("一个穿着红色裙子的女孩在公园里跳舞", ("girl", "red", "dress", "park", "danc")),
        ("镜头缓缓推进", ("camera", "slowly", "push")),
        ("一辆红色汽车在公路上行驶", ("red", "car", "road")),
        ("航拍镜头,日落时的海滩", ("aerial", "sunset", "beach")),
        ("一名宇航员骑着一匹马", ("astronaut", "rid", "horse")),
    ],
)
def test_a_prompt_says_in_english_what_it_said_in_chinese(prompt: str, said: tuple[str, ...]) -> None:
    found = english(prompt).lower()
    assert [word for word in said if word not in found] == []


def test_the_place_follows_the_deed() -> None:
    found = english("一只猫在雪地里奔跑").lower()
    assert found.index("cat") < found.index("run") < found.index("snow")


@pytest.mark.parametrize(
    "span",
    [
        "“生日快乐”",
        "<lora:皮影:0.8>",
        "@小明",
        "16:9",
        "4k",
        "35mm",
        "Ghibli",
        "🐼",
        "👩‍🚀",
        "iPhone",
        "https://example.org/a?b=1",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "一只熊猫,{},电影感", "一只猫在 {} 旁边睡觉", "{} 风格的城市"])
def test_what_is_protected_is_copied_letter_for_letter(span: str, frame: str) -> None:
    assert span in english(frame.format(span))


def test_nothing_chinese_is_left_but_what_was_quoted() -> None:
    for prompt in ("龘在彧里", "一只饕餮和一只貔貅", "月光下的彼岸花静静绽放"):
        found = english(prompt)
        assert found
        assert not any("\u3400" <= char <= "\u9fff" for char in found if char not in "龘彧"), found


def test_width_script_and_invisible_characters_change_nothing() -> None:
    plain = english("一只猫在阳光下的花园里奔跑,电影感,4k")
    for twin in (
        "一隻貓在陽光下的花園裡奔跑,電影感,4k",
        "一只猫在阳光下的花园里奔跑，电影感，４ｋ",
        "一\u200b只猫在\u200d阳光下的花园\ufeff里奔跑,电影感,4k",
    ):
        assert english(twin) == plain


def test_english_comes_back_as_it_was() -> None:
    assert english("A cat runs,  slowly. 4k") == "A cat runs, slowly. 4k"
    assert english("🐼🐼") == "🐼🐼"
    assert english("") == ""


def test_sentences_begin_with_a_capital_and_marks_stand_close() -> None:
    found = english("一只猫在跑。一只狗在睡觉。")
    first, second = found.rstrip(".").split(". ")
    assert first[0].isupper()
    assert second[0].isupper()
    assert " ." not in found
    assert "。" not in found


def test_a_translation_is_the_same_every_time() -> None:
    prompts = ["一只猫在雪地里奔跑", "两个人在握手", "镜头向左移动"]
    alone = [PhraseTranslator().translate(prompt) for prompt in prompts]
    assert [english(prompt) for prompt in reversed(prompts)][::-1] == alone


def test_a_very_long_prompt_takes_no_more_than_its_share() -> None:
    prompt = "一个穿着红色裙子的女孩在公园里跳舞,镜头缓缓推进," * 80
    start = time.process_time()
    english(prompt)
    assert time.process_time() - start < 10


def test_one_clause_without_a_break_is_no_trap() -> None:
    start = time.process_time()
    assert english("猫" * 2000)
    assert time.process_time() - start < 10


def test_the_view_that_is_translated_is_the_simplified_one() -> None:
    assert english(view("龍在雲中飛翔").simplified) == english("龍在雲中飛翔")
