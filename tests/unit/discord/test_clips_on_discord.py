"""The buttons below a clip on Discord: what it was made of, a report, another place, the followers of a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.reports import ReportReason
from core.types import Address, Job
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.permissions import ATTACH_FILES, MANAGE_MESSAGES, SEND_MESSAGES
from tests.discord.state import ANNOUNCEMENT, CATEGORY, CROSSPOSTED, FORUM, Channel, Guild, Message
from tests.unit.discord.town import Town, open_town, videos


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.misfits == []
        assert opened.api.complaints == []
        assert opened.adapter.client._connection._view_store._views == {}


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann", installed=True)


@pytest.fixture
def bob(town: Town) -> Person:
    return town.api.person("Bob")


@pytest.fixture
def guild(town: Town, ann: Person, bob: Person) -> Guild:
    return town.api.guild("Zoo", town.api.person("Owner"), ann, bob)


async def made(town: Town, person: Person, channel: Channel | None) -> tuple[Job, Message]:
    """A clip that is there."""
    asked = person.runs("video", channel, prompt="two cats")
    job = await town.job()
    await person.finished(asked)
    ended = await town.make(job)
    assert asked.original
    return ended, asked.original


async def said(person: Person, asked: Interaction) -> Message:
    """The answer to a press, which its user alone sees."""
    answer = await person.finished(asked)
    assert answer.reader is person.user
    return answer


async def test_details_say_what_it_was_made_of(town: Town, ann: Person, bob: Person, guild: Guild) -> None:
    job, clip = await made(town, ann, town.api.channel(guild, "general"))
    text = (await said(bob, bob.presses(clip, "Details"))).text
    assert str(job.spec.seed) in text
    assert job.code in text
    assert clip.labels[0] == "Again"


async def test_longer_makes_a_longer_one(town: Town, ann: Person, guild: Guild) -> None:
    job, clip = await made(town, ann, town.api.channel(guild, "general"))
    pressed = ann.presses(clip, "Longer")
    longer = await town.job()
    await ann.finished(pressed)
    assert longer.spec.seconds == pytest.approx(2 * job.spec.seconds)
    assert (longer.spec.seed, longer.prompt) == (job.spec.seed, job.prompt)
    await town.make(longer)
    assert len(videos(ann.reads(clip.channel))) == 2


async def test_of_a_private_clip_nobody_else_learns_or_makes_anything(
    town: Town, ann: Person, bob: Person, guild: Guild
) -> None:
    """A changed client could send what no button of theirs says."""
    general = town.api.channel(guild, "general")
    ann.runs("video", general, prompt="two cats", private=True)
    secret = await town.make(await town.job())
    _, clip = await made(town, ann, general)
    for verb in ("details", "longer"):
        assert "don’t know a video" in (await said(bob, bob.sends(clip, f"p:{verb}:{secret.code}", 2, []))).text
    assert town.jobs() == []


async def test_a_report_is_a_form(town: Town, ann: Person, bob: Person, guild: Guild) -> None:
    job, clip = await made(town, ann, town.api.channel(guild, "general"))
    opened = await bob.answered(bob.presses(clip, "Report"))
    assert opened.modal
    assert job.code in opened.modal["title"]
    sent = bob.submits(opened, {"reason": "copyright", "words": "that is my cat"})
    assert "within 48 hours" in (await said(bob, sent)).text
    with town.store.look() as tx:
        (report,) = tx.reports.listed(is_open=True, limit=9)
    assert (report.reason, report.text, report.code) == (ReportReason.COPYRIGHT, "that is my cat", job.code)


async def test_what_cannot_be_shown_again_is_said(town: Town, ann: Person, guild: Guild) -> None:
    general = town.api.channel(guild, "general")
    job, _ = await made(town, ann, general)
    town.api.faults.add("PATCH /webhooks", "status", code=413, error=40005)
    told = await ann.finished(ann.runs("show", general, code=job.code))
    assert (told.reader, "too big for this chat" in told.text) == (ann.user, True)


class TestShare:
    @pytest.mark.parametrize(
        ("status", "error", "words"),
        [(403, 50013, "couldn’t reach"), (400, 160005, "kept us waiting"), (503, 0, "kept us waiting")],
    )
    async def test_what_cannot_be_posted_is_said(
        self, town: Town, ann: Person, guild: Guild, status: int, error: int, words: str
    ) -> None:
        _, clip = await made(town, ann, town.api.channel(guild, "general"))
        gallery = town.api.channel(guild, "gallery")
        town.api.faults.add("POST /channels/{channel_id}/messages", "status", 9, code=status, error=error)
        asked = await said(ann, ann.presses(clip, "Share"))
        assert words in (await said(ann, ann.chooses(asked, str(gallery.id)))).text

    async def test_it_is_posted_where_its_user_may_post(
        self, town: Town, ann: Person, bob: Person, guild: Guild
    ) -> None:
        job, clip = await made(town, ann, town.api.channel(guild, "general"))
        gallery = town.api.channel(guild, "gallery")
        asked = await said(ann, ann.presses(clip, "Share"))
        done = await said(ann, ann.chooses(asked, str(gallery.id)))
        assert f"{job.code} is in <#{gallery.id}> now." in done.text
        (shown,) = videos(bob.reads(gallery))
        assert shown.file(".mp4").data == town.video.read_bytes()
        assert shown.mentions == [ann.user]

    async def test_a_forum_gets_a_post(self, town: Town, ann: Person, guild: Guild) -> None:
        _, clip = await made(town, ann, town.api.channel(guild, "general"))
        forum = town.api.channel(guild, "gallery", FORUM, tags=("video",), flags=1 << 4)
        asked = await said(ann, ann.presses(clip, "Share"))
        await said(ann, ann.chooses(asked, str(forum.id)))
        (post,) = [one for one in guild.channels.values() if one.parent is forum]
        assert post.applied == [int(forum.tags[0]["id"])]
        assert len(videos(list(post.messages.values()))) == 1

    async def test_it_is_for_its_user_alone(self, town: Town, ann: Person, bob: Person, guild: Guild) -> None:
        _, clip = await made(town, ann, town.api.channel(guild, "general"))
        assert "somebody else" in (await said(bob, bob.presses(clip, "Share"))).text

    async def test_nobody_posts_where_they_may_not_themselves(
        self, town: Town, ann: Person, bob: Person, guild: Guild
    ) -> None:
        _, clip = await made(town, ann, town.api.channel(guild, "general"))
        rules = town.api.channel(guild, "rules")
        town.api.deny(rules, SEND_MESSAGES, ann)
        asked = await said(ann, ann.presses(clip, "Share"))
        done = await said(ann, ann.chooses(asked, str(rules.id)))
        assert "“Send Messages”" in done.text
        assert videos(bob.reads(rules)) == []

    async def test_what_the_bot_lacks_is_named(self, town: Town, ann: Person, guild: Guild) -> None:
        _, clip = await made(town, ann, town.api.channel(guild, "general"))
        walls = town.api.channel(guild, "walls")
        town.api.deny(walls, ATTACH_FILES)
        asked = await said(ann, ann.presses(clip, "Share"))
        done = await said(ann, ann.chooses(asked, str(walls.id)))
        assert f"I can’t post in <#{walls.id}>: I need “Attach Files” there." in done.text

    async def test_what_was_made_for_adults_stays_among_them(self, town: Town, ann: Person, guild: Guild) -> None:
        dark = town.api.channel(guild, "dark", nsfw=True)
        _, clip = await made(town, ann, dark)
        asked = await said(ann, ann.presses(clip, "Share"))
        done = await said(ann, ann.chooses(asked, str(town.api.channel(guild, "general").id)))
        assert "for adults" in done.text
        darker = town.api.channel(guild, "darker", nsfw=True)
        asked = await said(ann, ann.presses(clip, "Share"))
        assert "is in" in (await said(ann, ann.chooses(asked, str(darker.id)))).text

    async def test_channels_that_the_server_has_not_chosen_get_none(
        self, town: Town, ann: Person, bob: Person, guild: Guild
    ) -> None:
        general = town.api.channel(guild, "general")
        job, clip = await made(town, ann, general)
        other = town.api.channel(guild, "other")
        await town.commands.set_chat_settings(
            Address("discord", f"guild:{guild.id}", str(ann.id)), channels=[str(general.id)]
        )
        asked = await said(ann, ann.presses(clip, "Share"))
        done = await said(ann, ann.chooses(asked, str(other.id)))
        assert "have chosen other channels" in done.text
        assert "have chosen other channels" in (await ann.finished(ann.runs("show", other, code=job.code))).text
        assert videos(bob.reads(other)) == []

    async def test_a_thread_in_a_category_that_the_server_has_chosen_gets_it(
        self, town: Town, ann: Person, guild: Guild
    ) -> None:
        category = Channel(town.api.world.new_id(), CATEGORY, "arts", guild)
        general = town.api.channel(guild, "arts-1", parent=category)
        _, clip = await made(town, ann, general)
        thread = town.api.thread(general, "cats", ann)
        await town.commands.set_chat_settings(
            Address("discord", f"guild:{guild.id}", str(ann.id)), channels=[str(category.id)]
        )
        asked = await said(ann, ann.presses(clip, "Share"))
        await said(ann, ann.chooses(asked, str(thread.id)))
        assert len(videos(ann.reads(thread))) == 1

    async def test_in_private_it_says_how_else(self, town: Town, ann: Person) -> None:
        job, clip = await made(town, ann, None)
        answer = await ann.finished(ann.presses(clip, "Share"))
        assert f"/show {job.code}" in answer.text

    async def test_a_channel_that_discord_did_not_resolve_is_none(self, town: Town, ann: Person, guild: Guild) -> None:
        """A changed client could send any number."""
        job, clip = await made(town, ann, town.api.channel(guild, "general"))
        secret = town.api.channel(guild, "secret")
        asked = await said(ann, ann.presses(clip, "Share"))
        sent = ann.sends(asked, f"p:share-to:{job.code}", 8, ["1"])
        await ann.answered(sent)
        await town.see(lambda: sent.answer)
        assert videos(ann.reads(secret)) == []


class TestPublish:
    @pytest.fixture
    def news(self, town: Town, guild: Guild) -> Channel:
        return town.api.channel(guild, "news", ANNOUNCEMENT)

    async def test_whoever_made_it_can(self, town: Town, ann: Person, news: Channel) -> None:
        _, clip = await made(town, ann, news)
        text = (await said(ann, ann.presses(clip, "Publish to followers"))).text
        assert "on its way" in text
        assert clip.flags & CROSSPOSTED

    async def test_others_need_the_permission(
        self, town: Town, ann: Person, bob: Person, news: Channel, guild: Guild
    ) -> None:
        _, clip = await made(town, ann, news)
        assert "“Manage Messages”" in (await said(bob, bob.presses(clip, "Publish to followers"))).text
        assert not clip.flags & CROSSPOSTED
        town.api.role(guild, "editor", MANAGE_MESSAGES, bob)
        await said(bob, bob.presses(clip, "Publish to followers"))
        assert clip.flags & CROSSPOSTED

    async def test_twice_is_once(self, town: Town, ann: Person, news: Channel) -> None:
        _, clip = await made(town, ann, news)
        for _ in range(2):
            assert "on its way" in (await said(ann, ann.presses(clip, "Publish to followers"))).text


async def test_all_buttons_work_after_a_restart(town: Town, ann: Person, guild: Guild) -> None:
    job, clip = await made(town, ann, town.api.channel(guild, "general"))
    await town.restart()
    assert job.code in (await said(ann, ann.presses(clip, "Details"))).text
    assert (await ann.answered(ann.presses(clip, "Report"))).modal
    assert (await said(ann, ann.presses(clip, "Share"))).selects
    for label in ("Again", "Another take", "Longer"):
        ann.presses(clip, label)
        again = await town.job()
        await town.make(again)
    assert len(videos(ann.reads(clip.channel))) == 4
