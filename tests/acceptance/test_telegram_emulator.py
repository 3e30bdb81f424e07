"""A real process on a Bot API that others wrote, by long polling and by webhook: command, receipt, progress, video,
button.

What PyPI ``lo-bot-api-emulator`` knows is what an older Bot API server knows: it has no ``editMessageMedia``, no
topics, no messages for one reader, no guest mode, and tells no ``username``; the bot says so in its log and does
without. Not to be tried there at all: payments, videos found by inline mode, questions that ask for an answer, covers
and protected clips, groups that move. The project's own server (``tests/telegram``) has those.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.types import Job
from tests.acceptance.emulator import Emulator, Shown
from tests.acceptance.telegram_bot import PAID, Bot
from tests.postgres import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ANN: dict[str, Any] = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "en"}
AN: dict[str, Any] = {"id": 6, "is_bot": False, "first_name": "安", "language_code": "zh-hans"}
CLUB: dict[str, Any] = {"id": -1001234567890, "type": "supergroup", "title": "Film club", "is_forum": True}
OLDER = ("getUpdates:400", "setWebhook:400", "editMessageMedia:501")
"""Refusals that the bot gets over: kinds of updates that are too new, and a receipt that cannot become the video."""
STOPPED = "getUpdates:409"
"""It looks only ten times a second whether who polls is still there: told to stop, the bot asks once more."""
PAGE = tuple(f"getMy{what}:501" for what in ("Name", "Description", "ShortDescription"))
"""The emulator says that a server has these and that it does not play them."""
PROMPT = "/video two red cars racing left through a city at night in the rain, 2s"
SELDOM = 3.5
"""Seconds after which a receipt may be edited."""


def alone(person: dict[str, Any]) -> dict[str, Any]:
    """Somebody's chat with the bot."""
    return {"id": person["id"], "type": "private", "first_name": person["first_name"]}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Emulator]:
    async with Emulator(tmp_path) as api:
        yield api


@pytest.fixture
async def bot(tmp_path: Path, api: Emulator, way: str) -> AsyncIterator[Bot]:
    port = free_port()
    hook = {"PIYING_TELEGRAM__WEBHOOK__URL": f"http://127.0.0.1:{port}", "PIYING_TELEGRAM__WEBHOOK__PORT": str(port)}
    bot = Bot(tmp_path, api, **(hook if way == "webhook" else {}))
    try:
        await bot.start("bot", "telegram")
        await bot.see(lambda: api.calls("setWebhook" if way == "webhook" else "getUpdates"))
        yield bot
    finally:
        await bot.close()


@pytest.fixture
async def worker(tmp_path: Path, api: Emulator) -> AsyncIterator[Bot]:
    """Not begun yet."""
    worker = Bot(tmp_path, api)
    yield worker
    await worker.close()


async def begin(worker: Bot) -> None:
    await worker.begin("worker", "--classes", "scene")


async def assert_arrived(api: Emulator, bot: Bot, job: Job, clip: Shown) -> None:
    """What was stored is what can be read back, and a player is told what it is before it looks."""
    assert await api.fetch(clip.video) == bot.stored(job)
    sent = next(one for one in api.calls("sendVideo") if one.result["message_id"] == clip.number)
    assert job.clip
    assert (int(sent.fields["width"]), int(sent.fields["height"])) == (job.clip.width, job.clip.height)
    assert int(sent.fields["duration"]) == round(job.clip.seconds)
    assert sent.fields["supports_streaming"] == "true"
    assert any(data[:3] == b"\xff\xd8\xff" for data in sent.files.values())


def videos(api: Emulator, chat: int) -> list[Shown]:
    return [one for one in api.shown(chat) if one.video]


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_command_receipt_progress_video_and_button(api: Emulator, bot: Bot, worker: Bot, way: str) -> None:
    chat = alone(ANN)
    asked = await api.says(ANN, chat, PROMPT)
    receipt = (await bot.see(lambda: api.shown(5)))[0]
    assert receipt.answers == asked
    assert "Cancel" in receipt.buttons
    await asyncio.sleep(SELDOM)
    await begin(worker)
    job = await bot.ended(5)
    bot.assert_paid_once(job)
    # It waited, and then was being made: how far, only what takes longer shows.
    progress = [one.fields["text"] for one in api.calls("editMessageText")]
    assert progress
    assert receipt.texts[0] not in progress
    (clip,) = await bot.see(lambda: api.shown(5))
    assert clip.answers == asked
    assert job.code in clip.texts[-1]
    await assert_arrived(api, bot, job, clip)

    details = await api.presses(ANN, chat, clip, "Details")
    await bot.see(
        lambda: [one for one in api.calls("answerCallbackQuery") if one.fields["callback_query_id"] == details]
    )
    await bot.see(lambda: [one for one in api.shown(5) if not one.video and str(job.spec.seed) in one.texts[-1]])

    await api.presses(ANN, chat, clip, "Another take")
    await bot.see(lambda: [one.state.ended for one in bot.jobs(5)] == [True, True])
    another = bot.jobs(5)[0]
    assert another.spec.seed != job.spec.seed
    await assert_arrived(api, bot, another, videos(api, 5)[1])
    assert [bot.books(one)[0] for one in (job, another)] == [PAID, PAID]

    assert await bot.end(signal.SIGTERM) == 0
    told = bot.log.read_text()
    for lack in ("guest_message", "editMessageMedia"):
        assert lack in told
    assert api.token not in told
    verdict = api.verdict(*OLDER, *PAGE, STOPPED)
    assert verdict["ok"], verdict
    assert await api.waiting() == 0


@pytest.mark.parametrize("way", ["polling"])
async def test_a_clip_that_was_sent_is_read_back_and_known_by_its_marks(
    api: Emulator, bot: Bot, worker: Bot, way: str
) -> None:
    await begin(worker)
    await api.says(AN, alone(AN), "一只黑猫在森林里向右走，2秒")
    bot.assert_paid_once(await bot.ended(6))
    (clip,) = videos(api, 6)
    assert "再来一次" in clip.buttons
    film = {"file_id": clip.video, "file_unique_id": "u", "width": 1, "height": 1, "duration": 2}
    answered = {"message_id": clip.number, "date": 1, "chat": alone(AN), "video": film}
    await api.says(AN, alone(AN), "/verify", reply_to_message=answered)
    told = await bot.see(lambda: [one for one in api.shown(6) if not one.video])
    assert "AI" in told[0].texts[-1]


@pytest.mark.parametrize("way", ["polling"])
async def test_where_there_are_no_topics_it_answers_in_the_group_and_says_so(
    api: Emulator, bot: Bot, worker: Bot, way: str
) -> None:
    await begin(worker)
    asked = await api.says(ANN, CLUB, PROMPT, message_thread_id=3, is_topic_message=True)
    bot.assert_paid_once(await bot.ended(CLUB["id"]))
    (clip,) = videos(api, CLUB["id"])
    assert clip.answers == asked
    assert "telegram.no_topic" in bot.log.read_text()


@pytest.mark.parametrize("way", ["polling"])
async def test_where_nobody_can_be_told_alone_a_line_is_for_all(api: Emulator, bot: Bot, way: str) -> None:
    asked = await api.says(ANN, CLUB, "/video", message_thread_id=3, is_topic_message=True)
    (line,) = await bot.see(lambda: api.shown(CLUB["id"]))
    assert line.answers == asked
    assert await bot.end(signal.SIGTERM) == 0
    assert api.shown(CLUB["id"]) == []
    assert "telegram.not_to_one_reader" in bot.log.read_text()
