"""Settings, servers, people's data and sales over the wire, each request held to Discord's own description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots.discord.places import rulebook
from bots.discord.shop import Shop
from core.preferences import ChatSettings, UserSettings
from core.types import Account, Address
from tests.discord.interaction import Interaction
from tests.discord.people import Person
from tests.discord.permissions import MANAGE_GUILD
from tests.discord.premium import CONSUMABLE, SUBSCRIPTION
from tests.discord.state import Channel, Message
from tests.unit.discord.town import Town, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened
        assert opened.api.violations == []
        assert opened.api.misfits == []
        assert opened.api.complaints == []


@pytest.fixture
def ann(town: Town) -> Person:
    return town.api.person("Ann")


@pytest.fixture
def bob(town: Town) -> Person:
    return town.api.person("Bob", "zh-CN")


@pytest.fixture
def general(town: Town, ann: Person, bob: Person) -> Channel:
    """Ann's server."""
    return town.api.channel(town.api.guild("Zoo", ann, bob), "general")


async def chosen(town: Town, channel: Channel) -> ChatSettings:
    assert channel.guild
    return await town.commands.chat_settings(Address("discord", rulebook(channel.guild.id), "1"))


async def account(town: Town, person: Person) -> Account:
    return await town.commands.account(Address("discord", str(person.id), str(person.id)))


async def choose(town: Town, who: Person, message: Message, menu: str, *values: Any) -> Message:
    """Choose, and wait until the message shows what came of it."""
    before = len(message.history)
    who.chooses(message, *values, menu=menu)
    await town.see(lambda: len(message.history) > before)
    return message


async def told_alone(town: Town, asked: Interaction) -> str:
    """What only whoever asked reads, once it is there."""
    return (await town.see(lambda: [one for one in asked.messages if one.reader and not one.is_loading]))[0].text


async def test_the_menu_is_in_traditional_chinese_too(town: Town) -> None:
    commands = {one["name"]: one for one in town.api.world.commands.values()}
    assert {"video", "settings", "server", "credits", "help", "privacy", "link"} <= set(commands)
    assert commands["server"]["name_localizations"]["zh-TW"] == "伺服器"


async def test_the_menu_is_told_once_and_again_only_where_it_changed(town: Town, tmp_path: Path) -> None:
    def told() -> int:
        return len(town.api.calls("PUT /applications/{application_id}/commands"))

    notes, other = tmp_path / "discord-menu", "another version's"
    await town.see(notes.exists)
    await town.restart()
    await town.restart()
    assert told() == 1
    notes.write_text(other)
    await town.restart()
    await town.see(lambda: notes.read_text() != other)
    await town.restart()
    assert told() == 2


async def test_settings_are_menus_in_the_users_language(town: Town, bob: Person, general: Channel) -> None:
    asked = bob.runs("设置", general)
    message = await bob.finished(asked)
    assert asked.is_private
    assert "你的设置" in message.text
    await choose(town, bob, message, "ratio", "竖屏")
    await choose(town, bob, message, "seconds", "4")
    settings = await town.commands.user_settings(Address("discord", str(general.id), str(bob.id)))
    assert settings == UserSettings(ratio="9:16", seconds=4.0)
    await town.restart()
    await choose(town, bob, message, "locale", "English")
    assert "Your settings" in message.text


async def test_nobody_changes_anothers_settings(town: Town, ann: Person, bob: Person) -> None:
    message = await ann.finished(ann.runs("settings"))
    (menu,) = [one for one in message.selects if "ratio" in one["custom_id"]]
    town.api.world.users[bob.id].installed = True
    asked = bob.sends(message, menu["custom_id"], 3, ["9:16"])
    assert "别人" in await told_alone(town, asked)
    for person in (ann, bob):
        found = await town.commands.user_settings(Address("discord", "1", str(person.id)))
        assert found == UserSettings()


async def test_a_switch_sets_what_it_says_however_often_and_late(town: Town, ann: Person, general: Channel) -> None:
    message = await ann.finished(ann.runs("server", general))

    def says() -> dict[str, str]:
        (menu,) = message.selects
        return {one["value"]: one.get("description", "") for one in menu["options"]}

    async def choose_old(value: str) -> None:
        before = len(message.history)
        ann.sends(message, message.selects[0]["custom_id"], 3, [value])
        await town.see(lambda: len(message.history) > before)

    assert says()["paused=on"] == "→ on"
    for _ in range(2):
        await choose_old("paused=on")
        assert (await chosen(town, general)).paused
    for old in ("paused", "paused=", "paused=perhaps", "protected=on", "nothing=on"):
        await choose_old(old)
    assert await chosen(town, general) == ChatSettings(paused=True)
    assert says()["paused=off"] == "→ off"


async def test_a_server_is_ruled_by_who_may_manage_it(town: Town, ann: Person, bob: Person, general: Channel) -> None:
    assert "server" not in {one["name"] for one in bob.offered(general)}
    guild = general.guild
    assert guild
    videos, friend = town.api.channel(guild, "videos"), town.api.role(guild, "friend", 0, bob)
    message = await ann.finished(ann.runs("server", general))
    assert message.reader is ann.user
    await choose(town, ann, message, "", "Channels")
    await choose(town, ann, message, "channels", videos)
    await choose(town, ann, message, "", "Videos a day, by role")
    await choose(town, ann, message, "", friend)
    await choose(town, ann, message, "role_clips_a_day", "1")
    await choose(town, ann, message, "", "Behind a cover")
    await choose(town, ann, message, "", "Videos a day, each member")
    await choose(town, ann, message, "", "5")
    assert await chosen(town, general) == ChatSettings(
        channels=(str(videos.id),), role_clips_a_day={str(friend.id): 1}, covered=True, member_clips_a_day=5
    )
    assert f"<#{videos.id}>" in message.text
    await choose(town, ann, message, "", "Channels")
    (menu,) = message.selects
    assert [int(one["id"]) for one in menu["default_values"]] == [videos.id]
    ann.presses(message, "Back")
    await town.see(lambda: f"<#{videos.id}>" in message.text)
    assert f"<@&{friend.id}> 1" in message.text

    refused = await told_alone(town, bob.runs("视频", general, 提示词="两只猫"))
    assert "指定了制作视频的频道" in refused
    assert f"<#{videos.id}>" in refused
    await bob.finished(bob.runs("视频", videos, 提示词="两只猫"))
    assert (await town.job()).address.chat == str(videos.id)
    assert "每人每天 1 段" in await told_alone(town, bob.runs("视频", videos, 提示词="两只猫"))

    # What somebody sends who never saw the menu changes nothing.
    asked = bob.sends(message, "p:srv:member_clips_a_day", 3, ["20"])
    assert "管理服务器" in await told_alone(town, asked)
    assert (await chosen(town, general)).member_clips_a_day == 5

    town.api.role(guild, "chief", MANAGE_GUILD, bob)
    own = await bob.finished(bob.runs("服务器", general))
    assert "本服务器" in own.text


async def test_ones_own_data_comes_as_a_file_and_goes_for_the_word(town: Town, ann: Person) -> None:
    await ann.finished(ann.runs("video", prompt="two cats"))
    job = await town.job()
    message = await ann.finished(ann.runs("privacy"))
    given = await ann.finished(ann.presses(message, "Give me my data"))
    told = json.loads(given.files[0].data)
    assert [one["code"] for one in told["jobs"]] == [job.code]
    form = await ann.answered(ann.presses(message, "Erase my data"))
    refused = await ann.finished(ann.submits(form, {"word": "no"}))
    assert "Nothing was erased" in refused.text
    form = await ann.answered(ann.presses(message, "Erase my data"))
    done = await ann.finished(ann.submits(form, {"word": "erase"}))
    assert "your account are gone" in done.text
    assert town.jobs() == []


async def test_help_and_credits_and_links_are_for_one_reader(town: Town, bob: Person, general: Channel) -> None:
    for command in ("帮助", "积分", "关联", "隐私"):
        asked = bob.runs(command, general)
        message = await bob.finished(asked)
        assert message.reader is bob.user, command
        assert len(message.text) <= 4000
    with pytest.raises(AssertionError):
        bob.runs("nonsense", general)


async def test_what_is_sold_is_granted_consumed_and_given_back(town: Town, ann: Person) -> None:
    pack, ahead = town.api.sku("100 credits", CONSUMABLE), town.api.sku("ahead", SUBSCRIPTION)
    before = (await account(town, ann)).balance
    await town.adapter.stop()
    away = town.api.grant(pack, ann)
    town.shop = Shop({int(pack): 100}, frozenset({int(ahead)}))
    await town.start()
    await town.see(lambda: away["consumed"])
    second = town.api.grant(pack, ann)
    await town.see(lambda: second["consumed"])
    assert (await account(town, ann)).balance == before + 200
    await town.see(lambda: [one for one in ann.reads() if "Thank you" in one.text][1:])
    await town.restart()
    subscription = town.api.grant(ahead, ann)
    await until(town, ann, lambda told: told.tier == "subscriber")
    town.api.renew(subscription, -1)
    await until(town, ann, lambda told: told.tier == "standard")
    town.api.refund(second)
    await until(town, ann, lambda told: told.balance == before + 100)
    offered = await ann.finished(ann.runs("credits"))
    assert [one["sku_id"] for one in offered.buttons] == [pack, ahead]


async def until(town: Town, person: Person, seen: Any) -> None:
    async with asyncio.timeout(10):
        while not seen(await account(town, person)):
            await asyncio.sleep(0.01)
