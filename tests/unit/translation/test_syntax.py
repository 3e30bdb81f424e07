import random

import pytest

from translation.segment import segment
from translation.source import Token, read
from translation.syntax import arrange, arranged
from translation.weights import UNKNOWN_COST, Lexicon

_NOUNS = """
猫 雪地 公园 女孩 裙子 街道 雨 桌子 苹果 风 蜡烛 门 男人 草地 鲜花 长椅 老人 鸽子
杯子 水 锅 球 铁球 箱子 村庄 雪 刀 西瓜 厨师 镜头 牛奶
"""
_VERBS = """
奔跑 跳舞 掉下来 吹灭 打开 坐 喂 放进 切 切成 倒进 穿 覆盖 追逐 唱歌 走路 推进
跳进 开满 停 滚动 看 跑 在 是 有
"""
NOUNS, VERBS = _NOUNS.split(), _VERBS.split()
SMALL = list("一个只的在里上把被从着了地得和对到")
WORDS = Lexicon(
    dict.fromkeys([*NOUNS, *VERBS, "红色", "美丽", "小块", "一边", "慢慢", "正在"], 5.0),
    {},
    dict.fromkeys(NOUNS, "x"),
    frozenset(VERBS),
    frozenset({"美丽"}),
)


def ordered(text: str) -> str:
    return " ".join(word.text for word in arranged(segment(read(text), WORDS.costs, UNKNOWN_COST), WORDS))


@pytest.mark.parametrize(
    ("chinese", "english_order"),
    [
        ("一只猫在雪地里奔跑", "一 只 猫 奔跑 在 里 雪地"),
        ("一只猫在雨中的街道上奔跑", "一 只 猫 奔跑 在 上 街道 的 中 雨"),
        ("一个穿着红色裙子的女孩在公园里跳舞", "一 个 女孩 的 穿 着 红色 裙子 跳舞 在 里 公园"),
        ("女孩在开满鲜花的草地上跳舞", "女孩 跳舞 在 上 草地 的 开满 鲜花"),
        ("铁球从桌子上掉下来", "铁球 掉下来 从 上 桌子"),
        ("蜡烛被风吹灭", "蜡烛 吹灭 被 风"),
        ("一个被雪覆盖的村庄", "一 个 村庄 的 覆盖 被 雪"),
        ("厨师把西瓜切成小块", "厨师 切 把 西瓜 成 小块"),
        ("把牛奶倒进杯子里", "倒 把 牛奶 进 杯子"),
        ("女孩跳进水里", "女孩 跳进 水"),
        ("老人坐在公园的长椅上喂鸽子", "老人 坐 在 上 公园 的 长椅 喂 鸽子"),
        ("桌子上有一个苹果", "有 一 个 苹果 上 桌子"),
        ("厨师用刀切西瓜", "厨师 切 西瓜 用 刀"),
        ("镜头慢慢推进", "镜头 推进 慢慢"),
        ("女孩一边走路一边唱歌", "女孩 走路 一边 唱歌"),
        ("男人打开红色的门", "男人 打开 红色 的 门"),
        ("在公园里,女孩跳舞", "在 里 公园 , 女孩 跳舞"),
        ("一只猫正在奔跑", "一 只 猫 正在 奔跑"),
        ("女孩看了看猫", "女孩 看 了 猫"),
        ("女孩看一看猫", "女孩 看 猫"),
        ("猫在雪地里跑来跑去", "猫 跑 在 里 雪地 来回"),
    ],
)
def test_words_come_in_the_order_of_english(chinese: str, english_order: str) -> None:
    assert ordered(chinese) == english_order


def test_every_word_stays_and_marks_keep_their_place() -> None:
    chance = random.Random(3)
    pool = [*NOUNS, *VERBS, *SMALL, "慢慢", "正在"]
    for _ in range(500):
        first, last = ([Token(word, "han") for word in chance.choices(pool, k=chance.randint(1, 9))] for _ in range(2))
        words = [*first, Token(",", "mark"), *last]
        found = arranged(words, WORDS)
        before, after = ("".join(sorted("".join(word.text for word in side))) for side in (words, found))
        # 里 goes where the deed says it already, and one of two 一边.
        assert len(after) >= len(before) - 4
        assert set(after) <= set(before)
        assert found[len(arrange(first, WORDS))].text == ","


def test_nothing_gives_nothing() -> None:
    assert arranged([], WORDS) == []
