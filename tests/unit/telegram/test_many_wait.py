"""Clips that wait are looked for in the queue a few at a time: whoever writes meanwhile is answered at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.types import JobState
from tests.unit.telegram.town import Town, open_town

_MANY = 20


async def _wait_in_line(town: Town) -> None:
    people = [town.api.person(f"User {number}") for number in range(_MANY)]
    for person in people:
        person.says("two cats")
    await town.see(lambda: len(town.jobs()) == _MANY)
    await town.see(lambda: all(person.chat.last() for person in people))
    await asyncio.sleep(3.1)


async def test_many_that_wait_are_asked_for_a_few_at_a_time_and_less_and_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_town(tmp_path) as town:
        await _wait_in_line(town)
        asked: list[str] = []
        position = town.commands.position

        async def counted(job: Any) -> Any:
            asked.append(job.id)
            return await position(job)

        monkeypatch.setattr(town.commands, "position", counted)
        reports = [(job, None) for job in town.jobs()]
        for _ in range(2 * _MANY):
            before = len(asked)
            await town.adapter.show_progress(reports)
            await asyncio.sleep(0.02)
            assert len(asked) - before <= 4
        # Nothing has changed, so that each is asked for once and then left alone for a while.
        assert len(set(asked)) == len(asked) >= _MANY // 2


async def test_what_is_being_made_comes_before_what_waits(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        await _wait_in_line(town)
        with town.store.begin() as tx:
            tx.jobs.move(town.jobs()[-1].id, JobState.RUNNING, now=town.clock.now())
        reports = [(job, None) for job in town.jobs()]
        running = next(job for job, _ in reports if job.state is JobState.RUNNING)
        await town.adapter.show_progress(reports)
        shown = town.api.world.chats[int(running.address.chat)].saying(running.code)
        assert shown
        await town.see(lambda: "Being made" in shown.text or "Reading" in shown.text or len(shown.history) > 0)


async def test_what_waited_long_is_shown_as_soon_as_it_begins(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town:
        ann = town.api.person("Ann")
        ann.says("two cats")
        job = await town.job()
        receipt = await town.see(lambda: ann.chat.saying(job.code))
        for _ in range(100):
            await town.adapter.show_progress([(job, None)])
            await asyncio.sleep(0.4)
        await town.progress(job, "drawing", 0.5)
        await asyncio.sleep(3)
        await town.progress(town.jobs()[0], "drawing", 0.6)
        await town.see(lambda: "60" in receipt.text)
