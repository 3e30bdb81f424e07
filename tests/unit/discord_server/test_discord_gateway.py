"""The gateway: sessions that break and go on, shards, what is told to whom."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord import DiscordApi, running, spec
from tests.discord.premium import SUBSCRIPTION
from tests.discord.running import pointed
from tests.discord.shapes import guild_json
from tests.discord.state import FORUM
from tests.needs import need
from tests.unit.discord_server.puppet import Puppet
from tests.unit.discord_server.test_discord_interactions import deliver


def names(puppet: Puppet) -> list[str]:
    return [name for name, _ in puppet.events]


async def test_what_happened_meanwhile_is_told_after_a_break(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    await api.gateway.drop(1011)
    asked = ann.runs("video", prompt="x")
    await ann.answered(asked)
    session = api.gateway.connected[0]
    assert (session.resumed, api.gateway.identified) == (1, 1)
    await api.until(lambda: "resumed" in names(puppet))


async def test_a_request_to_reconnect_loses_nothing(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    asked = []
    for number in range(20):
        asked.append(ann.runs("video", prompt=str(number)))
        if number % 5 == 2:
            api.gateway.reconnect()
            await asyncio.sleep(0.02)
    await api.until(lambda: all(one.answer for one in asked))
    assert puppet.failures == []
    assert (api.gateway.connected[0].resumed > 0, api.gateway.identified) == (True, 1)


async def test_a_session_that_is_lost_begins_anew(api: DiscordApi, puppet: Puppet) -> None:
    api.guild("Stage", api.person("Owner"))
    api.gateway.forget()
    await api.gateway.drop(1011)
    await api.until(lambda: api.gateway.identified == 2)
    await api.connected()
    ann = api.person("Ann")
    await ann.answered(ann.runs("video", prompt="x"))


async def test_a_session_that_is_declared_void(api: DiscordApi, puppet: Puppet) -> None:
    api.gateway.invalidate()
    await api.until(lambda: api.gateway.identified == 2)
    api.gateway.invalidate(resumable=True)
    await api.until(lambda: api.gateway.connected and api.gateway.connected[0].resumed)
    assert api.gateway.identified == 2


async def test_two_shards_hear_of_their_own_servers(api: DiscordApi) -> None:
    class Sharded(discord.AutoShardedClient):
        heard: list[tuple[int, int]] = []  # noqa: RUF012

        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """No wait of 5 s between two shards."""

        async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
            assert interaction.guild
            self.heard.append((interaction.guild.shard_id, interaction.guild.id))
            await interaction.response.defer()

    ann = api.person("Ann")
    guilds = [api.guild(f"Stage {shard}", ann, shard=shard, shards=2) for shard in (0, 1)]
    client = Sharded(shard_count=2, intents=discord.Intents(guilds=True), guild_ready_timeout=0)
    with pointed(api.url, api.gateway_url):
        async with Puppet() as other:
            await other.login(api.token)
            await other.tree.sync()
    async with running(api, client, shards=2):
        for guild in guilds:
            await ann.answered(ann.runs("video", api.channel(guild, "general"), prompt="x"))
        assert sorted(client.heard) == [(0, guilds[0].id), (1, guilds[1].id)]
        assert sorted(session.shard for session in api.gateway.connected) == [0, 1]


async def test_servers_and_channels_that_are_lost(api: DiscordApi, puppet: Puppet) -> None:
    guild = api.guild("Stage", api.person("Owner"))
    general = api.channel(guild, "general")
    await api.until(lambda: names(puppet) == ["guild"])
    api.delete(general)
    await api.until(lambda: "channel lost" in names(puppet))
    api.remove_bot(guild)
    await api.until(lambda: "guild lost" in names(puppet))
    assert len(puppet.guilds) == 0
    api.add_bot(guild)
    await api.until(lambda: len(puppet.guilds) == 1)


async def test_a_connection_that_is_silent_is_replaced(api: DiscordApi) -> None:
    api.gateway.interval, api.gateway.mute = 0.05, True
    client = Puppet(heartbeat_timeout=0.2)
    async with running(api, client):
        await api.until(lambda: api.gateway.connected and api.gateway.connected[0].resumed)
        assert api.gateway.identified == 1
        api.gateway.mute = False


async def test_a_gateway_that_refuses_is_tried_again(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    api.gateway.refusing = True
    await api.gateway.drop(1011)
    asked = ann.runs("video", prompt="x")
    await asyncio.sleep(0.05)
    api.gateway.refusing = False
    await ann.answered(asked)


async def test_another_process_goes_on_with_old_buttons(api: DiscordApi, puppet: Puppet) -> None:
    puppet.does = deliver
    ann = api.person("Ann")
    message = await ann.finished(ann.runs("video", prompt="x"))
    await puppet.close()
    await api.until(lambda: not api.gateway.connected)
    lost = ann.presses(message, "Again")
    other = Puppet()
    async with running(api, other):
        pressed = await ann.answered(ann.presses(message, "Again"))
        assert api.unanswered == [lost]
        assert pressed.answer
    assert [one.id for one in other.seen] == [pressed.id]


async def test_what_is_told_is_of_the_shapes_that_discord_describes(api: DiscordApi, puppet: Puppet) -> None:
    document = spec.load()
    need(document, "Discord's machine-readable API v10")
    assert document
    puppet.does = deliver
    ann, bob = api.person("Ann"), api.person("Bob")
    guild = api.guild("Stage", ann, bob)
    forum = api.channel(guild, "films", FORUM, tags=("video",))
    general = api.channel(guild, "general")
    thread = api.thread(general, "Talk", ann)
    role = api.role(guild, "Staff", 8, bob)
    api.deny(general, 1 << 11, bob)
    api.grant(api.sku("Plus", SUBSCRIPTION), ann, guild, seconds=60)
    message = await ann.finished(ann.runs("video", general, prompt="x"))
    for asked in (bob.presses(message, "Again"), bob.runs("video", thread, prompt="x"), ann.runs("video", prompt="x")):
        await ann.answered(asked)
    shapes = {"message": "MessageResponse", "user": "UserResponse", "member": "GuildMemberResponse"}
    told = [json.loads(text) for text in api.gateway.connected[0].told]
    assert {one["t"] for one in told} >= {"GUILD_CREATE", "CHANNEL_CREATE", "THREAD_CREATE", "GUILD_ROLE_CREATE"}
    for event in [one["d"] for one in told if one["t"] == "INTERACTION_CREATE"]:
        for part, name in shapes.items():
            assert document.object(name, event[part]) == [] if part in event else True
        kind = "PrivateChannelResponse" if event["channel"]["type"] == 1 else "GuildChannelResponse"
        kind = "ThreadResponse" if event["channel"]["type"] == 11 else kind
        assert document.object(kind, event["channel"]) == []
        assert [document.object("EntitlementResponse", one) for one in event["entitlements"]] in ([], [[]])
    world = api.world
    whole = guild_json(guild, world.bot)
    assert [document.object("GuildChannelResponse", one) for one in whole["channels"]] == [[], []]
    assert [document.object("ThreadResponse", one) for one in whole["threads"]] == [[]]
    assert [document.object("GuildRoleResponse", one) for one in whole["roles"]] == [[], []]
    assert forum.tags
    assert role.permissions == 8


async def test_heartbeats_are_answered(api: DiscordApi) -> None:
    api.gateway.interval = 0.05
    client = Puppet()
    async with running(api, client):
        await api.until(lambda: api.gateway.connected[0].beats > 2)
        assert client.latency < 1


def _identify(**more: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": "MTAw.loopback.token", "intents": 1, "properties": {}, **more}}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([_identify(token="other")], 4004),
        ([_identify(intents=1 | 1 << 15)], 4014),
        ([_identify(intents=1 << 1)], 4014),
        ([_identify(intents=1 << 40)], 4013),
        ([_identify(shard=[2, 2])], 4010),
        ([_identify(), _identify()], 4005),
        ([{"op": 3, "d": {}}], 4003),
        ([{"op": 99, "d": {}}], 4001),
        (["no json"], 4002),
        ([{"op": 1, "d": None}] * 121, 4008),
    ],
)
async def test_the_codes_that_connections_end_with(api: DiscordApi, said: list[Any], code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(api.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        for one in said:
            await socket.send_str(one if isinstance(one, str) else json.dumps(one))
        async for _ in socket:
            pass
        assert socket.close_code == code
    assert api.gateway.closed == [code]


async def test_a_session_ends_with_a_goodbye_alone(api: DiscordApi) -> None:
    async with aiohttp.ClientSession() as session:
        for code, left in ((1000, 0), (4000, 1)):
            async with session.ws_connect(api.gateway_url) as socket:
                await socket.send_json(_identify())
                await api.connected()
                await socket.close(code=code)
            await api.until(lambda: not api.gateway.connected)
            assert len(api.gateway.sessions) == left


async def test_privileged_intents_end_the_library(api: DiscordApi) -> None:
    client = Puppet(discord.Intents(guilds=True, message_content=True))
    with pointed(api.url, api.gateway_url), pytest.raises(discord.PrivilegedIntentsRequired):
        async with client:
            await client.start(api.token)
