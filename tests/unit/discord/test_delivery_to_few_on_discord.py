"""A finished clip on Discord for one alone, and where the bot is no member."""

from __future__ import annotations

import pytest

from core.errors import RecipientGone
from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import CHARGED, Town, ask, videos

EDIT_BY_TOKEN = "PATCH /webhooks"
LONG = 16 * 60.0


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


class TestForOneAlone:
    """What was asked for in private (``private:true``)."""

    async def test_it_becomes_the_video_for_them_alone(self, town: Town, ann: Person, general: Channel) -> None:
        asked, job = await ask(town, ann, general, private=True)
        await town.make(job)
        (video,) = videos(ann.reads(general))
        assert video is asked.original
        assert video.reader is ann.user

    async def test_one_that_came_late_goes_to_their_private_chat(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        _, job = await ask(town, ann, general, private=True)
        town.later(LONG)
        await town.make(job)
        (video,) = videos(ann.reads())
        assert "took longer than Discord lets me answer" in video.text
        assert videos(ann.reads(general)) == []
        assert town.kinds(job) == CHARGED

    async def test_after_a_long_wait_they_alone_are_called(self, town: Town, ann: Person, general: Channel) -> None:
        _, job = await ask(town, ann, general, private=True)
        town.later(90)
        await town.make(job)
        assert [message.reader for message in ann.reads(general)] == [ann.user, ann.user]
        assert job.code in ann.reads(general)[-1].text

    async def test_where_they_take_no_private_messages_nothing_is_charged(
        self, town: Town, ann: Person, general: Channel
    ) -> None:
        _, job = await ask(town, ann, general, private=True)
        town.later(LONG)
        ann.user.takes_messages = False
        with pytest.raises(RecipientGone):
            await town.courier.deliver(job.id, town.store_clip(job))
