"""Turns limits and what was used today into leave or a refusal that says when to come back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from core.books import Jobs
from core.errors import QuotaExceeded
from core.preferences import NO_CHAT, ChatSettings
from core.types import PRIVATE, Account, Address, Place


class _Reset(TypedDict):
    resets_at: str
    retry_after: int


@dataclass(frozen=True)
class Limits:
    """Figures an operator sets. ``waiting`` counts jobs queued or running; a day is the account's own."""

    clips_a_day: int = 100
    seconds_a_day: int = 600
    waiting: int = 10
    chat_clips_a_day: int = 500
    chat_seconds_a_day: int = 3000
    welcome_credits: int = 500


def day_bounds(now: float, timezone: str) -> tuple[float, datetime]:
    """Start of the local day (seconds since the epoch) and start of the next one (local time)."""
    zone = ZoneInfo(timezone)
    today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    start = datetime.combine(today, time(), zone)
    return start.timestamp(), datetime.combine(today + timedelta(days=1), time(), zone)


def check_limits(
    jobs: Jobs,
    limits: Limits,
    account: Account,
    address: Address,
    seconds: float,
    now: float,
    chat: ChatSettings = NO_CHAT,
    place: Place = PRIVATE,
) -> None:
    """Let one more clip of ``seconds`` pass; what the chat's administrators chose can only make it harder.

    The chats of a server are counted together.

    Raises:
        QuotaExceeded: with the limit, the local time at which it resets, and the seconds until then.
    """
    limits, address = _own(limits, account), replace(address, chat=ruling_chat(address, place))
    if jobs.waiting(account.id) >= limits.waiting:
        raise QuotaExceeded("limit-waiting", limit=limits.waiting)
    since, resets_at = day_bounds(now, account.timezone)
    resets: _Reset = {
        "resets_at": resets_at.strftime("%Y-%m-%d %H:%M %Z"),
        "retry_after": math.ceil(resets_at.timestamp() - now),
    }
    _check_day(
        jobs.spent_since(since, account=account.id), seconds, limits.clips_a_day, limits.seconds_a_day, "limit", resets
    )
    spent = jobs.spent_since(since, address=address)
    clips, total = (
        _lower(limits.chat_clips_a_day, chat.clips_a_day),
        _lower(limits.chat_seconds_a_day, chat.seconds_a_day),
    )
    _check_day(spent, seconds, clips, total, "limit-chat", resets)
    each = _each_member(chat, place)
    if each is not None:
        made, _ = jobs.spent_since(since, account=account.id, address=address)
        if made + 1 > each:
            raise QuotaExceeded("limit-member-clips", limit=each, **resets)


def ruling_chat(address: Address, place: Place) -> str:
    """The name of the chat whose settings and limits hold: the server's, where the chat is in one."""
    return place.server.id if place.server else address.chat


def _each_member(chat: ChatSettings, place: Place) -> int | None:
    roles = place.server.roles if place.server else ()
    theirs = [count for role, count in chat.role_clips_a_day.items() if role in roles]
    return max(theirs, default=chat.member_clips_a_day)


def _lower(operators: int, chats: int | None) -> int:
    return operators if chats is None else min(operators, chats)


def _own(limits: Limits, account: Account) -> Limits:
    """With the account's own figures; what an operator has granted one account, its chat does not take back."""
    mine = replace(limits, **account.limits)
    return replace(
        mine,
        chat_clips_a_day=max(limits.chat_clips_a_day, account.limits.get("clips_a_day", 0)),
        chat_seconds_a_day=max(limits.chat_seconds_a_day, account.limits.get("seconds_a_day", 0)),
    )


def _check_day(spent: tuple[int, float], seconds: float, clips: int, total: int, code: str, resets: _Reset) -> None:
    if spent[0] + 1 > clips:
        raise QuotaExceeded(f"{code}-clips", limit=clips, **resets)
    if spent[1] + seconds > total:
        raise QuotaExceeded(f"{code}-seconds", limit=total, **resets)
