"""Turns text into candidate tokens with what they would set: the vocabulary of options in plain words.

Every repetition in the patterns is bounded, so a scan takes time in proportion to the text; and of a text that is
nothing but options it reads no more than so many, since judging one costs far more than passing by other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from core.types import Options
from translation.numerals import ENGLISH_NUMBER, read_number
from translation.option_lengths import LENGTHS
from translation.option_sizes import SIZES
from translation.option_tokens import (
    BEGIN,
    DIGITS,
    END,
    HAN_FILM,
    HAN_NUMBER,
    SAY,
    UNSIGNED,
    Entry,
    Reader,
    Strength,
    Token,
    window,
)

MOST_MATCHES = 1000
"""A prompt has a handful; a thousand characters of ``6s`` and spaces have 667."""

_RECIPES = {"草稿": "draft", "标准": "standard", "高清": "hd"}

# The train leaves in ten minutes: so long is part of the story more often than not.
_MINUTES = re.compile("min|hour|分钟|小时", re.IGNORECASE)
# What a few words before a token make of it: part of the story (after 6 seconds, iPhone 6s, 第3秒, 倒计时10秒), …
_STORY = re.compile(
    r"(?:\b(?:after|every|within|before|first|last|next|past|only|than|least|most|each|per|another|until|remaining"
    r"|the|these|those|this|that|iphone|ipad|galaxy|pixel|redmi|note|mi|model|route|oppo|vivo|honor"
    r"|series|size|version|level|number|showing|shows?|reads?|reading|says|saying|displays?|displaying|from|over|up to"
    r"|countdown|timer|watch(?:es|ing)?|playing|her|his|their|my|your|its|(?:0|zero)(?:-| to )[0-9]{2,3})[ :-]{0,2}"
    r"|(?:[第每前后过了有下上这那某最剩隔等还另只差花仅短分从]|计时|小米|红米|苹果|荣耀"
    r"|显示着?|写着|读数|数到|看着?|观看|播放着?) ?)$",
    re.IGNORECASE,
)
# … or unwanted.
_NEGATED = re.compile(r"(?:\b(?:not?|never|without)(?: an?)? |[不别非勿])$", re.IGNORECASE)


def _seed(found: re.Match[str]) -> Options:
    return Options(seed=int(found[1]))


def _fps(found: re.Match[str]) -> Options:
    return Options(fps=float(next(filter(None, found.groups()))))


def _takes(found: re.Match[str]) -> Options | None:
    number = read_number(found[1])
    return Options(takes=int(number)) if number and number == int(number) else None


def _several(found: re.Match[str]) -> Options | None:
    """More than one: 生成一个 only opens a sentence."""
    options = _takes(found)
    return options if options and (options.takes or 0) > 1 else None


def _recipe(found: re.Match[str]) -> Options:
    name = found[1].lower()
    return Options(recipe=_RECIPES.get(name, name))


_SEED_NAME = rf"{BEGIN}(?:--|random |with |using )?seed(?:-(?=[0-9])| ?(?:[:=#]|is|number)? ?)"
_HAN_SEED_NAME = f"[用以]?(?:随机数?)?种子[数值号]?{SAY}#?"
_SEED_VALUE = r"(-?[0-9]{1,19})(?![0-9]|\.[0-9]| ?[颗粒个包袋斤]| ?(?:cm|mm|m|km|g|kg|inch|inches|feet|times|days)\b)"
_TAKES = f"({DIGITS}|{ENGLISH_NUMBER}) (?:different )?(?:takes|versions|variations|variants)"
_HAN_TAKES = f"({DIGITS}|{HAN_NUMBER}) ?[个种份条段](?:不同的?)?(?:版本|方案)"
_VIDEOS = (
    f"({DIGITS}|{ENGLISH_NUMBER}) (?:different |short )?(?:videos|clips|movies|animations|takes|versions|variations)"
)
_HAN_VIDEOS = f"({DIGITS}|{HAN_NUMBER}) ?[个条段部支版](?:不同的?)?(?:小?{HAN_FILM}|片子)"
_HAN_ORDER = "(?<![\u3400-\u9fff])(?:请?再?(?:给我|帮我)?(?:再?来|做|出|要|拍|画|生成|制作|给我))"
_ORDER = "(?:please )?(?:generate|make|create|render|give|i want)(?: me)?"
# Two versions of the same man are in one picture.
_SAME = "(?! (?:the same|me|him|her|my|your|his|it|them|us|himself|herself|myself|each|one|life|love)\\b)"
_RATE = r"(?<![0-9.])([0-9]{1,3}(?:\.[0-9]{1,3})?)"

_PATTERNS: tuple[Entry, ...] = (
    *SIZES,
    *LENGTHS,
    (
        f"{BEGIN}(?:at |in )?{UNSIGNED}{_RATE} ?(?:fps|frames?(?: per |/| an? )s(?:ec(?:ond)?)?){END}",
        Strength.SURE,
        _fps,
    ),
    (f"{BEGIN}(?:--)?(?:fps|frame ?rate(?: of)?)[ :=]{{1,2}}{_RATE}(?: ?fps)?{END}", Strength.SURE, _fps),
    (
        f"[以用]?(?:[每一1]秒钟? ?{_RATE} ?帧|{_RATE} ?帧(?:[ /]?每?秒钟?|率)|帧[率数]{SAY}{_RATE} ?(?:帧|fps)?)",
        Strength.SURE,
        _fps,
    ),
    (f"{_RATE} ?帧", Strength.FREE, _fps),
    (f"{_HAN_ORDER}{_HAN_TAKES}(?:的?{HAN_FILM})?", Strength.PLAIN, _takes),
    (f"{_HAN_ORDER}{_HAN_VIDEOS}", Strength.PLAIN, _several),
    (f"{_HAN_ORDER}({DIGITS}|{HAN_NUMBER}) ?[条版个段部支份]", Strength.PLAIN, _several),
    (f"({DIGITS}|{HAN_NUMBER}) ?版", Strength.FREE, _several),
    (_HAN_TAKES, Strength.FREE, _takes),
    (f"{BEGIN}{_TAKES} of(?= ){_SAME}", Strength.BRIEF, _takes),
    (f"{BEGIN}{_ORDER} {_VIDEOS} (?:of|about|showing)(?= )", Strength.BRIEF, _several),
    (f"{BEGIN}{_ORDER} {_VIDEOS}{END}", Strength.FREE, _several),
    (f"{BEGIN}(?:in )?{_TAKES}{END}", Strength.FREE, _takes),
    (f"{BEGIN}batch(?: size)?(?: of|:|=)? ?({DIGITS}|{ENGLISH_NUMBER}){END}", Strength.FREE, _takes),
    (f"(?:{_SEED_NAME}|{_HAN_SEED_NAME}){_SEED_VALUE}", Strength.SURE, _seed),
    ("[用以]([0-9]{1,19})号?种子", Strength.SURE, _seed),
    (f"{BEGIN}(?:--|with |using |in )?recipe{SAY}(draft|standard|hd){END}", Strength.SURE, _recipe),
    (f"{BEGIN}(?:with |using )?(draft|standard|hd) recipe{END}", Strength.SURE, _recipe),
    (f"[用选]?(?:配方|档位){SAY}(草稿|标准|高清)档?", Strength.SURE, _recipe),
    ("[用选]?(草稿|标准|高清)(?:档(?![案次])|配方)", Strength.SURE, _recipe),
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


def _matches(text: str) -> Iterator[tuple[re.Match[str], Strength, Reader]]:
    for pattern, strength, reader in _RULES:
        for found in pattern.finditer(text):
            yield found, strength, reader


def _token(found: re.Match[str], strength: Strength, reader: Reader) -> Token | None:
    options = reader(found)
    if options is None or _NEGATED.search(found.string, *window(found.start())):
        return None
    if strength < Strength.SURE and _STORY.search(found.string, *window(found.start())):
        return None
    if strength < Strength.SURE and _MINUTES.search(found[0]):
        strength = Strength.FREE
    return Token(found.start(), found.end(), strength, options)
