"""Our bot over a real store, in a town of people who talk to it through the Bot API on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from bots.adapter import Delivery
from bots.commands import Commands
from bots.origin import Examiner
from bots.telegram.adapter import Line, TelegramAdapter
from bots.telegram.packs import Shop
from bots.telegram.stars_book import Rounds
from core.jobs.settlement import Settlement
from core.media.verify import Trust
from core.metrics import Metrics
from core.posts import PostBook
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import Job, JobState, Progress, StoredClip
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import FakeClock, FakeQueue
from tests.stores import open_store
from tests.telegram.server import BotApi
from tests.unit.media.pictures import usual_clip

Found = TypeVar("Found")


@dataclass
class Town:
    api: BotApi
    adapter: TelegramAdapter
    commands: Commands
    settlement: Settlement
    store: SqlStore
    clock: FakeClock
    video: Path
    shop: Shop | None = None
    profile: bool = False
    rounds: Rounds = field(default_factory=Rounds)

    def jobs(self) -> list[Job]:
        """All that are unfinished."""
        with self.store.look() as tx:
            return tx.jobs.unfinished("telegram")

    async def job(self) -> Job:
        """The next that comes in."""
        return (await self.api.until(self.jobs))[0]

    async def see(self, seen: Callable[[], Found | None], seconds: float = 10.0) -> Found:
        """Wait until there is something to be seen."""
        found = await self.api.until(seen, seconds)
        assert found is not None
        return found

    async def make(self, job: Job) -> Job:
        """Its clip is made, delivered and charged, as the courier does it."""
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            tx.jobs.attach_clip(job.id, StoredClip("v", "p", 854, 480, 1.0, self.video.stat().st_size))
            found = tx.jobs.get(job.id)
        assert found
        await self.adapter.deliver(Delivery(found, self.video, self.video))
        ended = await asyncio.to_thread(self.settlement.succeed, job.id)
        assert ended
        await self.adapter.show_end(ended)
        return ended

    async def progress(self, job: Job, stage: str, fraction: float) -> None:
        """Work on it is reported."""
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            found = tx.jobs.get(job.id)
        assert found
        await self.adapter.show_progress([(found, Progress(stage, fraction))])

    def new_adapter(self) -> TelegramAdapter:
        """As another process makes it."""
        line = Line(self.api.token, self.api.base_url, self.api.base_file_url, self.api.world.upload_limit)
        line = replace(line, local=self.api.world.local is not None)
        return TelegramAdapter(
            self.commands,
            line=line,
            posts=PostBook(self.store),
            examiner=Examiner(Trust),
            clock=self.clock,
            recipes=("draft", "standard", "hd"),
            notes=self.video.parent / "telegram.json",
            shop=self.shop,
            profile=self.profile,
            rounds=self.rounds,
        )

    async def restart(self) -> None:
        """Another process takes over."""
        await self.adapter.stop()
        self.adapter = self.new_adapter()
        await self.adapter.start()


@asynccontextmanager
async def open_town(
    folder: Path,
    *,
    shop: Shop | None = None,
    profile: bool = False,
    local: bool = False,
    limits: Limits | None = None,
    rate: Rate | None = None,
    **parts: Any,
) -> AsyncIterator[Town]:
    """``parts`` replace those of the intake."""
    clock, queue = FakeClock(), FakeQueue()
    usual_clip(folder / "clip.mp4")
    with open_store(f"sqlite:///{folder / 'piying.db'}") as store:
        async with BotApi(local=folder / "server" if local else None) as api:
            limits = replace(limits or Limits(), welcome_credits=1000)
            intake = make_intake(store, queue=queue, clock=clock, limits=limits, **parts)
            settlement = Settlement(store, clock, Metrics())
            commands = Commands(
                intake=intake,
                store=store,
                queue=queue,
                settlement=settlement,
                clock=clock,
                rate=rate or Rate(50, 50),
            )
            town = Town(api, None, commands, settlement, store, clock, folder / "clip.mp4", shop, profile)  # type: ignore[arg-type]
            town.adapter = town.new_adapter()
            await town.adapter.start()
            try:
                yield town
            finally:
                await town.adapter.stop()
