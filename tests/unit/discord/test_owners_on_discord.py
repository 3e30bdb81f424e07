"""Settings, what a server's administrators decide, and what people ask about themselves, in somebody else's Discord."""

from __future__ import annotations

import asyncio
import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from discord import Permissions

from bots.discord.person import _packed
from bots.discord.places import rulebook
from core.errors import TooLarge
from core.preferences import ChatSettings, UserSettings
from core.types import Address
from tests.unit.discord.stage import Stage, buttons, open_stage, texts, walk


def of_ann(stage: Stage) -> Address:
    return Address("discord", str(stage.channel.id), str(stage.ann.id))


async def chosen(stage: Stage) -> ChatSettings:
    address = replace(of_ann(stage), chat=rulebook(stage.guild.id))
    return await stage.commands.chat_settings(address)


def menus(components: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By custom id."""
    return {one["custom_id"]: dict(one) for one in walk(components) if one.get("type") in {3, 6, 8}}


async def test_settings_are_chosen_by_menus_for_ones_own_eyes(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await say(stage.ann, stage, "settings")
        assert asked.ephemeral
        found = menus(asked.response.components)
        sign = format(stage.ann.id, "x")
        assert list(found) == [f"p:set:{name}:{sign}" for name in ("locale", "recipe", "ratio", "seconds", "quiet")]
        assert "Your settings." in texts(asked.response.components)

        told = await choose(stage.ann, asked, f"p:set:ratio:{sign}", "9:16")
        assert told.acknowledged
        await choose(stage.ann, asked, f"p:set:seconds:{sign}", "4")
        await choose(stage.ann, asked, f"p:set:quiet:{sign}", "on")
        assert await stage.commands.user_settings(of_ann(stage)) == UserSettings(ratio="9:16", seconds=4.0, quiet=True)
        options = menus(asked.response.components)[f"p:set:ratio:{sign}"]["options"]
        assert [one["value"] for one in options if one["default"]] == ["9:16"]

        await choose(stage.ann, asked, f"p:set:locale:{sign}", "zh-Hans")
        assert "你的设置" in texts(asked.response.components)
        await choose(stage.ann, asked, f"p:set:ratio:{sign}", "-")
        assert (await stage.commands.user_settings(of_ann(stage))).ratio is None
        asked = await say(stage.ann, stage, "credits")
        assert "100" in texts(asked.response.components)
        assert "积分" in texts(asked.response.components)


async def test_what_is_chosen_holds_for_the_next_video(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.commands.set_user_settings(of_ann(stage), ratio="9:16", seconds=4.0)
        await say(stage.ann, stage, "video", prompt="two cats")
        (job,) = stage.jobs()
        assert (job.spec.width, job.spec.height, job.spec.seconds) == (480, 854, 4.0)


def administrator(stage: Stage) -> Any:
    """Somebody who may manage the server."""
    chief = stage.guild.create_role("chief", permissions=Permissions(manage_guild=True))
    return stage.guild.add_member(stage.env.create_user("rae"), roles=[chief])


async def heard() -> None:
    """Until all that was asked is answered: what waits for a thread, simcord does not wait for."""
    names = ("discord.py: on_interaction", "CommandTree-invoker")
    while waiting := [task for task in asyncio.all_tasks() if task.get_name() in names]:
        await asyncio.wait(waiting)


async def choose(who: Any, asked: Any, custom_id: str, *values: Any) -> Any:
    """Choose values of a menu in a message."""
    told = await who.select(asked.response, values, custom_id=custom_id)
    await heard()
    return told


async def say(who: Any, stage: Stage, name: str, **options: Any) -> Any:
    """Give a command."""
    told = await who.slash(options.pop("channel", stage.channel), name, **options)
    await heard()
    return told


async def click(who: Any, asked: Any, custom_id: str) -> Any:
    """Press a button of a message."""
    told = await who.click(asked.response, custom_id=custom_id)
    await heard()
    return told


async def refusal(stage: Stage, who: Any, channel: Any, prompt: str) -> str:
    """What only whoever asked reads. It is read as it was sent: simcord takes no follow-up of a deleted answer."""
    await say(who, stage, "video", channel=channel, prompt=prompt)
    sent = stage.env.http_requests[-1]
    assert (sent.method, sent.json["flags"] & 64) == ("POST", 64)
    return texts(sent.json["components"])


async def test_only_who_may_manage_a_server_changes_what_holds_there(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert "server" not in stage.ann.available_commands(stage.channel)
        rae = administrator(stage)
        asked = await say(rae, stage, "server")
        assert asked.ephemeral
        shown = texts(asked.response.components)
        assert "**Paused: no videos here**: off" in shown
        assert "Today: 0 videos" in shown
        assert all(f"**{title}**" in shown for title in ("Channels", "Recipes allowed", "Videos a day, by role"))

        await choose(rae, asked, "p:srv", "paused=on")
        assert (await chosen(stage)).paused
        assert "**Paused: no videos here**: on" in texts(asked.response.components)
        assert "have paused videos" in await refusal(stage, stage.ann, stage.channel, "two cats")
        assert stage.jobs() == []
        await choose(rae, asked, "p:srv", "paused=off")

        # Who loses the right loses it at once, whatever message is still open.
        stage.env.backend.get_guild(stage.guild.id).members[rae.id].role_ids.clear()
        told = await choose(rae, asked, "p:srv", "paused=on")
        assert "Only those who may manage this server" in texts(told.followups[-1].components)
        assert not (await chosen(stage)).paused


async def test_channels_and_recipes_are_chosen_for_a_whole_server(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        rae, other = administrator(stage), stage.guild.create_text_channel("videos")
        asked = await say(rae, stage, "server")
        await choose(rae, asked, "p:srv", "channels")
        await choose(rae, asked, "p:srv:channels", other)
        assert (await chosen(stage)).channels == (str(other.id),)
        assert f"<#{other.id}>" in texts(asked.response.components)
        assert "other channels" in await refusal(stage, stage.ann, stage.channel, "two cats")
        await say(stage.ann, stage, "video", channel=other, prompt="two cats")
        (job,) = stage.jobs()
        assert job.address.chat == str(other.id)

        await choose(rae, asked, "p:srv", "recipes")
        await choose(rae, asked, "p:srv:recipes", "hd", "standard")
        assert (await chosen(stage)).recipes == ("standard", "hd")
        asked = await say(rae, stage, "server")
        assert "**Recipes allowed**: Standard, HD" in texts(asked.response.components)
        assert f"<@{stage.ann.id}> 1" in texts(asked.response.components)
        await choose(rae, asked, "p:srv", "channels")
        (menu,) = menus(asked.response.components).values()
        assert [(int(one["id"]), one["type"]) for one in menu["default_values"]] == [(other.id, "channel")]
        await choose(rae, asked, "p:srv:channels")
        assert (await chosen(stage)).channels == ()


async def test_a_category_allows_the_channels_in_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        studio = stage.guild.create_category("studio")
        videos = stage.guild.create_text_channel("videos", category=studio)
        address = replace(of_ann(stage), chat=rulebook(stage.guild.id))
        await stage.commands.set_chat_settings(address, channels=[str(studio.id)])
        assert "other channels" in await refusal(stage, stage.ann, stage.channel, "two cats")
        await say(stage.ann, stage, "video", channel=videos, prompt="two cats")
        assert [job.address.chat for job in stage.jobs()] == [str(videos.id)]


async def test_two_who_choose_for_different_roles_at_once_undo_nothing(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        rae, role = administrator(stage), stage.guild.create_role("friend")
        address = replace(of_ann(stage), chat=rulebook(stage.guild.id))

        async def seen_before(_: Address) -> ChatSettings:
            return ChatSettings()

        asked = await say(rae, stage, "server")
        await choose(rae, asked, "p:srv", "role_clips_a_day")
        await choose(rae, asked, "p:srv:role_clips_a_day", role)
        await stage.commands.set_chat_settings(address, role_clips_a_day={"1": 5})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stage.commands, "chat_settings", seen_before)
            await choose(rae, asked, f"p:srv:role_clips_a_day:{role.id}", "2")
        assert (await chosen(stage)).role_clips_a_day == {"1": 5, str(role.id): 2}


async def test_limits_are_for_every_member_or_for_a_role(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        rae, friend = administrator(stage), stage.guild.create_role("friend")
        cat = stage.guild.add_member(stage.env.create_user("cat"), roles=[friend])
        asked = await say(rae, stage, "server")
        await choose(rae, asked, "p:srv", "member_clips_a_day")
        await choose(rae, asked, "p:srv:member_clips_a_day", "1")
        await choose(rae, asked, "p:srv", "role_clips_a_day")
        await choose(rae, asked, "p:srv:role_clips_a_day", friend)
        assert f"<@&{friend.id}>" in texts(asked.response.components)
        await choose(rae, asked, f"p:srv:role_clips_a_day:{friend.id}", "2")
        settings = await chosen(stage)
        assert (settings.member_clips_a_day, settings.role_clips_a_day) == (1, {str(friend.id): 2})
        assert f"<@&{friend.id}> 2" in texts(asked.response.components)

        for who, most in ((stage.ann, 1), (cat, 2)):
            for number in range(most):
                await say(who, stage, "video", prompt=f"cat {number}")
            refused = await refusal(stage, who, stage.channel, "one more")
            assert f"limit of videos for a member of this chat \\({most}\\)" in refused
        assert len(stage.jobs()) == 3

        await choose(rae, asked, "p:srv", "role_clips_a_day")
        await choose(rae, asked, "p:srv:role_clips_a_day", friend)
        await choose(rae, asked, f"p:srv:role_clips_a_day:{friend.id}", "-")
        assert (await chosen(stage)).role_clips_a_day == {}


async def test_every_page_of_a_server_can_be_left_and_survives_a_restart(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        rae = administrator(stage)
        asked = await say(rae, stage, "server")
        names = [one["value"] for one in menus(asked.response.components)["p:srv"]["options"]]
        await stage.env.restart_bot(stage.again().client)
        for name in names:
            await choose(rae, asked, "p:srv", name)
            if "p:srv" in buttons(asked.response.components):
                await click(rae, asked, "p:srv")
            assert "p:srv" in menus(asked.response.components), name
        settings = await chosen(stage)
        assert (settings.paused, settings.covered, settings.labelled) == (True, True, True)
        assert not stage.env.errors


async def test_help_has_every_command_and_says_what_is_read(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await say(stage.ann, stage, "help")
        shown = texts(asked.response.components)
        assert asked.ephemeral
        for command in stage.adapter.client.tree.get_commands():
            assert (command.name in shown) == (command.name != "server"), command.name
        assert "nothing else" in shown
        rae = administrator(stage)
        assert "/server" in texts((await say(rae, stage, "help")).response.components)
        await stage.commands.set_user_settings(of_ann(stage), locale="zh-Hans")
        chinese = texts((await say(stage.ann, stage, "help")).response.components)
        assert "/video 或 /视频" in chinese


async def test_what_is_kept_is_given_out_as_a_file_and_erased_for_the_word_alone(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await say(stage.ann, stage, "video", prompt="two cats")
        (job,) = stage.jobs()
        asked = await say(stage.ann, stage, "privacy")
        assert asked.ephemeral
        assert list(buttons(asked.response.components)) == ["p:export", "p:erase"]

        given = (await click(stage.ann, asked, "p:export")).followups[-1]
        assert given.ephemeral
        told = json.loads(await given.attachments[0].read())
        assert [one["code"] for one in told["jobs"]] == [job.code]

        form = await click(stage.ann, asked, "p:erase")
        assert form.modal
        refused = await stage.ann.submit_modal(form, {"word": "yes"})
        await heard()
        assert "Nothing was erased" in texts(refused.followups[-1].components)
        assert stage.jobs()
        form = await click(stage.ann, asked, "p:erase")
        done = await stage.ann.submit_modal(form, {"word": "Erase"})
        await heard()
        assert "your account are gone" in texts(done.followups[-1].components)
        assert stage.jobs() == []
        assert (await stage.commands.account(of_ann(stage))).balance == 0


async def test_accounts_of_two_platforms_are_joined_by_a_code(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        offered = await stage.commands.offer_link(Address("telegram", "5", "5"))
        asked = await say(stage.ann, stage, "link", code=offered)
        assert asked.ephemeral
        assert "Linked." in texts(asked.response.components)
        asked = await say(stage.ann, stage, "link")
        assert "/link " in texts(asked.response.components)


def test_a_file_that_is_too_large_is_packed() -> None:
    document = {"jobs": ["the same words again"] * 1000}
    plain, name = _packed(document, 100_000)
    assert (json.loads(plain), name) == (document, "piying.json")
    data, name = _packed(document, 5000)
    assert name == "piying.json.zip"
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert json.loads(archive.read("piying.json")) == document
    with pytest.raises(TooLarge):
        _packed(document, 100)
