"""Rate limits with real headers, and failures at will, as the library lives through them."""

import asyncio
import io
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord import DiscordApi
from tests.discord.limits import Limits, Rate
from tests.unit.discord_server.puppet import Puppet
from tests.unit.discord_server.test_discord_interactions import Asked, film

CREATE = "POST /channels/{channel_id}/messages"


def test_a_bucket_is_full_until_its_time_is_over() -> None:
    now = [100.0]
    limits = Limits(lambda: now[0])
    for left in (4, 3, 2, 1, 0):
        denied, headers = limits.take(CREATE, {"channel_id": "1"})
        assert (denied, headers["X-RateLimit-Remaining"], headers["X-RateLimit-Limit"]) == (None, str(left), "5")
    now[0] += 1
    denied, headers = limits.take(CREATE, {"channel_id": "1"})
    assert denied
    assert (denied.seconds, denied.scope, headers["X-RateLimit-Reset-After"]) == (4.0, "user", "4.000")
    assert limits.take(CREATE, {"channel_id": "2"})[0] is None  # another channel, another bucket
    assert limits.take(CREATE, {"channel_id": "1"})[0]
    assert [v.rule for v in limits.violations] == [CREATE, "wait"]
    now[0] += 4
    assert limits.take(CREATE, {"channel_id": "1"})[0] is None


def test_fifty_a_second_in_all_but_for_interactions() -> None:
    limits = Limits(lambda: 100.0)
    answered = [limits.take("GET /users/{user_id}", {})[0] for _ in range(50)]
    assert answered == [None] * 50
    denied, headers = limits.take(CREATE, {"channel_id": "1"})
    assert denied
    assert (denied.scope, headers["X-RateLimit-Global"]) == ("global", "true")
    assert limits.take("POST /webhooks/{webhook_id}/{webhook_token}", {"webhook_token": "t"})[0] is None


async def test_the_library_keeps_to_the_buckets(api: DiscordApi, puppet: Puppet) -> None:
    api.world.limits.numbers.routes[CREATE] = Rate(5, 0.3)
    general = api.channel(api.guild("Stage", api.person("Owner")), "general")
    place = puppet.get_partial_messageable(general.id)
    await place.send("first")  # it learns the bucket
    await asyncio.gather(*(place.send(str(number)) for number in range(11)))
    assert len(general.from_bot) == 12
    assert api.violations == []


@pytest.mark.parametrize("way", ["flood", "global"])
async def test_the_library_waits_as_long_as_it_is_told(api: DiscordApi, puppet: Puppet, way: Any) -> None:
    ann = api.person("Ann")
    dm = ann.dm
    api.faults.add(CREATE, way, seconds=0.05)
    await puppet.get_partial_messageable(dm.id).send("x")
    assert [(r.status, r.error) for r in api.calls(CREATE)] == [(429, 0), (200, 0)]
    assert len(api.world.limits.invalid) == 1


async def test_webhooks_wait_as_well(api: DiscordApi, puppet: Puppet) -> None:
    async def flooded(interaction: Asked) -> None:
        await interaction.response.defer()
        api.faults.add("@original", "flood", seconds=0.05)
        await interaction.edit_original_response(content="x")

    puppet.does = flooded
    ann = api.person("Ann")
    assert (await ann.finished(ann.runs("video", prompt="x"))).text == "x"


async def test_too_many_invalid_requests_shut_everything(api: DiscordApi, puppet: Puppet) -> None:
    api.world.limits.numbers.invalid = 2
    away = api.channel(api.guild("Elsewhere", api.person("Owner"), has_bot=False), "general")
    place = puppet.get_partial_messageable(away.id)
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await place.send("x")
    with pytest.raises(discord.HTTPException) as raised:
        await place.send("x")
    assert raised.value.status == 429
    assert "1015" in raised.value.text


async def test_failures_at_will(api: DiscordApi, puppet: Puppet) -> None:
    place = puppet.get_partial_messageable(api.person("Ann").dm.id)
    api.faults.add(CREATE, "status", code=503)
    with pytest.raises(discord.DiscordServerError):
        await place.send("x")
    api.faults.add(CREATE, "status", code=403, error=50013)
    with pytest.raises(discord.Forbidden) as raised:
        await place.send("x")
    assert raised.value.code == 50013
    api.faults.add(CREATE, "reset_before")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("not there")
    api.faults.add(CREATE, "reset_after")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("there")
    channel = next(iter(api.world.channels.values()))
    assert [m.text for m in channel.shown] == ["there"]
    assert [r.status for r in api.calls(CREATE)] == [503, 403, 0, 0]


async def test_a_slow_upload_arrives(api: DiscordApi, puppet: Puppet) -> None:
    place = puppet.get_partial_messageable(api.person("Ann").dm.id)
    api.faults.add(CREATE, "slow", seconds=0.05)
    sent = await place.send(file=film(b"x" * 3_000_000))
    assert sent.attachments[0].size == 3_000_000


async def test_files_that_are_named_and_not_sent(api: DiscordApi, puppet: Puppet) -> None:
    channel = api.person("Ann").dm
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"attachments": [{"id": 0}, {"id": 1}]}')
    form.add_field("files[0]", io.BytesIO(b"x"), filename="a.mp4")
    headers = {"Authorization": f"Bot {api.token}"}
    async with aiohttp.ClientSession() as session:
        address = f"{api.url}/channels/{channel.id}/messages"
        async with session.post(address, data=form, headers=headers) as response:
            body = await response.json()
    assert (response.status, body["code"]) == (400, 50035)
    assert body["errors"]["attachments"]["1"]["id"]["_errors"][0]["message"] == "Attachment data not found"
    assert channel.shown == []


async def test_a_bot_that_goes_while_it_sends(api: DiscordApi) -> None:
    host, port = api.world.cdn.base.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/v10/channels/5/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bot {api.token}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
    await writer.drain()
    writer.transport.abort()
    await api.until(lambda: api.requests)
    assert [(r.status, r.error) for r in api.requests] == [(0, 0)]
