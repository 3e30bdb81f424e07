"""Messages, private chats, threads and crossposts, by the bot's own token."""

import io

import aiohttp
import discord
import pytest
from discord import ui

from tests.discord import DiscordApi, Hand
from tests.discord.channels import REQUIRE_TAG
from tests.discord.permissions import ATTACH_FILES, SEND_MESSAGES, VIEW_CHANNEL
from tests.discord.state import ANNOUNCEMENT, FORUM, Channel
from tests.unit.discord_server.puppet import Puppet
from tests.unit.discord_server.test_discord_interactions import film, result


@pytest.fixture
def general(api: DiscordApi, puppet: Puppet) -> Channel:
    api.world.limits.numbers.loosen()
    return api.channel(api.guild("Stage", api.person("Owner")), "general")


def at(puppet: Puppet, channel: Channel) -> discord.PartialMessageable:
    return puppet.get_partial_messageable(channel.id)


async def refused(attempt: object) -> tuple[int, int]:
    with pytest.raises(discord.HTTPException) as raised:
        await attempt  # type: ignore[misc]
    return raised.value.status, raised.value.code


async def test_a_message_is_sent_read_changed_and_deleted(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    sent = await at(puppet, general).send(view=result(), file=film())
    kept = general.from_bot[0]
    assert (kept.text, kept.file().data) == ("Here it is", b"film")
    found = await at(puppet, general).fetch_message(sent.id)
    assert found.attachments[0].filename == "clip.mp4"
    assert await found.attachments[0].read() == b"film"
    await found.edit(view=result("Other"), attachments=[discord.File(io.BytesIO(b"new"), "clip.mp4")])
    assert (kept.labels, kept.file().data, len(kept.files)) == (["Other"], b"new", 1)
    await found.delete()
    assert general.shown == []
    assert await refused(at(puppet, general).fetch_message(sent.id)) == (404, 10008)


async def test_the_same_nonce_is_the_same_message(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    place, clock = at(puppet, general), api.world.clock
    assert isinstance(clock, Hand)
    api.faults.add("POST /channels", "reset_after")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("one", nonce="job-1")
    again = await place.send("one", nonce="job-1")
    assert [(m.id, m.text) for m in general.from_bot] == [(again.id, "one")]
    clock.forward(301)
    await place.send("one", nonce="job-1")
    assert len(general.from_bot) == 2
    assert await refused(place.send("x", nonce="x" * 26)) == (400, 50035)


async def test_who_asked_is_mentioned(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    ann = api.person("Ann")
    await at(puppet, general).send(f"<@{ann.id}> done")
    await at(puppet, general).send(f"<@{ann.id}> silent", allowed_mentions=discord.AllowedMentions.none())
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(f"<@{ann.id}> in a component"))
    await at(puppet, general).send(view=view)
    assert [message.mentions for message in general.shown] == [[ann.user], [], [ann.user]]


async def test_what_the_bot_may_not(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    place = at(puppet, general)
    owners = api.person("Bob").says("mine", general)
    assert await refused(place.get_partial_message(owners.id).edit(content="x")) == (403, 50005)
    assert await refused(place.get_partial_message(owners.id).delete()) == (403, 50013)
    api.deny(general, ATTACH_FILES)
    assert await refused(place.send(file=film())) == (403, 50013)
    await place.send("text alone")
    api.deny(general, SEND_MESSAGES)
    assert await refused(place.send("x")) == (403, 50013)
    api.deny(general, VIEW_CHANNEL)
    assert await refused(place.send("x")) == (403, 50001)
    api.delete(general)
    assert await refused(place.send("x")) == (404, 10003)
    away = api.channel(api.guild("Elsewhere", api.person("Cy"), has_bot=False), "general")
    assert await refused(at(puppet, away).send("x")) == (403, 50001)


async def test_a_file_over_the_limit_of_its_server(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    assert general.guild
    general.guild.limit = 10
    assert await refused(at(puppet, general).send(file=film(b"x" * 11))) == (413, 40005)
    await at(puppet, general).send(file=film(b"x" * 10))
    general.guild.limit = None
    assert general.guild.file_limit == 10 * 1024 * 1024
    general.guild.tier = 2
    assert general.guild.file_limit == 50 * 1024 * 1024


async def test_a_private_chat_that_is_shut(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    user = await puppet.fetch_user(ann.id)
    await user.send("hello")
    assert [m.text for m in ann.reads()] == ["hello"]
    ann.user.takes_messages = False
    assert await refused(user.send("x")) == (403, 50007)
    assert await refused(puppet.create_dm(discord.Object(5))) == (400, 50033)


async def test_a_post_of_a_forum_with_tags(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    assert general.guild
    forum = api.channel(general.guild, "films", FORUM, tags=("video", "draft"), flags=REQUIRE_TAG)
    await api.until(lambda: puppet.get_channel(forum.id))
    found = puppet.get_channel(forum.id)
    assert isinstance(found, discord.ForumChannel)
    assert await refused(at(puppet, forum).send("x")) == (400, 50008)
    assert await refused(found.create_thread(name="A fox", content="x")) == (400, 40067)
    made = await found.create_thread(name="A fox", view=result(), file=film(), applied_tags=[found.available_tags[0]])
    post = api.world.channels[made.thread.id]
    assert (post.name, post.parent, [str(tag) for tag in post.applied]) == ("A fox", forum, [forum.tags[0]["id"]])
    assert post.from_bot[0].file().data == b"film"
    await made.thread.send("more")
    assert [m.text for m in post.from_bot] == ["Here it is", "more"]


async def test_a_thread_that_is_locked_or_archived(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    ann = api.person("Ann")
    assert general.guild
    api.join(general.guild, ann)
    thread = api.thread(general, "Talk", ann)
    sent = await at(puppet, thread).send("one")
    thread.archived = True
    assert await refused(sent.edit(content="x")) == (400, 50083)
    await at(puppet, thread).send("wakes it")
    assert not thread.archived
    thread.locked = True
    assert await refused(at(puppet, thread).send("x")) == (400, 50083)
    asked = await ann.answered(ann.runs("video", thread, prompt="x"))
    assert isinstance(puppet.seen[0].channel, discord.Thread)
    assert asked.channel is thread


async def test_a_thread_on_a_message(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    await api.until(lambda: puppet.get_channel(general.id))
    channel = puppet.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("one")
    made = await sent.create_thread(name="On it")
    assert api.world.channels[made.id].parent is general
    assert await refused(sent.create_thread(name="Twice")) == (400, 160004)


async def test_a_crosspost(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    assert general.guild
    news = api.channel(general.guild, "news", ANNOUNCEMENT)
    sent = await at(puppet, news).send("news")
    await sent.publish()
    assert await refused(sent.publish()) == (400, 40033)
    assert await refused((await at(puppet, general).send("x")).publish()) == (400, 50024)
    assert news.from_bot[0].flags & 1


async def test_the_address_of_a_file_is_good_for_a_day(api: DiscordApi, puppet: Puppet, general: Channel) -> None:
    sent = await at(puppet, general).send(view=result(), file=film())
    api.world.cdn.clock.forward(86_401)  # type: ignore[attr-defined]
    with pytest.raises(discord.NotFound):
        await sent.attachments[0].read()
    again = await at(puppet, general).fetch_message(sent.id)
    assert await again.attachments[0].read() == b"film"
    gallery = next(c for c in again.components[0].children if isinstance(c, discord.MediaGalleryComponent))  # type: ignore[union-attr]
    assert gallery.items[0].media.url == again.attachments[0].url
