"""Turns what a prompt says shall not be there into a negative prompt, and the prompt into what is left of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from translation.options import hide_quotations, narrowed
from translation.seams import cut

_LONGEST = 300
"""Characters of a negative prompt that is named as such."""

# Nouns that people want out of a picture. Behind a bare "no", 不要 or 没有 only these count: "no turning back" and
# 不要停 are part of the story.
_UNWANTED = (
    "(?:other |any |visible |extra |background |on-?screen )?(?:people|persons?|humans?|crowds?|pedestrians?"
    "|passers-?by|faces?|figures?|characters?|hands?|fingers?|limbs?|arms|legs|text|words?|letters?|writing|captions?|subtitles?"
    "|titles?|credits|watermarks?|logos?|brands?|signatures?|signs?|ui|borders?|frames?|blur|blurriness|noise|grain"
    "|artifacts?|artefacts?|distortions?|deformations?|deformities|flicker|flickering|jitter|glare"
    "|lens flares?|reflections?|shadows?|overexposure|(?:bad|deformed) (?:hands?|anatomy)|low quality"
    "|(?:camera )?(?:shake|movements?|motion)|shaky camera|zoom|cuts|transitions|music|sounds?|audio|dialogue"
    "|voice-?over|cars?|vehicles?|traffic|buildings?|animals?|dogs?|cats?|birds?|insects?|trees|plants|clouds?|rain|snow|wind|fog|smoke"
    "|fire|blood|gore|weapons?|guns?|nudity|hats?|glasses)"
)
_HAN_UNWANTED = (
    "(?:任何|其他|其它|多余的?|别的)?(?:人物|人类|行人|路人|游客|人群|人脸|人影|小孩|孩子|人|文字|字幕|字|浮?水印|标志|标识|商标|品牌"
    "|签名|台标|边框|黑边|logo|模糊|噪点|噪声|颗粒|变形|畸变|畸形|扭曲|失真|闪烁|抖动|镜头抖动|残影|重影|手指|肢体|手"
    "|低质量|低画质|过曝|反光|阴影|镜头运动|运镜|转场|切镜|快速剪辑|闪白|音乐|背景音乐|声音|配音|对话|旁白|汽车|车辆|车|建筑|房子"
    "|动物|狗狗|小狗|狗|猫咪|小猫|猫|鸟|虫子|树|植物|云|雨|雪|风|雾|烟|火|血腥|血|武器|枪|裸露|帽子|眼镜)"
)
_APART = r"(?:(?<=[,.;!?:，。；！？：\n(（])|^) ?"
# Not in the middle of a list whose later items nobody here knows: to take "no text" from "no text, symbols or dates"
# is to ask for symbols and dates.
_ENDS = r"(?= ?(?:[,.;!?\n)]|$))(?![^.;!?\n]{0,200}\bn?or )"
_HAN_ENDS = r"(?= ?(?:[,.;!?，。；！？\n)）]|$))"
_BEFORE, _AFTER = "(?<![a-z0-9_-])", "(?![a-z0-9_-])"
_JOIN = "(?:, ?(?:and |or |nor )?| and | or | nor |/)(?:no |without )?"
_HAN_JOIN = f"(?:(?:[、和或与及]|以及|或者|还有)(?:没有|不要|无)?|(?:没有|不要|无)(?={_HAN_UNWANTED}))"
_ITEMS = f"{_UNWANTED}{_AFTER}(?:{_JOIN}{_UNWANTED}{_AFTER}){{0,9}}"
_HAN_ITEMS = f"{_HAN_UNWANTED}(?:{_HAN_JOIN}{_HAN_UNWANTED}){{0,9}}"
_FREE = r"[a-z][a-z'’-]{1,20}(?: [a-z][a-z'’-]{1,20}){0,3}"
_HAN_FREE = "[\u3400-\u9fffA-Za-z]{1,12}"

_HAN_OPENING = "(?:请|画面[中里上]?|镜头[中里]?|视频[中里]?|但|且|并且)*"
_HAN_SHOWN = "(?:有|出现|包含|加入|加上?|显示|画)"
_HAN_NEVER = "(?:不要|不能|不可以?|不得|禁止|避免|请?勿|切勿|别)(?:出现|包含|加入|显示)(?:任何)?"
_HAN_NONE = f"(?:(?:不要|不能|没有|不带|不含|去掉|去除|避免){_HAN_SHOWN}?|(?:别|请?勿|切勿){_HAN_SHOWN})"
_NEVER = "(?:do not|don['’]t|never) (?:show|include|add|draw|put|use)|avoid|exclude|leave out"
_NONE = f"(?:{_BEFORE}(?:(?:and|but|with) no|(?:and |but )?without(?: any)?)|{_APART}(?:absolutely )?(?:no|zero))"
_NAMED = f"(?:{_BEFORE}negative(?: prompt)?|反向提示词?|负面提示词?|负向提示词?|反向词)"

_PATTERNS = (
    f"{_NAMED} ?[:：] ?(?P<named>[^\n]{{1,{_LONGEST}}})",
    f"(?<![\\w-])--no (?P<flag>[^\n-]{{1,{_LONGEST}}})",
    f"{_APART}(?:and |but |please )*(?:{_NEVER}) (?:any )?(?P<never>{_FREE}){_ENDS}",
    f"{_NONE} (?P<none>{_ITEMS}){_ENDS}",
    f"{_APART}{_HAN_OPENING}{_HAN_NEVER}(?P<han_never>{_HAN_FREE}(?:{_HAN_JOIN}{_HAN_FREE}){{0,9}}){_HAN_ENDS}",
    f"(?<![乎来还也都并从就却]){_HAN_OPENING}{_HAN_NONE}(?P<han_none>{_HAN_ITEMS}){_HAN_ENDS}",
    f"{_APART}无(?P<han_without>{_HAN_ITEMS}){_HAN_ENDS}",
)
# In a negative prompt that is named as such, 无头 is what shall not be there.
_MARKS = re.compile("[,，、；;]| and | or ", re.IGNORECASE)
_JOINS = re.compile(f"{_JOIN}|{_HAN_JOIN}|[，；;]", re.IGNORECASE)
_NEGATIVE = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)


def read_negative(prompt: str) -> tuple[str, str]:
    """Take out what shall not be there: what is left of the prompt, and the negative prompt, "" if there is none.

    Taken are "negative prompt: …", ``--no …``, and clauses such as "no people", "without text or logos", 不要出现文字.
    Where nothing else would be left the prompt stays whole. What is left are the prompt's own characters in order.
    """
    found = list(_find(prompt))
    rest = cut(prompt, [(start, end) for start, end, _ in found]) if found else prompt
    if not found or not any(map(str.isalnum, rest)):
        return prompt, ""
    return rest, ", ".join(dict.fromkeys(words for *_, words in found))


def _find(prompt: str) -> Iterator[tuple[int, int, str]]:
    narrow = hide_quotations(narrowed(prompt))
    for found in _NEGATIVE.finditer(narrow):
        start, end = found.span(found.lastgroup or 0)
        split = _MARKS if found.lastgroup in {"named", "flag"} else _JOINS
        if listed := ", ".join(_things(prompt[start:end], narrow[start:end], split)):
            blank = len(found[0]) - len(found[0].lstrip())
            yield found.start() + blank, found.end(), listed


def _things(words: str, narrow: str, split: re.Pattern[str]) -> Iterator[str]:
    """The things alone, as typed: "text, no logos" is "text" and "logos"."""
    ends = [0, *(bound for found in split.finditer(narrow) for bound in found.span()), len(words)]
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        bare = re.sub("^(?:any |任何)", "", words[start:end].strip(" .。，,"), flags=re.IGNORECASE)
        if bare:
            yield bare
