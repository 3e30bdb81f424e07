"""Turns words for the shape and the size of a video (竖屏, 9:16, 4K, 1920x1080) into the options they would set."""

from __future__ import annotations

import re

from core.types import Options
from translation.option_tokens import BEGIN, END, FILM, SAY, SHAPE, UNSIGNED, Entry, Strength, window

_RATIOS = {
    "竖": "9:16", "纵": "9:16", "直": "9:16", "横": "16:9", "宽": "16:9", "方": "1:1", "正": "1:1",
    "vertical": "9:16", "portrait": "9:16", "horizontal": "16:9", "landscape": "16:9", "square": "1:1",
    "widescreen": "16:9", "wide screen": "16:9", "ultrawide": "21:9", "ultra-wide": "21:9",
}  # fmt: skip
# Read as a ratio whether or not a model has it: who asks for 4:3 is told that it cannot be had. The first are ratios
# wherever they stand, the others only apart, since 4:3 is a score as well; 3:2 and 2:3 more often than not.
_COMMON = frozenset(("16:9", "9:16", "1:1"))
_OTHERS = frozenset(
    ("4:3", "3:4", "16:10", "21:9", "9:21", "18:9", "4:5", "5:4", "3:2", "2:3", "2.35:1", "2.39:1", "1.85:1")
)
_FORMATS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4}
_NEAR = 0.03
"""832x480 is 16:9 to whoever asks for it."""

# What comes before a ratio and makes it a score, a time of day or a scale, …
_COUNTED = re.compile(
    r"(?:\b(?:scored?|tied?|won|lost|leads?|at|scale|ended)"
    r"|比分|比数|打成|战成|上午|下午|早上|晚上|凌晨|中午|时间|钟)[ :是为]{0,2}$",
    re.IGNORECASE,
)
# … or something to be read in the picture.
_SHOWN = re.compile(
    r"(?:\b(?:show(?:s|ing)?|reads?|says|saying|display(?:s|ing)?|numbers?|digits|text|words?|written)(?: an?| the)? "
    r"|显示着?|写着|印着|数字) ?$",
    re.IGNORECASE,
)
_SURFACE = re.compile(
    r" on (?:an? |the |its |his |her |their )?(?:screen|tv|television|wall|sign|monitor|display|clock)\b", re.IGNORECASE
)
_SPORT = re.compile(
    r"\b(?:scor|match|game|team|football|soccer|beats?\b)|比赛|足球|篮球|比分|球队|决赛|进球", re.IGNORECASE
)


def _shape(found: re.Match[str]) -> Options:
    name = found[1].lower()
    return Options(ratio=_RATIOS[name if name in _RATIOS else name[0]])


def _sides(found: re.Match[str]) -> Options | None:
    ratio = f"{found[1]}:{found[2]}"
    before = window(found.start())
    if ratio not in _COMMON or _COUNTED.search(found.string, *before) or _SHOWN.search(found.string, *before):
        return None
    likeness = ratio == "1:1" and found.string[found.end() : found.end() + 2].lstrip().startswith("的")
    return None if likeness or _SURFACE.match(found.string, found.end()) else Options(ratio=ratio)


def _other_sides(found: re.Match[str]) -> Options | None:
    ratio = f"{found[1]}:{found[2]}"
    is_score = _COUNTED.search(found.string, *window(found.start())) or _SPORT.search(found.string[:1000])
    return None if is_score or ratio not in _OTHERS else Options(ratio=ratio)


def _named_sides(found: re.Match[str]) -> Options:
    return Options(ratio=f"{found[1]}:{found[2]}")


def _resolution(found: re.Match[str]) -> Options:
    return Options(resolution=f"{found[1]}p")


def _thousands(found: re.Match[str]) -> Options:
    return Options(resolution=f"{found[1]}K")


def _full_hd(_: re.Match[str]) -> Options:
    return Options(resolution="1080p")


def _pixels(found: re.Match[str]) -> Options:
    """The format that is nearest, or the figures as they are, which no card has."""
    width, height = int(found[1]), int(found[2])
    ratios = [name for name, value in _FORMATS.items() if abs(width / height - value) < _NEAR * value]
    if not ratios:
        return Options(resolution=f"{width}x{height}")
    return Options(ratio=ratios[0], resolution=f"{min(width, height)}p")


_ASK = "(?:(?:做成|改成|拍成|生成|换成|采用|使用|要|用|以)(?:一个|一段|一条)?)?"
_FOR_PHONES = "(?:(?<![\u3400-\u9fffa-z0-9])(?:适合)?(?:手机|抖音|快手|小红书|视频号|朋友圈)(?:用?的)?)?"
_FRAME = "(?:画面|画幅|构图|比例|格式|[纵宽长][横高宽]比|短视频|视频|短影片|影片)"
_RATIO_NAME = f"(?:(?:--ar|(?:aspect )?ratio(?: of)?|(?:画幅|画面|宽高|长宽)?比例?|画幅){SAY}|{BEGIN}(?:in|make it) )?"
_RATIO_SIDES = r"(?<![0-9])(?<![0-9][.:])(16|9|1)(?: ?[:∶] ?|[x×比]| by )(16|9|1)(?![0-9]|[.:][0-9]|[a-z])"
_RATIO_NOT = "(?! ?[ap]m| ?scale|分|复刻|还原|平)"
_RATIO_AFTER = f"(?: (?:aspect ratio|ratio|format|wide ?screen){END}| ?的?{_FRAME})?"
_NO_ARTICLE = r"(?<!\ba )(?<!\ban )(?<!\bthe )"
_NAMED = (
    f"(?:--(?:ar|aspect) |{BEGIN}(?:(?:(?:in|with) )?(?:an? )?aspect ratio|(?<!\\ba )(?<!\\bthe )ratio)(?: of)?{SAY}"
    f"|(?:画幅|画面|宽高|长宽|纵横)比例?{SAY}|(?<![\u3400-\u9fff])(?:比例|画幅){SAY})"
)
_ANY_SIDES = r"([0-9]{1,2}(?:\.[0-9]{1,2})?)(?: ?[:∶] ?|[x×比/]| by )([0-9]{1,2})(?![0-9]|[.:][0-9]|[a-z]| of)"
_OTHER_SIDES = r"(?<![0-9:.])(16|21|18|9|5|4|3|2\.35|2\.39|1\.85)(?: ?[:∶] ?|比)(21|10|9|5|4|3|1)(?![0-9:分])"
_MODE = "(?:format|orientation|mode|aspect ratio|aspect|ratio)"
_RESOLUTION_NAME = f"(?:(?:分辨率|清晰度|画质|{BEGIN}resolution){SAY}|{BEGIN}(?:in|at|make it) )?"
_LINES = "(240|360|480|540|576|720|768|1080|1440|2160|4320)"
_SIDE = "([1-9][0-9]{2,3})"
_ULTRA = "(?: ?(?:ultra[ -]?hd|uhd|hdr|resolution|quality|分辨率|清晰度|超?高清|超清|画质))?"

SIZES: tuple[Entry, ...] = (
    (f"{_RATIO_NAME}{_RATIO_SIDES}{_RATIO_NOT}{_RATIO_AFTER}", Strength.SURE, _sides),
    (f"{_NO_ARTICLE}{_RATIO_NAME}{_RATIO_SIDES} {FILM}{END}", Strength.SURE, _sides),
    (f"{_NAMED}{_ANY_SIDES}", Strength.SURE, _named_sides),
    (
        f"(?:{BEGIN}(?:in|make it) )?{_OTHER_SIDES}(?: (?:aspect ratio|ratio|format){END}| ?的?{_FRAME})?",
        Strength.PLAIN,
        _other_sides,
    ),
    ("(?<![0-9:.])(3|2)[:∶](3|2)(?![0-9:])", Strength.WEAK, _other_sides),
    (
        f"{_ASK}{_FOR_PHONES}([竖横](?:屏|版(?!过关|卷轴|闯关|游戏)|构图|画幅))(?:的?{_FRAME})?",
        Strength.SURE,
        _shape,
    ),
    (f"{_ASK}((?:正?方形|[竖横纵][向式]?|直[向式])的?{_FRAME})", Strength.SURE, _shape),
    ("(正?方形|纵向|横[向式]|竖式|直[向式]|宽屏|[竖横方](?:着拍?)?的)", Strength.FREE, _shape),
    (f"{BEGIN}(?:(?:in|as|make it) (?:an? )?)?{SHAPE}[ -](?:{FILM} )?{_MODE}{END}", Strength.SURE, _shape),
    (f"{BEGIN}make it (?:an? )?{SHAPE}(?: {FILM})?{END}", Strength.SURE, _shape),
    (f"{BEGIN}{SHAPE} (?:short )?{FILM}{END}", Strength.PLAIN, _shape),
    (f"{BEGIN}(?:in )?(vertical|horizontal|wide ?screen|ultra-?wide){END}", Strength.FREE, _shape),
    (f"{BEGIN}(?:in )?(portrait|landscape|square){END}", Strength.WEAK, _shape),
    (
        f"{_RESOLUTION_NAME}{BEGIN}(?<![.:]){_LINES} ?p{END}(?: resolution|分辨率|清晰度)?",
        Strength.SURE,
        _resolution,
    ),
    (f"(?:分辨率|清晰度|{BEGIN}resolution){SAY}{_LINES}(?![0-9a-z:.x×*])", Strength.SURE, _resolution),
    (f"(?:分辨率|清晰度|{BEGIN}resolution){SAY}([248])k{END}{_ULTRA}", Strength.SURE, _thousands),
    (f"{BEGIN}(?:(?:in|at|make it) )?{UNSIGNED}([248])k{END}{_ULTRA}", Strength.PLAIN, _thousands),
    (f"{BEGIN}(?:in )?{UNSIGNED}([248])k{END}{_ULTRA}(?: {FILM}{END}|的?{_FRAME})", Strength.BRIEF, _thousands),
    (f"{BEGIN}(?:in )?(?:full[ -]?hd|fhd){END}|全高清", Strength.FREE, _full_hd),
    (
        f"{_RESOLUTION_NAME}{BEGIN}(?<![.:]){_SIDE} ?[x×*] ?{_SIDE}(?: ?(?:px|pixels|像素))?{END}",
        Strength.PLAIN,
        _pixels,
    ),
)
