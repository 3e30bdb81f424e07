"""A finished clip on Discord: the receipt becomes it, and where it cannot, it arrives all the same, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from bots.discord.places import lacking
from core.errors import DeliveryDelayed, RecipientGone
from core.media.encode import encode
from core.media.probe import probe
from core.types import EntryKind, Job, JobState
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.permissions import ATTACH_FILES, SEND_MESSAGES, VIEW_CHANNEL
from tests.discord.state import ANNOUNCEMENT, FORUM, MEDIA, Channel
from tests.unit.discord.town import Town, open_town, videos

EDIT_BY_TOKEN = "PATCH /webhooks"
CHARGED = [EntryKind.HOLD, EntryKind.CHARGE]
LONG = 16 * 60.0


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        # Discord's document does not know media channels yet.
        assert [one for one in opened.api.misfits if "GET /channels/{channel_id} 200 .type" not in one] == []
        assert opened.api.complaints == []
        assert opened.adapter.client._connection._view_store._views == {}


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann", installed=True)


@pytest.fixture
def general(town: Town, ann: Person) -> Channel:
    return town.api.channel(town.api.guild("Zoo", ann), "general")


async def ask(town: Town, person: Person, channel: Channel | None, prompt: str = "two cats") -> tuple[Interaction, Job]:
    """A video is asked for, and its receipt is there."""
    asked = person.runs("video", channel, prompt=prompt)
    job = await town.job()
    await person.finished(asked)
    return asked, job


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


class TestGuests:
    """The bot was brought along to where it is no member."""

    @pytest.fixture
    def elsewhere(self, town: Town, ann: Person) -> Channel:
        return town.api.channel(town.api.guild("Foreign", town.api.person("Owner"), ann, has_bot=False), "general")

    async def test_the_answer_becomes_the_video(self, town: Town, ann: Person, elsewhere: Channel) -> None:
        asked, job = await ask(town, ann, elsewhere)
        await town.make(job)
        assert videos(ann.reads(elsewhere)) == [asked.original]
        assert asked.follow_ups == []

    async def test_no_more_is_said_than_five_times(self, town: Town, ann: Person, elsewhere: Channel) -> None:
        """Not one request over: it would be refused."""
        asked, job = await ask(town, ann, elsewhere)
        await town.adapter._desk.board.change(job, told=5)
        assert asked.original
        asked.original.gone = True
        await town.make(job)
        assert len(videos(ann.reads())) == 1
        assert asked.refusals == []
        assert asked.follow_ups == []

    async def test_after_the_tokens_life_it_comes_in_private(self, town: Town, ann: Person, elsewhere: Channel) -> None:
        _, job = await ask(town, ann, elsewhere)
        town.later(LONG)
        await town.make(job)
        (video,) = videos(ann.reads())
        assert "took longer than Discord lets me answer" in video.text
        assert town.kinds(job) == CHARGED

    async def test_a_message_between_people(self, town: Town, ann: Person) -> None:
        bob = town.api.person("Bob")
        between = town.api.private(ann, bob)
        asked, job = await ask(town, ann, between)
        assert job.place.chat == "group"
        await town.make(job)
        assert videos(bob.reads(between)) == [asked.original]


async def test_a_result_for_one_alone_that_came_late_goes_to_them_alone(
    town: Town, ann: Person, general: Channel
) -> None:
    _, job = await ask(town, ann, general)
    await town.adapter._desk.board.change(job, is_quiet=True)
    town.later(LONG)
    await town.make(job)
    assert len(videos(ann.reads())) == 1
    assert videos(ann.reads(general)) == []


class TestTooLarge:
    """Discord says what it takes, and may be wrong."""

    @pytest.fixture
    def large(self, tmp_path: Path) -> Path:
        random = np.random.default_rng(7)
        noise = (random.integers(0, 256, (240, 320, 3), dtype=np.uint8) for _ in range(72))
        path = tmp_path / "large.mp4"
        encode(noise, path, width=320, height=240, fps=24, metadata={}, crf=12)
        assert path.stat().st_size > 2_500_000
        return path

    async def test_it_is_fitted_to_what_the_server_takes(
        self, town: Town, ann: Person, general: Channel, large: Path
    ) -> None:
        assert general.guild
        general.guild.limit = 1_800_000
        town.adapter._deliveries._floor = 1_000_000
        asked, job = await ask(town, ann, general)
        await town.make(job, large)
        assert asked.original
        assert len(asked.original.file(".mp4").data) <= 1_800_000
        assert [request.error for request in town.api.requests if request.status == 413] == []

    async def test_on_413_it_comes_smaller(self, town: Town, ann: Person, general: Channel, large: Path) -> None:
        asked, job = await ask(town, ann, general)
        asked.file_limit = 1_900_000
        await town.make(job, large)
        assert asked.original
        got = asked.original.file(".mp4").data
        assert len(got) <= 1_900_000
        assert next(request.error for request in town.api.requests if request.status == 413) == 40005
        assert town.kinds(job) == CHARGED
        path = large.with_name("got.mp4")
        path.write_bytes(got)
        assert probe(path).seconds == pytest.approx(3.0, abs=0.1)

    async def test_a_boosted_server_takes_more_also_after_a_restart(self, town: Town, ann: Person) -> None:
        guild = town.api.guild("Rich", ann, tier=3)
        general = town.api.channel(guild, "general")
        _, job = await ask(town, ann, general)
        assert town.adapter.upload_limit(job.address) == 104_857_600
        await town.restart()
        await town.see(lambda: town.adapter.client.get_channel(general.id))
        assert town.adapter.upload_limit(job.address) == 104_857_600


class TestOnce:
    """A repeat shows at most one duplicate, and never charges twice."""

    async def test_an_edit_whose_answer_was_lost(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        town.api.faults.add(EDIT_BY_TOKEN, "reset_after")
        await town.make(job)
        assert videos(ann.reads(general)) == [asked.original]
        assert town.kinds(job) == CHARGED

    async def test_a_message_whose_answer_was_lost(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        assert asked.original
        asked.original.gone = True
        town.later(LONG)
        town.api.faults.add("POST /channels/{channel_id}/messages", "reset_after")
        await town.make(job)
        assert len(videos(ann.reads(general))) == 1

    async def test_a_process_that_dies_before_it_could_note_it(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general)
        stored = town.store_clip(job)
        town.api.faults.add(EDIT_BY_TOKEN, "hang_after", seconds=30)
        dying = asyncio.create_task(town.courier.deliver(job.id, stored))
        await town.see(lambda: videos(ann.reads(general)))
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await town.restart()
        await town.courier.deliver(job.id, stored)
        await town.courier.charge(job.id)
        await town.courier.charge(job.id)
        assert videos(ann.reads(general)) == [asked.original]
        assert town.kinds(job) == CHARGED

    async def test_one_that_was_noted_is_not_sent_again(self, town: Town, ann: Person, general: Channel) -> None:
        _, job = await ask(town, ann, general)
        await town.deliver(job)
        await town.restart()
        sent = len(town.api.calls(EDIT_BY_TOKEN))
        await town.deliver(job)
        assert len(town.api.calls(EDIT_BY_TOKEN)) == sent
        assert len(videos(ann.reads(general))) == 1

    async def test_a_discord_that_is_away_for_a_while(self, town: Town, ann: Person, general: Channel) -> None:
        _, job = await ask(town, ann, general)
        stored = town.store_clip(job)
        town.api.faults.add(EDIT_BY_TOKEN, "reset_before")
        with pytest.raises(DeliveryDelayed):
            await town.courier.deliver(job.id, stored)
        await town.courier.deliver(job.id, stored)
        assert len(videos(ann.reads(general))) == 1


class TestThreads:
    async def test_in_a_thread_it_stays_there(self, town: Town, ann: Person, general: Channel) -> None:
        thread = town.api.thread(general, "cats", ann)
        asked, job = await ask(town, ann, thread)
        town.later(LONG)
        await town.make(job)
        assert videos(ann.reads(thread)) == [asked.original]
        assert ann.reads(general) == []

    async def test_an_archived_thread_opens_for_it(self, town: Town, ann: Person, general: Channel) -> None:
        thread = town.api.thread(general, "cats", ann)
        _, job = await ask(town, ann, thread)
        town.later(LONG)
        thread.archived = True
        await town.make(job)
        assert len(videos(ann.reads(thread))) == 1
        assert not thread.archived

    async def test_of_a_thread_that_is_gone_its_channel_gets_it(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        thread = town.api.thread(general, "cats", ann)
        _, job = await ask(town, ann, thread)
        town.api.delete(thread)
        await town.make(job)
        (video,) = videos(ann.reads(general))
        assert video.mentions == [ann.user]

    @pytest.mark.parametrize("kind", [FORUM, MEDIA])
    @pytest.mark.parametrize(
        ("tags", "must", "given"),
        [
            (("Art", "Video"), False, ["Video"]),
            (("Kunst",), False, []),
            (("Kunst", "Musik"), True, ["Kunst"]),
            ((), False, []),
        ],
    )
    async def test_of_a_post_that_is_gone_its_forum_gets_a_new_one_with_tags(
        self, town: Town, ann: Person, general: Channel, kind: int, tags: tuple[str, ...], must: bool, given: list[str]
    ) -> None:
        assert general.guild
        forum = town.api.channel(general.guild, "gallery", kind, tags=tags, flags=(1 << 4) * must)
        post = town.api.thread(forum, "cats", ann)
        _, job = await ask(town, ann, post)
        town.api.delete(post)
        await town.make(job)
        (made,) = [one for one in town.api.world.channels.values() if one.parent is forum and one is not post]
        assert len(videos(list(made.messages.values()))) == 1
        assert [tag["name"] for tag in forum.tags if int(tag["id"]) in made.applied] == given
        assert made.name == "two cats"


class TestLooks:
    async def test_a_server_asks_for_a_cover_and_speaks_chinese(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        asked, job = await ask(town, ann, general)
        await town.settings(covered=True, locale="zh-Hans")
        await town.make(job)
        assert asked.original
        gallery = next(one for one in asked.original.all_components if one["type"] == 12)
        assert gallery["items"][0]["spoiler"] is True
        assert gallery["items"][0]["description"] == "two cats"
        assert "built-in" in asked.original.text.lower()
        assert "内置" in asked.original.text

    async def test_a_channel_for_adults_is_known_to_the_policy(self, town: Town, ann: Person, general: Channel) -> None:
        assert general.guild
        dark = town.api.channel(general.guild, "dark", nsfw=True)
        thread = town.api.thread(dark, "deep", ann)
        for channel, nsfw in ((general, False), (dark, True), (thread, True)):
            _, job = await ask(town, ann, channel)
            assert job.place.nsfw is nsfw
            await town.make(job)

    async def test_an_announcement_channel_is_a_channel_to_the_policy(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        assert general.guild
        news = town.api.channel(general.guild, "news", ANNOUNCEMENT)
        asked, job = await ask(town, ann, news)
        assert job.place.chat == "channel"
        await town.make(job)
        assert asked.original
        assert "Publish to followers" in asked.original.labels
        assert job.state is not JobState.SUCCEEDED
