from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import QuotaExceeded
from core.quotas.limits import Limits, check_limits, day_bounds
from core.types import Account, Address

ADDRESS = Address("console", "chat", "user")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def account(timezone: str = "Asia/Shanghai") -> Account:
    return Account("a", 10, 0, blocked=False, timezone=timezone, tier="standard", created_at=0)


class Spent:
    """What was used, and what was asked about it."""

    def __init__(
        self, waiting: int = 0, mine: tuple[int, float] = (0, 0.0), chat: tuple[int, float] = (0, 0.0)
    ) -> None:
        self._waiting, self._mine, self._chat = waiting, mine, chat
        self.since: list[float] = []

    def waiting(self, account: str) -> int:
        return self._waiting

    def spent_since(
        self, since: float, *, account: str | None = None, address: Address | None = None
    ) -> tuple[int, float]:
        assert (account is None) is not (address is None)
        self.since.append(since)
        return self._mine if account else self._chat


def check(spent: Spent, limits: Limits, seconds: float = 4, timezone: str = "Asia/Shanghai", now: float = 1e9) -> None:
    check_limits(spent, limits, account(timezone), ADDRESS, seconds, now)  # type: ignore[arg-type]


LIMITS = Limits(clips_a_day=3, seconds_a_day=10, waiting=2, chat_clips_a_day=5, chat_seconds_a_day=20)


@pytest.mark.parametrize(
    ("spent", "code", "limit"),
    [
        (Spent(waiting=2), "limit-waiting", 2),
        (Spent(mine=(3, 1)), "limit-clips", 3),
        (Spent(mine=(1, 6.5)), "limit-seconds", 10),
        (Spent(chat=(5, 1)), "limit-chat-clips", 5),
        (Spent(chat=(4, 16.5)), "limit-chat-seconds", 20),
    ],
)
def test_each_limit_says_which_it_is(spent: Spent, code: str, limit: int) -> None:
    with pytest.raises(QuotaExceeded) as refused:
        check(spent, LIMITS)
    assert (refused.value.code, refused.value.details["limit"]) == (code, limit)
    assert ("resets_at" in refused.value.details) is (code != "limit-waiting")


def test_up_to_the_limit_passes() -> None:
    check(Spent(waiting=1, mine=(2, 6), chat=(4, 16)), LIMITS)


OWN = {"clips_a_day": 30, "seconds_a_day": 200, "waiting": 1}


@pytest.mark.parametrize(
    ("spent", "code", "limit"),
    [
        (Spent(waiting=1), "limit-waiting", 1),
        (Spent(mine=(30, 1), chat=(30, 1)), "limit-clips", 30),
        (Spent(mine=(1, 198)), "limit-seconds", 200),
        (Spent(mine=(1, 1), chat=(30, 1)), "limit-chat-clips", 30),
    ],
)
def test_an_accounts_own_figures_come_first(spent: Spent, code: str, limit: int) -> None:
    mine = replace(account(), limits=OWN)
    with pytest.raises(QuotaExceeded) as refused:
        check_limits(spent, LIMITS, mine, ADDRESS, 4, 1e9)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.details["limit"]) == (code, limit)
    check_limits(Spent(mine=(29, 100), chat=(29, 100)), LIMITS, mine, ADDRESS, 4, 1e9)  # type: ignore[arg-type]


def test_figures_left_out_are_everybodys_and_zero_is_a_figure() -> None:
    for limits, code in (({"waiting": 5}, "limit-clips"), ({"seconds_a_day": 0}, "limit-seconds")):
        spent = Spent(waiting=2, mine=(3, 0)) if "waiting" in limits else Spent()
        with pytest.raises(QuotaExceeded, match=code):
            check_limits(spent, LIMITS, replace(account(), limits=limits), ADDRESS, 4, 1e9)  # type: ignore[arg-type]


def test_a_limit_of_the_day_says_in_how_many_seconds_it_resets() -> None:
    with pytest.raises(QuotaExceeded) as refused:
        check(Spent(mine=(3, 1)), LIMITS, now=at("2026-03-10T15:00:00.5"))
    assert refused.value.details["retry_after"] == 3600


def test_the_day_is_the_accounts_own() -> None:
    now = at("2026-03-10T16:30:00")  # 00:30 of the 11th in Shanghai, 12:30 of the 10th in New York
    for timezone, start, resets in (
        ("Asia/Shanghai", "2026-03-10T16:00:00", "2026-03-12 00:00 CST"),
        ("America/New_York", "2026-03-10T04:00:00", "2026-03-11 00:00 EDT"),
    ):
        spent = Spent(mine=(3, 0))
        with pytest.raises(QuotaExceeded) as refused:
            check(spent, LIMITS, timezone=timezone, now=now)
        assert spent.since == [at(start)]
        assert refused.value.details["resets_at"] == resets


def test_a_second_before_midnight_is_yesterday() -> None:
    midnight = at("2026-03-10T16:00:00")
    assert day_bounds(midnight - 1, "Asia/Shanghai")[0] == midnight - 86400
    assert day_bounds(midnight, "Asia/Shanghai")[0] == midnight


@pytest.mark.parametrize(
    ("noon", "hours"), [("2026-03-08T17:00:00", 23), ("2026-11-01T17:00:00", 25), ("2026-07-01T17:00:00", 24)]
)
def test_days_of_a_clock_change_are_whole(noon: str, hours: int) -> None:
    start, end = day_bounds(at(noon), "America/New_York")
    assert end.timestamp() - start == hours * 3600


def test_a_day_may_begin_at_one_where_midnight_is_skipped() -> None:
    # Santiago goes from 24:00 to 01:00 on the first Sunday of September.
    start, _ = day_bounds(at("2025-09-07T12:00:00"), "America/Santiago")
    assert start == at("2025-09-07T04:00:00")
    assert day_bounds(start, "America/Santiago")[0] == start
    assert day_bounds(start - 1, "America/Santiago")[0] < start


@given(
    now=st.integers(int(at("2000-01-01")), int(at("2037-01-01"))),
    timezone=st.sampled_from(
        ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
    ),
)
def test_now_is_always_within_its_day(now: float, timezone: str) -> None:
    start, end = day_bounds(now, timezone)
    assert start <= now < end.timestamp()
    assert end.timestamp() - start <= timedelta(hours=50).total_seconds()
    assert end.tzinfo == ZoneInfo(timezone)
