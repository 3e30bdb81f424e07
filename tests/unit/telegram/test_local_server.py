"""A Bot API server in local mode and the bot hand each other files by their paths, of any size that it takes."""

from __future__ import annotations

import shutil
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.adapter import Delivery
from core.types import Address
from piying.telegram_settings import TelegramSettings
from tests.unit.telegram.stage import open_stage
from tests.unit.telegram.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, local=True) as opened:
        yield opened
        assert opened.api.complaints == []


def _grown(video: Path, megabytes: int) -> Path:
    """The same film in a file of that size more."""
    grown = video.with_name("large.mp4")
    shutil.copy(video, grown)
    size = megabytes * 1_000_000
    with grown.open("ab") as file:
        file.write(struct.pack(">I4s", size, b"free"))
        file.truncate(video.stat().st_size + size)
    return grown


async def test_a_clip_of_more_than_fifty_megabytes_is_sent_by_its_path(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("a red fox")
    job = await town.job()
    await town.see(lambda: ann.chat.saying(job.code))
    town.video = _grown(town.video, 60)
    await town.make(job)
    (message,) = ann.chat.from_bot
    stored = town.api.world.files.find(message.content["video"]["file_id"], "video")
    assert len(stored.data) > 60_000_000
    (asked,) = town.api.calls("editMessageMedia")
    assert asked.given["media"]["media"] == town.video.absolute().as_uri()
    assert town.adapter.upload_limit(Address("telegram", "1", "1")) == 2_000_000_000


async def test_a_path_with_odd_letters_is_found(town: Town, tmp_path: Path) -> None:
    ann = town.api.person("Ann")
    ann.says("a red fox")
    job = await town.job()
    folder = tmp_path / "皮影 100% #1?"
    folder.mkdir()
    town.video = Path(shutil.copy(town.video, folder / "clip.mp4"))
    await town.make(job)
    assert ann.chat.last("video")


async def test_a_video_that_somebody_sends_is_read_from_the_disk(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.sends_file(town.video.read_bytes(), "clip.mp4", "video/mp4", caption="/verify")
    await town.see(lambda: ann.chat.from_bot)
    (asked,) = town.api.calls("getFile")
    assert asked.code == 200
    assert len(list((town.video.parent / "server").rglob("*.mp4"))) == 1


async def test_without_it_a_file_is_read_as_it_is_sent(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        job = await stage.job(receipt=10)
        large = _grown(stage.video, 20)
        await stage.deliveries().deliver(Delivery(job, large, large))
        (sent,) = stage.clerk.of("editMessageMedia")
        assert sent["media"]["media"] == large.read_bytes()


def test_the_limit_is_that_of_the_server_unless_it_is_set() -> None:
    assert TelegramSettings().largest_upload == 50_000_000
    assert TelegramSettings(local=True).largest_upload == 2_000_000_000
    assert TelegramSettings(local=True, upload_limit=99_000_000).largest_upload == 99_000_000
