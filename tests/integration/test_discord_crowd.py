"""A crowd on Discord: five hundred ask within half a minute, and all are heard in time and served within the limits."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import DeliveryDelayed
from core.types import EntryKind, Job, JobState
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town, videos

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SERVERS, ALONE, GUESTS, USERS = 40, 50, 50, 500
SECONDS = 30.0
"""Half of the minute that is asked for."""
MAKERS = 8
EDITS_EVERY = 0.4
"""As the courier reports."""
ANSWERED_WITHIN = 3.0


class Crowd:
    """Who asked what, and how many of the clips had to be delivered again."""

    def __init__(self, town: Town) -> None:
        self.town, self.delayed = town, 0
        self.asked: list[tuple[Person, Interaction]] = []
        self._taken: set[str] = set()
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()

    def seats(self) -> list[tuple[Person, Channel]]:
        """Each of the users, and where they ask: in servers, in private, and where the bot is no member."""
        api = self.town.api
        people = [api.person(f"User {number}", installed=True) for number in range(USERS)]
        guests, alone, members = people[:GUESTS], people[GUESTS : GUESTS + ALONE], people[GUESTS + ALONE :]
        foreign = api.channel(api.guild("Foreign", *guests, has_bot=False), "general")
        halls = [api.channel(api.guild(f"Zoo {n}", *members[n::SERVERS]), "general") for n in range(SERVERS)]
        seats = [(person, foreign) for person in guests] + [(person, person.dm) for person in alone]
        seats += [(person, halls[number % SERVERS]) for number, person in enumerate(members)]
        random.Random(7).shuffle(seats)
        return seats

    async def ask(self, seats: list[tuple[Person, Channel]]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, (person, channel) in enumerate(seats):
            await asyncio.sleep(began + number * SECONDS / len(seats) - loop.time())
            self.asked.append((person, person.runs("video", channel, prompt="two cats")))

    async def work(self) -> None:
        """Makers take what comes in, and how it stands is shown meanwhile, until this is cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(MAKERS):
                group.create_task(self._make())
            while True:
                jobs = self.town.jobs()
                for job in jobs:
                    if job.id not in self._taken:
                        self._taken.add(job.id)
                        self._waiting.put_nowait(job)
                await self.town.adapter.show_progress([(job, None) for job in jobs])
                await asyncio.sleep(EDITS_EVERY)

    async def _make(self) -> None:
        while True:
            job = await self._waiting.get()
            stored = self.town.store_clip(job)
            try:
                await self.town.courier.deliver(job.id, stored)
            except DeliveryDelayed:
                # As the queue does: later, and others meanwhile.
                self.delayed += 1
                self._waiting.put_nowait(job)
            else:
                await self.town.courier.charge(job.id)

    def served(self) -> int:
        """How many have their clip in the answer to what they asked."""
        return sum(bool(videos(asked.messages)) for _, asked in self.asked)


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with open_town(tmp_path) as town:
        yield Crowd(town)


def _assert_paid_once(town: Town, job: Job) -> None:
    assert (job.state, town.kinds(job)) == (JobState.SUCCEEDED, [EntryKind.HOLD, EntryKind.CHARGE])
    with town.store.look() as tx:
        account = tx.ledger.account(job.account)
    assert account
    assert (account.balance, account.held) == (1000 - job.price, 0)


async def test_five_hundred_ask_in_half_a_minute(crowd: Crowd) -> None:
    town, seats = crowd.town, crowd.seats()
    assert len(seats) == USERS
    loop = asyncio.get_running_loop()
    began, working = loop.time(), asyncio.create_task(crowd.work())
    await crowd.ask(seats)
    asked = loop.time()
    await town.see(lambda: working.done() or (crowd.served() == USERS and not town.jobs()), 200)
    ended = loop.time()
    assert not working.done(), working.exception()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    heard = sorted(one.answered_after for _, one in crowd.asked)
    print(
        f"asked within {asked - began:.1f} s, all delivered after {ended - began:.1f} s; heard: p50 "
        f"{heard[len(heard) // 2]:.3f} s, p99 {heard[len(heard) * 99 // 100]:.3f} s, slowest {heard[-1]:.3f} s; "
        f"delivered again: {crowd.delayed}; {dict(Counter(request.rule for request in town.api.requests))}"
    )
    assert town.api.violations == []
    assert town.api.complaints == []
    assert town.api.misfits == []
    assert heard[0] > 0
    assert heard[-1] < ANSWERED_WITHIN
    assert [one.refusals for _, one in crowd.asked if one.refusals] == []
    for person, one in crowd.asked:
        (video,) = videos(one.messages)
        assert video is one.original
        assert person.sees(video)
    jobs = [job for channel in {one.channel.id for _, one in crowd.asked} for job in _jobs_of(town, channel)]
    assert len(jobs) == len({job.account for job in jobs}) == USERS
    for job in jobs:
        _assert_paid_once(town, job)


def _jobs_of(town: Town, channel: int) -> list[Job]:
    with town.store.look() as tx:
        return tx.jobs.of_chat("discord", str(channel), limit=USERS)
