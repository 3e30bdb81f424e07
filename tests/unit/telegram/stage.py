"""A bot of ours over a real store, with a clerk of Telegram's at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telegram import Message, Update
from telegram.ext import ExtBot

from bots.adapter import Delivery
from bots.commands import Commands
from bots.origin import Examiner
from bots.telegram.delivery import Deliveries
from bots.telegram.desk import Desk
from bots.telegram.pace import Pace
from bots.telegram.post import Board, Post
from bots.telegram.quiet import Quiet
from bots.telegram.receipts import Receipts
from core.jobs.settlement import Settlement
from core.media.verify import Trust
from core.metrics import Metrics
from core.posts import PostBook
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import Address, Job, JobState, StoredClip
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.fakes import FakeClock, FakeQueue
from tests.stores import open_store
from tests.unit.media.pictures import usual_clip
from tests.unit.telegram.clerk import Clerk, open_clerk

ANN = Address("telegram", "5", "5")
IN_GROUP = Address("telegram", "-100", "5")
LIMIT = 50_000_000


@dataclass
class Stage:
    clerk: Clerk
    bot: ExtBot[None]
    store: SqlStore
    commands: Commands
    clock: FakeClock
    video: Path

    @property
    def board(self) -> Board:
        """As a new process has it: nothing is remembered but what was stored."""
        return Board(PostBook(self.store))

    def deliveries(self) -> Deliveries:
        return Deliveries(self.bot, self.commands, self.board, self.clock, LIMIT)

    async def job(self, address: Address = ANN, *, key: str = "telegram:5:9", **post: Any) -> Job:
        """One whose clip is made."""
        job = (await self.commands.video(ask("two cats 🐈", key=key, address=address))).job
        size = self.video.stat().st_size
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            tx.jobs.attach_clip(job.id, StoredClip("v", "p", 854, 480, 1.0, size))
        found = await self.commands.show(address, job.code)
        if post:
            await self.board.change(found, **post)
        return found

    async def deliver(self, job: Job) -> Post:
        await self.deliveries().deliver(Delivery(job, self.video, self.video))
        return await self.board.find(job)

    async def finished(self, address: Address = ANN, **post: Any) -> Job:
        """One that is delivered and charged."""
        job = await self.job(address, **post)
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.SUCCEEDED, now=self.clock.now())
        return await self.commands.show(address, job.code)

    @property
    def desk(self) -> Desk:
        """All that a command has at hand."""
        board = self.board
        return Desk(
            bot=self.bot,
            commands=self.commands,
            clock=self.clock,
            board=board,
            receipts=Receipts(self.bot, self.commands, board, Pace()),
            deliveries=Deliveries(self.bot, self.commands, board, self.clock, LIMIT),
            quiet=Quiet(self.bot, self.clock),
            examiner=Examiner(Trust),
        )

    def update(self, **fields: Any) -> Update:
        """As Telegram sends it."""
        update = Update.de_json({"update_id": 1, **fields}, self.bot)
        assert update is not None
        return update

    def message(self, **fields: Any) -> Message:
        """One of Ann's, in private."""
        ann = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "en"}
        told = {"message_id": 9, "date": 1, "chat": {"id": 5, "type": "private"}, "from": ann, **fields}
        message = self.update(message=told).message
        assert message is not None
        return message


@asynccontextmanager
async def open_stage(folder: Path, **parts: Any) -> AsyncIterator[Stage]:
    """``parts`` replace those of the intake."""
    clock, queue = FakeClock(), FakeQueue()
    usual_clip(folder / "clip.mp4")
    async with AsyncExitStack() as stack:
        store = stack.enter_context(open_store(f"sqlite:///{folder / 'piying.db'}"))
        clerk, bot = await stack.enter_async_context(open_clerk())
        intake = make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=100), **parts)
        commands = Commands(
            intake=intake,
            store=store,
            queue=queue,
            settlement=Settlement(store, clock, Metrics()),
            clock=clock,
            rate=Rate(50, 50),
        )
        yield Stage(clerk, bot, store, commands, clock, folder / "clip.mp4")
