"""What is done with a finished clip, in a Discord that this project did not write (simcord)."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from simcord.builders import ChannelHandle

from core.reports import ReportReason
from core.types import Job
from tests.unit.discord.stage import Stage, buttons, open_stage, texts


@asynccontextmanager
async def open_with_clips(folder: Path) -> AsyncIterator[Stage]:
    """Clips are kept by the names that the stage gives them."""
    async with open_stage(folder) as stage:
        shutil.copyfile(stage.video, folder / "v")
        (folder / "p").write_bytes(b"\xff\xd8\xff")
        yield stage


async def made(stage: Stage, channel: ChannelHandle) -> tuple[Any, Job]:
    """A clip that is there: its message, and its job."""
    asked = await stage.ann.slash(channel, "video", prompt="two cats")
    (job,) = stage.jobs()
    return asked.response, await stage.finish(job)


async def test_a_report_by_its_form(tmp_path: Path) -> None:
    async with open_with_clips(tmp_path) as stage:
        clip, job = await made(stage, stage.channel)
        opened = await stage.bob.click(clip, label="Report")
        sent = await stage.bob.submit_modal(opened, {"reason": "copyright", "words": "that is my cat"})
        assert sent.followups[0].ephemeral
        assert "within 48 hours" in texts(sent.followups[0].components)
        with stage.store.look() as tx:
            (report,) = tx.reports.listed(is_open=True, limit=9)
        assert (report.reason, report.text, report.code) == (ReportReason.COPYRIGHT, "that is my cat", job.code)


async def test_a_clip_is_shared_to_another_channel_byte_for_byte(tmp_path: Path) -> None:
    async with open_with_clips(tmp_path) as stage:
        clip, job = await made(stage, stage.channel)
        gallery = stage.guild.create_text_channel("gallery")
        asked = await stage.ann.click(clip, label="Share")
        chosen = await stage.ann.select(asked.followups[0], [gallery], custom_id=f"p:share-to:{job.code}")
        assert "is in" in texts(chosen.followups[0].components)
        (shown,) = gallery.history()
        assert await shown.attachments[0].read() == stage.video.read_bytes()
        parts: list[Any] = [part.to_dict() for part in shown.components]
        assert job.code in texts(parts)
        assert f"p:again:{job.code}" in buttons(parts)


async def test_an_announcement_is_published(tmp_path: Path) -> None:
    async with open_with_clips(tmp_path) as stage:
        news = stage.guild.create_news_channel("news")
        clip, _ = await made(stage, news)
        told = await stage.ann.click(clip, label="Publish to followers")
        assert "on its way" in texts(told.followups[0].components)
        (message,) = news.history()
        assert message.flags.crossposted or message.flags.is_crossposted


async def test_a_clip_is_shown_again_by_its_code(tmp_path: Path) -> None:
    async with open_with_clips(tmp_path) as stage:
        _, job = await made(stage, stage.channel)
        other = stage.guild.create_text_channel("other")
        shown = (await stage.ann.slash(other, "show", code=job.code)).response
        assert shown
        assert await shown.attachments[0].read() == stage.video.read_bytes()
