"""Every thing a prompt names is drawn, or said to be undrawn; a word's other meaning is never drawn."""

from __future__ import annotations

import pytest

from core.engines.scene.check import check
from core.engines.scene.describe import to_json
from core.engines.scene.parser import parse
from core.errors import Unsupported
from core.types import GenerationSpec, Note

# What was asked, what is drawn of it, and what is reported.
CASES: list[tuple[str, list[str], list[str]]] = [
    # Objects of verbs.
    ("小鸡吃米", ["baby-chick"], ["米"]),
    ("妈妈在织毛衣", ["woman"], ["毛衣"]),
    ("机器人和小孩下棋", ["robot", "child"], ["棋"]),
    ("一家人包饺子放鞭炮", ["dumpling", "firecracker"], ["一家人"]),
    ("狗狗接飞盘", ["dog", "flying-disc"], []),
    ("弟弟在玩乐高", ["boy"], ["乐高"]),
    ("女孩在弹钢琴", ["girl", "musical-keyboard"], []),
    ("中秋节赏月吃月饼", ["full-moon", "moon-cake"], []),
    ("a drone delivering a package", ["package"], ["drone"]),
    ("a crow drinking from a pitcher", ["blackbird"], ["pitcher"]),
    ("a golf ball rolling into a hole", ["hole"], ["golf ball"]),
    ("kids playing soccer in the park", ["child", "soccer-ball"], []),
    # Clothes cannot be put on a drawing; what is held lies beside.
    ("a cat wearing a red hat and a scarf, and a dog", ["cat", "dog"], ["hat", "scarf"]),
    ("一只戴着墨镜的柯基在东京街头玩滑板", ["dog"], ["墨镜"]),
    ("围着红围巾的雪人", ["snowman-without-snow"], ["围巾"]),
    ("红裙子的女孩", ["girl"], ["裙子"]),
    ("she wears a long red dress, and black boots, and carries a purse", ["purse"], ["dress", "boots"]),
    ("a duck in a raincoat", ["duck"], ["raincoat"]),
    ("a girl holding a balloon", ["girl", "balloon"], []),
    ("a red hat and a blue scarf", ["womans-hat", "scarf"], []),
    # Names of places, people, characters and makes.
    ("The Great Wall in autumn, drone shot", [], ["Great Wall"]),
    ("桂林山水", [], ["桂林山水"]),
    ("Northern lights over Iceland", [], ["Northern lights", "Iceland"]),
    ("李白在月下喝酒", [], ["李白", "酒"]),
    ("Tiger Woods playing golf", [], ["Tiger Woods", "golf"]),
    ("蜘蛛侠在城市里荡来荡去", [], ["蜘蛛侠"]),
    ("哆啦A梦和大雄坐时光机", [], ["哆啦", "大雄", "时光机"]),
    ("snow white and the seven dwarfs", [], ["snow white and the seven dwarfs"]),
    ("The Beatles crossing Abbey Road", [], ["The Beatles", "Abbey Road"]),
    ("华为手机发布会", ["mobile-phone"], ["华为"]),
    ("一双耐克球鞋", ["running-shoe"], ["耐克"]),
    ("a Starbucks cup", ["hot-beverage"], ["Starbucks"]),
    ("比亚迪广告", [], ["比亚迪"]),
    ("穿着恐龙服的宝宝", ["baby"], ["恐龙服"]),
    ("a dragon made of ice", ["dragon"], ["ice"]),
    ("一只慈祥的老虎在考试", ["tiger"], []),
    # Words of no list, whole, although a part of them is a verb or an adjective.
    ("弦理纠缠，一只猫", ["cat"], ["弦理纠缠"]),
    ("一只猫和量子纠缠", ["cat"], ["量子纠缠"]),
    ("黑板上写着薛定谔方程", [], ["黑板", "薛定谔方程"]),
    ("爷爷和大雄笑", ["old-man"], ["大雄"]),
    # What an animal is made to be.
    ("a dog astronaut", ["dog"], ["astronaut"]),
    ("熊猫厨师在做饭", ["panda"], ["厨师"]),
    ("兔子先生", ["rabbit"], []),
    ("拳击手打拳", [], ["拳击手"]),
    ("my cat Luna as an astronaut", ["cat"], ["astronaut"]),
    ("my dog Max eating spaghetti", ["dog", "spaghetti"], []),
    # Another meaning of the word.
    ("苹果手机", ["mobile-phone"], ["苹果"]),
    ("mouse and keyboard", ["computer-mouse", "keyboard"], []),
    ("a mouse and a cheese", ["mouse", "cheese-wedge"], []),
    ("a jaguar on the highway", [], ["jaguar"]),
    ("a jaguar in the jungle", ["leopard"], []),
    ("a crane lifting steel", [], ["crane", "steel"]),
    ("bull market", [], ["bull market"]),
    ("it's raining cats and dogs", [], []),
    ("龙猫", [], ["龙猫"]),
    ("狮子头", [], ["狮子头"]),
    ("羊肉串", [], ["羊肉串"]),
    ("鸡蛋灌饼", [], ["鸡蛋灌饼"]),
    ("红烧肉特写", [], ["红烧肉"]),
    ("老虎机", ["slot-machine"], []),
    ("龙卷风席卷村庄", ["tornado"], []),
    ("马上开始", [], []),
    ("对牛弹琴", [], ["对牛弹琴"]),
    ("一匹马马马虎虎地走", ["horse"], []),
    ("a black hole swallowing a star", ["star"], ["black hole"]),
    ("C罗射门", [], ["C罗"]),
    # Fields are full of what they are called after.
    ("女孩穿过向日葵田", ["girl", "sunflower"], []),
    ("a lavender field at sunset", [], ["lavender"]),
    # Words of one unknown character.
    ("血管里的红细胞", [], ["血管", "红细胞"]),
    ("股票上涨", [], ["股票"]),
    ("a bitcoin rocket", ["rocket"], ["bitcoin"]),
]


@pytest.mark.parametrize(("prompt", "drawn", "undrawn"), CASES)
def test_everything_is_drawn_or_reported(prompt: str, drawn: list[str], undrawn: list[str]) -> None:
    scene = parse(prompt)
    assert ([subject.sprite for subject in scene.subjects], list(scene.undrawn)) == (drawn, undrawn)


@pytest.mark.parametrize(
    ("prompt", "motions"),
    [
        ("a bowl of ramen with steam rising", ["still"]),
        ("a wolf with silver fur walks", ["walk"]),
        ("a steaming cup of coffee", ["still"]),
        ("a boy flying a kite", ["still", "fly"]),
        ("a boy flying a drone", ["still"]),
        ("a watch commercial with a man running", ["still", "run"]),
        ("a samurai riding a horse", ["run"]),
        ("a cat and a samurai running", ["run"]),
        ("女鬼从电视里爬出来", ["still"]),
        ("埃菲尔铁塔下有两个人在散步", ["walk"]),
        ("周围漂浮着五颗星星", ["float"]),
        ("天空中飘着白云，女孩骑着单车经过", ["float", "drive", "drive"]),
        ("two corgis skateboarding", ["drive"]),
        ("a traffic light turning red", ["still"]),
        ("a SpaceX rocket landing", ["fall"]),
    ],
)
def test_nobody_does_what_another_does(prompt: str, motions: list[str]) -> None:
    assert [subject.motion for subject in parse(prompt).subjects] == motions


@pytest.mark.parametrize(
    ("prompt", "count", "asked"),
    [
        ("一百只羊", 12, 100),
        ("two hundred birds", 12, 200),
        ("twenty-five cats", 12, 25),
        ("a 10 second video of a red car", 1, None),
        ("1,000 balloons", 12, 1000),
        ("3万只鸟", 12, 30_000),
        ("two dozen eggs", 12, 24),
        ("a dozen eggs", 12, None),
        ("十二只猫", 12, None),
        ("lots of cats", 7, None),
    ],
)
def test_a_cut_count_is_told(prompt: str, count: int, asked: int | None) -> None:
    subject = parse(prompt).subjects[0]
    assert (subject.count, subject.asked) == (count, asked)


def spec(prompt: str) -> GenerationSpec:
    return GenerationSpec("scene", "scene", 1, prompt, seed=1, width=64, height=64, num_frames=8, fps=8)


def test_notes_tell_what_is_missing_and_what_is_cut() -> None:
    assert check(spec("100 sheep and a samurai")) == (
        Note("undrawn", {"words": "samurai"}),
        Note("count-cut", {"word": "sheep", "asked": 100, "drawn": 12}),
    )
    assert check(spec("a cat")) == ()


@pytest.mark.parametrize(
    ("prompt", "drawn", "left_out", "words"),
    [
        ("a cat, a dog, a pig, a cow, a horse, a duck", 4, ("horse", "duck"), "horse, duck"),
        ("猫、狗、猪、牛、马、鸭子、鸭子", 4, ("马", "鸭子"), "马, 鸭子"),
    ],
)
def test_what_is_beyond_the_kinds_of_a_scene_is_left_out_and_not_called_undrawn(
    prompt: str, drawn: int, left_out: tuple[str, ...], words: str
) -> None:
    scene = parse(prompt)
    assert (len(scene.subjects), scene.undrawn, scene.left_out) == (drawn, (), left_out)
    assert to_json(prompt, scene)["left_out"] == list(left_out)
    assert check(spec(prompt)) == (Note("left-out", {"words": words, "most": 4}),)


@pytest.mark.parametrize(
    ("prompt", "undrawn"),
    [
        ("a samurai, a Samurai, and a cat", ("samurai",)),
        ("a cat wearing a hat; a hat on the grass", ()),
        ("穿毛衣的猫和穿毛衣的狗", ("毛衣",)),
        ("a red tractor in a yellow field", ("yellow field",)),
        ("金黄的田野，绿色的草地", ("金黄的田野",)),
    ],
)
def test_a_word_is_undrawn_once_and_never_where_it_is_drawn(prompt: str, undrawn: tuple[str, ...]) -> None:
    assert parse(prompt).undrawn == undrawn


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("一个武士在森林里", "武士"),
        ("a waterfall in the forest", "waterfall"),
        ("夜里下雨的城市，一个武士和一个骑士", "武士, 骑士"),
    ],
)
def test_a_stage_without_the_actor_is_told_before_it_is_sold(prompt: str, words: str) -> None:
    assert check(spec(prompt)) == (Note("scenery-only", {"words": words}),)


@pytest.mark.parametrize(("prompt", "words", "count"), [("a samurai", "samurai", 1), ("hello", "", 0)])
def test_what_names_nothing_is_refused(prompt: str, words: str, count: int) -> None:
    with pytest.raises(Unsupported) as refused:
        check(spec(prompt))
    assert (refused.value.code, refused.value.details) == ("nothing-to-draw", {"words": words, "count": count})


@pytest.mark.parametrize("prompt", ["a sunset over the sea", "下雨的城市夜景", "云海上的日出", "星空下的沙漠"])
def test_scenery_alone_is_drawn(prompt: str) -> None:
    assert check(spec(prompt)) == ()


def test_scenery_of_another_colour_is_drawn_and_told() -> None:
    assert check(spec("a yellow field at sunset")) == (Note("scenery-only", {"words": "yellow field"}),)


@pytest.mark.parametrize("prompt", ["云海", "a sea of clouds", "壮丽的云海日出"])
def test_a_sea_of_clouds_is_in_the_sky(prompt: str) -> None:
    scene = parse(prompt)
    assert (scene.subjects, scene.place) == ((), "sky")


@pytest.mark.parametrize(
    ("prompt", "drawn"),
    [
        ("小明和小红在放风筝", [("person", "小明"), ("person", "小红"), ("kite", "风筝")]),
        ("小丽在跑步，小丽很开心", [("person-running", "小丽")]),
        ("小红马在跑", [("horse", "马")]),
        ("小红帽和大灰狼", [("wolf", "大灰狼")]),
        ("小王子", [("prince", "王子")]),
        ("一个广场舞大妈", [("woman-dancing", "大妈")]),
        ("飞机飞过云海", [("airplane", "飞机")]),
    ],
)
def test_people_by_name(prompt: str, drawn: list[tuple[str, str]]) -> None:
    assert [(subject.sprite, subject.word) for subject in parse(prompt).subjects] == drawn


@pytest.mark.parametrize(("prompt", "word"), [("一只猫在屋顶上", "屋顶"), ("a cat on the roof", "roof")])
def test_a_roof_is_reported(prompt: str, word: str) -> None:
    assert parse(prompt).undrawn == (word,)


def test_nothing_to_draw_is_refused_by_name() -> None:
    with pytest.raises(Unsupported) as refused:
        check(spec("长城的秋天航拍"))
    assert refused.value.details["words"] == "长城"
