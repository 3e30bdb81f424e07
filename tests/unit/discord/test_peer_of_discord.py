"""The bot in a Discord that this project did not write (simcord): every command of a clip, button and form."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.discord import pictures
from core.types import Job, JobState
from tests.desks import painter
from tests.unit.discord.stage import Stage, buttons, open_stage, said, texts
from tests.unit.discord.zoo import InEnglish

PICTURES = painter(("none", "first"))


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(buffer, "PNG")
    return buffer.getvalue()


async def asked(stage: Stage, prompt: str = "two cats") -> tuple[Any, Job]:
    """A receipt, and its job."""
    known = {job.id for job in stage.jobs()}
    result = await stage.ann.slash(stage.channel, "video", prompt=prompt)
    (job,) = [job for job in stage.jobs() if job.id not in known]
    return result.response, job


def state(stage: Stage, job: Job) -> JobState:
    with stage.store.look() as tx:
        found = tx.jobs.get(job.id)
    assert found
    return found.state


async def test_buttons_of_a_clip_make_others_and_each_file_is_read_back_identical(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        receipt, job = await asked(stage)
        await stage.finish(job)
        for label in ("Again", "Another take", "Longer"):
            pressed = await stage.bob.click(receipt, label=label)
            (made,) = stage.jobs()
            assert made.address.user == str(stage.bob.id)
            await stage.finish(made)
            (clip,) = pressed.followups
            assert await clip.attachments[0].read() == stage.video.read_bytes()
        details = await stage.bob.click(receipt, label="Details")
        assert job.code in texts(details.followups[0].components)
        assert details.followups[0].ephemeral


async def test_forms_for_other_words(tmp_path: Path) -> None:
    async with open_stage(tmp_path, translator=InEnglish()) as stage:
        receipt, job = await asked(stage, "两只猫")
        edit = await stage.ann.click(receipt, label="Edit")
        await stage.ann.submit_modal(edit, {"words": "three dogs"})
        (edited,) = [one for one in stage.jobs() if one.id != job.id]
        assert state(stage, job) is JobState.CANCELLED
        await stage.finish(edited)
        remix = await stage.bob.click(receipt, label="Remix")
        sent = await stage.bob.submit_modal(remix, {"words": "four dogs"})
        (remixed,) = stage.jobs()
        assert remixed.prompt == "four dogs"
        assert remixed.code in texts(sent.followups[0].components)


async def test_pictures_by_option_form_and_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_stage(tmp_path, catalogue=PICTURES) as stage:

        async def kept(url: str) -> Any:
            return stage.env.backend.cdn.get(url)

        # This Discord has no server of files: they stay in its memory.
        monkeypatch.setattr(pictures, "_download", kept)
        by_form = await stage.ann.slash(stage.channel, "animate")
        sent = await stage.ann.submit_modal(by_form, {"picture": ("cat.png", picture()), "words": "it turns"})
        (refused,) = sent.followups
        assert refused.ephemeral
        await stage.ann.click(refused, custom_id=next(iter(buttons(refused.components))))
        (job,) = stage.jobs()
        assert job.spec.image
        assert job.prompt == "it turns"
        await stage.finish(job)


async def test_what_a_message_says_becomes_a_clip(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        message = await stage.bob.send(stage.channel, "two cats dance")
        await stage.ann.context_menu(stage.channel, "Make a video of this", message)
        (job,) = stage.jobs()
        assert (job.prompt, job.address.user) == ("two cats dance", str(stage.ann.id))
        none = await stage.ann.context_menu(stage.channel, "Animate this image", message)
        assert none.ephemeral
        assert "PNG" in texts(said(none))


async def test_lists_codes_and_the_end_before_its_time(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        receipt, job = await asked(stage)
        queue = await stage.ann.slash(stage.channel, "queue")
        assert queue.ephemeral
        assert job.code in texts(said(queue))
        choices = await stage.ann.autocomplete(stage.channel, "cancel", "code", "")
        assert [choice["value"] for choice in choices] == [job.code]
        await stage.ann.click(receipt, label="Cancel")
        assert state(stage, job) is JobState.CANCELLED
        assert "Cancelled" in texts(receipt.components)

        receipt, job = await asked(stage)
        cancelled = await stage.ann.slash(stage.channel, "cancel", code=job.code)
        assert cancelled.ephemeral
        assert state(stage, job) is JobState.CANCELLED
        again = await stage.ann.slash(stage.channel, "again", code=job.code)
        (once_more,) = stage.jobs()
        assert once_more.code in texts(said(again))
        mine = await stage.ann.slash(stage.channel, "my")
        assert mine.ephemeral
        assert list(buttons(said(mine)).values()) == ["Show"] * 3


@pytest.mark.parametrize("restart", [False, True])
async def test_old_buttons_after_a_restart(tmp_path: Path, restart: bool) -> None:
    async with open_stage(tmp_path, translator=InEnglish()) as stage:
        receipt, job = await asked(stage, "两只猫")
        if restart:
            await stage.env.restart_bot(stage.again().client)
        edit = await stage.ann.click(receipt, label="Edit")
        assert edit.modal
        await stage.ann.click(receipt, label="Cancel")
        assert state(stage, job) is JobState.CANCELLED
        await stage.ann.click(receipt, label="Again")
        (once_more,) = stage.jobs()
        await stage.finish(once_more)


async def test_what_others_asked_for_they_alone_can_end(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        receipt, job = await asked(stage)
        pressed = await stage.bob.click(receipt, label="Cancel")
        assert "somebody else" in texts(pressed.followups[0].components)
        assert pressed.followups[0].ephemeral
        assert state(stage, job) is JobState.QUEUED


async def test_a_refusal_of_what_all_see_is_for_its_user_alone(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        refused = await stage.ann.slash(stage.channel, "video", prompt="two forbidden cats")
        assert [message.ephemeral for message in refused.followups] == [True]
        assert stage.channel.history(viewer=stage.bob) == []
