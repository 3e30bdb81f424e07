"""Turns the words for a day and for a time of day, Chinese or English, into a date and hours and minutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from translation.numerals import HAN_DIGIT, read_number

Clock = tuple[int, int]
"""Hour and minute; 24:00 is the end of the day."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HAN_DAYS = {"今": 0, "明": 1, "后": 2, "大后": 3}
_NUMBER = f"(?:[0-9]{{1,2}}|{HAN_DIGIT}{{1,3}})"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)

_DAY, _YEAR = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", "(?:,? (?P<year>[0-9]{4}))?"
_PARTS = {
    "morning": "am", "afternoon": "pm", "evening": "evening", "night": "evening",
    "凌晨": "small", "清晨": "am", "早晨": "am", "早上": "am", "早": "am", "上午": "am", "中午": "noon", "正午": "noon",
    "下午": "pm", "傍晚": "evening", "晚上": "evening", "夜里": "evening", "晚": "evening",
}  # fmt: skip
_PART = re.compile(f"(?:in the |at )?({'|'.join(sorted(_PARTS, key=len, reverse=True))})")
_COLON = re.compile(r"(?<![0-9])([0-9]{1,2})[:.]([0-9]{2})(?:\s*([ap])\.?m\.?)?(?![0-9])")
_ENGLISH = re.compile(r"(?<![0-9])([0-9]{1,2})\s*([ap])\.?m\.?(?![a-z])")
_AT = re.compile(r"\bat ([0-9]{1,2})(?: o'?clock)?(?![0-9:])|(?<![0-9])([0-9]{1,2}) o'?clock")
_HAN = re.compile(f"({_NUMBER})(?:点钟?|时)(半|一刻|三刻|整|{_NUMBER}分?)?")
_NAMED: dict[str, tuple[Clock, ...]] = {"noon": ((12, 0),), "midday": ((12, 0),), "midnight": ((0, 0), (24, 0)),
                                        "午夜": ((0, 0), (24, 0)), "正午": ((12, 0),)}  # fmt: skip
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}

Days = tuple[date, ...]
"""What the words may mean: none where there is no such day, two where they say too little."""


def take_day(text: str, today: date) -> tuple[Days | None, str]:
    """The day that is named, and the text without it; None where none is."""
    for pattern, read in _DAYS:
        found = pattern.search(text)
        if found:
            rest = f"{text[: found.start()]} {_left_over(found)} {text[found.end() :]}"
            return tuple(dict.fromkeys(_valid(read, found, today))), rest
    return None, text


def take_clock(text: str) -> tuple[tuple[Clock, ...] | None, str]:
    """The time of day that is named, and the text without it; several where the words leave it open."""
    for name, clocks in _NAMED.items():
        if name in text:
            return clocks, text.replace(name, " ", 1)
    part = _PART.search(text)
    rest = text if part is None else f"{text[: part.start()]} {text[part.end() :]}"
    for pattern, read in _CLOCKS:
        found = pattern.search(rest)
        if found:
            return read(found, _PARTS[part[1]] if part else None), f"{rest[: found.start()]} {rest[found.end() :]}"
    return None, text


def _valid(read: Callable[[re.Match[str], date], Sequence[date]], found: re.Match[str], today: date) -> Sequence[date]:
    try:
        return read(found, today)
    except (ValueError, OverflowError):
        return ()


def _left_over(found: re.Match[str]) -> str:
    """明晚 and tonight name a part of the day as well."""
    if found[0] in {"tonight", "this evening"}:
        return "evening"
    return found.groupdict().get("part") or ""


def _relative(found: re.Match[str], today: date) -> Days:
    names = {"day after tomorrow": 2, "tomorrow": 1}
    return (today + timedelta(days=next((days for name, days in names.items() if name in found[0]), 0)),)


def _han_relative(found: re.Match[str], today: date) -> Days:
    return (today + timedelta(days=_HAN_DAYS[found["day"]]),)


def _weekday(found: re.Match[str], today: date) -> Days:
    ahead = (_WEEKDAYS.index(found["weekday"][:3]) - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    if found["which"] == "next":
        # To some the first that comes, to others the one of the week after.
        return coming + timedelta(days=7 * (ahead == 0)), coming + timedelta(days=7)
    return (coming,)


def _han_weekday(found: re.Match[str], today: date) -> Days:
    name = found["weekday"]
    index = 6 if name in {"日", "天"} else "一二三四五六".index(name)
    monday = today - timedelta(days=today.weekday())
    if found["which"]:
        weeks = found["which"].count("下")
        return (monday + timedelta(days=index + 7 * weeks),)
    return (today + timedelta(days=(index - today.weekday()) % 7),)


def _full(found: re.Match[str], _today: date) -> Days:
    return (date(int(found["year"]), int(found["month"]), int(found["day"])),)


def _named_month(found: re.Match[str], today: date) -> Days:
    return _of_year(found["year"], _MONTHS.index(found["month"][:3]) + 1, int(found["day"]), today)


def _han_date(found: re.Match[str], today: date) -> Days:
    month, day = read_number(found["month"]), read_number(found["day"])
    return _of_year(found["year"], int(month or 0), int(day or 0), today)


def _either_way(found: re.Match[str], today: date) -> Days:
    one, other = int(found[1]), int(found[2])
    found_days: list[date] = []
    for month, day in ((one, other), (other, one)):
        if 1 <= month <= 12:
            found_days += _of_year(None, month, day, today)
    return tuple(found_days)


def _day_alone(found: re.Match[str], today: date) -> Days:
    day = int(read_number(found[1]) or 0)
    if not 1 <= day <= 31:
        return ()
    while today.day != day:
        today += timedelta(days=1)
    return (today,)


def _of_year(year: str | None, month: int, day: int, today: date) -> Days:
    """Of the year, or the next such day: the 29th of February may be years ahead."""
    if year:
        return (date(int(year), month, day),)
    for ahead in range(9):
        try:
            found = date(today.year + ahead, month, day)
        except ValueError:
            continue
        if found >= today:
            return (found,)
    return ()


def _read_colon(found: re.Match[str], part: str | None) -> tuple[Clock, ...]:
    hour, minute = int(found[1]), int(found[2])
    if minute > 59:
        return ()
    if found[3]:
        return _half_day(hour, minute, found[3])
    return _of_part(hour, minute, part) if part else _if_valid(hour, minute)


def _read_english(found: re.Match[str], _part: str | None) -> tuple[Clock, ...]:
    return _half_day(int(found[1]), 0, found[2])


def _read_at(found: re.Match[str], part: str | None) -> tuple[Clock, ...]:
    return _spoken(int(found[1] or found[2]), 0, part)


def _read_han(found: re.Match[str], part: str | None) -> tuple[Clock, ...]:
    hour, after = read_number(found[1]), found[2] or "整"
    minute = _QUARTERS.get(after, read_number(after.removesuffix("分")))
    if hour is None or minute is None or minute > 59:
        return ()
    return _spoken(int(hour), int(minute), part)


def _spoken(hour: int, minute: int, part: str | None) -> tuple[Clock, ...]:
    """A bare hour up to twelve may be of either half of the day."""
    if part:
        return _of_part(hour, minute, part)
    if 1 <= hour <= 12:
        return (hour % 12, minute), (hour % 12 + 12, minute)
    return _if_valid(hour, minute)


def _half_day(hour: int, minute: int, half: str) -> tuple[Clock, ...]:
    return ((hour % 12 + 12 * (half == "p"), minute),) if 1 <= hour <= 12 else ()


def _of_part(hour: int, minute: int, part: str) -> tuple[Clock, ...]:
    """What people mean: 晚上12点 is the end of the day, and 中午1点 is 13:00. What nobody says is nothing."""
    spoken = {
        "small": {12: 0, **{one: one for one in range(6)}},
        "am": {one: one for one in range(1, 12)},
        "noon": {11: 11, 12: 12, 1: 13, 13: 13},
        "pm": {12: 12, **{one: one + 12 for one in range(1, 8)}, **{one: one for one in range(12, 20)}},
        "evening": {12: 24, **{one: one + 12 for one in range(4, 12)}, **{one: one for one in range(16, 25)}},
    }[part]
    found = spoken.get(hour)
    return () if found is None or (found == 24 and minute) else ((found, minute),)


def _if_valid(hour: int, minute: int) -> tuple[Clock, ...]:
    return ((hour, minute),) if hour < 24 or (hour, minute) == (24, 0) else ()


_CLOCKS = ((_COLON, _read_colon), (_ENGLISH, _read_english), (_HAN, _read_han), (_AT, _read_at))
_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Sequence[date]]], ...] = (
    (re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?![0-9])"), _full),
    (re.compile(rf"(?:(?P<year>[0-9]{{4}})年)?(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[日号]?"), _han_date),
    (re.compile(rf"\b{_DAY} (?:of )?(?P<month>{_MONTH})\b\.?{_YEAR}"), _named_month),
    (re.compile(rf"\b(?P<month>{_MONTH})\b\.? {_DAY}{_YEAR}(?![0-9:])"), _named_month),
    (re.compile(r"(?<![0-9])([0-9]{1,2})/([0-9]{1,2})(?![0-9/])"), _either_way),
    (re.compile(rf"\b(?:(?P<which>next|this) )?(?P<weekday>{_WEEKDAY})\b"), _weekday),
    (re.compile(r"(?P<which>下下|下|本|这)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"), _han_weekday),
    (re.compile(r"(?:the )?\bday after tomorrow\b|\btomorrow\b|\btoday\b|\btonight\b|\bthis evening\b"), _relative),
    (re.compile(r"(?P<day>大后|今|明|后)(?:天|日|(?P<part>早上?|晚上?))"), _han_relative),
    (re.compile(rf"({_NUMBER})[号日]"), _day_alone),
)  # fmt: skip
