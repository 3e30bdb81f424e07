"""The shop: what is bought, used up, renewed and taken back."""

import discord
import pytest

from tests.discord import DiscordApi, Hand
from tests.discord.premium import SUBSCRIPTION
from tests.unit.discord_server.puppet import Puppet


async def test_a_pack_is_bought_used_up_and_taken_back(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    sku = api.sku("Pack")
    bought = api.grant(sku, ann)
    await api.until(lambda: puppet.events)
    (kind, told) = puppet.events[0]
    assert (kind, told.sku_id, told.user_id, told.consumed) == ("create", int(sku), ann.id, False)
    assert [s.name for s in await puppet.fetch_skus()] == ["Pack"]
    found = [one async for one in puppet.entitlements(user=discord.Object(ann.id))]
    assert [one.id for one in found] == [int(bought["id"])]
    await found[0].consume()
    assert bought["consumed"]
    with pytest.raises(discord.HTTPException):
        await found[0].consume()
    api.refund(bought)
    await api.until(lambda: len(puppet.events) == 2)
    assert puppet.events[1][0] == "delete"
    assert [one async for one in puppet.entitlements(exclude_deleted=True)] == []


async def test_a_subscription_is_seen_in_interactions_until_it_ends(api: DiscordApi, puppet: Puppet) -> None:
    ann = api.person("Ann")
    plan = api.grant(api.sku("Plus", SUBSCRIPTION), ann, seconds=30 * 86400)
    await ann.answered(ann.runs("video", prompt="x"))
    assert [one.id for one in puppet.seen[0].entitlements] == [int(plan["id"])]
    api.renew(plan, 60 * 86400)
    await api.until(lambda: len(puppet.events) == 2)
    assert puppet.events[1][1].ends_at > puppet.events[0][1].ends_at
    with pytest.raises(discord.HTTPException):
        await puppet.events[0][1].consume()
    clock = api.world.clock
    assert isinstance(clock, Hand)
    clock.forward(61 * 86400)
    assert [one async for one in puppet.entitlements(exclude_ended=True)] == []
    assert len([one async for one in puppet.entitlements()]) == 1


async def test_a_server_has_what_was_bought_for_it(api: DiscordApi, puppet: Puppet) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    guild = api.guild("Stage", ann, bob)
    bought = api.grant(api.sku("Server", SUBSCRIPTION), ann, guild, seconds=86400)
    await bob.answered(bob.runs("video", api.channel(guild, "general"), prompt="x"))
    assert [one.guild_id for one in puppet.seen[0].entitlements] == [guild.id]
    found = [one.id async for one in puppet.entitlements(guild=discord.Object(guild.id))]
    assert found == [int(bought["id"])]
    await bob.answered(bob.runs("video", prompt="x"))
    assert puppet.seen[1].entitlements == []
