"""Our bot over a real store, in a town of people who talk to it through a Discord on loopback."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bots.commands import Commands
from bots.courier import Courier
from bots.discord.adapter import DiscordAdapter, Line
from bots.discord.shop import Shop
from bots.fitting import Fitting
from bots.origin import Examiner
from core.errors import DeliveryDelayed
from core.jobs.retention import Retention
from core.jobs.settlement import Settlement
from core.media.provenance import Policy, Provenance
from core.media.verify import Trust
from core.metrics import Metrics
from core.posts import PostBook
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.rights import Privacy, Rights
from core.types import Address, Clip, EntryKind, Job, JobState, LedgerEntry, Progress, StoredClip
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.server import DiscordApi
from tests.discord.state import Channel, Message
from tests.fakes import FakeQueue
from tests.stores import open_store
from tests.telegram.clock import Hand
from tests.unit.media.pictures import make_clip

Found = TypeVar("Found")
FLOOR = 10_485_760
KEPT = Retention(clips=1, prompts=2, translations=3, reports=4, ledger=5)
CHARGED = [EntryKind.HOLD, EntryKind.CHARGE]
_ATTEMPTS = 8


class TownClock:
    """What time it is in the town, for the bot as for Discord; it moves when told to."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand

    def now(self) -> float:
        return self.hand.now


@dataclass
class Town:
    api: DiscordApi
    commands: Commands
    settlement: Settlement
    store: SqlStore
    clock: TownClock
    clips: FolderClipStore
    video: Path
    shards: int | None = None
    shop: Shop | None = None
    adapter: DiscordAdapter = field(init=False)

    def jobs(self) -> list[Job]:
        """All that are unfinished."""
        with self.store.look() as tx:
            return tx.jobs.unfinished("discord")

    async def job(self) -> Job:
        """The next that comes in."""
        return (await self.api.until(self.jobs))[0]

    async def see(self, seen: Callable[[], Found | None], seconds: float = 10.0) -> Found:
        """Wait until there is something to be seen."""
        found = await self.api.until(seen, seconds)
        assert found is not None
        return found

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.clock.hand.forward(seconds)

    @property
    def courier(self) -> Courier:
        """As the process has it that delivers."""
        return Courier(
            adapters={"discord": self.adapter},
            store=self.store,
            fitting=self.fitting,
            settlement=self.settlement,
            metrics=Metrics(),
        )

    @property
    def fitting(self) -> Fitting:
        return Fitting(self.clips, Provenance(Policy()))

    def store_clip(self, job: Job, video: Path | None = None) -> StoredClip:
        """Its clip is made, and kept."""
        folder = self.video.parent / "run"
        folder.mkdir(exist_ok=True)
        for source, name in ((video or self.video, "v.mp4"), (self.video.with_name("clip.jpg"), "p.jpg")):
            shutil.copyfile(source, folder / name)
        size = (folder / "v.mp4").stat().st_size
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
        return self.clips.put(job.id, Clip(folder / "v.mp4", folder / "p.jpg", 854, 480, 1.0, size))

    async def deliver(self, job: Job, video: Path | None = None) -> None:
        """Its clip is made and delivered, as the queue does it: again where the platform asks to wait."""
        stored = self.store_clip(job, video)
        for _ in range(_ATTEMPTS):
            try:
                return await self.courier.deliver(job.id, stored)
            except DeliveryDelayed:
                await asyncio.sleep(0.01)
        raise AssertionError(f"it was not delivered in {_ATTEMPTS} attempts")

    async def make(self, job: Job, video: Path | None = None) -> Job:
        """Made, delivered and charged."""
        await self.deliver(job, video)
        await self.courier.charge(job.id)
        with self.store.look() as tx:
            ended = tx.jobs.get(job.id)
        assert ended
        return ended

    async def progress(self, job: Job, stage: str, fraction: float) -> None:
        """Work on it is reported."""
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            found = tx.jobs.get(job.id)
        assert found
        await self.adapter.show_progress([(found, Progress(stage, fraction))])

    def entries(self, job: Job) -> list[LedgerEntry]:
        """What the ledger says of a job, the oldest first."""
        with self.store.look() as tx:
            return [one for one in reversed(tx.ledger.entries(job.account, limit=50)) if one.job == job.id]

    def kinds(self, job: Job) -> list[EntryKind]:
        """The same in short."""
        return [entry.kind for entry in self.entries(job)]

    async def facts(self, job: Job) -> dict[str, Any]:
        """What is kept of where it is shown."""
        return await asyncio.to_thread(PostBook(self.store).get, job.id)

    async def settings(self, **changes: object) -> None:
        """What an administrator of the server of the only job chose; before it is delivered."""
        job = self.jobs()[0]
        chat = job.place.server.id if job.place.server else job.address.chat
        await self.commands.set_chat_settings(Address("discord", chat, job.address.user), **changes)

    def new_adapter(self) -> DiscordAdapter:
        """As another process makes it."""
        return DiscordAdapter(
            self.commands,
            line=Line(self.api.token, self.api.url, self.api.gateway_url, FLOOR, self.shards),
            posts=PostBook(self.store),
            examiner=Examiner(Trust),
            fitting=self.fitting,
            clock=self.clock,
            recipes=("draft", "standard", "hd"),
            notes=self.video.with_name("discord-menu"),
            shop=self.shop,
        )

    async def start(self) -> None:
        """A process begins, and is connected."""
        self.adapter = self.new_adapter()
        greeted = self.api.gateway.identified
        await self.adapter.start()
        await self.api.until(lambda: self.api.gateway.identified > greeted and self.api.world.commands)

    async def restart(self) -> None:
        """Another process takes over."""
        await self.adapter.stop()
        await self.start()


async def ask(
    town: Town, person: Person, channel: Channel | None, prompt: str = "two cats", **options: Any
) -> tuple[Interaction, Job]:
    """A video is asked for, and its receipt is there."""
    known = {job.id for job in town.jobs()}
    asked = person.runs("video", channel, prompt=prompt, **options)
    job = await town.see(lambda: next((one for one in town.jobs() if one.id not in known), None))
    await person.finished(asked)
    return asked, job


def videos(messages: list[Message]) -> list[Message]:
    """Those that hold a clip."""
    return [message for message in messages if any(file.name.endswith(".mp4") for file in message.files)]


@asynccontextmanager
async def open_town(folder: Path, *, shards: int | None = None, **parts: Any) -> AsyncIterator[Town]:
    """``parts`` replace those of the intake."""
    clock, queue = TownClock(Hand()), FakeQueue()
    make_clip(folder / "clip.mp4", 24, 854, 480)
    (folder / "clip.jpg").write_bytes(b"\xff\xd8\xff")
    with open_store(f"sqlite:///{folder / 'piying.db'}") as store:
        async with DiscordApi(clock.hand) as api:
            limits = Limits(welcome_credits=1000)
            intake = make_intake(store, queue=queue, clock=clock, limits=limits, **parts)
            settlement = Settlement(store, clock, Metrics())
            clips = FolderClipStore(folder / "clips")
            commands = Commands(
                intake=intake,
                store=store,
                queue=queue,
                settlement=settlement,
                clock=clock,
                rate=Rate(50, 50),
                rights=Rights(
                    store=store, queue=queue, clips=clips, settlement=settlement, clock=clock, privacy=Privacy(KEPT)
                ),
            )
            town = Town(api, commands, settlement, store, clock, clips, folder / "clip.mp4", shards)
            await town.start()
            try:
                yield town
            finally:
                await town.adapter.stop()
