"""Interactions over the wire: answers, limits of time, who sees what."""

import io
from typing import Any

import discord
from discord import ui

from tests.discord import DiscordApi, Given, Hand
from tests.unit.discord_server.puppet import Puppet


def code(error: BaseException) -> tuple[int, int]:
    assert isinstance(error, discord.HTTPException), error
    return error.status, error.code


async def _deliver(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.defer()
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("Here it is"))
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    gallery.add_item(media="attachment://clip.mp4", description="a fox")
    view.add_item(gallery)
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(ui.Button(label="Again", custom_id="p:again:1"))
    view.add_item(row)
    await interaction.edit_original_response(attachments=[discord.File(io.BytesIO(b"film"), "clip.mp4")], view=view)


async def test_a_command_is_deferred_and_its_answer_becomes_a_video(api: DiscordApi, puppet: Puppet) -> None:
    puppet.does = _deliver
    ann = api.person("Ann", "zh-CN")
    general = api.channel(api.guild("Stage", ann), "general")
    asked = ann.runs("video", general, prompt="a fox", seconds="six", image=Given("cat.png", b"bytes"))
    await ann.answered(asked)
    message = await ann.finished(asked)
    assert message.text == "Here it is"
    assert message.file(".mp4").data == b"film"
    assert message.labels == ["Again"]
    extras = puppet.seen[0].extras
    assert (extras["prompt"], extras["seconds"], extras["image"].filename) == ("a fox", 6, "cat.png")
    assert await extras["image"].read() == b"bytes"
    assert puppet.seen[0].locale == discord.Locale.chinese
    assert 0 < asked.answered_after < 3
    assert puppet.failures == []
    assert api.complaints == []
    assert [m.text for m in ann.reads(general)] == ["Here it is"]


async def test_an_answer_after_three_seconds_is_unknown(api: DiscordApi, puppet: Puppet) -> None:
    clock = api.world.clock
    assert isinstance(clock, Hand)

    async def late(interaction: discord.Interaction[Any]) -> None:
        clock.forward(3.1)
        await interaction.response.defer()

    puppet.does = late
    asked = api.person("Ann").runs("video", prompt="x")
    await api.until(lambda: puppet.failures)
    assert code(puppet.failures[0]) == (404, 10062)
    assert asked.answer == 0
