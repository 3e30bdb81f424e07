"""A real process on a strict Bot API: what people say becomes a clip, charged once, whatever becomes of the process."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.media.probe import probe
from tests.acceptance.telegram_bot import PAID, PRICE, WELCOME, Bot
from tests.telegram.people import Person
from tests.telegram.server import BotApi
from tests.telegram.state import Message

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ENGLISH = "two red cars racing left through a city at night in the rain, 2s"
CHINESE = "一只黑猫在森林里向右走，2秒"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def bot(tmp_path: Path, api: BotApi) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path, api)
    try:
        yield bot
    finally:
        await bot.close()


def videos(person: Person) -> list[Message]:
    return [message for message in person.chat.from_bot if message.kind == "video"]


def assert_plays(api: BotApi, message: Message, path: Path) -> None:
    """What Telegram keeps is a film that any player plays."""
    shown = message.content["video"]
    path.write_bytes(api.world.files.find(shown["file_id"], "video").data)
    info = probe(path)
    assert (info.codec, info.width, info.height) == ("h264", shown["width"], shown["height"])
    assert info.num_frames == 48
    assert info.faststart


async def test_a_private_message_in_each_language_becomes_a_clip(bot: Bot, api: BotApi, tmp_path: Path) -> None:
    await bot.start()
    ann, an = api.person("Ann"), api.person("安", "zh-hans")
    ann.says(ENGLISH)
    an.says(CHINESE)
    await bot.see(lambda: ann.chat.last() and an.chat.last())
    receipts = [ann.chat.last(), an.chat.last()]
    for person, again in ((ann, "Again"), (an, "再来一次")):
        bot.assert_paid_once(await bot.ended(person.chat.id))
        (message,) = person.chat.from_bot
        assert message in receipts
        assert again in message.labels
        assert_plays(api, message, tmp_path / "clip.mp4")
    assert await bot.end(signal.SIGTERM) == 0
    assert api.complaints == []
    assert api.violations == []
    assert api.token not in bot.log.read_text()


async def test_killed_between_the_upload_and_its_answer(bot: Bot, api: BotApi, tmp_path: Path) -> None:
    api.faults.add("editMessageMedia", "hang_after", seconds=600)
    await bot.start()
    ann = api.person("Ann")
    ann.says(ENGLISH)
    await bot.see(lambda: videos(ann))
    await bot.end(signal.SIGKILL)
    assert api.faults.struck == [("editMessageMedia", "hang_after")]
    (job,) = bot.jobs(ann.chat.id)
    assert not job.state.ended
    await bot.start()
    bot.assert_paid_once(await bot.ended(ann.chat.id))
    assert len(videos(ann)) <= 2
    assert_plays(api, videos(ann)[0], tmp_path / "clip.mp4")
    pressed = ann.presses(videos(ann)[0], "Details")
    await bot.see(lambda: pressed.answer is not None)
    ann.presses(videos(ann)[0], "Another take")
    await bot.see(lambda: [job.state.ended for job in bot.jobs(ann.chat.id)] == [True, True])
    first, second = bot.jobs(ann.chat.id)
    assert [bot.books(one)[0] for one in (first, second)] == [PAID, PAID]
    assert bot.books(first)[1:] == (WELCOME - 2 * PRICE, 0)
    assert api.complaints == []
    assert api.violations == []


async def test_the_limits_of_the_environment_hold_on_telegram(tmp_path: Path, api: BotApi) -> None:
    """Complaint 14: a limiter that is there, and on one platform is never asked."""
    limits = {"CLIPS_A_DAY": "2", "CHAT_CLIPS_A_DAY": "3", "BURST": "4", "PER_SECOND": "0.01"}
    bot = Bot(tmp_path, api, **{f"PIYING_LIMITS__{name}": value for name, value in limits.items()})
    ann, bob, cid = (api.person(name) for name in ("Ann", "Bob", "Cid"))
    group = api.group("Film club", ann, bob, cid)

    def told(person: Person, words: str) -> bool:
        return any(
            words in message.text for message in (*person.chat.from_bot, *group.whispers.get(person.user.id, ()))
        )

    try:
        await bot.start()
        for _ in range(5):
            ann.says("/video two cats, 2s", group)
        await bot.see(lambda: told(ann, "today’s limit of videos (2)") and told(ann, "That was fast!"))
        bob.says("/video two cats, 2s", group)
        await bot.see(lambda: len(bot.jobs(group.id)) == 3)
        cid.says("/video two cats, 2s", group)
        await bot.see(lambda: told(cid, "This chat has reached today’s limit of videos (3)"))
        assert len(bot.jobs(group.id)) == 3
    finally:
        await bot.close()


async def test_told_to_stop_it_ends_well_and_the_next_process_goes_on(bot: Bot, api: BotApi) -> None:
    await bot.start()
    ann, bob = api.person("Ann"), api.person("Bob")
    ann.says(ENGLISH)
    await bot.see(ann.chat.last)
    assert await bot.end(signal.SIGTERM) == 0
    assert "Traceback" not in bot.log.read_text()
    assert api.world.updates.waiting == []
    bob.says(ENGLISH)
    await bot.start()
    for person in (ann, bob):
        bot.assert_paid_once(await bot.ended(person.chat.id))
        assert len(person.chat.from_bot) == len(videos(person)) == 1
    assert api.complaints == []
    assert api.violations == []
