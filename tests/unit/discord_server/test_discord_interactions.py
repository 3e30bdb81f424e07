"""Interactions over the wire: first answers, follow-ups, limits of time, who sees what."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import ui

from tests.discord import DiscordApi, Given, Hand
from tests.discord.permissions import USE_EXTERNAL_APPS
from tests.discord.running import pointed
from tests.unit.discord_server.puppet import Puppet

Asked = discord.Interaction[Any]


def codes(puppet: Puppet) -> list[tuple[int, int]]:
    """What the library raised."""
    return [(error.status, error.code) for error in puppet.failures if isinstance(error, discord.HTTPException)]


def film(data: bytes = b"film") -> discord.File:
    return discord.File(io.BytesIO(data), "clip.mp4")


def result(label: str = "Again") -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    gallery.add_item(media="attachment://clip.mp4", description="a fox")
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(ui.Button(label=label, custom_id="p:again:1"))
    view.add_item(ui.Container(ui.TextDisplay("Here it is"), gallery, row))
    return view


async def deliver(interaction: Asked) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(attachments=[film()], view=result())


def clock_of(api: DiscordApi) -> Hand:
    clock = api.world.clock
    assert isinstance(clock, Hand)
    return clock


async def test_a_deferred_answer_becomes_a_video(api: DiscordApi, puppet: Puppet) -> None:
    puppet.does = deliver
    ann = api.person("Ann", "zh-CN")
    general = api.channel(api.guild("Stage", ann), "general")
    asked = ann.runs("video", general, prompt="a fox", seconds="six", image=Given("cat.png", b"bytes"))
    message = await ann.finished(asked)
    assert (message.text, message.labels) == ("Here it is", ["Again"])
    assert message.file(".mp4").data == b"film"
    extras = puppet.seen[0].extras
    assert (extras["prompt"], extras["seconds"], extras["image"].filename) == ("a fox", 6, "cat.png")
    assert await extras["image"].read() == b"bytes"
    assert puppet.seen[0].locale == discord.Locale.chinese
    assert 0 < asked.answered_after < 3
    assert (puppet.failures, api.complaints, ann.reads(general)) == ([], [], [message])


async def test_an_answer_after_three_seconds_is_unknown(api: DiscordApi, puppet: Puppet) -> None:
    async def late(interaction: Asked) -> None:
        clock_of(api).forward(3.1)
        await interaction.response.defer()

    puppet.does = late
    asked = api.person("Ann").runs("video", prompt="x")
    await api.until(lambda: puppet.failures)
    assert codes(puppet) == [(404, 10062)]
    assert (asked.answer, asked.refusals) == (0, [10062])


async def test_a_second_first_answer_is_refused(api: DiscordApi, puppet: Puppet) -> None:
    async def twice(interaction: Asked) -> None:
        await interaction.response.defer()
        interaction.response._response_type = None
        await interaction.response.send_message("again")

    puppet.does = twice
    api.person("Ann").runs("video", prompt="x")
    await api.until(lambda: puppet.failures)
    assert codes(puppet) == [(400, 40060)]


async def test_the_token_dies_after_fifteen_minutes(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    asked = await ann.answered(ann.runs("video", prompt="x"))
    clock_of(api).forward(899)
    await puppet.seen[0].edit_original_response(content="still here")
    clock_of(api).forward(2)
    for attempt in (
        puppet.seen[0].edit_original_response(content="late"),
        puppet.seen[0].followup.send("late"),
        puppet.seen[0].delete_original_response(),
    ):
        with pytest.raises(discord.HTTPException) as raised:
            await attempt
        assert (raised.value.status, raised.value.code) == (401, 50027)
    assert asked.original
    assert (asked.original.text, asked.refusals) == ("still here", [50027] * 3)


async def test_what_is_private_is_seen_by_who_asked_alone(api: DiscordApi, puppet: Puppet) -> None:
    async def whisper(interaction: Asked) -> None:
        await interaction.response.send_message("psst", ephemeral=True)
        await interaction.followup.send("more", ephemeral=True)
        await interaction.followup.send("for all")

    puppet.does = whisper
    ann, bob = api.person("Ann"), api.person("Bob")
    general = api.channel(api.guild("Stage", ann, bob), "general")
    asked = ann.runs("video", general, prompt="x")
    await api.until(lambda: len(asked.follow_ups) == 2)
    assert [m.text for m in ann.reads(general)] == ["psst", "more", "for all"]
    assert [m.text for m in bob.reads(general)] == ["for all"]
    assert asked.is_private
    assert asked.original
    with pytest.raises(discord.NotFound):  # the bot's own token does not reach it
        await puppet.get_partial_messageable(general.id).fetch_message(asked.original.id)
    original = await puppet.seen[0].original_response()
    assert original.flags.ephemeral


async def test_the_first_follow_up_after_a_deferral_is_the_answer(api: DiscordApi, puppet: Puppet) -> None:
    async def follow(interaction: Asked) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("one")
        await interaction.followup.send("two")

    puppet.does = follow
    ann = api.person("Ann")
    asked = ann.runs("video", prompt="x")
    await api.until(lambda: asked.follow_ups)
    assert [m.text for m in asked.messages] == ["one", "two"]
    assert asked.original
    assert asked.original.reader is ann.user
    assert asked.follow_ups[0].reader is None


async def test_follow_ups_are_changed_and_deleted(api: DiscordApi, puppet: Puppet) -> None:
    async def follow(interaction: Asked) -> None:
        await interaction.response.send_message("first")
        more = await interaction.followup.send("second", wait=True)
        await more.edit(content="changed", attachments=[film(b"late")])
        await interaction.delete_original_response()

    puppet.does = follow
    ann = api.person("Ann")
    asked = ann.runs("video", prompt="x")
    await api.until(lambda: asked.original and asked.original.gone)
    assert [(m.text, m.file().data) for m in asked.messages] == [("changed", b"late")]
    assert asked.follow_ups[0].texts == ["second", "changed"]


async def test_an_app_that_is_no_member_has_five_follow_ups(api: DiscordApi, puppet: Puppet) -> None:
    async def chatter(interaction: Asked) -> None:
        await interaction.response.send_message("0")
        for number in range(1, 7):
            await interaction.followup.send(str(number))

    puppet.does = chatter
    api.world.limits.numbers.loosen()
    bo = api.person("Bo", installed=True)
    general = api.channel(api.guild("Elsewhere", bo, has_bot=False), "general")
    asked = bo.runs("video", general, prompt="x")
    await api.until(lambda: puppet.failures)
    assert codes(puppet) == [(400, 40094)]
    assert len(asked.follow_ups) == 5
    assert puppet.seen[0].is_user_integration()
    assert not puppet.seen[0].is_guild_integration()


async def test_who_may_use_no_foreign_apps_gets_private_answers(api: DiscordApi, puppet: Puppet) -> None:
    puppet.does = deliver
    owner, bo = api.person("Owner"), api.person("Bo", installed=True)
    general = api.channel(api.guild("Elsewhere", owner, bo, has_bot=False), "general")
    api.deny(general, USE_EXTERNAL_APPS, bo)
    asked = bo.runs("video", general, prompt="x")
    await bo.finished(asked)
    assert asked.is_private
    assert owner.reads(general) == []


async def test_who_has_not_added_the_app_is_offered_nothing_elsewhere(api: DiscordApi, puppet: Puppet) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    away = api.channel(api.guild("Elsewhere", ann, has_bot=False), "general")
    with pytest.raises(AssertionError, match="offered no 'video'"):
        ann.runs("video", away, prompt="x")
    here = api.channel(api.guild("Stage", ann, bob), "general")
    assert ann.runs("server", here)
    with pytest.raises(AssertionError, match="offered no 'server'"):  # no manager
        bob.runs("server", here)


async def test_an_option_completes(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    typed = await ann.answered(ann.types("video", "recipe", "st", prompt="a fox"))
    assert typed.choices == [{"name": "standard", "value": "standard"}]


async def test_a_command_of_a_message_sees_the_message(api: DiscordApi, puppet: Puppet) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    general = api.channel(api.guild("Stage", ann, bob), "general")
    said = bob.says("look", general, Given("cat.png", b"cat"))
    asked = await ann.answered(ann.uses("Animate this", said))
    message = puppet.seen[0].extras["message"]
    assert (message.content, message.author.id) == ("look", bob.id)
    assert await message.attachments[0].read() == b"cat"
    assert asked.name == "Animate this"


async def test_the_same_interaction_told_twice_is_answered_once(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    asked = await ann.answered(ann.runs("video", prompt="x"))
    ann.again(asked)
    await api.until(lambda: puppet.failures)
    assert codes(puppet) == [(400, 40060)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda i: i.response.send_message("x" * 2001), "2000"),
        (lambda i: i.response.send_message(""), "empty"),
        (lambda i: i.response.send_message(file=film(b"x" * 101)), "too large"),
    ],
)
async def test_what_no_first_answer_may_be(
    api: DiscordApi, puppet: Puppet, answer: Callable[[Asked], Awaitable[Any]], why: str
) -> None:
    puppet.does = answer
    api.world.dm_limit = 100
    asked = api.person("Ann").runs("video", prompt="x")
    await api.until(lambda: puppet.failures or asked.answer)
    assert why in str(puppet.failures[0])
    assert asked.answer == 0


async def test_another_token_is_refused(api: DiscordApi) -> None:
    with pointed(api.url, api.gateway_url):
        async with Puppet() as client:
            with pytest.raises(discord.LoginFailure):
                await client.login("other")


async def test_a_revoked_token_ends_the_bot(api: DiscordApi) -> None:
    with pointed(api.url, api.gateway_url):
        async with Puppet() as client:
            task = asyncio.ensure_future(client.start(api.token))
            await api.connected()
            api.world.token = "new"
            await api.gateway.drop()
            with pytest.raises(discord.ConnectionClosed) as raised:
                await task
    assert (raised.value.code, api.gateway.closed) == (4004, [4004])
