"""Turns words for a time, such as 明晚8点 or tomorrow 8pm, into a moment, or into a refusal that says what to write."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from core.errors import Refusal
from translation.moment_words import Clock, take_clock, take_day
from translation.numerals import ENGLISH_NUMBER, HAN_DIGIT, read_number
from translation.views import simplify

_LONGEST = 60
_NOW = frozenset({"now", "right now", "at once", "immediately", "现在", "马上", "立刻", "立即"})
_SECONDS = {"minute": 60.0, "min": 60.0, "hour": 3600.0, "分钟": 60.0, "分": 60.0, "小时": 3600.0, "钟头": 3600.0}
_DAYS = {"day": 1, "week": 7, "天": 1, "日": 1, "周": 7, "星期": 7}
_IN = re.compile(
    rf"in (?:(?P<half>half an)|(?P<one>an?)|(?P<number>[0-9]{{1,4}}(?:\.[0-9])?|{ENGLISH_NUMBER})) ?"
    r"(?P<unit>minute|min|hour|day|week)s?"
)
_AFTER = re.compile(
    rf"(?:(?P<number>[0-9]{{1,4}}(?:\.[0-9])?|半|{HAN_DIGIT}{{1,5}})个?(?P<half>半)?)"
    r"(?P<unit>分钟|小时|钟头|天|日|周|星期|分)(?:之后|以后|后)"
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})$|(?:utc|gmt|z)$")
_FILLERS = re.compile(r"\bat\b|\bon\b|\bthe\b|[\s,，、的在于]")


def read_moment(text: str, now: float, zone_name: str) -> float:
    """The moment (seconds since the epoch) that the words mean where the clocks go by ``zone_name`` (IANA).

    A time without a day is the next one there is. An offset from UTC (``+08:00``, ``UTC``) may follow a time.

    Raises:
        Refusal: ``moment-unknown``, ``moment-past``; ``moment-ambiguous``: the words may mean ``one`` or ``other``;
            ``moment-missing``: the clocks are set forward over it; ``moment-twice``: it comes ``one`` and ``other``.
    """
    words = _plain(text)
    if words in _NOW:
        return now
    zone = ZoneInfo(zone_name)
    local = datetime.fromtimestamp(now, UTC).astimezone(zone)
    try:
        found = _read_after(words, now, local)
        return found if found is not None else _read_at(words, text, now, local)
    except (OverflowError, ValueError) as error:
        raise _unknown(text) from error


def _plain(text: str) -> str:
    """Narrow figures, simple characters, one space at most."""
    return " ".join(simplify(unicodedata.normalize("NFKC", text[: _LONGEST + 1])).casefold().split())


def _read_after(words: str, now: float, local: datetime) -> float | None:
    found = _IN.fullmatch(words) or _AFTER.fullmatch(words)
    if found is None:
        return None
    number = _amount(found)
    unit = found["unit"]
    if number is None or number <= 0:
        return None
    if unit in _SECONDS:
        return now + number * _SECONDS[unit]
    if number != int(number):
        return None
    # A day later it is as late, also where the clocks are set in between.
    later = (local + timedelta(days=int(number) * _DAYS[unit])).replace(tzinfo=None)
    return _instant(later, local.tzinfo)


def _amount(found: re.Match[str]) -> float | None:
    parts = found.groupdict()
    if parts.get("one"):
        return 1.0
    if not parts["number"]:
        return 0.5
    number = read_number(parts["number"])
    return number if number is None or not parts["half"] else number + 0.5


def _read_at(words: str, text: str, now: float, local: datetime) -> float:
    offset, words = _take_offset(words)
    day_zone = offset or local.tzinfo
    today = local.astimezone(day_zone).date()
    days, rest = take_day(words, today)
    clocks, rest = take_clock(rest)
    if len(text) > _LONGEST or not clocks or days == () or _FILLERS.sub("", rest):
        raise _unknown(text)
    if days is None:
        # The first of each that is still to come.
        both = [_next(clock, today, now, day_zone) for clock in clocks]
        _require_one(both, day_zone)
        return both[0]
    meant = [_at(day, clock) for day in days for clock in clocks]
    one, *others = [at for at in meant if at > datetime.fromtimestamp(now, day_zone).replace(tzinfo=None)] or meant
    if others:
        raise Refusal("moment-ambiguous", one=_shown(one), other=_shown(others[0]))
    moment = _instant(one, day_zone)
    if moment <= now:
        return _again(words, one, now, day_zone)
    return moment


def _at(day: date, clock: Clock) -> datetime:
    hour, minute = clock
    return datetime.combine(day, time(hour % 24, minute)) + timedelta(days=hour // 24)


def _next(clock: Clock, today: date, now: float, zone: object) -> float:
    at = _at(today, clock)
    moment = _instant(at, zone)
    return moment if moment > now else _instant(at + timedelta(days=1), zone)


def _require_one(moments: list[float], zone: object) -> None:
    if len(moments) > 1:
        one, other = (datetime.fromtimestamp(moment, UTC).astimezone(zone) for moment in moments[:2])  # type: ignore[arg-type]
        raise Refusal("moment-ambiguous", one=_shown(one), other=_shown(other))


def _again(words: str, at: datetime, now: float, zone: object) -> float:
    """A day of the week comes again; every other day that is named is over."""
    if _NAMES_WEEKDAY.search(words):
        moment = _instant(at + timedelta(days=7), zone)
        if moment > now:
            return moment
    raise Refusal("moment-past", at=_shown(at))


_NAMES_WEEKDAY = re.compile(
    r"(?<!this )\b(?:mon|tue|wed|thu|fri|sat|sun)|(?<![下本这个])(?:周|星期|礼拜)[一二三四五六日天]"
)


def _take_offset(words: str) -> tuple[timezone | None, str]:
    found = _OFFSET.search(words)
    if found is None or ":" not in words[: found.start()]:
        return None, words
    rest = words[: found.start()].rstrip()
    if not found["sign"]:
        return UTC, rest
    shift = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return timezone(-shift if found["sign"] == "-" else shift), rest


def _instant(local: datetime, zone: object) -> float:
    """When the clocks show it."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))  # type: ignore[arg-type]
    if first == second:
        return first.timestamp()
    if first.astimezone(zone).replace(tzinfo=None) != local:  # type: ignore[arg-type]
        raise Refusal("moment-missing", at=_shown(local))
    both = [moment.astimezone(zone) for moment in (first, second)]  # type: ignore[arg-type]
    raise Refusal("moment-twice", one=_exact(both[0]), other=_exact(both[1]))


def _shown(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M")


def _exact(local: datetime) -> str:
    shift = local.strftime("%z")
    return f"{_shown(local)} {shift[:3]}:{shift[3:5]}"


def _unknown(text: str) -> Refusal:
    return Refusal("moment-unknown", text=" ".join(text.split())[:_LONGEST])
