"""People ask, and get their clips: the whole bot over the stand-in for Telegram, but for who makes the clips."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.adapter import Delivery
from bots.commands import Commands
from bots.origin import Examiner
from bots.telegram.adapter import Line, TelegramAdapter
from core.errors import DeliveryDelayed, RecipientGone
from core.jobs.settlement import Settlement
from core.media.verify import Trust
from core.metrics import Metrics
from core.posts import PostBook
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import Job, JobState, StoredClip
from storage.database import SqlStore
from tests.desks import make_intake, painter
from tests.fakes import FakeClock, FakeQueue
from tests.stores import open_store
from tests.telegram.server import BotApi
from tests.telegram.state import Chat, Message
from tests.unit.media.pictures import usual_clip


@dataclass
class Bot:
    api: BotApi
    adapter: TelegramAdapter
    commands: Commands
    store: SqlStore
    clock: FakeClock
    settlement: Settlement
    video: Path

    async def taken(self) -> Job:
        """The only job that waits."""

        def waiting() -> list[Job]:
            with self.store.look() as tx:
                return [job for job in tx.jobs.unfinished("telegram") if job.clip is None]

        return (await self.api.until(waiting))[0]

    def make(self, job: Job) -> Delivery:
        """As a worker would."""
        with self.store.begin() as tx:
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            tx.jobs.attach_clip(job.id, StoredClip("v", "p", 854, 480, 1.0, self.video.stat().st_size))
            made = tx.jobs.get(job.id)
        assert made is not None
        return Delivery(made, self.video, self.video)

    async def finish(self, job: Job) -> None:
        """As the courier does."""
        await self.adapter.deliver(self.make(job))
        done = self.settlement.succeed(job.id)
        assert done is not None
        await self.adapter.show_end(done)

    async def receipt_in(self, chat: Chat) -> Message:
        return (await self.api.until(lambda: [one for one in self.by_bot(chat) if one.buttons]))[0]

    def by_bot(self, chat: Chat) -> list[Message]:
        return [
            one for one in chat.shown if one.sender is self.api.world.bot or (chat.type == "channel" and one.markup)
        ]


@asynccontextmanager
async def open_bot(folder: Path, **parts: Any) -> AsyncIterator[Bot]:
    clock, queue = FakeClock(), FakeQueue()
    usual_clip(folder / "clip.mp4")
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(BotApi())
        store = stack.enter_context(open_store(f"sqlite:///{folder / 'piying.db'}"))
        settlement = Settlement(store, clock, Metrics())
        intake = make_intake(store, queue=queue, clock=clock, limits=Limits(welcome_credits=100), **parts)
        commands = Commands(
            intake=intake, store=store, queue=queue, settlement=settlement, clock=clock, rate=Rate(50, 50)
        )
        adapter = TelegramAdapter(
            commands,
            line=Line(api.token, api.base_url, api.base_file_url, 50_000_000),
            posts=PostBook(store),
            examiner=Examiner(Trust),
            clock=clock,
            recipes=("standard",),
            notes=folder / "telegram.json",
            profile=False,
        )
        await adapter.start()
        stack.push_async_callback(adapter.stop)
        yield Bot(api, adapter, commands, store, clock, settlement, folder / "clip.mp4")


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with open_bot(tmp_path) as opened:
        yield opened


def _clips(bot: Bot, chat: Chat) -> list[Message]:
    return [one for one in chat.shown if one.kind == "video"]


async def test_a_receipt_becomes_the_video_and_plays(bot: Bot, tmp_path: Path) -> None:
    ann = bot.api.person("Ann")
    ann.says("/video two penguins dancing")
    job = await bot.taken()
    receipt = await bot.receipt_in(ann.chat)
    await bot.finish(job)
    (clip,) = _clips(bot, ann.chat)
    assert clip is receipt
    assert bot.api.complaints == []
    assert bot.api.violations == []
    got = tmp_path / "got.mp4"
    got.write_bytes(bot.api.world.files.find(clip.content["video"]["file_id"]).data)
    assert got.read_bytes() == bot.video.read_bytes()
    if shutil.which("ffprobe"):
        asked = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", str(got)]
        told = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True, check=True)
        assert told.stdout.split() == ["h264", "aac"]


async def test_one_more_by_a_button_below_the_clip(bot: Bot) -> None:
    ann = bot.api.person("小安", "zh-hans")
    ann.says("一只猫")
    first = await bot.taken()
    await bot.receipt_in(ann.chat)
    await bot.finish(first)
    (clip,) = _clips(bot, ann.chat)
    assert "加长" in clip.labels
    await ann.answered(ann.presses(clip, "加长"))
    longer = await bot.taken()
    assert longer.spec.seconds == 2 * first.spec.seconds
    await bot.finish(longer)
    assert len(_clips(bot, ann.chat)) == 2


async def test_a_connection_cut_after_the_upload_shows_the_clip_once(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    ann.says("/video a cat")
    job = await bot.taken()
    await bot.receipt_in(ann.chat)
    bot.api.faults.add("editMessageMedia", "reset_after")
    delivery = bot.make(job)
    with pytest.raises(DeliveryDelayed):
        await bot.adapter.deliver(delivery)
    await bot.adapter.deliver(delivery)
    (clip,) = _clips(bot, ann.chat)
    assert bot.by_bot(ann.chat) == [clip]
    assert clip.buttons
    bot.settlement.succeed(job.id)
    answer = await ann.answered(ann.inline(job.code))
    assert [one["id"] for one in answer["results"]] == [job.code]


async def test_in_a_topic_it_stays_in_the_topic(bot: Bot) -> None:
    ann = bot.api.person("\u0639\u0645\u0631")
    group = bot.api.group("Cats", ann, forum=True)
    topic = bot.api.topic(group, "Films")
    asked = ann.says("/video a cat", group, thread=topic)
    job = await bot.taken()
    receipt = await bot.receipt_in(group)
    receipt.gone = True  # an administrator deleted it
    await bot.finish(job)
    (clip,) = _clips(bot, group)
    assert clip.thread == topic
    assert clip.reply_to is asked
    assert clip.text.startswith("\u2068\u0639\u0645\u0631\u2069: a cat\n")


async def test_a_group_that_moves_meanwhile_gets_its_clip(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    group = bot.api.group("Cats", ann, kind="group")
    ann.says("/video a cat", group)
    job = await bot.taken()
    await bot.receipt_in(group)
    moved = bot.api.upgrade(group)
    await bot.finish(job)
    assert len(_clips(bot, moved)) == 1


async def test_whoever_blocked_the_bot_is_gone_and_pays_nothing(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    ann.says("/video a cat")
    job = await bot.taken()
    await bot.receipt_in(ann.chat)
    ann.blocks()
    with pytest.raises(RecipientGone):
        await bot.adapter.deliver(bot.make(job))


async def test_a_channel_gets_its_clips(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    channel = bot.api.channel("News", ann)
    ann.says("/video a cat", channel)
    job = await bot.taken()
    await bot.finish(job)
    (clip,) = _clips(bot, channel)
    assert job.code in clip.text


async def test_an_anonymous_administrator_gets_a_clip(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    group = bot.api.group("Cats", ann)
    group.members[ann.user.id].anonymous = True
    ann.says("/video a cat", group)
    await bot.finish(await bot.taken())
    assert len(_clips(bot, group)) == 1


async def test_a_finished_clip_can_be_sent_anywhere_by_its_maker_alone(bot: Bot) -> None:
    ann, ben = bot.api.person("Ann"), bot.api.person("Ben")
    ann.says("/video two penguins")
    job = await bot.taken()
    await bot.finish(job)
    for words in (job.code, "penguins"):
        answer = await ann.answered(ann.inline(words))
        assert [one["id"] for one in answer["results"]] == [job.code]
    answer = await ben.answered(ben.inline(job.code))
    assert answer["results"] == []
    assert answer["button"]["start_parameter"] == "video"


async def test_show_sends_the_clip_without_an_upload(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    ann.says("/video a cat")
    job = await bot.taken()
    await bot.finish(job)
    ann.says(f"/show {job.code}")
    await bot.api.until(lambda: len(_clips(bot, ann.chat)) == 2)
    assert isinstance(bot.api.calls("sendVideo")[0].given["video"], str)


async def test_a_photo_is_set_in_motion_once_its_sender_declares_that_they_may(tmp_path: Path) -> None:
    buffer = BytesIO()
    Image.new("RGB", (900, 600), "red").save(buffer, "JPEG")
    async with open_bot(tmp_path, catalogue=painter(("none", "first"))) as bot:
        ann = bot.api.person("小安", "zh-hans")
        photo = ann.sends_photo(buffer.getvalue())
        ann.says("/animate 猫转过身来", reply_to=photo)
        asks = await bot.api.until(lambda: [one for one in bot.by_bot(ann.chat) if "声明" in str(one.labels)])
        ann.presses(asks[0], "声明")
        job = await bot.taken()
        assert job.spec.image is not None
        assert job.prompt == "猫转过身来"
        await bot.finish(job)
        assert len(_clips(bot, ann.chat)) == 1


async def test_verify_reads_a_clip_that_was_sent(bot: Bot) -> None:
    ann = bot.api.person("Ann")
    ann.sends_file(bot.video.read_bytes(), "clip.mp4", "video/mp4", caption="/verify")
    told = await bot.api.until(lambda: [one for one in bot.by_bot(ann.chat) if one.kind == "text"], 30)
    assert "AI" in told[0].text
