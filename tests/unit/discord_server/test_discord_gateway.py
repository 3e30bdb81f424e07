"""The gateway: sessions that break and go on, shards, what is told to whom."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord import DiscordApi, running
from tests.discord.running import pointed
from tests.unit.discord_server.puppet import Puppet


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


async def test_privileged_intents_end_the_library(api: DiscordApi) -> None:
    client = Puppet(discord.Intents(guilds=True, message_content=True))
    with pointed(api.url, api.gateway_url), pytest.raises(discord.PrivilegedIntentsRequired):
        async with client:
            await client.start(api.token)
