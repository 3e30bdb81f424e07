"""Turns CC-CEDICT's glosses into word pairs to train on, the verbs, and one meaning a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from training.translation.inflection import doing, third
from translation.stems import stems

LONGEST_GLOSS = 4
LEAST_LIKELY = 0.05
_HAN = re.compile("[\u3400-\u9fff]{1,8}")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_USELESS = re.compile(
    r"(?:variant|old variant|see|surname|abbr|used in|erhua|CL|classifier|particle|also written)\b|[:|/]"
    r"|\bsb\b|\bsth\b|\betc\b"
)
_NAMED = re.compile(
    r"((?:[A-Z][\w'-]*\.?)(?: [A-Z][\w'-]*)*)"
    r"(?:, | (?:sub)?(?:prefecture|city|county|district|province|municipality|autonomous)\b)"
)
"""The name alone, of Guilin prefecture-level city in Guangxi and of Tokyo, capital of Japan."""
_PARTICLE_ENDS = re.compile("..*[的了着]$")
_COUNTED = re.compile("[一两这那][个只名位条张辆座件匹群朵棵块架艘间本杯幅根台枚颗株支头把片部顶家对阵层双段口]")
"""A count and its measure word are two words."""
_NO_WORDS = frozenset(("得很", "眨眼睛", "坐在", "个人", "一个人"))
_WORDS_SO_ENDED = frozenset(
    ["目的", "有的", "别的", "接着", "随着", "沿着", "朝着", "意味着", "为了", "除了", "顺着", "跟着"]
)
_VERBS = frozenset(["穿着", "戴着", "拿着", "坐着", "站着", "看着", "带有", "坐", "站", "走", "躺", "是", "有"])
_NO_NAMES = frozenset((
    "一个", "一只", "一名", "一位", "一条", "一些", "一种", "这个", "那个", "这些", "那些", "这里",
    "那里", "什么", "怎么", "为什么", "自己", "我们", "你们", "他们", "她们", "它们", "可以", "因为",
    "所以", "如果", "但是", "虽然", "然后", "同时", "以及", "非常", "正在", "已经", "之间", "之中",
    "之上", "里面", "上面", "下面", "旁边", "左边", "右边", "前面", "后面", "中间", "附近", "时候",
    "一样", "一起", "一直", "没有", "不是", "就是", "还有", "另一", "每个", "有点", "一点", "东西",
    "多么", "那么", "这么", "这样", "那样", "其中", "其他", "或者", "并且", "而且", "不过", "只有",
    "只是", "大家", "人们", "起来", "下来", "出来", "过来", "过去", "出去", "上去", "下去",
))  # fmt: skip
_NO_VERBS = frozenset(["特写", "摄影", "背景", "装饰", "设计", "到", "上", "里", "下", "中"])


@dataclass(frozen=True)
class Dictionary:
    """``glosses`` in CEDICT's order, the commonest sense mostly first."""

    glosses: dict[str, list[str]]

    def words(self) -> set[str]:
        found = {word for word in self.glosses if not _PARTICLE_ENDS.match(word) or word in _WORDS_SO_ENDED}
        return {word for word in found if not _COUNTED.fullmatch(word)} - _NO_WORDS

    def verbs(self) -> set[str]:
        """Words whose first or most senses begin with "to"."""
        found = {word for word, glosses in self.glosses.items() if _is_verb(word, glosses)}
        return (found | _VERBS) - _NO_VERBS

    def pairs(self, known: Iterable[str]) -> list[tuple[str, str]]:
        """Word and gloss, of the words in ``known``; verbs in three forms."""
        return [(word, form) for word in known for gloss in self.glosses.get(word, [])[:5] for form in _forms(gloss)]

    def senses(self, learnt: Mapping[str, set[str]], names: AbstractSet[str]) -> dict[str, frozenset[str]]:
        """For words that name things, the stems of all they are called; ``learnt`` are words seen to stand for them.

        A word of one character counts when it is among ``names``.
        """
        verbs = self.verbs()
        found = {}
        for word, glosses in self.glosses.items():
            if word in verbs or glosses[0].endswith("ly") or not (len(word) > 1 or word in names) or word in _NO_NAMES:
                continue
            of_glosses = stems(" ".join(glosses))
            if of_glosses:
                found[word] = of_glosses | stems(" ".join(learnt.get(word, ())))
        return found

    def meanings(self, likely: Callable[[str, str], float]) -> dict[str, str]:
        """One short gloss a word: the likeliest where ``likely`` (gloss word, word) knows any, or the first."""
        chosen = {}
        for word, glosses in self.glosses.items():
            plain = [gloss.removeprefix("to ").split(",")[0] for gloss in glosses]
            short = [gloss for gloss in plain if len(gloss.split()) <= LONGEST_GLOSS] or plain[:1]
            scores = [sum(likely(part, word) for part in gloss.split()) / len(gloss.split()) ** 0.5 for gloss in short]
            best = max(scores)
            chosen[word] = short[scores.index(best)] if best > LEAST_LIKELY else short[0]
        return chosen


def read_dictionary(folder: Path) -> Dictionary:
    glosses: dict[str, list[str]] = {}
    for line in (folder / "translation" / "cedict_glosses.tsv").read_text("utf-8").splitlines():
        word, _, gloss = line.partition("\t")
        gloss = " ".join(_ASIDE.sub("", gloss.split("\t")[0].split(" , ")[0]).split())
        gloss = _named[1] if (_named := _NAMED.match(gloss)) else gloss
        if _HAN.fullmatch(word) and gloss and not _USELESS.search(gloss):
            glosses.setdefault(word, []).append(gloss)
    return Dictionary(glosses)


def _is_verb(word: str, glosses: list[str]) -> bool:
    deeds = sum(gloss.startswith("to ") for gloss in glosses)
    return glosses[0].startswith("to ") or (len(word) > 1 and 2 * deeds >= len(glosses))


def _forms(gloss: str) -> list[str]:
    if len(gloss.split()) > LONGEST_GLOSS:
        return []
    if not gloss.startswith("to "):
        return [gloss]
    deed = gloss.removeprefix("to ")
    return [deed, third(deed), doing(deed)] if deed.split()[0] not in {"be", "not"} else [deed]
