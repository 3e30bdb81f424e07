"""Clips in threads, forums, media and announcement channels, and how they look there."""

from __future__ import annotations

import pytest

from tests.discord.people import Person
from tests.discord.state import ANNOUNCEMENT, FORUM, MEDIA, PRIVATE_THREAD, Channel
from tests.unit.discord.town import Town, ask, videos

EDIT_BY_TOKEN = "PATCH /webhooks"
LONG = 16 * 60.0


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

    async def test_of_a_private_thread_that_is_gone_its_channel_gets_nothing(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        thread = town.api.thread(general, "secret", ann, PRIVATE_THREAD)
        _, job = await ask(town, ann, thread)
        town.api.delete(thread)
        await town.make(job)
        assert videos(ann.reads(general)) == []
        assert len(videos(ann.reads())) == 1

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
