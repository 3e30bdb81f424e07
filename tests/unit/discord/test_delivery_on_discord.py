"""A finished clip on Discord: the receipt becomes it, and where it cannot, it arrives all the same."""

from __future__ import annotations

import pytest

from bots.discord.places import lacking
from core.errors import RecipientGone
from core.types import EntryKind
from tests.discord.people import Person
from tests.discord.permissions import ATTACH_FILES, SEND_MESSAGES, VIEW_CHANNEL
from tests.discord.state import Channel
from tests.unit.discord.town import CHARGED, Town, ask, videos

EDIT_BY_TOKEN = "PATCH /webhooks"
LONG = 16 * 60.0


async def test_the_receipt_becomes_the_video(town: Town, ann: Person, general: Channel) -> None:
    asked, job = await ask(town, ann, general, "two *cats* <@1> https://example.com")
    await town.make(job)
    (message,) = ann.reads(general)
    assert message is asked.original
    assert message.file(".mp4").data == town.video.read_bytes()
    assert message.file(".mp4").alt == "two *cats* <@1> https://example.com"
    assert rf"<@{ann.id}>: two \*cats\* \<\@1\> https\://example.com" in message.text
    assert message.labels == ["Again", "Another take", "Longer", "Remix", "Share", "Details", "Report"]
    assert message.mentions == []
    assert town.kinds(job) == CHARGED


async def test_in_private_nobody_is_named(town: Town, ann: Person) -> None:
    _, job = await ask(town, ann, None)
    await town.make(job)
    (message,) = videos(ann.reads())
    assert "<@" not in message.text


async def test_the_secret_is_kept_no_longer_than_it_is_of_use(town: Town, ann: Person, general: Channel) -> None:
    asked, job = await ask(town, ann, general)
    assert (await town.facts(job))["token"] == asked.token
    assert asked.token not in repr(await town.adapter._desk.board.find(job))
    await town.make(job)
    assert asked.token not in repr(await town.facts(job))


async def test_after_a_long_wait_its_user_is_called(town: Town, ann: Person, general: Channel) -> None:
    """An edit rings for nobody."""
    asked, job = await ask(town, ann, general)
    town.later(90)
    await town.make(job)
    video, call = ann.reads(general)
    assert video is asked.original
    assert call.mentions == [ann.user]
    assert call.text == f"<@{ann.id}> {job.code} is ready."


async def test_who_wants_quiet_is_not_called(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    await town.commands.set_user_settings(job.address, quiet=True)
    town.later(90)
    await town.make(job)
    assert len(ann.reads(general)) == 1


async def test_after_the_tokens_life_the_bot_edits_its_message(town: Town, ann: Person, general: Channel) -> None:
    asked, job = await ask(town, ann, general)
    town.later(LONG)
    await town.make(job)
    video, call = ann.reads(general)
    assert video is asked.original
    assert videos([video])
    assert call.mentions == [ann.user]
    assert call.reply_to is video
    assert [request.error for request in town.api.calls(EDIT_BY_TOKEN) if request.at > asked.at] == []


@pytest.mark.parametrize(("status", "error"), [(401, 50027), (404, 10015), (404, 0)])
async def test_a_token_that_dies_early_loses_nothing(
    town: Town, ann: Person, general: Channel, status: int, error: int
) -> None:
    asked, job = await ask(town, ann, general)
    town.api.faults.add(EDIT_BY_TOKEN, "status", 9, code=status, error=error)
    await town.make(job)
    assert videos(ann.reads(general)) == [asked.original]
    assert town.kinds(job) == CHARGED


async def test_where_the_receipt_was_deleted_a_new_message_answers(town: Town, ann: Person, general: Channel) -> None:
    asked, job = await ask(town, ann, general)
    assert asked.original
    asked.original.gone = True
    await town.make(job)
    (video,) = videos(ann.reads(general))
    assert video in asked.follow_ups
    assert video.mentions == [ann.user]


async def test_where_the_receipt_was_deleted_the_bot_calls_after_the_tokens_life(
    town: Town, ann: Person, general: Channel
) -> None:
    asked, job = await ask(town, ann, general)
    assert asked.original
    asked.original.gone = True
    town.later(LONG)
    await town.make(job)
    (video,) = ann.reads(general)
    assert video.mentions == [ann.user]
    assert videos([video])


@pytest.mark.parametrize("denied", [SEND_MESSAGES | VIEW_CHANNEL, ATTACH_FILES])
async def test_a_missing_permission_is_said_by_its_name(town: Town, ann: Person, general: Channel, denied: int) -> None:
    _, job = await ask(town, ann, general)
    town.later(LONG)
    town.api.deny(general, denied)
    assert general.guild
    guild = general.guild.id
    await town.see(lambda: lacking(town.adapter.client, general.id, guild) or None)
    await town.make(job)
    (video,) = videos(ann.reads())
    assert f"<#{general.id}>" in video.text
    assert ("Attach Files" if denied == ATTACH_FILES else "Send Messages") in video.text
    assert town.kinds(job) == CHARGED


async def test_a_channel_that_is_gone_sends_it_in_private(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    town.api.delete(general)
    await town.make(job)
    (video,) = videos(ann.reads())
    assert f"I can’t post in <#{general.id}> any more" in video.text
    assert town.kinds(job) == CHARGED


async def test_where_nobody_can_be_reached_nothing_is_charged(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    town.api.delete(general)
    ann.user.takes_messages = False
    stored = town.store_clip(job)
    with pytest.raises(RecipientGone):
        await town.courier.deliver(job.id, stored)
    await town.courier.fail(job.id, "recipient-gone")
    assert town.kinds(job) == [EntryKind.HOLD, EntryKind.RELEASE]


async def test_a_server_that_let_the_bot_go_sends_it_in_private(town: Town, ann: Person, general: Channel) -> None:
    _, job = await ask(town, ann, general)
    assert general.guild
    town.later(LONG)
    town.api.remove_bot(general.guild)
    await town.make(job)
    assert len(videos(ann.reads())) == 1
