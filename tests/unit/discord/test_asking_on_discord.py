"""What somebody can ask of the bot on Discord, over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.types import JobState
from tests.desks import painter
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town
from tests.unit.discord.zoo import InEnglish, found, people, values


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, catalogue=painter(("none", "first")), translator=InEnglish()) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.misfits == []
        assert opened.api.complaints == []


@pytest.fixture
def general(town: Town) -> Channel:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    return town.api.channel(town.api.guild("Zoo", ann, bob), "general")


async def test_all_options_reach_the_job(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    ann.runs("video", general, prompt="two cats", recipe="hd", ratio="9:16", seconds=3.0, seed=7)
    job = await town.job()
    assert (job.spec.recipe, job.spec.seed) == ("hd", 7)
    assert job.spec.height > job.spec.width
    assert job.spec.seconds == pytest.approx(3.0, abs=0.2)


async def test_what_a_recipe_cannot_do_is_said(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    told = await ann.finished(ann.runs("video", general, prompt="two cats", recipe="hd", negative="rain"))
    assert "leave out" in told.text
    told = await ann.finished(ann.runs("video", general, prompt="two cats", recipe="nonsense"))
    assert told.reader is ann.user


async def test_a_private_video_is_seen_by_its_user_alone_from_receipt_to_clip(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats", private=True)
    job = await town.job()
    await town.make(job)
    assert bob.reads(general) == []
    (message,) = ann.reads(general)
    assert message.file(".mp4").data == town.video.read_bytes()
    assert job.key.endswith(":quiet")

    for asked in (bob.runs("show", general, code=job.code), bob.runs("again", general, code=job.code)):
        assert "don’t know a video" in (await bob.finished(asked)).text


async def test_a_private_video_is_shown_to_all_only_where_its_user_says_so(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats", private=True)
    job = await town.make(await town.job())
    for name in ("show", "again"):
        told = await ann.finished(ann.runs(name, general, code=job.code))
        assert (told.reader, "was for you alone" in told.text) == (ann.user, True)
    assert town.jobs() == []

    ann.runs("again", general, code=job.code, private=True)
    await town.make(await town.job())
    assert bob.reads(general) == []
    shown = await ann.finished(ann.runs("show", general, code=job.code, private=False))
    assert len(bob.reads(general)) == 1
    told = await bob.finished(bob.presses(shown, "Details"))
    assert (told.reader, job.code in told.text) == (bob.user, True)


async def test_a_refusal_of_a_public_command_is_for_its_user_alone(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    asked = ann.runs("video", general, prompt="two forbidden cats")
    told = await ann.finished(asked)
    assert told.reader is ann.user
    assert bob.reads(general) == []
    assert town.jobs() == []


async def test_the_same_interaction_twice_is_one_job_and_one_message(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    asked = ann.runs("video", general, prompt="two cats")
    ann.again(asked)
    job = await town.job()
    await ann.finished(asked)
    await asyncio.sleep(0.3)
    assert [one.id for one in town.jobs()] == [job.id]
    assert len(ann.reads(general)) == 1
    await town.make(job)
    (message,) = ann.reads(general)
    assert message.file(".mp4")
    town.api.complaints.clear()


async def test_again_and_another_take_by_button_and_by_code(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    ann.runs("video", general, prompt="two cats")
    first = await town.make(await town.job())
    (clip,) = ann.reads(general)

    bob.presses(clip, "Again")
    second = await town.job()
    assert (second.spec, second.address.user) == (first.spec, str(bob.id))
    await town.make(second)
    ann.presses(clip, "Another take")
    third = await town.job()
    assert third.spec.seed != first.spec.seed
    await town.make(third)
    ann.runs("again", general, code=first.code)
    fourth = await town.job()
    assert fourth.spec.seed == first.spec.seed
    await town.make(fourth)
    assert len(ann.reads(general)) == 4


async def test_cancel_by_button_by_list_and_by_code_and_only_by_its_user(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    asked = ann.runs("video", general, prompt="two cats")
    job = await town.job()
    receipt = await ann.finished(asked)
    stranger = bob.presses(receipt, "Cancel")
    assert "somebody else" in (await bob.finished(stranger)).text
    assert found(town, job).state is JobState.QUEUED

    ann.presses(receipt, "Cancel")
    await town.see(lambda: "Cancelled" in receipt.text)
    assert found(town, job).state is JobState.CANCELLED
    assert receipt.labels == ["Again"]

    ann.presses(receipt, "Again")
    second = await town.job()
    queue = await ann.finished(ann.runs("queue", general))
    assert queue.reader is ann.user
    assert second.code in queue.text
    ann.presses(queue, second.code)
    await town.see(lambda: "Nothing is in the making" in queue.text)
    assert found(town, second).state is JobState.CANCELLED

    third_asked = ann.runs("video", general, prompt="a dog")
    third = await town.job()
    shown = await ann.finished(third_asked)
    told = await ann.finished(ann.runs("cancel", general, code=third.code))
    assert third.code in told.text
    await town.see(lambda: "Cancelled" in shown.text)


async def test_my_is_a_list_of_pages_and_shows_the_clip_at_a_press(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    for number in range(10):
        ann.runs("video", general, prompt=f"cat number {number}")
        await town.make(await town.job())
        town.later(5)
    page = await ann.finished(ann.runs("my", general))
    assert page.reader is ann.user
    assert page.labels == ["Show"] * 8 + ["Older ▶"]
    assert "cat number 9" in page.text
    assert "cat number 1\n" not in page.text + "\n"

    ann.presses(page, "Older ▶")
    await town.see(lambda: "cat number 0" in page.text)
    assert page.labels == ["Show", "Show", "⏮ Newest"]
    shown = await ann.finished(ann.presses(page, "Show"))
    assert shown.reader is ann.user
    assert shown.file(".mp4").data == town.video.read_bytes()
    ann.presses(page, "⏮ Newest")
    await town.see(lambda: "cat number 9" in page.text)


async def test_show_says_how_an_unfinished_one_stands(town: Town, general: Channel) -> None:
    ann, _ = people(town)
    ann.runs("video", general, prompt="two cats")
    job = await town.job()
    told = await ann.finished(ann.runs("show", general, code=job.code.lower()))
    assert job.code in told.text
    assert told.reader is None


async def test_options_complete(town: Town, general: Channel) -> None:
    ann, bob = people(town)
    recipe = await ann.answered(ann.types("video", "recipe", "h", general, prompt="x"))
    assert values(recipe) == ["hd"]
    ann.runs("video", general, prompt="two cats")
    first = await town.make(await town.job())
    town.later(5)
    ann.runs("video", general, prompt="a dog")
    second = await town.job()
    every = await ann.answered(ann.types("show", "code", "", general))
    assert values(every) == [second.code, first.code]
    by_words = await ann.answered(ann.types("again", "code", "cats", general))
    assert values(by_words) == [first.code]
    unfinished = await ann.answered(ann.types("cancel", "code", "", general))
    assert values(unfinished) == [second.code]
    others = await bob.answered(bob.types("show", "code", "", general))
    assert values(others) == []


async def test_a_suggestion_that_comes_too_late_is_no_error(
    town: Town, general: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    ann, _ = people(town)
    town.api.faults.add("POST /interactions", "status", code=404, error=10062)
    with capture_logs() as lines:
        ann.types("video", "recipe", "h", general, prompt="x")
        await town.see(lambda: [one for one in lines if one["event"] == "discord.suggested_late"])
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    assert values(await ann.answered(ann.types("video", "recipe", "h", general, prompt="x"))) == ["hd"]
