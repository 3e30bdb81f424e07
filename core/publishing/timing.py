"""Turns a time and a channel's quiet hours into the moment at which a post may go out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.publishing.types import Profile

_DAY = 24 * 60
LATE_SECONDS = 600.0
"""A post that is later than this missed its time."""


def is_quiet(moment: float, profile: Profile) -> bool:
    """Whether the channel wants nothing posted then."""
    if profile.quiet is None:
        return False
    begins, ends = profile.quiet
    local = _local(moment, profile)
    minute = local.hour * 60 + local.minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def allowed_from(moment: float, profile: Profile) -> float:
    """The moment itself, or the end of the quiet hours that it is in.

    An end that does not exist on that day (clocks are set forward over it) is as much later as the clocks jump; one
    that there is twice counts the first time, unless the moment is past that.
    """
    if profile.quiet is None or not is_quiet(moment, profile):
        return moment
    ends = profile.quiet[1]
    local = _local(moment, profile)
    day = local.date() + timedelta(days=local.hour * 60 + local.minute >= ends)
    zone = ZoneInfo(profile.timezone)
    end = datetime(day.year, day.month, day.day, ends // 60, ends % 60, tzinfo=zone)
    found = (end.replace(fold=fold).timestamp() for fold in (0, 1))
    return next((at for at in found if at > moment), moment + 60)


def is_late(at: float, now: float) -> bool:
    """Whether a post of ``at`` missed its time."""
    return now - at > LATE_SECONDS


def parse_quiet(text: str) -> tuple[int, int] | None:
    """``22:00-07:30`` as minutes of the day; None for anything else, and where both ends are the same."""
    halves = text.replace("：", ":").replace("–", "-").replace("~", "-").split("-")
    minutes = [_minute(half.strip()) for half in halves]
    if len(minutes) != 2 or minutes[0] is None or minutes[1] is None or minutes[0] == minutes[1]:
        return None
    return minutes[0], minutes[1]


def _minute(text: str) -> int | None:
    hour, _, minute = text.partition(":")
    if not (hour.isascii() and hour.isdigit() and len(hour) <= 2 and minute.isascii() and minute.isdigit()):
        return None
    found = int(hour) * 60 + int(minute)
    return found % _DAY if len(minute) == 2 and int(minute) < 60 and found <= _DAY else None


def _local(moment: float, profile: Profile) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(profile.timezone))
