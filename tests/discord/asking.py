"""Turns what somebody does into an interaction, as Discord tells it to the bot."""

from __future__ import annotations

import secrets
from typing import Any

from tests.discord.interaction import ELSEWHERE, IN_DM, IN_GUILD, Interaction
from tests.discord.permissions import ALL, EVERYDAY, USE_EXTERNAL_APPS, in_channel
from tests.discord.shapes import channel_json
from tests.discord.state import DM, Channel, Message, User, when
from tests.discord.world import World


def context_of(world: World, channel: Channel) -> int:
    """Where a channel is, seen from the app."""
    if channel.guild:
        return IN_GUILD
    return IN_DM if channel.kind == DM and world.bot in channel.people else ELSEWHERE


def ask(
    world: World, kind: int, person: User, channel: Channel, data: dict[str, Any], *, message: Message | None = None,
    source: Interaction | None = None,
) -> Interaction:  # fmt: skip
    """Tell the bot of an interaction."""
    asked = begin(world, kind, person, channel, data, message=message, source=source)
    _tell(world, asked)
    return asked


def begin(
    world: World, kind: int, person: User, channel: Channel, data: dict[str, Any], *, message: Message | None = None,
    source: Interaction | None = None,
) -> Interaction:  # fmt: skip
    """An interaction that can be answered, of which the bot was not told yet."""
    assert not channel.gone, "the channel is gone"
    assert channel.guild is None or person.id in channel.guild.members, f"{person.name} is not in {channel.guild.name}"
    context = context_of(world, channel)
    is_member = context == IN_DM or bool(channel.guild and channel.guild.has_bot)
    asked = Interaction(world.new_id(), secrets.token_urlsafe(48), kind, person, channel, data, world.clock(), context,
                        is_member, message=message, source=source)  # fmt: skip
    asked.may_be_public = is_member or context != IN_GUILD or bool(in_channel(channel, person.id) & USE_EXTERNAL_APPS)
    asked.file_limit = world.file_limit(channel)
    world.interactions[asked.token] = asked
    return asked


def again(world: World, asked: Interaction) -> None:
    """Tell the bot of the same interaction once more."""
    _tell(world, asked)


def _tell(world: World, asked: Interaction) -> None:
    guild = asked.channel.guild
    world.gateway.tell("INTERACTION_CREATE", body_of(world, asked), guild.id if guild and guild.has_bot else None)


def body_of(world: World, asked: Interaction) -> dict[str, Any]:
    """As the gateway tells it."""
    channel, person, guild = asked.channel, asked.person, asked.channel.guild
    owners = {} if not asked.is_member else {"0": str(guild.id) if guild else "0"}
    if person.installed:
        owners["1"] = str(person.id)
    body: dict[str, Any] = {
        "id": str(asked.id), "application_id": str(world.app_id), "type": asked.kind, "token": asked.token,
        "version": 1, "data": asked.data, "channel": channel_json(channel, person.id), "channel_id": str(channel.id),
        "locale": person.locale, "app_permissions": str(_app_permissions(world, asked)), "context": asked.context,
        "authorizing_integration_owners": owners, "attachment_size_limit": asked.file_limit,
        "entitlements": _entitlements(world, asked), "entitlement_sku_ids": [],
    }  # fmt: skip
    if guild:
        member = guild.members[person.id].json() | {"permissions": str(in_channel(channel, person.id))}
        told = {"id": str(guild.id), "locale": guild.locale, "features": []}
        body |= {"guild_id": str(guild.id), "guild": told, "guild_locale": guild.locale, "member": member}
    else:
        body["user"] = person.json()
    if asked.message:
        body["message"] = world.message(asked.message)
    return body


def _app_permissions(world: World, asked: Interaction) -> int:
    if asked.channel.guild is None:
        return EVERYDAY
    if not asked.is_member:
        return in_channel(asked.channel, asked.person.id) & EVERYDAY
    return in_channel(asked.channel, world.bot.id) & ALL


def _entitlements(world: World, asked: Interaction) -> list[dict[str, Any]]:
    guild = asked.channel.guild
    holders = {("user_id", str(asked.person.id)), ("guild_id", str(guild.id) if guild else "")}
    now = when(world.clock())
    return [dict(one) for one in world.entitlements.values() if not one["deleted"] and not one["consumed"]
            and (one["ends_at"] is None or one["ends_at"] > now) and holders & one.items()]  # fmt: skip
