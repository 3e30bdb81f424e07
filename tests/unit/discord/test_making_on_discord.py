"""A video on Discord, from the command to the clip."""

from __future__ import annotations

from pathlib import Path

from core.types import Progress
from tests.unit.discord.stage import buttons, open_stage, said, texts


async def test_a_video_is_one_message_from_receipt_to_clip(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.ann.slash(stage.channel, "video", prompt="two cats")
        assert not asked.ephemeral
        (job,) = stage.jobs()
        assert job.code in texts(said(asked))
        assert f"p:cancel:{job.code}" in buttons(said(asked))

        running = stage.move(job)
        stage.adapter._receipts._edits._shown.clear()
        await stage.report(running, Progress("drawing", 0.5, 12))
        await stage.env.settle()
        assert "▰▰▰▰▰▰▱▱▱▱▱▱" in texts(said(asked))

        await stage.finish(running)
        shown = asked.response
        assert shown
        assert [file.filename for file in shown.attachments] == [f"{job.code}.mp4"]
        assert await shown.attachments[0].read() == stage.video.read_bytes()
        assert len(stage.channel.history()) == 1


async def test_one_that_fails_says_why_in_its_message(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.ann.slash(stage.channel, "video", prompt="two cats")
        (job,) = stage.jobs()
        await stage.fail(job)
        assert "Your credits are back" in texts(said(asked))
        assert buttons(said(asked)) == {f"p:again:{job.code}": "Again"}
