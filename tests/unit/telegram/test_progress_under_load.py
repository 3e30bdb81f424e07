"""Two hundred chats watch their clips being made: progress delays no video, and a chat in a flood wait no other.

What counts is the order in which requests reach the server, and the time as it counts it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bots.telegram.pace import Pace
from core.errors import DeliveryDelayed
from core.types import Job, JobState, Progress
from tests.telegram.people import Person
from tests.telegram.server import Request
from tests.telegram.state import Chat
from tests.unit.telegram.town import Town, open_town

CHATS, READY = 200, 60
REPORTED_EVERY = 0.4
IN_FLIGHT = 4
"""Edits that may have left already when a clip is ready."""
FINAL, PROGRESS = "editMessageMedia", "editMessageText"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.complaints == []


async def ask(town: Town, seats: Sequence[tuple[Person, Chat]]) -> list[Job]:
    """Everybody's clip is being made, and its receipt is there."""
    for person, chat in seats:
        person.says("/video two cats", chat)
    await town.see(lambda: len(town.api.calls("sendMessage")) == len(seats), 60)
    with town.store.begin() as tx:
        for job in tx.jobs.unfinished("telegram"):
            tx.jobs.move(job.id, JobState.RUNNING, now=town.clock.now())
    return town.jobs()


@asynccontextmanager
async def watched(town: Town, *, edits: int = CHATS // 10) -> AsyncIterator[None]:
    """Within it (and from so many edits before on) all that is unfinished is reported, each time a little further."""

    async def report() -> None:
        done = 0
        while True:
            done += 1
            progress = Progress("drawing", done % 100 / 100)
            await town.adapter.show_progress([(job, progress) for job in town.jobs()])
            await asyncio.sleep(REPORTED_EVERY)

    reporting = asyncio.create_task(report())
    await town.see(lambda: len(town.api.calls(PROGRESS)) >= edits, 60)
    try:
        yield
    finally:
        assert not reporting.done(), reporting.exception()
        reporting.cancel()
        await asyncio.gather(reporting, return_exceptions=True)


class Turnstile:
    """Notes when requests ask for their turn and when they get it; ``together`` finals are let ask at one moment."""

    def __init__(self, pace: Pace, together: int = 1) -> None:
        self._let, self._together = pace.process_request, together
        self._all_there = asyncio.Event()
        self.notes: list[tuple[str, str, float]] = []
        pace.process_request = self._pass  # type: ignore[method-assign, assignment]

    async def _pass(self, *, callback: Callable[..., Any], endpoint: str, **more: Any) -> Any:
        if endpoint == FINAL:
            self._together -= 1
            if self._together <= 0:
                self._all_there.set()
            await self._all_there.wait()
        self._note("asks", endpoint)

        async def go(*args: Any, **kwargs: Any) -> Any:
            self._note("goes", endpoint)
            return await callback(*args, **kwargs)

        return await self._let(callback=go, endpoint=endpoint, **more)

    def _note(self, what: str, endpoint: str) -> None:
        self.notes.append((what, endpoint, asyncio.get_running_loop().time()))

    @property
    def waits(self) -> list[float]:
        """Seconds for which each final waited. No progress may go meanwhile."""
        asked: list[float] = []
        waited: list[float] = []
        for what, endpoint, at in self.notes:
            if endpoint == FINAL and what == "asks":
                asked.append(at)
            elif endpoint == FINAL:
                waited.append(at - asked.pop(0))
            elif endpoint == PROGRESS and what == "goes":
                assert not asked, "progress went while a video waited"
        assert not asked
        return waited


def of_chat(requests: Sequence[Request], method: str, job: Job) -> list[int]:
    """The places in the order of those that a method has in a job's chat."""
    return [
        place
        for place, request in enumerate(requests)
        if request.method == method and str(request.given.get("chat_id")) == job.address.chat
    ]


async def test_progress_of_two_hundred_chats_goes_before_no_video(town: Town) -> None:
    people = [town.api.person(f"User {number}") for number in range(CHATS)]
    jobs = await ask(town, [(person, person.chat) for person in people])
    turnstile, ready = Turnstile(town.adapter._pace, READY), jobs[::3][:READY]
    async with watched(town):
        await asyncio.gather(*(town.make(job) for job in ready))
        arrived = [request.method for request in town.api.requests]
        finals = [place for place, method in enumerate(arrived) if method == FINAL]
        assert len(finals) == READY
        assert arrived[finals[0] : finals[-1]].count(PROGRESS) <= IN_FLIGHT
        # It was no accident: they had to wait for each other, and then others see their progress again.
        assert max(turnstile.waits) > 1
        await town.see(lambda: [one for one in town.api.requests[finals[-1] :] if one.method == PROGRESS], 30)
    for job in ready:
        (final,) = of_chat(town.api.requests, FINAL, job)
        assert max(of_chat(town.api.requests, PROGRESS, job), default=-1) < final


async def test_a_group_that_watches_many_clips_has_room_for_each_video_at_once(town: Town) -> None:
    people = [town.api.person(f"User {number}") for number in range(6)]
    group = town.api.group("Film club", *people)
    jobs = await ask(town, [(person, group) for person in people])
    turnstile = Turnstile(town.adapter._pace)
    async with watched(town, edits=4):
        for job in jobs[:4]:
            await asyncio.sleep(30)
            await town.make(job)
    assert len(turnstile.waits) == 4
    assert max(turnstile.waits) < 10


async def test_a_chat_in_a_flood_wait_of_minutes_delays_no_other_video(town: Town) -> None:
    people = [town.api.person(f"User {number}") for number in range(CHATS)]
    jobs = await ask(town, [(person, person.chat) for person in people])
    shut, others = jobs[0], jobs[1 : READY + 1]
    began = town.api.world.clock()
    town.api.faults.flood(PROGRESS, 300, chat=int(shut.address.chat))

    async def deliver(job: Job) -> None:
        while True:
            try:
                await town.make(job)
            except DeliveryDelayed as delayed:
                await asyncio.sleep(float(str(delayed.details["retry_after"])))
            else:
                return

    async with watched(town):
        await town.see(lambda: town.api.faults.struck, 60)
        waiting = asyncio.create_task(deliver(shut))
        await asyncio.gather(*(town.make(job) for job in others))
        assert len(town.api.calls(FINAL)) == len(others)
        newcomer = town.api.person("New")
        newcomer.says("one more")
        await town.see(newcomer.chat.last, 5)
        assert not waiting.done()
        assert town.api.world.clock() - began < 60
    await waiting
    last = town.api.calls(FINAL)[-1]
    assert str(last.given["chat_id"]) == shut.address.chat
    assert 300 < last.at - began < 330
