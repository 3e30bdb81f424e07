"""What single prompts are read as, and what no prompt may do."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.scene.describe import language, to_json
from core.engines.scene.lexicon import load_lexicon
from core.engines.scene.parser import parse
from core.engines.scene.scene import COLOURS, MOTIONS, PLACES, Scene, Subject
from core.engines.scene.sprites import load_sprites


def only(prompt: str) -> Subject:
    subjects = parse(prompt).subjects
    assert len(subjects) == 1, subjects
    return subjects[0]


def names(prompt: str) -> list[str]:
    return [subject.sprite for subject in parse(prompt).subjects]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("一只橙色的小猫在雪地里向右奔跑", Subject("cat", "小猫", 1, "orange", "medium", "run", "right")),
        ("two red cars racing left", Subject("automobile", "cars", 2, "red", "medium", "drive", "left")),
        ("A DOZEN tiny Blue Balloons rising", Subject("balloon", "Balloons", 12, "blue", "small", "rise")),
        ("十二只巨大的企鹅", Subject("penguin", "企鹅", 12, None, "large")),
        ("３只狗", Subject("dog", "狗", 3)),
        ("两隻白色的鴿子飛過", Subject("dove", "鴿子", 2, "white", "medium", "fly")),
        ("奔跑的马", Subject("horse", "马", motion="run")),
        ("向左奔跑的白马", Subject("horse", "白马", 1, "white", "medium", "run", "left")),
        ("the rocket is blue", Subject("rocket", "rocket", colour="blue")),
        ("一辆车是红色的", Subject("automobile", "车", colour="red")),
        ("sheep", Subject("ewe", "sheep")),
        ("mice dancing", Subject("mouse", "mice", 3, motion="dance")),
        ("100 butterflies", Subject("butterfly", "butterflies", 12, asked=100)),
    ],
)
def test_one_subject(prompt: str, expected: Subject) -> None:
    assert only(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("two penguins", ["penguin"]),  # "two" is no camel
        ("a fire truck and a hot dog", ["fire-engine", "hot-dog"]),
        ("马路上的斑马和长颈鹿看向日葵", ["zebra", "giraffe", "sunflower"]),
        ("火车", ["train"]),
        ("一匹马和马铃薯", ["horse", "potato"]),
        ("a toy car", ["automobile"]),
        ("三盘寿司", ["sushi"]),
        ("three plates of sushi", ["sushi"]),
        ("🐶 and 🍕", ["dog-face", "pizza"]),
        ("👩🏽‍🚀", ["woman-astronaut"]),
        ("a cat 🐱", ["cat"]),
        ("a dog chases a cat, the dog barks", ["dog", "cat"]),
        ("a red car and a blue car", ["automobile", "automobile"]),
        ("a man riding a bike", ["man-biking"]),
        ("像小鸟一样飞翔的女孩", ["girl"]),
        ("a boy flying like a bird", ["boy"]),
    ],
)
def test_what_is_drawn(prompt: str, expected: list[str]) -> None:
    assert names(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "undrawn"),
    [
        ("a samurai on a horse", ["samurai"]),
        ("a flibbertigibbet next to a cat", ["flibbertigibbet"]),
        ("冰箱和洗衣机", ["冰箱", "洗衣机"]),
        ("一只猫鼬", ["猫鼬"]),
        ("苹果手机壳", ["苹果手机壳"]),
        ("a coffee machine", ["coffee machine"]),
        ("cinematic, beautiful, 4k, trending on artstation", []),
        ("电影感，高清，史诗氛围", []),
        ("a beach without people", []),
        ("没有人的街道", []),
        ("a quickly spinning gorgeous cat", []),
    ],
)
def test_what_is_reported(prompt: str, undrawn: list[str]) -> None:
    assert list(parse(prompt).undrawn) == undrawn


@pytest.mark.parametrize("prompt", ["no people", "没有人", "不要下雨", "a city, not raining", "without a single dog"])
def test_negated_things_are_not_there(prompt: str) -> None:
    scene = parse(prompt)
    assert (scene.subjects, scene.weather, scene.undrawn) == ((), None, ())


@pytest.mark.parametrize(
    ("prompt", "place", "time_of_day", "weather", "camera"),
    [
        ("snow falls in the forest at night", "forest", "night", "snow", "still"),
        ("a fox in the snow", "snow", None, None, "still"),
        ("under the moon", None, "night", None, "still"),
        ("月光下的沙滩", "beach", "night", None, "still"),
        ("雨夜的城市街道，镜头推近", "city", "night", "rain", "zoom_in"),
        ("dawn over a foggy lake, pan left", "lake", "sunrise", "fog", "pan_left"),
        ("镜头向右平移，夕阳下的草原", "meadow", "sunset", None, "pan_right"),
        ("a castle, camera pans right", None, None, None, "pan_right"),
        ("雷雨中的大海，镜头拉远", "sea", None, "storm", "zoom_out"),
        ("a house on the beach", "beach", None, None, "still"),
        ("", None, None, None, "still"),
    ],
)
def test_the_setting(prompt: str, place: str, time_of_day: str, weather: str, camera: str) -> None:
    scene = parse(prompt)
    assert (scene.place, scene.time, scene.weather, scene.camera) == (place, time_of_day, weather, camera)


@pytest.mark.parametrize(
    ("prompt", "motions"),
    [
        ("a bird flies over a house", ["fly", "still"]),
        ("a cat and a dog running", ["run", "run"]),
        ("小猫追蝴蝶", ["run", "run"]),
        ("a cat sleeps while a dog jumps", ["still", "jump"]),
        ("小猫看着奔跑的小狗", ["still", "run"]),
        ("戴帽子的猫在跳舞", ["dance"]),
        ("天上飞着一只鸟和一架飞机", ["fly", "fly"]),
        ("a rose rises", ["rise"]),
        ("a duck swims", ["swim"]),
        ("a car moves", ["drive"]),
        ("老奶奶牵着小狗散步", ["walk", "walk"]),
        ("the camera follows a cat", ["still"]),
        ("a cat that is not running", ["still"]),
        ("花开了", ["still"]),
    ],
)
def test_who_moves(prompt: str, motions: list[str]) -> None:
    assert [subject.motion for subject in parse(prompt).subjects] == motions


def test_more_than_four_kinds_are_reported() -> None:
    scene = parse("a cat, a dog, a cow, a pig and a goat")
    assert len(scene.subjects) == 4
    assert (scene.undrawn, scene.left_out) == ((), ("goat",))


def test_json_names_sprites_in_both_languages() -> None:
    prompt = "两只cat"
    told = to_json(prompt, parse(prompt))
    assert told["language"] == "zh"
    assert told["subjects"][0]["name"] == {"en": "cat", "zh": "猫"}
    assert told["subjects"][0]["word"] == "cat"
    keys = {"prompt", "language", "subjects", "place", "time", "weather", "camera", "undrawn", "left_out"}
    assert set(told) == keys


def test_language() -> None:
    assert language("a cat 猫") == "en"
    assert language("一只 cat") == "zh"
    assert language("🐱") == "en"


WORDS = st.sampled_from(sorted(load_lexicon().english)[::7] + sorted(load_lexicon().chinese)[::7])
TEXT = st.one_of(
    st.text(max_size=200), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=12).map("".join)
)


@given(TEXT)
def test_any_text_gives_a_drawable_scene(prompt: str) -> None:
    scene = parse(prompt)
    assert scene == parse(prompt)
    assert len(scene.subjects) <= 4
    for subject in scene.subjects:
        assert subject.sprite in load_sprites()
        assert 1 <= subject.count <= 12
        assert subject.motion in MOTIONS
        assert subject.colour is None or subject.colour in COLOURS
        assert subject.word
    assert scene.place is None or scene.place in PLACES
    assert all(scene.undrawn)


@pytest.mark.parametrize(
    "text",
    ["猫" * 10_000, "的" * 10_000, "a " * 5_000, "-'" * 5_000, "1" * 10_000, "跑的" * 5_000, "\x00\u202e\u200d" * 3_000,
     "🐱" * 10_000, "z̷̢̛" * 2_000, "flying " * 1_400, "no " * 3_000, "一" * 10_000, "\ud800" * 100],
)  # fmt: skip
def test_long_and_hostile_text_is_quick(text: str) -> None:
    started = time.process_time()
    assert isinstance(parse(text), Scene)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("两只奔跑的狗", 2),
        ("两只戴着围巾的猫", 2),
        ("a pair of dancing bears", 2),
        ("a 5 year old girl", 1),
        ("五岁的小女孩", 1),
        ("企鹅们", 3),
        ("羊群", 6),
        ("🐱🐱🐱", 3),
        ("一打鸡蛋", 12),
        ("zero cats and one dog", 1),
    ],
)
def test_counts(prompt: str, count: int) -> None:
    assert parse(prompt).subjects[-1].count == count
