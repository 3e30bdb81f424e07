"""Two hundred chats watch their clips being made: progress delays no video, and a chat in a flood wait no other.

What counts is the order in which requests reach the server, and the time as it counts it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

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
    async with watched(town):
        ready, before = jobs[::3][:READY], len(town.api.requests)
        await asyncio.gather(*(town.make(job) for job in ready))
        asked = town.api.requests[before:]
        last = max(place for place, request in enumerate(asked) if request.method == FINAL)
        overtook = [request for request in asked[:last] if request.method == PROGRESS]
        assert len(overtook) <= IN_FLIGHT
        # It was no accident: as soon as no video waits any more, others see their progress again.
        await town.see(lambda: [one for one in town.api.requests[before + last :] if one.method == PROGRESS], 30)
    for job in ready:
        (final,) = of_chat(town.api.requests, FINAL, job)
        assert max(of_chat(town.api.requests, PROGRESS, job), default=-1) < final


async def test_a_group_that_watches_many_clips_has_room_for_each_video_at_once(town: Town) -> None:
    people = [town.api.person(f"User {number}") for number in range(6)]
    group = town.api.group("Film club", *people)
    jobs = await ask(town, [(person, group) for person in people])
    async with watched(town, edits=4):
        for job in jobs[:4]:
            await asyncio.sleep(30)
            before, began = len(town.api.requests), town.api.world.clock()
            await town.make(job)
            asked = [request.method for request in town.api.requests[before:]]
            assert asked.index(FINAL) <= asked.count(PROGRESS) <= 1
            assert town.api.calls(FINAL)[-1].at - began < 3.5


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
