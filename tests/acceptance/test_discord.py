"""A real process on a strict Discord: a command becomes a clip, charged once, whatever becomes of the process."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.media.probe import probe
from tests.acceptance.discord_bot import DiscordBot
from tests.discord.people import Person
from tests.discord.server import DiscordApi
from tests.discord.state import Channel, Message

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ENGLISH = "two red cars racing left through a city at night in the rain, 2s"
CHINESE = "一只黑猫在森林里向右走，2秒"


@pytest.fixture
async def api() -> AsyncIterator[DiscordApi]:
    async with DiscordApi() as api:
        yield api


@pytest.fixture
async def bot(tmp_path: Path, api: DiscordApi) -> AsyncIterator[DiscordBot]:
    bot = DiscordBot(tmp_path, api)
    try:
        yield bot
    finally:
        await bot.close()


def videos(person: Person, channel: Channel | None = None) -> list[Message]:
    return [message for message in person.reads(channel) if any(file.name.endswith(".mp4") for file in message.files)]


def assert_plays(message: Message, path: Path) -> None:
    """What Discord keeps is a film that any client plays inline."""
    path.write_bytes(message.file(".mp4").data)
    info = probe(path)
    assert (info.codec, info.num_frames, info.faststart) == ("h264", 48, True)


async def test_a_command_in_each_language_becomes_a_clip(bot: DiscordBot, api: DiscordApi, tmp_path: Path) -> None:
    ann, an = api.person("Ann"), api.person("安", "zh-CN")
    api.guild("Zoo", ann, an)
    await bot.start()
    await bot.see(lambda: ann.offered(ann.dm))
    ann.runs("video", prompt=ENGLISH)
    an.runs("视频", prompt=CHINESE)
    for person, again in ((ann, "Again"), (an, "再来一次")):
        bot.assert_paid_once(await bot.ended(person.dm.id))
        (message,) = person.reads()
        assert again in message.labels
        assert_plays(message, tmp_path / "clip.mp4")
    assert await bot.end(signal.SIGTERM) == 0
    assert api.complaints == []
    assert api.violations == []
    assert api.misfits == []
    said = bot.log.read_text()
    assert "Traceback" not in said
    assert api.token not in said
    assert not any(prompt in said for prompt in (ENGLISH, CHINESE))


async def test_killed_between_the_upload_and_its_answer(bot: DiscordBot, api: DiscordApi, tmp_path: Path) -> None:
    ann = api.person("Ann")
    general = api.channel(api.guild("Zoo", ann), "general")
    await bot.start()
    await bot.see(lambda: ann.offered(general))
    ann.runs("video", general, prompt=ENGLISH)
    await bot.see(lambda: bot.jobs(general.id) and ann.reads(general)[0].text)
    api.faults.add("PATCH /webhooks", "hang_after", 50, seconds=600)
    await bot.see(lambda: videos(ann, general))
    await bot.end(signal.SIGKILL)
    (job,) = bot.jobs(general.id)
    assert not job.state.ended
    api.faults.clear()
    await bot.start()
    bot.assert_paid_once(await bot.ended(general.id))
    (clip,) = videos(ann, general)
    assert_plays(clip, tmp_path / "clip.mp4")
    pressed = ann.presses(clip, "Details")
    await bot.see(lambda: pressed.follow_ups)
    ann.presses(clip, "Another take")
    await bot.see(lambda: [one.state.ended for one in bot.jobs(general.id)] == [True, True])
    assert len(videos(ann, general)) == 2
    assert api.complaints == []
    assert api.violations == []


async def test_told_to_stop_it_ends_well_and_the_next_process_goes_on(bot: DiscordBot, api: DiscordApi) -> None:
    ann = api.person("Ann")
    general = api.channel(api.guild("Zoo", ann), "general")
    await bot.start()
    await bot.see(lambda: ann.offered(general))
    asked = ann.runs("video", general, prompt=ENGLISH)
    await bot.see(lambda: asked.original and asked.original.text)
    assert await bot.end(signal.SIGTERM) == 0
    assert "Traceback" not in bot.log.read_text()
    await bot.start()
    bot.assert_paid_once(await bot.ended(general.id))
    assert len(ann.reads(general)) == len(videos(ann, general)) == 1
    assert api.complaints == []
    assert api.violations == []


async def test_a_token_that_is_refused_is_said_and_disturbs_no_other_chat(tmp_path: Path, api: DiscordApi) -> None:
    bot = DiscordBot(tmp_path, api, PIYING_DISCORD__TOKEN="MTAw.another.token")
    try:
        await bot.begin()
        await bot.see(lambda: "discord.token_refused" in bot.log.read_text())
        await bot.see(lambda: "process.started" in bot.log.read_text())
        assert "Reset Token" in bot.log.read_text()
        assert "another.token" not in bot.log.read_text()
        assert await bot.end(signal.SIGTERM) == 0
    finally:
        await bot.close()
