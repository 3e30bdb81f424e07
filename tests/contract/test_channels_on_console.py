"""A channel from its connection to a post and away again, between console chats, in both languages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bots.adapter import Publisher
from bots.channel_commands import Publishing
from bots.commands import Commands
from bots.console.adapter import ConsoleAdapter
from bots.crier import Crier
from bots.fitting import Fitting
from bots.origin import Examiner
from bots.poster import Poster
from core.jobs.settlement import Settlement
from core.media.provenance import Policy, Provenance
from core.media.verify import Trust
from core.metrics import Metrics
from core.publishing.captions import Captions
from core.publishing.office import Office
from core.publishing.studio import Studio
from core.publishing.timekeeper import Timekeeper
from core.quotas.limits import Limits
from core.quotas.rate import Rate
from core.types import Clip, JobState, Locale
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.desks import make_intake
from tests.fakes import FakeClock, FakeModerator, FakeQueue, FakeTranslator
from tests.stores import open_store
from tests.unit.console.console_stage import Page, Wire

TOKEN = "open sesame"
HOUR = 3600.0


@dataclass
class Chat:
    """One person's page, and what it heard of posts and notices."""

    page: Page
    client: aiohttp.ClientSession

    async def says(self, text: str) -> Wire:
        return await self.page.ask("submit", prompt=text)

    async def hears(self, kind: str) -> Wire:
        return await self.page.hear(kind)


@dataclass
class House:
    """A console with a token, whose visitors are as many chats."""

    adapter: ConsoleAdapter
    store: SqlStore
    clock: FakeClock
    queue: FakeQueue
    folder: Path
    stack: AsyncExitStack

    def __post_init__(self) -> None:
        clips = FolderClipStore(self.folder / "clips")
        fitting = Fitting(clips, Provenance(Policy()))
        publishers: dict[str, Publisher] = {"console": self.adapter}
        self.clips = clips
        self.poster = Poster(publishers=publishers, store=self.store, fitting=fitting, clock=self.clock)
        self.crier = Crier(adapters={"console": self.adapter}, store=self.store, clock=self.clock)
        self.timekeeper = Timekeeper(
            store=self.store, queue=self.queue, clock=self.clock, platforms=["console"], kept=30 * 24 * HOUR,
            monotonic=self.clock.now,
        )  # fmt: skip

    async def visitor(self, locale: Locale) -> Chat:
        jar = aiohttp.CookieJar(unsafe=True)
        client = await self.stack.enter_async_context(aiohttp.ClientSession(self.adapter.url, cookie_jar=jar))
        async with client.post("/login", data={"token": TOKEN}, allow_redirects=False) as answer:
            assert answer.status == 303
        return await self.page(client, locale)

    async def page(self, client: aiohttp.ClientSession, locale: Locale) -> Chat:
        socket = await self.stack.enter_async_context(client.ws_connect("/ws"))
        page = Page(socket)
        await page.say(type="hello", locale=locale)
        self.welcome = await page.hear("welcome")
        return Chat(page, client)

    async def clip(self, chat: Chat, prompt: str) -> str:
        """Asked for, made and paid; its code."""
        code = str((await chat.says(prompt))["job"]["code"])
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        (run / "v.mp4").write_bytes(b"video")
        (run / "p.jpg").write_bytes(b"\xff\xd8\xff")
        with self.store.begin() as tx:
            job = tx.jobs.by_code(code)
            assert job
            stored = self.clips.put(job.id, Clip(run / "v.mp4", run / "p.jpg", 854, 480, 4.0, 5))
            tx.jobs.move(job.id, JobState.RUNNING, now=self.clock.now())
            tx.jobs.attach_clip(job.id, stored)
            tx.jobs.move(job.id, JobState.SUCCEEDED, now=self.clock.now())
        return code

    async def pass_(self, seconds: float) -> None:
        """Time goes by, and everybody does what is due."""
        self.clock.time += seconds
        before = len(self.queue.posts)
        self.timekeeper.look()
        for _, publication_id, turn in self.queue.posts[before:]:
            await self.poster.post(publication_id, turn)
        await self.poster.mend()
        await self.crier.tell_due()


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    clock, queue = FakeClock(), FakeQueue()
    with open_store(f"sqlite:///{folder / 'piying.db'}") as store:
        publishers: list[str] = ["console"]
        commands = Commands(
            intake=make_intake(store, queue=queue, clock=clock, limits=Limits(), timezone="Asia/Shanghai"),
            store=store,
            queue=queue,
            settlement=Settlement(store, clock, Metrics()),
            clock=clock,
            rate=Rate(500, 50),
            publishing=Publishing(
                Studio(store, clock, clips_kept=30 * 24 * HOUR),
                Office(store, clock),
                Captions(FakeTranslator(), FakeModerator()),
                publishers,
            ),
        )
        adapter = ConsoleAdapter(
            commands, host="127.0.0.1", port=0, token=TOKEN, clip_path=FolderClipStore(folder / "clips").open,
            examiner=Examiner(Trust), recipes=("draft", "standard", "hd"), clock=clock, version="0.0-test",
        )  # fmt: skip
        await adapter.start()
        try:
            async with AsyncExitStack() as stack:
                yield House(adapter, store, clock, queue, folder, stack)
        finally:
            await adapter.stop()


def code_in(text: str, after: str) -> str:
    """The first code that follows some words."""
    found = re.search(rf"{re.escape(after)}\s*([0-9A-Z]{{7,14}})", text)
    assert found, text
    return found[1]


SCRIPTS: dict[Locale, dict[str, str]] = {
    "en": {
        "prompt": "two cats", "time": "tomorrow 8pm", "label": "AI-generated", "why": "too dark", "caption": "en",
        "submitted": "is handed in", "scheduled": "will be posted in News", "declined": "is sent back",
        "posted": "is posted in News", "withdrawn": "is withdrawn", "waits": "waits for you to decide",
        "nobody": "I know no draft or post", "unknown": "I know no channel", "ambiguous": "That may be",
        "publish": "publish", "approve": "approve", "credit": "By Ann", "word": "The channel doesn’t want", "8": "8:00",
        "blocked": "Nothing was charged", "role": "editor",
    },
    "zh-Hans": {
        "prompt": "两只小猫", "time": "明晚8点", "label": "AI 生成", "why": "太暗了", "caption": "中文",
        "submitted": "已交稿", "scheduled": "发到 News", "declined": "已退回",
        "posted": "已发到 News", "withdrawn": "已撤下", "waits": "等你审",
        "nobody": "没有你的稿件", "unknown": "没有你的频道", "ambiguous": "这可能是",
        "publish": "发布", "approve": "通过", "credit": "作者：Ann", "word": "这个频道不希望出现", "8": "8点",
        "blocked": "没有扣", "role": "编辑",
    },
}  # fmt: skip


@pytest.mark.parametrize("locale", SCRIPTS)
async def test_from_a_connection_to_a_post_and_away_again(tmp_path: Path, locale: Locale) -> None:
    said = SCRIPTS[locale]
    async with open_house(tmp_path) as house:
        news, owner, member = [await house.visitor(locale) for _ in range(3)]
        stranger = await house.visitor(locale)

        offered = (await news.says("/channel offer News"))["text"]
        connected = (await owner.says(f"/channel connect {code_in(offered, '/channel connect')}"))["text"]
        channel = code_in(connected.replace("代码", "as"), "as ")
        invited = (await owner.says(f"/channel members {channel}"))["text"]
        assert "News" in (await member.says(f"/channel join {code_in(invited, '/channel join')}"))["text"]
        assert (await stranger.says(f"/channel profile {channel}"))["text"].startswith(said["unknown"])
        assert "lottery" in (await owner.says(f"/channel profile {channel} words lottery"))["text"]

        clip = await house.clip(member, said["prompt"])
        shown = (await member.says(f"/{said['publish']} {clip}"))["text"]
        code = shown.split(" ", 1)[0]
        assert said["prompt"] in shown
        assert (await owner.says(f"/draft {code}"))["text"].startswith(said["nobody"])
        await member.says(f"/draft {code} credit Ann")
        assert said["blocked"] in (await member.says(f"/draft {code} {said['caption']} forbidden"))["text"]
        assert said["submitted"] in (await member.says(f"/submit {code}"))["text"]
        await house.pass_(1)
        assert said["waits"] in (await owner.hears("notice"))["text"]
        assert code in (await owner.says("/drafts"))["text"]

        for verb in (f"approve {code}", f"decline {code} no", f"schedule {code} {said['time']}", f"withdraw {code}"):
            refused = await stranger.says(f"/{verb}")
            assert refused["type"] == "error"
            assert refused["text"].startswith(said["nobody"])
        assert (await member.says(f"/approve {code}"))["type"] == "error"
        word = await owner.says(f"/draft {code} {said['caption']} Lottery")
        assert word["text"].startswith(said["word"])
        assert said["declined"] in (await owner.says(f"/decline {code} {said['why']}"))["text"]
        await house.pass_(1)
        assert said["why"] in (await member.hears("notice"))["text"]
        await member.says(f"/submit {code}")

        unclear = await owner.says(f"/schedule {code} {said['time'].replace('晚', '天').replace('8pm', 'at 8')}")
        assert unclear["text"].startswith(said["ambiguous"])
        timed = (await owner.says(f"/{said['approve']} {code} {said['time']}"))["text"]
        assert said["scheduled"] in timed
        assert "20:00 CST" in timed
        await house.pass_(HOUR)
        assert house.queue.posts == []
        await house.pass_(2 * 24 * HOUR)
        post = await news.hears("post")
        assert post["code"] == code
        assert said["prompt"] in post["text"]
        assert said["credit"] in post["text"]
        assert said["label"] in post["text"]
        while said["posted"] not in (await member.hears("notice"))["text"]:
            pass

        for kind in ("mp4", "jpg"):
            async with news.client.get(f"{post['clip']}.{kind}") as answer:
                assert answer.status == 200
            for other in (stranger, owner):
                async with other.client.get(f"{post['clip']}.{kind}") as answer:
                    assert answer.status == 404
        await house.page(news.client, locale)
        assert [one["code"] for one in house.welcome["posts"]] == [code]

        await owner.says(f"/draft {code} {said['caption']} new words")
        await house.pass_(3)
        assert "new words" in (await news.hears("post"))["text"]
        assert said["withdrawn"] in (await owner.says(f"/withdraw {code}"))["text"]
        await house.pass_(3)
        assert (await news.hears("unpost"))["code"] == code
        async with news.client.get(f"{post['clip']}.mp4") as answer:
            assert answer.status == 404
        assert len(house.queue.posts) == 1


async def test_editors_come_and_go(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        news, owner, editor, other = [await house.visitor("en") for _ in range(4)]
        offered = (await news.says("/channel offer News"))["text"]
        code = code_in(offered, "/channel connect")
        channel = code_in((await owner.says(f"/channel connect {code}"))["text"], "as ")
        assert (await other.says(f"/channel connect {code}"))["code"] == "invitation-invalid"
        invitation = code_in((await owner.says(f"/channel editors {channel}"))["text"], "/channel join")
        assert "as editor" in (await editor.says(f"/channel join {invitation}"))["text"]
        assert (await other.says(f"/channel join {invitation}"))["code"] == "invitation-invalid"
        assert (await editor.says(f"/channel editors {channel}"))["code"] == "not-permitted"
        assert "2. editor" in (await owner.says(f"/channel editors {channel}"))["text"]
        assert "editor" not in (await owner.says(f"/channel remove {channel} 2"))["text"]
        assert (await owner.says(f"/channel remove {channel} 1"))["code"] == "person-unknown"
        assert "You are of no channel" in (await editor.says("/channel"))["text"]
        assert "is forgotten" in (await owner.says(f"/channel disconnect {channel}"))["text"]


async def test_where_there_are_no_channels_there_are_no_such_commands(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        visitor = await house.visitor("en")
        assert "/publish" in (await visitor.says("/help"))["text"]
        house.adapter._commands._parts.platforms.clear()  # type: ignore[attr-defined]
        assert "/publish" not in (await visitor.says("/help"))["text"]
        for command in ("/channel", "/publish K7QM2XD", "/drafts", "/发布 K7QM2XD"):
            assert "I don’t know" in (await visitor.says(command))["text"]
