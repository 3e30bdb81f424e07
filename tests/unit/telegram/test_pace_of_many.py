"""Thousands of chats, and any order of requests: each is served within the limits, and nothing is left behind."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bots.telegram.pace import Dropped, Limits, Pace, Rank
from bots.telegram.windows import Window
from tests.unit.telegram.hours import Telegram, live, most_within

GROUP = -100


def test_chats_that_are_quiet_are_forgotten_but_no_flood_is() -> None:

    async def story() -> None:
        telegram = Telegram(Pace(), floods={1: [900]})
        with pytest.raises(RetryAfter):
            await telegram.ask(1)
        for first in range(100, 400, 20):
            await telegram.ask_all(range(first, first + 20))
            await asyncio.sleep(5)
        assert len(telegram.pace._chats) <= 70
        assert telegram.pace.flood(1) > 600

    live(story())


def test_a_request_looks_at_a_few_chats_however_many_wait_or_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, opens = [0], Window.opens

    def counted(window: Window, at: float, keep: int = 0) -> float:
        looked[0] += 1
        return opens(window, at, keep)

    monkeypatch.setattr(Window, "opens", counted)

    async def story(chats: int) -> float:
        telegram = Telegram(Pace(Limits(each_second=100)))
        await telegram.ask_all(range(1, chats + 1))
        waiting = asyncio.create_task(telegram.ask_all(range(1, chats + 1), Rank.FINAL))
        await asyncio.sleep(0.1)
        looked[0] = 0
        await telegram.ask_all(range(chats + 1, chats + 51))
        await waiting
        return looked[0] / (chats + 50)

    async def both() -> None:
        few, many = await story(100), await story(1500)
        assert many < 2 * few < 30

    live(both())


def test_chats_that_come_and_go_leave_nothing_behind() -> None:
    async def story() -> None:
        telegram, most = Telegram(Pace(Limits(each_second=30))), 0
        for first in range(1, 8_000, 500):
            await telegram.ask_all(range(-first - 500, -first))
            most = max(most, len(telegram.pace._chats))
        # Those of the last minute and a little, at 30 a second.
        assert most < 4000
        assert telegram.pace._lines.waiting == 0

    live(story())


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_in_whatever_order_everybody_is_served_within_the_limits(data: st.DataObject) -> None:
    asks = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from([1, 2, 3, GROUP, -200]),
                st.sampled_from([Rank.FINAL, Rank.ANSWER, Rank.PROGRESS]),
                st.sampled_from([0.0, 0.0, 0.3, 2.0]),
                st.sampled_from([0, 0, 0, 4]),
                st.sampled_from([False, False, False, True]),
            ),
            max_size=40,
        )
    )

    async def story() -> None:
        telegram = Telegram(Pace(Limits(each_second=4, burst=2, group_each_minute=8, kept=3, patience=900)), takes=0.2)
        tasks = []
        for chat, rank, pause, flood, gives_up in asks:
            if flood:
                telegram.floods.setdefault(chat, []).append(flood)
            task = asyncio.create_task(telegram.ask(chat, rank=rank))
            await asyncio.sleep(pause)
            if gives_up:
                task.cancel()
            else:
                tasks.append((rank, task))
        ends = await asyncio.gather(*(task for _, task in tasks), return_exceptions=True)
        for (rank, _), end in zip(tasks, ends, strict=True):
            assert end is None or (rank is Rank.PROGRESS and isinstance(end, Dropped)) or isinstance(end, RetryAfter)
            assert end is None or rank is not Rank.ANSWER
        await asyncio.sleep(100)
        assert telegram.pace._lines.waiting == 0
        if telegram.arrived:
            assert most_within(telegram.moments(), 1) <= 4
        for chat in {GROUP, -200} & {where for _, where, _ in telegram.arrived}:
            assert most_within(telegram.moments(chat), 60) <= 8

    live(story())
