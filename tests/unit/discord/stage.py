"""A bot of ours over a real store, in a Discord that somebody else wrote (simcord, in this process)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import simcord
from simcord import InteractionResult
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle

from bots.adapter import Delivery
from bots.commands import Commands
from bots.discord.adapter import DiscordAdapter, Line
from bots.fitting import Fitting
from bots.origin import Examiner
from core.jobs.retention import Retention
from core.jobs.settlement import Settlement
from core.media.provenance import Policy, Provenance
from core.media.verify import Trust
from core.metrics import Metrics
from core.posts import PostBook
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.rights import Privacy, Rights
from core.types import Job, JobState, Progress, StoredClip
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake
from tests.discord.running import pointed
from tests.fakes import FakeClock, FakeQueue
from tests.stores import open_store
from tests.unit.media.pictures import make_clip

KEPT = Retention(clips=1, prompts=2, translations=3, reports=4, ledger=5)
LINE = Line("token", "https://cdn.simcord.invalid/api/v10", "wss://discord.invalid", 10_485_760)


@dataclass
class Stage:
    adapter: DiscordAdapter
    commands: Commands
    store: SqlStore
    clock: FakeClock
    settlement: Settlement
    video: Path
    env: Any = None
    guild: GuildHandle = field(init=False)
    channel: ChannelHandle = field(init=False)
    ann: MemberActor = field(init=False)
    bob: MemberActor = field(init=False)

    def settle(self) -> None:
        """A server with a channel, Ann and Bob."""
        self.guild = self.env.create_guild()
        self.channel = self.guild.create_text_channel("general")
        self.ann = self.guild.add_member(self.env.create_user("ann"))
        self.bob = self.guild.add_member(self.env.create_user("bob"))

    def again(self) -> DiscordAdapter:
        """The bot as a new process has it: nothing is remembered but what was stored."""
        self.adapter = make_adapter(self.commands, self.store, self.clock, self.video.parent)
        return self.adapter

    def jobs(self) -> list[Job]:
        """All that are unfinished."""
        with self.store.look() as tx:
            return tx.jobs.unfinished("discord")

    def move(self, job: Job, *, clip: bool = False) -> Job:
        """Begun; ``clip``: and made."""
        with self.store.begin() as tx:
            if job.state is JobState.QUEUED:
                tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            if clip:
                tx.jobs.attach_clip(job.id, StoredClip("v", "p", 854, 480, 1.0, self.video.stat().st_size))
            found = tx.jobs.get(job.id)
        assert found is not None
        return found

    async def report(self, job: Job, progress: Progress | None = None) -> None:
        await self.adapter.show_progress([(job, progress)])

    async def finish(self, job: Job) -> Job:
        """Made, delivered and charged."""
        await self.adapter.deliver(Delivery(self.move(job, clip=True), self.video, self.video))
        ended = self.settlement.succeed(job.id)
        assert ended is not None
        await self.adapter.show_end(ended)
        return ended

    async def fail(self, job: Job, code: str = "engine-fault") -> Job:
        ended = self.settlement.fail(job.id, code)
        assert ended is not None
        await self.adapter.show_end(ended)
        return ended


def make_adapter(commands: Commands, store: SqlStore, clock: FakeClock, folder: Path) -> DiscordAdapter:
    return DiscordAdapter(
        commands,
        line=LINE,
        posts=PostBook(store),
        examiner=Examiner(Trust),
        fitting=Fitting(FolderClipStore(folder), Provenance(Policy())),
        clock=clock,
        recipes=("draft", "standard", "hd"),
    )


@asynccontextmanager
async def open_stage(folder: Path, **parts: Any) -> AsyncIterator[Stage]:
    """``parts`` replace those of the intake."""
    clock, queue = FakeClock(), FakeQueue()
    make_clip(folder / "clip.mp4", 24, 854, 480)
    async with AsyncExitStack() as stack:
        store = stack.enter_context(open_store(f"sqlite:///{folder / 'piying.db'}"))
        settlement = Settlement(store, clock, Metrics())
        intake = make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=100), **parts)
        clips = FolderClipStore(folder / "clips")
        rights = Rights(
            store=store, queue=queue, clips=clips, settlement=settlement, clock=clock, privacy=Privacy(KEPT)
        )
        commands = Commands(
            intake=intake,
            store=store,
            queue=queue,
            settlement=settlement,
            clock=clock,
            rate=Rate(50, 50),
            rights=rights,
        )
        adapter = make_adapter(commands, store, clock, folder)
        stage = Stage(adapter, commands, store, clock, settlement, folder / "clip.mp4")
        stack.enter_context(pointed(LINE.api_url, LINE.gateway_url))
        stage.env = await stack.enter_async_context(simcord.run(adapter.client))
        stage.settle()
        yield stage


def said(result: InteractionResult) -> list[dict[str, Any]]:
    """What was answered."""
    assert result.response
    return result.response.components


def texts(components: list[dict[str, Any]]) -> str:
    """All words of a message."""
    return "\n".join(one["content"] for one in walk(components) if one.get("type") == 10)


def buttons(components: list[dict[str, Any]]) -> dict[str, str]:
    """The labels of a message's buttons, by custom id."""
    return {one["custom_id"]: one.get("label", "") for one in walk(components) if one.get("type") == 2}


def walk(components: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Each component, and those in it."""
    found: list[Mapping[str, Any]] = []
    for one in components:
        inner = [*one.get("components", []), *([one["accessory"]] if one.get("accessory") else [])]
        found += [one, *walk(inner)]
    return found
