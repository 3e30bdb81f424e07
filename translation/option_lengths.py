"""Turns words for how long a video shall be (6s, 六秒, one minute) into the seconds they would set."""

from __future__ import annotations

import re

from core.types import Options
from translation.numerals import ENGLISH_NUMBER, read_number
from translation.option_tokens import BEGIN, DIGITS, END, FILM, HAN_FILM, HAN_NUMBER, SAY, UNSIGNED, Entry, Strength

_DECADES = range(50, 100, 10)
_MINUTE, _HOUR = 60, 3600
# "neon city, 60s" is of the sixties, "a cat sleeping, 60s" a minute long.
_ERA = re.compile(
    r"retro|vintage|style|fashion|music|\bera\b|hippie|disco|synthwave|neon|nostalg|vhs|aesthetic|vibe|diner|classic|\bold\b|aged|elderly|couple"
    "|复古|怀旧|年代|风格|风潮",
    re.IGNORECASE,
)
_HAN = re.compile("[\u3400-\u9fff]")


def _han_length(found: re.Match[str]) -> Options | None:
    minutes, number = read_number(found[1] or "零"), read_number(found[2])
    if number is None or minutes is None:
        return None
    value = number + (0.5 if found[4] else 0)
    return Options(seconds=minutes * _MINUTE + value * _scale(found[3]))


def _half_more(found: re.Match[str]) -> Options | None:
    number = read_number(found[1])
    return None if number is None else Options(seconds=number * _MINUTE + _MINUTE / 2)


def _english_length(found: re.Match[str]) -> Options | None:
    number = read_number(found[1])
    glued = found[0][-2:] in {"0s", "0S"} and not found[0].lower().startswith(("for ", "lasting "))
    if number is None or (glued and (number in _DECADES or number >= 1000)):
        return None
    return Options(seconds=number * _scale(found[2].lower()))


def _decade_or_length(found: re.Match[str]) -> Options | None:
    """Of the English decades only sixty is a length that people ask for; in Chinese decades are spelled 90年代."""
    text = found.string[:10_000]
    is_length = not _ERA.search(text) and (found[1] == "60" or _HAN.search(text))
    return Options(seconds=float(found[1])) if is_length else None


def _half_a_minute(_: re.Match[str]) -> Options:
    return Options(seconds=_MINUTE / 2)


def _bare_length(found: re.Match[str]) -> Options | None:
    number = read_number(found[1])
    return None if number is None else Options(seconds=number)


def _scale(unit: str) -> int:
    if unit.startswith(("m", "分")):
        return _MINUTE
    return _HOUR if unit.startswith(("h", "小", "个")) else 1


_UNIT = "(seconds?|secs?|s|minutes?|mins?|hours?)"
_RANGE = r"(?: ?(?:[-~–到至]|to) ?[0-9]{1,3}(?![0-9.]))?"
"""Of "5 to 8 seconds" the first is read: it is what was asked for, at the lower price."""
_HAN_LENGTH = f"(?:({DIGITS}|{HAN_NUMBER})分钟?)?({DIGITS}|{HAN_NUMBER}){_RANGE} ?(秒钟?|分钟|个?小时)(半)?"
_ROUGHLY = "(?:about|around|roughly|approximately|max(?:imum)?|at (?:least|most)) "
_FOR = f"(?:for|in|lasting|make it) (?:{_ROUGHLY})?"
_LONG = f"{END}(?: long)?(?: {FILM}{END})?"
_CALLED = "(?:(?:视频的?)?(?:总?时长|片长)|(?:视频的?|(?<![\u3400-\u9fff]))长度)"
_HAN_ABOUT = (
    "(?:(?:大约|约|大概|差不多|持续|一共|共|至少|最多|不少于|不超过|控制在|(?<![\u3400-\u9fff])要"
    "|改[成为]|(?:加长|延长|缩短)[到成为]) ?)?"
)
_HAN_LONG = f"(?:长?的?{HAN_FILM}|长(?:的(?=[,.:;、。]|$))?|左右|以内|的(?=[,.:;、。]|$))?"

LENGTHS: tuple[Entry, ...] = (
    (f"{_CALLED}{SAY}约?{_HAN_LENGTH}", Strength.SURE, _han_length),
    (f"{_CALLED}{SAY}约?({DIGITS}) ?s{END}", Strength.SURE, _bare_length),
    (
        f"{_CALLED}{SAY}约?({DIGITS})(?![0-9a-z.厘公分米年小个%\u3400-\u9fff])(?! ?[a-z%米])",
        Strength.PLAIN,
        _bare_length,
    ),
    (f"时间{SAY}约?{_HAN_LENGTH}", Strength.FREE, _han_length),
    (
        f"{BEGIN}(?:--)?(?:duration|length)(?: of|:|=)? ?({DIGITS}|{ENGLISH_NUMBER}){_RANGE}[ -]?{_UNIT}{END}",
        Strength.SURE,
        _english_length,
    ),
    (f"{BEGIN}(?:--)?(?:duration|length)(?: of|:|=)? ?({DIGITS}){END}(?! ?[a-z%.])", Strength.PLAIN, _bare_length),
    (f"{_HAN_ABOUT}{_HAN_LENGTH}{_HAN_LONG}", Strength.BRIEF, _han_length),
    (f"{_HAN_ABOUT}({HAN_NUMBER}|{DIGITS})分半钟?{_HAN_LONG}", Strength.FREE, _half_more),
    (
        f"{BEGIN}(?:{_ROUGHLY})?{UNSIGNED}({DIGITS}){_RANGE} ?(s|secs?|mins?){END}(?: {FILM}{END})?",
        Strength.BRIEF,
        _english_length,
    ),
    (f"{BEGIN}{UNSIGNED}([5-9]0)s{END}", Strength.PLAIN, _decade_or_length),
    (f"{BEGIN}(?:{_FOR}|{_ROUGHLY})?{UNSIGNED}({DIGITS}){_RANGE}[ -]?{_UNIT}{_LONG}", Strength.PLAIN, _english_length),
    (f"{BEGIN}{_FOR}({ENGLISH_NUMBER})[ -]{_UNIT}{_LONG}", Strength.PLAIN, _english_length),
    (f"{BEGIN}({ENGLISH_NUMBER})[ -]{_UNIT}{_LONG}", Strength.FREE, _english_length),
    (f"{BEGIN}(?:for )?half a minute{END}", Strength.FREE, _half_a_minute),
)
