"""A crowd on Telegram: a thousand ask at once in two hundred chats, and all are served within Telegram's limits."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.origin import Examiner
from bots.telegram.adapter import Line, TelegramAdapter
from bots.telegram.pace import Limits
from core.errors import DeliveryDelayed
from core.media.verify import Trust
from core.posts import PostBook
from core.types import EntryKind, Job, JobState
from tests.telegram.people import Person
from tests.telegram.state import Chat
from tests.unit.telegram.town import Town, open_town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

GROUPS, ALONE, USERS = 150, 50, 1000
QUICKER = 2
"""Times as many requests a second as Telegram bears in all, and people who ask within half a minute. What a chat and
a group bear is as it is."""
SECONDS = 60 / QUICKER
MAKERS = 8
EDITS_EVERY = 1.0


class Crowd:
    """Who asked when, and how many of the clips had to be delivered again."""

    def __init__(self, town: Town) -> None:
        self.town, self.delayed = town, 0
        self.asked: dict[tuple[int, int], float] = {}
        self._taken: set[str] = set()
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()

    def seats(self) -> list[tuple[Person, Chat]]:
        """Each of the users, and where they ask; shuffled, the same each time."""
        people = [self.town.api.person(f"User {number}") for number in range(USERS)]
        members = people[ALONE:]
        groups = [self.town.api.group(f"Group {n}", *members[n::GROUPS]) for n in range(GROUPS)]
        seats = [(person, person.chat) for person in people[:ALONE]]
        seats += [(person, groups[number % GROUPS]) for number, person in enumerate(members)]
        random.Random(6).shuffle(seats)
        return seats

    async def ask(self, seats: list[tuple[Person, Chat]]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, (person, chat) in enumerate(seats):
            await asyncio.sleep(began + number * SECONDS / len(seats) - loop.time())
            message = person.says("/video two cats", chat)
            self.asked[chat.id, message.id] = self.town.api.world.clock()

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
            try:
                await self.town.make(job)
            except DeliveryDelayed:
                # As the courier does: later, and others meanwhile.
                self.delayed += 1
                self._waiting.put_nowait(job)

    def receipts(self) -> list[float]:
        """Seconds until each message that asked was answered, the shortest first."""
        answered: dict[tuple[int, int], float] = {}
        for request in self.town.api.calls("sendMessage"):
            reply = request.given.get("reply_parameters")
            if reply and request.code == 200:
                answered.setdefault((request.given["chat_id"], reply["message_id"]), request.at)
        return sorted(answered[key] - at for key, at in self.asked.items() if key in answered)


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with open_town(tmp_path) as town:
        await town.adapter.stop()
        town.api.world.limits.numbers.overall *= QUICKER
        town.adapter = _quicker(town)
        await town.adapter.start()
        yield Crowd(town)


def _quicker(town: Town) -> TelegramAdapter:
    """Ours with the limits that it has in the settings, but for those of all chats together."""
    return TelegramAdapter(
        town.commands,
        line=Line(town.api.token, town.api.base_url, town.api.base_file_url, town.api.world.upload_limit),
        posts=PostBook(town.store),
        examiner=Examiner(Trust),
        clock=town.clock,
        recipes=("draft", "standard", "hd"),
        notes=town.video.parent / "telegram.json",
        limits=Limits(each_second=28 * QUICKER),
        profile=False,
    )


def _all_jobs(town: Town, chats: set[int]) -> list[Job]:
    with town.store.look() as tx:
        return [job for chat in chats for job in tx.jobs.of_chat("telegram", str(chat), limit=50)]


def _assert_paid_once(town: Town, job: Job) -> None:
    with town.store.look() as tx:
        entries = tx.ledger.entries(job.account, limit=9)
        account = tx.ledger.account(job.account)
    kinds = Counter(entry.kind for entry in entries if entry.job == job.id)
    assert (job.state, kinds) == (JobState.SUCCEEDED, {EntryKind.HOLD: 1, EntryKind.CHARGE: 1})
    assert account
    assert (account.balance, account.held) == (1000 - job.price, 0)


async def test_a_thousand_users_in_two_hundred_chats(crowd: Crowd) -> None:
    town, seats = crowd.town, crowd.seats()
    chats = {chat.id: chat for _, chat in seats}
    assert (len(seats), len(chats)) == (USERS, GROUPS + ALONE)
    began = town.api.world.clock()
    working = asyncio.create_task(crowd.work())
    await crowd.ask(seats)
    asked = town.api.world.clock()

    def videos() -> int:
        return sum(message.kind == "video" for chat in chats.values() for message in chat.from_bot)

    await town.see(lambda: working.done() or (videos() == USERS and not town.jobs()), 200)
    ended = town.api.world.clock()
    assert not working.done(), working.exception()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    waits = crowd.receipts()
    edits = Counter(request.method for request in town.api.requests if request.code == 200)
    print(
        f"asked within {asked - began:.1f} s, all delivered after {ended - began:.1f} s; receipts: {len(waits)}, "
        f"p50 {waits[len(waits) // 2]:.3f} s, p99 {waits[len(waits) * 99 // 100]:.3f} s; "
        f"delivered again: {crowd.delayed}; {dict(edits)}"
    )
    assert town.api.violations == []
    assert town.api.complaints == []
    assert all(message.kind == "video" for chat in chats.values() for message in chat.from_bot)
    jobs = _all_jobs(town, set(chats))
    assert len(jobs) == len({job.account for job in jobs}) == USERS
    for job in jobs:
        _assert_paid_once(town, job)
