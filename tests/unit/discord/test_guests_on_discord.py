"""Where somebody brings the bot along: it is no member there, may say little, and forgets nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import Town, open_town, videos


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.misfits == []
        assert opened.api.complaints == []


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann", installed=True)


@pytest.fixture
def elsewhere(town: Town, ann: Person) -> Channel:
    """A server that the bot is no member of."""
    return town.api.channel(town.api.guild("Elsewhere", town.api.person("Owner"), ann, has_bot=False), "general")


async def test_a_clip_is_made_where_the_bot_is_no_member(town: Town, ann: Person, elsewhere: Channel) -> None:
    asked = ann.runs("video", elsewhere, prompt="two cats")
    await ann.finished(asked)
    await town.make(await town.job())
    (clip,) = videos(ann.reads(elsewhere))
    ann.presses(clip, "Again")
    await town.make(await town.job())
    assert len(videos(ann.reads(elsewhere))) == 2
    assert not [request for request in town.api.requests if "/channels/" in request.route]


async def test_a_refusal_there_is_for_its_user_alone(town: Town, ann: Person, elsewhere: Channel) -> None:
    told = await ann.finished(ann.runs("video", elsewhere, prompt="two forbidden cats"))
    assert told.reader is ann.user


async def test_in_a_chat_between_people_as_well(town: Town, ann: Person) -> None:
    chat = town.api.private(ann, town.api.person("Bob"))
    ann.runs("video", chat, prompt="two cats")
    job = await town.job()
    await town.make(job)
    assert len(videos(ann.reads(chat))) == 1
    assert job.place.chat == "group"


async def test_what_ends_too_late_there_is_told_in_private(town: Town, ann: Person, elsewhere: Channel) -> None:
    await ann.finished(ann.runs("video", elsewhere, prompt="two cats"))
    job = await town.job()
    town.later(16 * 60)
    ended = town.settlement.fail(job.id, "engine-fault")
    assert ended
    await town.adapter.show_end(ended)
    (told,) = ann.reads()
    assert job.code in told.text


async def test_what_all_should_see_and_discord_shows_its_user_alone_is_kept_so(
    town: Town, ann: Person, elsewhere: Channel
) -> None:
    assert elsewhere.guild
    town.api.deny(elsewhere, 1 << 50, ann)
    asked = ann.runs("video", elsewhere, prompt="two cats")
    await ann.finished(asked)
    job = await town.job()
    assert (await town.facts(job)).get("is_quiet") == asked.is_private
    await town.make(job)
    assert len(videos(ann.reads(elsewhere))) == 1
