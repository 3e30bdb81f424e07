"""Requests go when Telegram bears them, finals first, and progress not at all where anybody waits."""

from __future__ import annotations

import asyncio

import pytest
from telegram.error import RetryAfter

from bots.telegram.pace import Dropped, Limits, Pace, Rank, when_speaking
from tests.unit.telegram.hours import Telegram, live, most_within, now

GROUP = -100


def test_the_story_takes_no_time_of_ours() -> None:
    async def story() -> None:
        began = now()
        await asyncio.sleep(3600)
        assert now() - began == pytest.approx(3600, abs=1)

    live(story())


def test_one_chat_hears_a_few_at_once_and_then_one_a_second() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(burst=3)))
        began = now()
        await telegram.ask_all([1] * 12)
        assert len([one for one in telegram.moments() if one - began < 0.1]) == 3
        assert most_within(telegram.moments(), 3) == 3
        assert now() - began < 12

    live(story())


def test_a_group_hears_no_more_than_it_may_in_a_minute() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(group_each_minute=10, kept=4)))
        await telegram.ask_all([GROUP] * 30)
        # Some of each minute are kept for finals, of which there are none here.
        assert most_within(telegram.moments(), 60) == 8

    live(story())


@pytest.mark.parametrize("takes", [0.0, 0.7, 5.0])
def test_all_chats_together_hear_no_more_than_telegram_bears(takes: float) -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(each_second=5)), takes=takes)
        await telegram.ask_all(range(1, 31))
        assert most_within(telegram.moments(), 1) <= 5
        assert len(telegram.arrived) == 30

    live(story())


def test_requests_that_are_slow_to_arrive_do_not_arrive_with_those_after_them() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(each_second=5)), takes=1.5)
        slow = asyncio.create_task(telegram.ask_all(range(1, 6)))
        await asyncio.sleep(0.1)
        telegram.takes = 0.0
        await telegram.ask_all(range(6, 16))
        await slow
        assert most_within(telegram.moments(), 1) <= 5

    live(story())


def test_finals_go_before_answers_that_were_there_first() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(burst=1)))
        await telegram.ask(1, "first")
        answers = [asyncio.create_task(telegram.ask(1, "answer")) for _ in range(2)]
        await asyncio.sleep(0.1)
        await asyncio.gather(*answers, telegram.ask(1, "final", Rank.FINAL))
        assert telegram.order == ["first", "final", "answer", "answer"]

    live(story())


def test_a_group_that_is_full_has_room_for_finals() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(group_each_minute=10, kept=6, burst=3)))
        began = now()
        answers = [asyncio.create_task(telegram.ask(GROUP)) for _ in range(20)]
        await asyncio.sleep(20)
        heard = len(telegram.arrived)
        assert heard == 7
        await telegram.ask(GROUP, rank=Rank.FINAL)
        assert now() - began < 21
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)

    live(story())


def test_finals_of_many_chats_leave_room_for_answers() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(each_second=6)))
        began = now()
        finals = asyncio.create_task(telegram.ask_all(range(1, 61), Rank.FINAL))
        await asyncio.sleep(0.5)
        await telegram.ask(100, "answer")
        assert now() - began < 3
        assert len(telegram.arrived) < 30
        await finals

    live(story())


def test_progress_is_dropped_where_it_would_have_to_wait() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(burst=1)))
        await telegram.ask(1, rank=Rank.PROGRESS)
        with pytest.raises(Dropped):
            await telegram.ask(1, rank=Rank.PROGRESS)
        await telegram.ask(2, rank=Rank.PROGRESS)
        assert len(telegram.arrived) == 2

    live(story())


def test_progress_in_a_flood_wait_is_dropped_and_not_sent_again() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(), floods={1: [7]})
        with pytest.raises(Dropped):
            await telegram.ask(1, rank=Rank.PROGRESS, endpoint="editMessageText")
        assert not telegram.pace.may_edit(1)
        assert telegram.pace.may_edit(2)
        assert 6 < telegram.pace.flood(1) < 8
        await asyncio.sleep(8)
        assert telegram.pace.may_edit(1)

    live(story())


def test_progress_leaves_the_kept_part_of_a_groups_minute() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(group_each_minute=10, kept=6)))
        for _ in range(4):
            assert telegram.pace.may_edit(GROUP)
            await telegram.ask(GROUP, rank=Rank.PROGRESS)
            await asyncio.sleep(3)
        assert not telegram.pace.may_edit(GROUP)
        began = now()
        await telegram.ask_all([GROUP] * 3)
        assert now() - began < 0.1

    live(story())


def test_progress_gives_way_while_anybody_waits() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(each_second=2)))
        answers = asyncio.create_task(telegram.ask_all(range(1, 7)))
        await asyncio.sleep(0.1)
        assert not telegram.pace.may_edit(50)
        await answers
        await asyncio.sleep(2)
        assert telegram.pace.may_edit(50)

    live(story())


def test_a_flood_in_one_chat_delays_no_other() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(), floods={1: [30]})
        began = now()
        slow = asyncio.create_task(telegram.ask(1))
        await asyncio.sleep(0.1)
        await telegram.ask_all(range(2, 12))
        assert now() - began < 0.5
        assert telegram.moments(1) == []
        await slow
        assert telegram.moments(1)[0] - began == pytest.approx(30.1, abs=0.1)

    live(story())


@pytest.mark.parametrize(("rank", "seconds"), [(Rank.ANSWER, 100), (Rank.FINAL, 20)])
def test_nobody_waits_longer_than_their_patience(rank: Rank, seconds: int) -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(patience=60, final_patience=5)), floods={1: [seconds]})
        began = now()
        with pytest.raises(RetryAfter) as told:
            await telegram.ask(1, rank=rank)
        assert now() - began < 2
        assert told.value.retry_after in range(seconds - 3, seconds + 1)

    live(story())


def test_who_waits_already_hears_of_a_flood_that_is_too_long() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(burst=1)), floods={1: [300]}, takes=0.5)
        asked = await asyncio.gather(*(telegram.ask(1) for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in asked] == [RetryAfter] * 3
        assert telegram.arrived == []

    live(story())


def test_who_gives_up_leaves_the_line() -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(burst=1)))
        await telegram.ask(1, "first")
        gone = asyncio.create_task(telegram.ask(1, "gone"))
        await asyncio.sleep(0.1)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await telegram.ask(1, "last")
        assert telegram.order == ["first", "last"]

    live(story())


@pytest.mark.parametrize("endpoint", ["sendChatAction", "answerCallbackQuery", "answerPreCheckoutQuery", "getFile"])
def test_what_says_nothing_in_a_chat_never_waits(endpoint: str) -> None:
    async def story() -> None:
        telegram = Telegram(Pace(Limits(burst=1, each_second=1)), floods={2: [300]})
        with pytest.raises(RetryAfter):
            await telegram.ask(2)
        began = now()
        await asyncio.gather(*(telegram.ask(2, endpoint=endpoint) for _ in range(20)))
        assert now() == began

    live(story())


def test_a_task_is_told_when_it_first_speaks() -> None:
    async def story() -> None:
        told: list[str] = []
        telegram = Telegram(Pace())
        when_speaking(lambda: told.append("speaks"))
        await telegram.ask(1, endpoint="answerCallbackQuery")
        assert told == []
        await telegram.ask(1)
        assert told

    live(story())
