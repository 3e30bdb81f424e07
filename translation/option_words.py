"""The vocabulary of options in plain words: turns text into candidate tokens with what they would set.

Every repetition in the patterns is bounded, so a scan takes time in proportion to the text; and of a text that is
nothing but options it reads no more than so many, since judging one costs far more than passing by other words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from core.types import Options, Ratio
from translation.numerals import ENGLISH_NUMBER, HAN_DIGIT, read_number


class Strength(IntEnum):
    """How little help from its surroundings a token needs to count as an option."""

    WEAK = 1
    """portrait, landscape, square: at the end, after a comma or another option."""
    FREE = 2
    """vertical, 方形, six seconds: between commas, too."""
    PLAIN = 3
    """6 seconds, vertical video: at the end without a comma, too."""
    BRIEF = 4
    """6s, 6秒: first, with only a space after it, too."""
    SURE = 5
    """竖屏, 9:16, 720p, seed 42: anywhere."""


@dataclass(frozen=True)
class Token:
    """The stretch ``text[start:end]``, which would set ``options``."""

    start: int
    end: int
    strength: Strength
    options: Options


MOST_MATCHES = 1000
"""A prompt has a handful; a thousand characters of ``6s`` and spaces have 667."""

FILM = "(?:video|clip|animation|movie|film)"
HAN_FILM = "(?:短视频|视频|短片|动画)"

_Reader = Callable[[re.Match[str]], Options | None]
_RATIOS: dict[str, Ratio] = {
    "竖": "9:16", "纵": "9:16", "横": "16:9", "宽": "16:9", "方": "1:1", "正": "1:1",
    "vertical": "9:16", "portrait": "9:16", "horizontal": "16:9", "landscape": "16:9", "square": "1:1",
}  # fmt: skip
_SIDES = {("16", "9"), ("9", "16"), ("1", "1"), ("4", "3"), ("3", "4"), ("16", "10"), ("21", "9")}
"""Read as a ratio whether or not a model has it: who asks for 4:3 is told that it cannot be had."""
_RECIPES = {"草稿": "draft", "标准": "standard", "高清": "hd"}
_DECADES = range(50, 100, 10)

_SHAPE = "(vertical|portrait|horizontal|landscape|square)"
_ASK = "(?:(?:做成|改成|拍成|生成|换成|采用|使用|要|用|以)(?:一个|一段|一条)?)?"
_FRAME = "(?:画面|画幅|构图|比例|格式|[纵宽长][横高宽]比|短视频|视频)"
_SAY = "[ ]?[:=为是]{0,2}[ ]?"
_DIGITS = r"(?<![0-9])(?<![0-9][.:])[0-9]{1,6}(?:\.[0-9]{1,2})?"
_HAN_NUMBER = f"(?<!{HAN_DIGIT})(?:{HAN_DIGIT}{{1,5}}(?:点{HAN_DIGIT}{{1,2}})?|半)"
_UNIT = "(seconds?|secs?|s|minutes?|mins?)"
_BEGIN = r"(?<![a-z0-9_])"
_END = r"(?![a-z0-9_])"

# The train leaves in ten minutes: so long is part of the story more often than not.
_MINUTES = re.compile("min|分钟", re.IGNORECASE)
# What a few words before a token make of it: part of the story (after 6 seconds, iPhone 6s, 第3秒, 倒计时10秒), …
_STORY = re.compile(
    r"(?:\b(?:after|every|within|before|first|last|next|past|only|than|least|most|each|per|another|until|remaining"
    r"|the|these|those|this|that|iphone|ipad|galaxy|pixel|redmi|note|mi|model|route|oppo|vivo|honor"
    r"|series|size|version|level|number)[ -]?"
    r"|(?:[第每前后过了有下上这那某最剩隔等还另只差花仅短分]|计时|小米|红米|苹果|荣耀) ?)$",
    re.IGNORECASE,
)
# … unwanted, …
_NEGATED = re.compile(r"(?:\b(?:not?|never|without)(?: an?)? |[不别非勿])$", re.IGNORECASE)
# … or a score, a time of day or a scale.
_COUNTED = re.compile(
    r"(?:\b(?:scored?|tied?|won|lost|leads?|at|scale)"
    r"|比分|比数|打成|战成|上午|下午|早上|晚上|凌晨|中午|时间|钟)[ :是为]{0,2}$",
    re.IGNORECASE,
)


def _shape(found: re.Match[str]) -> Options:
    name = found[1].lower()
    return Options(ratio=_RATIOS[name if name in _RATIOS else name[0]])


def _sides(found: re.Match[str]) -> Options | None:
    ratio = f"{found[1]}:{found[2]}"
    if (found[1], found[2]) not in _SIDES or _COUNTED.search(found.string, *_window(found.start())):
        return None
    likeness = ratio == "1:1" and found.string[found.end() : found.end() + 2].lstrip().startswith("的")
    return None if likeness else Options(ratio=ratio)


def _resolution(found: re.Match[str]) -> Options:
    return Options(resolution=f"{found[1]}p")


def _seed(found: re.Match[str]) -> Options:
    return Options(seed=int(found[1]))


def _fps(found: re.Match[str]) -> Options:
    return Options(fps=float(next(filter(None, found.groups()))))


def _takes(found: re.Match[str]) -> Options | None:
    number = read_number(found[1])
    return Options(takes=int(number)) if number and number == int(number) else None


def _recipe(found: re.Match[str]) -> Options:
    name = found[1].lower()
    return Options(recipe=_RECIPES.get(name, name))


def _han_length(found: re.Match[str]) -> Options | None:
    minutes, number = read_number(found[1] or "零"), read_number(found[2])
    if number is None or minutes is None:
        return None
    value = number + (0.5 if found[4] else 0)
    return Options(seconds=minutes * 60 + value * (60 if found[3].startswith("分") else 1))


def _english_length(found: re.Match[str]) -> Options | None:
    number = read_number(found[1])
    if number is None or (found[0][-2:] in {"0s", "0S"} and (number in _DECADES or number >= 1000)):
        return None
    return Options(seconds=number * (60 if found[2].lower().startswith("m") else 1))


_RATIO_NAME = f"(?:(?:--ar|(?:aspect )?ratio(?: of)?|(?:画幅|画面|宽高|长宽)?比例?|画幅){_SAY}|{_BEGIN}in )?"
_RATIO_SIDES = r"(?<![0-9])(?<![0-9][.:])(16|9|1)(?: ?[:∶] ?|[x×比])(16|9|1)(?![0-9]|[.:][0-9]|[a-z])"
_RATIO_AFTER = f"(?: (?:aspect ratio|ratio|format|{FILM}){_END}| ?的?{_FRAME})?"
_MODE = "(?:format|orientation|mode|aspect ratio|aspect|ratio)"
_RESOLUTION_NAME = f"(?:(?:分辨率|清晰度|{_BEGIN}resolution){_SAY}|{_BEGIN}(?:in|at) )?"
_SEED_NAME = rf"{_BEGIN}(?:--|random |with |using )?seed(?:-(?=[0-9])| ?(?:[:=#]|is|number)? ?)"
_HAN_SEED_NAME = f"[用以]?(?:随机数?)?种子[数值号]?{_SAY}#?"
_SEED_VALUE = r"(-?[0-9]{1,19})(?![0-9]|\.[0-9]| ?[颗粒个包袋斤])"
_TAKES = f"({_DIGITS}|{ENGLISH_NUMBER}) (?:different )?(?:takes|versions|variations|variants)"
_HAN_TAKES = f"({_DIGITS}|{_HAN_NUMBER}) ?[个种份条段](?:不同的?)?(?:版本|方案)"
_RATE = r"(?<![0-9.])([0-9]{1,3}(?:\.[0-9]{1,3})?)"
_HAN_LENGTH = f"(?:({_DIGITS}|{_HAN_NUMBER})分钟?)?({_DIGITS}|{_HAN_NUMBER}) ?(秒钟?|分钟)(半)?"
_UNSIGNED = "(?<![.$-])"
_FOR = "(?:for|in|lasting) (?:about |around )?"
_LONG = f"{_END}(?: long)?(?: {FILM}{_END})?"

_PATTERNS: tuple[tuple[str, Strength, _Reader], ...] = (
    (f"{_RATIO_NAME}{_RATIO_SIDES}(?! ?[ap]m| ?scale|分|复刻|还原|平){_RATIO_AFTER}", Strength.SURE, _sides),
    ("(?<![0-9:])(4|3|16|21)[:∶](3|4|10|9)(?![0-9:])", Strength.FREE, _sides),
    (f"{_ASK}([竖横](?:屏|版(?!过关|卷轴|闯关|游戏)|构图|画幅))(?:的?{_FRAME})?", Strength.SURE, _shape),
    (f"{_ASK}((?:正?方形|[竖横纵]向?)的?{_FRAME})", Strength.SURE, _shape),
    ("(正?方形|纵向|横向|宽屏)", Strength.FREE, _shape),
    (f"{_BEGIN}(?:(?:in|as|make it) (?:an? )?)?{_SHAPE}[ -](?:{FILM} )?{_MODE}{_END}", Strength.SURE, _shape),
    (f"{_BEGIN}make it (?:an? )?{_SHAPE}(?: {FILM})?{_END}", Strength.SURE, _shape),
    (f"{_BEGIN}{_SHAPE} (?:short )?{FILM}{_END}", Strength.PLAIN, _shape),
    (f"{_BEGIN}(?:in )?(vertical|horizontal){_END}", Strength.FREE, _shape),
    (f"{_BEGIN}(?:in )?(portrait|landscape|square){_END}", Strength.WEAK, _shape),
    (
        f"{_RESOLUTION_NAME}{_BEGIN}(?<![.:])(360|480|540|720|1080|1440|2160) ?p{_END}(?: resolution|分辨率|清晰度)?",
        Strength.SURE,
        _resolution,
    ),
    (
        f"{_BEGIN}(?:at |in )?{_UNSIGNED}{_RATE} ?(?:fps|frames?(?: per |/| an? )s(?:ec(?:ond)?)?){_END}",
        Strength.SURE,
        _fps,
    ),
    (f"{_BEGIN}(?:--)?(?:fps|frame ?rate(?: of)?)[ :=]{{1,2}}{_RATE}(?: ?fps)?{_END}", Strength.SURE, _fps),
    (
        f"(?:以|用)?(?:每秒钟? ?{_RATE} ?帧|{_RATE} ?帧(?:[ /]?每?秒钟?|率)|(?:帧率|帧数){_SAY}{_RATE} ?(?:帧|fps)?)",
        Strength.SURE,
        _fps,
    ),
    (f"{_RATE} ?帧", Strength.FREE, _fps),
    (f"(?:请?(?:给我|帮我)?(?:来|做|出|要|拍|画|生成|制作))(?:{_HAN_TAKES})", Strength.PLAIN, _takes),
    (_HAN_TAKES, Strength.FREE, _takes),
    (f"{_BEGIN}{_TAKES} of(?= )", Strength.BRIEF, _takes),
    (f"{_BEGIN}(?:in )?{_TAKES}{_END}", Strength.FREE, _takes),
    (f"(?:{_SEED_NAME}|{_HAN_SEED_NAME}){_SEED_VALUE}", Strength.SURE, _seed),
    (f"{_BEGIN}(?:--|with |using |in )?recipe{_SAY}(draft|standard|hd){_END}", Strength.SURE, _recipe),
    (f"{_BEGIN}(?:with |using )?(draft|standard|hd) recipe{_END}", Strength.SURE, _recipe),
    (f"[用选]?(?:配方|档位){_SAY}(草稿|标准|高清)档?", Strength.SURE, _recipe),
    ("[用选]?(草稿|标准|高清)(?:档(?![案次])|配方)", Strength.SURE, _recipe),
    (f"(?:视频)?(?:时长|片长){_SAY}约?{_HAN_LENGTH}", Strength.SURE, _han_length),
    (
        f"{_BEGIN}(?:--)?(?:duration|length)(?: of|:|=)? ?({_DIGITS}|{ENGLISH_NUMBER})[ -]?{_UNIT}{_END}",
        Strength.SURE,
        _english_length,
    ),
    (f"(?:(?:大约|约|持续|一共|共) ?)?{_HAN_LENGTH}(?:长?的?{HAN_FILM}|长|左右)?", Strength.BRIEF, _han_length),
    (f"{_BEGIN}{_UNSIGNED}({_DIGITS}) ?(s|secs?|mins?){_END}(?: {FILM}{_END})?", Strength.BRIEF, _english_length),
    (f"{_BEGIN}(?:{_FOR})?{_UNSIGNED}({_DIGITS})[ -]?{_UNIT}{_LONG}", Strength.PLAIN, _english_length),
    (f"{_BEGIN}{_FOR}({ENGLISH_NUMBER})[ -]{_UNIT}{_LONG}", Strength.PLAIN, _english_length),
    (f"{_BEGIN}({ENGLISH_NUMBER})[ -]{_UNIT}{_LONG}", Strength.FREE, _english_length),
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE), strength, reader) for pattern, strength, reader in _PATTERNS)


def scan(text: str) -> list[Token]:
    """Candidate tokens in order, none overlapping, the longest where several begin; ``text`` has ASCII digits.

    None at all where more than ``MOST_MATCHES`` stretches look like one.
    """
    matches = list(islice(_matches(text), MOST_MATCHES + 1))
    tokens = [_token(*match) for match in matches] if len(matches) <= MOST_MATCHES else []
    kept: list[Token] = []
    for token in sorted(filter(None, tokens), key=lambda token: (token.start, -token.end, -token.strength)):
        if not kept or token.start >= kept[-1].end:
            kept.append(token)
    return kept


def _matches(text: str) -> Iterator[tuple[re.Match[str], Strength, _Reader]]:
    for pattern, strength, reader in _RULES:
        for found in pattern.finditer(text):
            yield found, strength, reader


def _token(found: re.Match[str], strength: Strength, reader: _Reader) -> Token | None:
    options = reader(found)
    if options is None or _NEGATED.search(found.string, *_window(found.start())):
        return None
    if strength < Strength.SURE and _STORY.search(found.string, *_window(found.start())):
        return None
    if strength < Strength.SURE and _MINUTES.search(found[0]):
        strength = Strength.FREE
    return Token(found.start(), found.end(), strength, options)


def _window(end: int) -> tuple[int, int]:
    return max(0, end - 16), end
