"""Times as people say them, in both languages, across time zones and the days on which clocks are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from translation.moments import read_moment

SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"
ZONES = (SHANGHAI, BERLIN, NEW_YORK, "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
SATURDAY_NOON = datetime(2026, 11, 28, 12, 0, tzinfo=ZoneInfo(SHANGHAI)).timestamp()

READ = {
    "明晚8点": "2026-11-29 20:00",
    "后天上午十点半": "2026-11-30 10:30",
    "後天上午十點半": "2026-11-30 10:30",
    "今晚12点": "2026-11-29 00:00",
    "今天下午3点45分": "2026-11-28 15:45",
    "明天早上9点一刻": "2026-11-29 09:15",
    "明天中午12点": "2026-11-29 12:00",
    "明天凌晨1点": "2026-11-29 01:00",
    "大后天20:30": "2026-12-01 20:30",
    "明天晚上8:30": "2026-11-29 20:30",
    "周五20:00": "2026-12-04 20:00",
    "下周五晚上8点": "2026-12-04 20:00",
    "下下周一 9:00": "2026-12-07 09:00",
    "12月24日 18:30": "2026-12-24 18:30",
    "2027年1月2日上午8点": "2027-01-02 08:00",
    "24号晚上八点": "2026-12-24 20:00",
    "半小时后": "2026-11-28 12:30",
    "一个半小时后": "2026-11-28 13:30",
    "两小时后": "2026-11-28 14:00",
    "3天后": "2026-12-01 12:00",
    "现在": "2026-11-28 12:00",
    "２０２６－１２－２４　１８：３０": "2026-12-24 18:30",
    "tomorrow 8pm": "2026-11-29 20:00",
    "8:30 p.m. tomorrow": "2026-11-29 20:30",
    "tonight at 8": "2026-11-28 20:00",
    "tomorrow morning at 8": "2026-11-29 08:00",
    "the day after tomorrow at 9am": "2026-11-30 09:00",
    "Friday 20:00": "2026-12-04 20:00",
    "this Saturday 20:00": "2026-11-28 20:00",
    "Saturday 11:00": "2026-12-05 11:00",
    "in 2 hours": "2026-11-28 14:00",
    "in half an hour": "2026-11-28 12:30",
    "in a week": "2026-12-05 12:00",
    "Dec 24 8pm": "2026-12-24 20:00",
    "24th of December 2026 at 20:00": "2026-12-24 20:00",
    "24/12 18:30": "2026-12-24 18:30",
    "29 February at noon": "2028-02-29 12:00",
    "2026-12-24 18:30": "2026-12-24 18:30",
    "2026-12-24 18:30 +01:00": "2026-12-25 01:30",
    "2026-12-24 18:30 UTC": "2026-12-25 02:30",
    "20:00": "2026-11-28 20:00",
    "11:00": "2026-11-29 11:00",
    "today at 8": "2026-11-28 20:00",
    "now": "2026-11-28 12:00",
}

REFUSED = {
    "8点": "moment-ambiguous", "明天8点": "moment-ambiguous", "tomorrow at 8": "moment-ambiguous",
    "next Friday 20:00": "moment-ambiguous", "3/4 18:00": "moment-ambiguous", "tomorrow midnight": "moment-ambiguous",
    "2020-01-01 10:00": "moment-past", "today 8am": "moment-past", "今天上午8点": "moment-past",
    "本周五 20:00": "moment-past", "this Saturday 11:00": "moment-past",
    "明晚": "moment-unknown", "tomorrow": "moment-unknown", "": "moment-unknown", "soon": "moment-unknown",
    "25:00": "moment-unknown", "12:60": "moment-unknown", "13pm": "moment-unknown",
    "2026-02-30 10:00": "moment-unknown",
    "32号晚上8点": "moment-unknown", "上午20点": "moment-unknown", "in 0 hours": "moment-unknown",
    "明晚8点和9点": "moment-unknown", "tomorrow 8pm or 9pm": "moment-unknown", "9999-12-31 24:00": "moment-unknown",
    "in 1.5 days": "moment-unknown", "2026-12-24 18:30 +99:99": "moment-unknown", "20:00 " * 20: "moment-unknown",
}  # fmt: skip


def shown(moment: float, zone: str = SHANGHAI) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(("text", "meant"), READ.items())
def test_a_time_is_read(text: str, meant: str) -> None:
    assert shown(read_moment(text, SATURDAY_NOON, SHANGHAI)) == meant


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_cannot_be_meant_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_moment(text, SATURDAY_NOON, SHANGHAI)
    assert refused.value.code == code


def test_what_is_offered_instead_is_read() -> None:
    with pytest.raises(Refusal) as refused:
        read_moment("明天8点", SATURDAY_NOON, SHANGHAI)
    details = refused.value.details
    offered = [shown(read_moment(str(details[name]), SATURDAY_NOON, SHANGHAI)) for name in ("one", "other")]
    assert offered == ["2026-11-29 08:00", "2026-11-29 20:00"]


def test_a_time_that_the_clocks_jump_over_is_refused() -> None:
    march = datetime(2027, 3, 20, tzinfo=ZoneInfo(BERLIN)).timestamp()
    with pytest.raises(Refusal) as refused:
        read_moment("2027-03-28 02:30", march, BERLIN)
    assert (refused.value.code, refused.value.details) == ("moment-missing", {"at": "2027-03-28 02:30"})


def test_a_time_that_comes_twice_is_asked_about() -> None:
    october = datetime(2026, 10, 20, tzinfo=ZoneInfo(BERLIN)).timestamp()
    with pytest.raises(Refusal) as refused:
        read_moment("2026-10-25 02:30", october, BERLIN)
    assert refused.value.code == "moment-twice"
    one, other = (read_moment(str(refused.value.details[name]), october, BERLIN) for name in ("one", "other"))
    assert other - one == 3600
    assert shown(one, BERLIN) == shown(other, BERLIN) == "2026-10-25 02:30"


def test_a_day_later_it_is_as_late_and_hours_are_hours() -> None:
    evening = datetime(2026, 10, 24, 20, 0, tzinfo=ZoneInfo(BERLIN)).timestamp()
    assert read_moment("in 1 day", evening, BERLIN) - evening == 25 * 3600
    assert read_moment("in 24 hours", evening, BERLIN) - evening == 24 * 3600


def outcome(text: str, now: float, zone: str) -> float | Refusal:
    try:
        return read_moment(text, now, zone)
    except Refusal as refusal:
        return refusal


_moments = st.floats(1_735_689_600.0, 2_082_758_400.0)
"""The years 2025 to 2035."""
_zones = st.sampled_from(ZONES)
_minutes = st.integers(1, 400 * 1440)


@settings(max_examples=300, deadline=None)
@given(_moments, _zones, _minutes)
def test_a_full_time_is_that_time_or_asked_about(now: float, zone: str, minutes: int) -> None:
    meant = datetime.fromtimestamp(now // 60 * 60 + 60 * minutes + 60, UTC).astimezone(ZoneInfo(zone))
    read = outcome(meant.strftime("%Y-%m-%d %H:%M"), now, zone)
    if isinstance(read, Refusal):
        assert read.code == "moment-twice"
        read = outcome(str(read.details["other" if meant.fold else "one"]), now, zone)
    assert read == meant.timestamp()


@settings(max_examples=300, deadline=None)
@given(_moments, _zones, st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_is_the_next_there_is(now: float, zone: str, hour: int, minute: int) -> None:
    read = outcome(f"{hour:02}:{minute:02}", now, zone)
    if isinstance(read, Refusal):
        assert read.code in {"moment-missing", "moment-twice"}
        return
    local = datetime.fromtimestamp(read, UTC).astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (hour, minute)
    assert 0 < read - now <= timedelta(hours=25).total_seconds()


@settings(max_examples=200, deadline=None)
@given(_moments, _zones, st.sampled_from(["今天", "明天", "后天"]), st.integers(4, 11), st.sampled_from([0, 15, 30]))
def test_both_languages_mean_the_same(now: float, zone: str, day: str, hour: int, minute: int) -> None:
    english = {"今天": "today", "明天": "tomorrow", "后天": "the day after tomorrow"}[day]
    after = {0: "整", 15: "一刻", 30: "半"}[minute]
    one = outcome(f"{day}晚上{hour}点{after}", now, zone)
    other = outcome(f"{english} {hour}:{minute:02} pm", now, zone)
    assert str(one) == str(other)


_PIECES = """
明晚 今天 后天 周五 下周 星期天 8点 八点半 上午 晚上 凌晨 20:00 24:00 8pm 12am at on in 2 hours days 半 个 小时 后
天后 2026-12-24 24/12 Dec 31 Feb noon midnight tonight next this Friday utc +08:00 -23:59 . : / 的 ０ 十 年 月 日 号
"""
_spoken = st.lists(st.sampled_from([*_PIECES.split(), " "]), max_size=8).map("".join)


@settings(max_examples=600, deadline=None)
@given(st.one_of(_spoken, st.text(max_size=70)), _moments, _zones)
def test_anything_is_a_time_to_come_or_a_refusal(text: str, now: float, zone: str) -> None:
    read = outcome(text, now, zone)
    assert read.code.startswith("moment-") if isinstance(read, Refusal) else read >= now
