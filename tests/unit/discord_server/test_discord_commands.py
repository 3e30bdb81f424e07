"""The command list: what Discord refuses, and what people are offered of it."""

import copy
from typing import Any

import discord
import pytest

from tests.discord import DiscordApi
from tests.discord.choosing import localised
from tests.discord.running import pointed
from tests.unit.discord_server.puppet import Puppet

VIDEO: dict[str, Any] = {"name": "video", "type": 1, "description": "Make a video"}


def option(name: str = "prompt", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": 3, "description": "x", **more}


def choice(name: str = "a") -> dict[str, Any]:
    return {"name": name, "value": name}


@pytest.fixture
async def put(api: DiscordApi) -> Any:
    api.world.limits.numbers.loosen()
    with pointed(api.url, api.gateway_url):
        async with Puppet() as client:
            await client.login(api.token)

            async def put(*commands: dict[str, Any]) -> list[Any]:
                return await client.http.bulk_upsert_global_commands(api.world.app_id, list(commands))

            yield put


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "Video"}, "Command name is invalid"),
    ({"name": "vi deo"}, "Command name is invalid"),
    ({"name": ""}, "1"),
    ({"name": "x" * 33}, "32"),
    ({"description": ""}, "1 and 100"),
    ({"description": "x" * 101}, "100"),
    ({"name_localizations": {"zh-CN": "视频 "}}, "Command name is invalid"),
    ({"name_localizations": {"zh-cn": "视频"}}, "no locale"),
    ({"description_localizations": {"zh": "视频"}}, "no locale"),
    ({"description_localizations": {"zh-TW": "字" * 101}}, "100"),
    ({"options": [option(str(n)) for n in range(26)]}, "25"),
    ({"options": [option(), option()]}, "unique"),
    ({"options": [option("a"), option("b", required=True)]}, "before non-required"),
    ({"options": [option(choices=[choice(str(n)) for n in range(26)])]}, "25"),
    ({"options": [option(choices=[choice(), choice()])]}, "unique"),
    ({"options": [option(choices=[choice("x" * 101)])]}, "100"),
    ({"options": [option(choices=[choice()], autocomplete=True)]}, ""),
    ({"options": [option(choices=[{"name": "a", "value": 1}])]}, ""),
    ({"options": [option("sub", type=1), option()]}, "exclude each other"),
    ({"contexts": [3]}, ""),
    ({"integration_types": []}, "1"),
    ({"type": 3, "description": "x"}, "cannot have description"),
    (
        {"options": [option(str(n), choices=[choice("x" * 90 + str(m)) for m in range(5)]) for n in range(9)]},
        "maximum size",
    ),
]


@pytest.mark.parametrize(("wrong", "why"), BAD, ids=lambda part: str(part)[:40] if isinstance(part, str) else "")
async def test_a_command_that_is_refused(put: Any, api: DiscordApi, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(discord.HTTPException) as raised:
        await put({**copy.deepcopy(VIDEO), **wrong})
    assert (raised.value.status, raised.value.code) == (400, 50035)
    assert why in str(raised.value)
    assert api.world.commands == {}


async def test_what_counts_is_the_longest_language(put: Any) -> None:
    near = [option(str(n), description="x" * 100) for n in range(25)]
    command = {**VIDEO, "options": near}
    await put(command)
    for one in near:
        one["choices"] = [choice("x" * 100), choice("y" * 10)]  # 25 × (101 + 220) + 17 = 8042
    with pytest.raises(discord.HTTPException, match="maximum size"):
        await put(command)


async def test_how_many_there_may_be(put: Any) -> None:
    await put(*({**VIDEO, "name": f"v{n}"} for n in range(100)))
    with pytest.raises(discord.HTTPException):
        await put(*({**VIDEO, "name": f"v{n}"} for n in range(101)))
    await put(*({"name": f"Do {n}", "type": 3} for n in range(15)))
    with pytest.raises(discord.HTTPException):
        await put(*({"name": f"Do {n}", "type": 3} for n in range(16)))
    with pytest.raises(discord.HTTPException, match="unique"):
        await put(VIDEO, VIDEO)


async def test_a_command_keeps_its_id_and_new_ones_are_counted(put: Any, api: DiscordApi) -> None:
    first = await put(VIDEO)
    again = await put({**VIDEO, "description": "Other"}, {**VIDEO, "name": "again"})
    assert again[0]["id"] == first[0]["id"]
    assert again[0]["version"] != first[0]["version"]
    assert api.world.commands_created == 2
    api.world.commands_created = 200
    with pytest.raises(discord.HTTPException) as raised:
        await put({**VIDEO, "name": "new"})
    assert raised.value.code == 30034


async def test_people_find_a_command_by_its_name_in_their_language(put: Any, api: DiscordApi) -> None:
    named = {"name_localizations": {"zh-CN": "视频"}, "description_localizations": {"zh-CN": "做一段视频"}}
    quality = option("quality", name_localizations={"zh-CN": "画质"}, choices=[
        {"name": "high", "value": "hd", "name_localizations": {"zh-CN": "高清"}}])  # fmt: skip
    await put({**VIDEO, **named, "options": [quality]})
    yun, ann = api.person("Yun", "zh-CN"), api.person("Ann")
    asked = yun.runs("视频", 画质="高清")
    assert asked.data["name"] == "video"
    assert asked.data["options"] == [{"name": "quality", "type": 3, "value": "hd"}]
    assert localised(yun.offered()[0], "zh-CN", "description") == "做一段视频"
    with pytest.raises(AssertionError, match="offered no"):
        ann.runs("视频")


async def test_people_send_only_what_their_client_lets_them(put: Any, api: DiscordApi) -> None:
    number = option("seconds", type=4, min_value=2, max_value=6)
    short = option("prompt", required=True, max_length=5)
    await put({**VIDEO, "options": [short, number]}, {**VIDEO, "name": "server", "options": [option("pause", type=1)]})
    ann = api.person("Ann")
    for options, why in (
        ({}, "required"),
        ({"prompt": "x" * 6}, "characters"),
        ({"prompt": "x", "seconds": 7}, "range"),
        ({"prompt": "x", "seconds": "7"}, "seconds"),
        ({"prompt": "x", "other": 1}, "no options"),
    ):
        with pytest.raises(AssertionError, match=why):
            ann.runs("video", **options)
    assert ann.runs("server pause").data["options"] == [{"name": "pause", "type": 1, "options": []}]
    with pytest.raises(AssertionError, match="no subcommand"):
        ann.runs("server other")


async def test_the_library_reads_back_what_it_registered(api: DiscordApi, puppet: Puppet) -> None:
    found = {command.name: command for command in await puppet.tree.fetch_commands()}
    assert set(found) == {"video", "server", "Animate this"}
    assert [o.name for o in found["video"].options] == ["prompt", "seconds", "recipe", "image"]
    assert found["server"].default_member_permissions == discord.Permissions(manage_guild=True)
