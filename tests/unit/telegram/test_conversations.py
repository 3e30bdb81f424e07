"""What people say to the bot and what they see, over a strict Bot API on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.types import JobState
from tests.unit.telegram.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert not opened.api.violations


async def test_a_message_in_private_becomes_a_video_in_the_message_that_was_its_receipt(town: Town) -> None:
    ann = town.api.person("Ann")
    asked = ann.says("two cats")
    job = await town.job()
    receipt = await town.see(lambda: ann.chat.saying(job.code))
    assert receipt.reply_to is asked
    assert "Cancel" in receipt.labels
    await asyncio.sleep(0.05)
    await town.progress(job, "drawing", 0.5)
    done = await town.make(job)
    assert (done.state, receipt.kind) == (JobState.SUCCEEDED, "video")
    assert ann.chat.from_bot == [receipt]
    assert not town.api.complaints


async def test_progress_is_shown_in_the_receipt(town: Town) -> None:
    ann = town.api.person("安", "zh-hans")
    ann.says("two cats")
    job = await town.job()
    receipt = await town.see(lambda: ann.chat.saying(job.code))
    await asyncio.sleep(3.1)
    await town.progress(job, "drawing", 0.5)
    await town.see(lambda: "50" in receipt.text and "▰" in receipt.text)
    assert ann.chat.from_bot == [receipt]


async def test_the_same_message_told_twice_is_one_job(town: Town) -> None:
    ann = town.api.person("Ann")
    message = ann.says("two cats")
    town.api.world.updates.add("message", message.json())
    await town.job()
    ann.says("/my")
    await town.see(lambda: ann.chat.saying("Your latest videos"))
    assert len(town.jobs()) == 1


async def test_a_group_is_answered_in_the_topic_and_nobody_else_may_press(town: Town) -> None:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    group = town.api.group("Film club", ann, bob, forum=True)
    topic = town.api.topic(group, "Cats")
    ann.says("/video two cats", group, thread=topic)
    job = await town.job()
    receipt = await town.see(lambda: group.saying(job.code))
    assert receipt.thread == topic
    query = bob.presses(receipt, "Cancel")
    answer = await town.see(lambda: query.answer)
    assert answer["show_alert"] is True
    assert not town.jobs()[0].state.ended
    pressed = ann.presses(receipt, "Cancel")
    await town.see(lambda: pressed.answer)
    await town.see(lambda: not town.jobs())
    await town.see(lambda: "cancel" in receipt.text.lower())


async def test_a_refusal_in_a_group_is_for_the_asker_alone_or_goes_away(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    ann.says("/video forbidden", group)
    whisper = await town.see(lambda: group.whispers.get(ann.user.id) or group.saying("cruel"))
    assert whisper
    assert not town.jobs()


async def test_buttons_work_after_a_restart(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("two cats")
    job = await town.job()
    receipt = await town.see(lambda: ann.chat.saying(job.code))
    await town.restart()
    ann.presses(receipt, "Cancel")
    await town.see(lambda: not town.jobs())
    await town.see(lambda: "cancel" in receipt.text.lower())


async def test_an_update_whose_handling_was_cut_off_is_handled_by_the_next_process(town: Town) -> None:
    await town.adapter.stop()
    ann = town.api.person("Ann")
    ann.says("two cats")
    town.adapter = town.new_adapter()
    await town.adapter.start()
    assert (await town.job()).prompt == "two cats"


async def test_a_flood_wait_of_minutes_in_one_chat_delays_no_other(town: Town) -> None:
    ann, bob = town.api.person("Ann"), town.api.person("Bob")
    town.api.faults.flood("sendMessage", 300, chat=ann.chat.id)
    ann.says("two cats")
    await town.job()
    bob.says("three cats")
    await town.see(lambda: len(town.jobs()) == 2)
    await town.see(bob.chat.last)
    ann.says("four cats")
    await town.see(lambda: len(town.jobs()) == 3)


@pytest.mark.parametrize("way", ["status", "reset_before", "reset_after"])
async def test_a_receipt_that_fails_is_made_up_for(town: Town, way: str) -> None:
    ann = town.api.person("Ann")
    town.api.faults.add("sendMessage", way)  # type: ignore[arg-type]
    ann.says("two cats")
    job = await town.job()
    await town.see(lambda: town.api.faults.struck)
    done = await town.make(job)
    assert done.state is JobState.SUCCEEDED
    await town.see(lambda: ann.chat.last("video"))


async def test_getting_updates_fails_and_goes_on(town: Town) -> None:
    ann = town.api.person("Ann")
    town.api.faults.add("getUpdates", "reset_before", 1)
    ann.says("two cats")
    await town.job()
    town.api.faults.add("getUpdates", "status", 1, code=502)
    ann.says("three cats")
    await town.see(lambda: len(town.jobs()) == 2, 20)


async def test_words_can_be_edited_in_an_answer(town: Town) -> None:
    ann = town.api.person("Ann")
    ann.says("/video two cats")
    job = await town.job()
    await town.see(lambda: ann.chat.saying(job.code))
    ann.says(f"/edit {job.code} three white cats")
    await town.see(lambda: [one for one in town.jobs() if one.code != job.code])
    (new,) = town.jobs()
    assert new.spec.prompt == "three white cats"


@pytest.mark.parametrize(
    "text", ["/help", "/my", "/queue", "/credits", "/settings", "/privacy", "/export", "/link", "/terms", "/nonsense",
             "你好", "/cancel", "/again", "/edit", "/show", "/video", "/start", "/animate", "/appeals"],
)  # fmt: skip
async def test_every_command_is_answered(town: Town, text: str) -> None:
    ann = town.api.person("Ann", "zh-hans")
    ann.says(text)
    answer = await town.see(ann.chat.last)
    assert answer.text
    assert not town.jobs()


async def test_what_is_meant_for_another_bot_is_not_answered(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann)
    ann.says("/video@another_bot two cats", group)
    ann.says("/video@piying_bot three cats", group)
    assert (await town.job()).prompt == "three cats"
    assert len(town.jobs()) == 1


async def test_a_group_that_moves_keeps_its_clips(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Film club", ann, kind="group")
    ann.says("/video two cats", group)
    job = await town.job()
    await town.see(lambda: group.saying(job.code))
    new = town.api.upgrade(group)
    await town.see(lambda: town.jobs()[0].address.chat == str(new.id))
    await town.make(town.jobs()[0])
    await town.see(lambda: new.last("video"))
