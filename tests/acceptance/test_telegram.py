"""A real process on a strict Bot API: what people say becomes a clip, charged once, whatever becomes of the process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.media.probe import probe
from core.types import EntryKind, Job, JobState
from storage.database import SqlStore, SqlTransaction, make_engine
from tests.telegram.people import Person
from tests.telegram.server import BotApi
from tests.telegram.state import Message

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ENGLISH = "two red cars racing left through a city at night in the rain, 2s"
CHINESE = "一只黑猫在森林里向右走，2秒"
PATIENCE = 60.0
WELCOME, PRICE = 100, 2
PAID = {EntryKind.HOLD: 1, EntryKind.CHARGE: 1}


class Bot:
    """A folder, and the process on it: one at a time."""

    def __init__(self, folder: Path, api: BotApi) -> None:
        self.api, self.log, self.data = api, folder / "log", folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PIYING_")}
        self._environment = inherited | {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PIYING_DATA_FOLDER": str(self.data),
            "PIYING_CONSOLE__PORT": "0",
            "PIYING_LIMITS__WELCOME_CREDITS": str(WELCOME),
            "PIYING_JOBS__POLL": "0.1",
            "PIYING_JOBS__BEAT": "1",
            "PIYING_JOBS__DEAD_AFTER": "5",
            "PIYING_JOBS__UPKEEP_EVERY": "1",
            "PIYING_TELEGRAM__TOKEN": api.token,
            "PIYING_TELEGRAM__BASE_URL": api.base_url,
            "PIYING_TELEGRAM__BASE_FILE_URL": api.base_file_url,
        }
        self._process: Process | None = None

    async def start(self) -> None:
        """Another process, which has begun to fetch what people say."""
        fetched = len(self.api.calls("getMe"))
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "piying", "run",
                cwd=self.log.parent, env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        await self.see(lambda: len(self.api.calls("getMe")) > fetched)

    async def end(self, number: signal.Signals) -> int:
        """The status with which it ends on a signal."""
        assert self._process
        self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    async def close(self) -> None:
        if self._process and self._process.returncode is None:
            await self.end(signal.SIGKILL)

    async def see(self, seen: Callable[[], object]) -> None:
        """Wait until it is to be seen; else tell what the process said."""
        try:
            await self.api.until(seen, PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()}") from None

    def jobs(self, person: Person) -> list[Job]:
        """All of somebody's, the newest first."""
        with self._transaction() as tx:
            return tx.jobs.of_chat("telegram", str(person.chat.id), limit=50)

    def books(self, job: Job) -> tuple[Counter[EntryKind], int, int]:
        """A job's ledger entries by kind, and what its account has and holds."""
        with self._transaction() as tx:
            entries = tx.ledger.entries(job.account, limit=99)
            account = tx.ledger.account(job.account)
        assert account
        return Counter(entry.kind for entry in entries if entry.job == job.id), account.balance, account.held

    @contextmanager
    def _transaction(self) -> Iterator[SqlTransaction]:
        store = SqlStore(make_engine(f"sqlite:///{self.data / 'piying.db'}"))
        try:
            with store.begin() as tx:
                yield tx
        finally:
            store.close()

    async def ended(self, person: Person) -> Job:
        """Somebody's only job, once it has ended."""
        await self.see(lambda: [job.state.ended for job in self.jobs(person)] == [True])
        return self.jobs(person)[0]


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with BotApi() as api:
        bot = Bot(tmp_path, api)
        try:
            yield bot
        finally:
            await bot.close()


def videos(person: Person) -> list[Message]:
    return [message for message in person.chat.from_bot if message.kind == "video"]


def assert_paid_once(bot: Bot, job: Job) -> None:
    assert (job.state, job.error) == (JobState.SUCCEEDED, None)
    assert bot.books(job) == (PAID, WELCOME - PRICE, 0)


def assert_plays(bot: Bot, message: Message, path: Path) -> None:
    """What Telegram keeps is a film that any player plays."""
    shown = message.content["video"]
    path.write_bytes(bot.api.world.files.find(shown["file_id"], "video").data)
    info = probe(path)
    assert (info.codec, info.width, info.height) == ("h264", shown["width"], shown["height"])
    assert info.num_frames == 48
    assert info.faststart


async def test_a_private_message_in_each_language_becomes_a_clip(bot: Bot, tmp_path: Path) -> None:
    await bot.start()
    ann, an = bot.api.person("Ann"), bot.api.person("安", "zh-hans")
    ann.says(ENGLISH)
    an.says(CHINESE)
    await bot.see(lambda: ann.chat.last() and an.chat.last())
    receipts = [ann.chat.last(), an.chat.last()]
    for person, again in ((ann, "Again"), (an, "再来一次")):
        assert_paid_once(bot, await bot.ended(person))
        (message,) = person.chat.from_bot
        assert message in receipts
        assert again in message.labels
        assert_plays(bot, message, tmp_path / "clip.mp4")
    assert await bot.end(signal.SIGTERM) == 0
    assert bot.api.complaints == []
    assert bot.api.violations == []
    assert bot.api.token not in bot.log.read_text()


async def test_killed_between_the_upload_and_its_answer(bot: Bot, tmp_path: Path) -> None:
    bot.api.faults.add("editMessageMedia", "hang_after", seconds=600)
    await bot.start()
    ann = bot.api.person("Ann")
    ann.says(ENGLISH)
    await bot.see(lambda: videos(ann))
    await bot.end(signal.SIGKILL)
    assert bot.api.faults.struck == [("editMessageMedia", "hang_after")]
    (job,) = bot.jobs(ann)
    assert not job.state.ended
    await bot.start()
    assert_paid_once(bot, await bot.ended(ann))
    assert len(videos(ann)) <= 2
    assert_plays(bot, videos(ann)[0], tmp_path / "clip.mp4")
    pressed = ann.presses(videos(ann)[0], "Details")
    await bot.see(lambda: pressed.answer is not None)
    ann.presses(videos(ann)[0], "Another take")
    await bot.see(lambda: [job.state.ended for job in bot.jobs(ann)] == [True, True])
    first, second = bot.jobs(ann)
    assert [bot.books(one)[0] for one in (first, second)] == [PAID, PAID]
    assert bot.books(first)[1:] == (WELCOME - 2 * PRICE, 0)
    assert bot.api.complaints == []
    assert bot.api.violations == []


async def test_told_to_stop_it_ends_well_and_the_next_process_goes_on(bot: Bot) -> None:
    await bot.start()
    ann, bob = bot.api.person("Ann"), bot.api.person("Bob")
    ann.says(ENGLISH)
    await bot.see(ann.chat.last)
    assert await bot.end(signal.SIGTERM) == 0
    assert "Traceback" not in bot.log.read_text()
    assert bot.api.world.updates.waiting == []
    bob.says(ENGLISH)
    await bot.start()
    for person in (ann, bob):
        assert_paid_once(bot, await bot.ended(person))
        assert len(person.chat.from_bot) == len(videos(person)) == 1
    assert bot.api.complaints == []
    assert bot.api.violations == []
