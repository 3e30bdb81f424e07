"""The same things said on each platform, each in its own way: what a script of a conversation needs."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from bots.adapter import Adapter
from bots.commands import Commands
from bots.console.adapter import ConsoleAdapter
from bots.courier import Courier
from bots.fitting import Fitting
from bots.origin import Examiner
from core.jobs.settlement import Settlement
from core.media.provenance import Policy, Provenance
from core.media.verify import Trust
from core.metrics import Metrics
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import Clip, Job, JobState
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake
from tests.discord.people import Person as DiscordPerson
from tests.fakes import FakeClock, FakeQueue
from tests.stores import open_store
from tests.telegram.people import Person as TelegramPerson
from tests.telegram.state import Message
from tests.unit.console.console_stage import Page
from tests.unit.discord import town as discord_town
from tests.unit.media.pictures import make_clip
from tests.unit.telegram import town as telegram_town

WELCOME = 1000


@dataclass
class House:
    """What is the same behind every platform: the store, and whoever makes and delivers clips."""

    adapter: Adapter
    store: SqlStore
    settlement: Settlement
    folder: Path
    known: set[str] = field(default_factory=set)

    @property
    def clips(self) -> FolderClipStore:
        return FolderClipStore(self.folder / "clips")

    @property
    def courier(self) -> Courier:
        return Courier(
            adapters={self.adapter.platform: self.adapter},
            store=self.store,
            fitting=Fitting(self.clips, Provenance(Policy())),
            settlement=self.settlement,
            metrics=Metrics(),
        )

    def new_job(self) -> Job | None:
        """One that has not been seen before."""
        with self.store.look() as tx:
            jobs = [job for job in tx.jobs.unfinished(self.adapter.platform) if job.id not in self.known]
        self.known |= {job.id for job in jobs}
        return jobs[0] if jobs else None

    def begin(self, job: Job) -> None:
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=job.created_at + 1)

    async def make(self, job: Job) -> None:
        """Made, delivered and charged."""
        self.begin(job)
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        shutil.copyfile(self.folder / "clip.mp4", run / "v.mp4")
        (run / "p.jpg").write_bytes(b"\xff\xd8\xff")
        size = (run / "v.mp4").stat().st_size
        stored = self.clips.put(job.id, Clip(run / "v.mp4", run / "p.jpg", 854, 480, 1.0, size))
        await self.courier.deliver(job.id, stored)
        await self.courier.charge(job.id)

    async def fail(self, job: Job) -> None:
        """Nothing came of it."""
        self.begin(job)
        await self.courier.fail(job.id, "engine-fault")


class Talk(Protocol):
    """One person's conversation with the bot. ``text`` is all that they have been told."""

    house: House

    async def video(self, prompt: str) -> Job: ...
    async def again(self, code: str) -> Job: ...
    async def cancel(self, code: str) -> None: ...
    async def refused(self, prompt: str) -> str:
        """Ask for something that is refused; what is said."""

    async def credits(self) -> str:
        """What is said of the balance."""


@dataclass
class OnConsole:
    house: House
    page: Page

    async def video(self, prompt: str) -> Job:
        return await self._new(await self.page.ask("submit", prompt=prompt))

    async def again(self, code: str) -> Job:
        return await self._new(await self.page.ask("again", code=code, another_take=False))

    async def cancel(self, code: str) -> None:
        await self.page.say(type="cancel", code=code)
        while (await self.page.hear("job"))["state"] != "cancelled":
            pass

    async def refused(self, prompt: str) -> str:
        return str(await self.page.ask("submit", prompt=prompt))

    async def credits(self) -> str:
        return str(await self.page.ask("submit", prompt="/credits"))

    async def _new(self, answer: dict[str, object]) -> Job:
        assert answer["type"] == "receipt", answer
        job = self.house.new_job()
        assert job
        return job


@dataclass
class OnTelegram:
    house: House
    town: telegram_town.Town
    person: TelegramPerson

    async def video(self, prompt: str) -> Job:
        return await self._new(f"/video {prompt}")

    async def again(self, code: str) -> Job:
        return await self._new(f"/again {code}")

    async def cancel(self, code: str) -> None:
        await self._answer(f"/cancel {code}")

    async def refused(self, prompt: str) -> str:
        return await self._answer(prompt)

    async def credits(self) -> str:
        return await self._answer("/credits")

    async def _new(self, text: str) -> Job:
        self.person.says(text)
        job = await self.town.see(self.house.new_job)
        await self.town.see(lambda: any(job.code in message.text for message in self.person.chat.from_bot))
        return job

    async def _answer(self, text: str) -> str:
        before = {message.id for message in self.person.chat.from_bot}
        self.person.says(text)

        def new() -> list[Message]:
            return [message for message in self.person.chat.from_bot if message.id not in before]

        return (await self.town.see(new))[0].text


@dataclass
class OnDiscord:
    house: House
    town: discord_town.Town
    person: DiscordPerson

    async def video(self, prompt: str) -> Job:
        return await self._new("video", prompt=prompt)

    async def again(self, code: str) -> Job:
        return await self._new("again", code=code)

    async def cancel(self, code: str) -> None:
        await self._answer("cancel", code=code)

    async def refused(self, prompt: str) -> str:
        return await self._answer("video", prompt=prompt)

    async def credits(self) -> str:
        return await self._answer("credits")

    async def _new(self, command: str, **options: Any) -> Job:
        asked = self.person.runs(command, **options)
        job = await self.town.see(self.house.new_job)
        await self.person.finished(asked)
        return job

    async def _answer(self, command: str, **options: Any) -> str:
        return (await self.person.finished(self.person.runs(command, **options))).text


@asynccontextmanager
async def on_console(folder: Path) -> AsyncIterator[Talk]:
    clock, queue = FakeClock(), FakeQueue()
    make_clip(folder / "clip.mp4", 24, 854, 480)
    with open_store(f"sqlite:///{folder / 'piying.db'}") as store:
        settlement = Settlement(store, clock, Metrics())
        commands = Commands(
            intake=make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=WELCOME)),
            store=store,
            queue=queue,
            settlement=settlement,
            clock=clock,
            rate=Rate(50, 50),
        )
        adapter = ConsoleAdapter(
            commands,
            host="127.0.0.1",
            port=0,
            token=None,
            clip_path=FolderClipStore(folder / "clips").open,
            examiner=Examiner(Trust),
            recipes=("draft", "standard", "hd"),
            clock=clock,
            version="0.0-test",
        )
        await adapter.start()
        try:
            async with aiohttp.ClientSession(base_url=adapter.url) as client, client.ws_connect("/ws") as socket:
                page = Page(socket)
                await page.say(type="hello", locale="en")
                await page.hear("welcome")
                yield OnConsole(House(adapter, store, settlement, folder), page)
        finally:
            await adapter.stop()


@asynccontextmanager
async def on_telegram(folder: Path) -> AsyncIterator[Talk]:
    async with telegram_town.open_town(folder) as town:
        yield OnTelegram(House(town.adapter, town.store, town.settlement, folder), town, town.api.person("Ann"))
        assert town.api.violations == []
        assert town.api.complaints == []


@asynccontextmanager
async def on_discord(folder: Path) -> AsyncIterator[Talk]:
    async with discord_town.open_town(folder) as town:
        person = town.api.person("Ann", installed=True)
        yield OnDiscord(House(town.adapter, town.store, town.settlement, folder), town, person)
        assert town.api.violations == []
        assert town.api.complaints == []


PLATFORMS = {"console": on_console, "telegram": on_telegram, "discord": on_discord}
