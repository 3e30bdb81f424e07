"""Turns where an interaction came from into what a policy minds of it, and what the bot may not do there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from discord import ChannelType, Client, Interaction, Member, Permissions, Thread
from discord.abc import GuildChannel

from core.types import Chat, Place, Server
from translation.localiser import Localiser

NEEDED = ("view_channel", "send_messages", "attach_files")
NEEDED_IN_THREADS = ("view_channel", "send_messages_in_threads", "attach_files")
_THREADS = frozenset(
    kind.value for kind in (ChannelType.public_thread, ChannelType.private_thread, ChannelType.news_thread)
)


def place_of(interaction: Interaction[Any]) -> Place:
    """By the interaction alone; a thread is for adults where its channel is."""
    is_nsfw = getattr(interaction.channel, "is_nsfw", None)
    return Place(_chat(interaction), nsfw=bool(is_nsfw and is_nsfw()), server=_server(interaction))


def rulebook(guild: int) -> str:
    """The name of a chat under which a server's settings are kept, and its clips are counted."""
    return f"guild:{guild}"


def parent_of(interaction: Interaction[Any]) -> int | None:
    """The channel of a thread."""
    return interaction.channel.parent_id if isinstance(interaction.channel, Thread) else None


def lacking(client: Client, channel: int, guild: int | None) -> Sequence[str]:
    """Which of the permissions that a clip needs the bot does not have there, by Discord's names for them.

    Nothing where it cannot tell: in private, and in a server that it is no member of.
    """
    server = client.get_guild(guild) if guild else None
    found = server.get_channel_or_thread(channel) if server else None
    if server is None or server.me is None or not isinstance(found, (GuildChannel, Thread)):
        return ()
    if isinstance(found, Thread) and found.parent is None:
        return ()
    has: Permissions = found.permissions_for(server.me)
    return tuple(name for name in needed_in(found.type.value) if not getattr(has, name))


def needed_in(kind: int) -> Sequence[str]:
    """The permissions that a clip needs in such a channel, for whoever it is that posts it."""
    return NEEDED_IN_THREADS if kind in _THREADS else NEEDED


def permission_names(localiser: Localiser, permissions: Sequence[str]) -> str:
    """As Discord's own settings call them."""
    names = [localiser.text(f"discord-permission-{name.replace('_', '-')}") for name in permissions]
    return reduce(lambda first, second: localiser.text("list-of-two", first=first, second=second), names)


def _server(interaction: Interaction[Any]) -> Server | None:
    """A channel is allowed by its category as well, a thread by its channel. Roles are those the interaction says."""
    if interaction.guild_id is None:
        return None
    chats = filter(None, (interaction.channel_id, parent_of(interaction), _category(interaction.channel)))
    roles = interaction.user.roles if isinstance(interaction.user, Member) else []
    return Server(rulebook(interaction.guild_id), tuple(map(str, chats)), tuple(str(role.id) for role in roles))


def _category(channel: object) -> int | None:
    parent = channel.parent if isinstance(channel, Thread) else channel
    return parent.category_id if isinstance(parent, GuildChannel) else None


def _chat(interaction: Interaction[Any]) -> Chat:
    """In a message between people, where somebody brought the bot along, another looks on."""
    if interaction.guild_id is None:
        return "group" if interaction.context.private_channel else "private"
    return "channel" if getattr(interaction.channel, "type", None) is ChannelType.news else "group"
