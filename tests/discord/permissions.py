"""The bits of Discord's permissions, and which of them somebody has in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.discord.state import Channel, Guild

ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_HISTORY = 1 << 16
USE_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_THREADS = 1 << 35
SEND_IN_THREADS = 1 << 38
USE_EXTERNAL_APPS = 1 << 50
ALL = (1 << 51) - 1
EVERYDAY = (
    VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_HISTORY | USE_COMMANDS | CREATE_THREADS
    | SEND_IN_THREADS | USE_EXTERNAL_APPS
)  # fmt: skip
"""What everybody has in a new server."""


def in_guild(guild: Guild, user_id: int) -> int:
    """What a member may do in a server."""
    if guild.owner_id == user_id:
        return ALL
    member = guild.members.get(user_id)
    roles = [guild.id, *(member.roles if member else [])]
    found = 0
    for role in roles:
        found |= guild.roles[role].permissions
    return ALL if found & ADMINISTRATOR else found


def in_channel(channel: Channel, user_id: int) -> int:
    """What a member may do in a channel, by Discord's order: everyone, roles, the member."""
    guild = channel.guild
    if guild is None:
        return EVERYDAY
    base = in_guild(guild, user_id)
    if base == ALL:
        return ALL
    place = channel.parent if channel.is_thread and channel.parent else channel
    member = guild.members.get(user_id)
    base = _apply(base, [place.overwrites.get(guild.id)])
    base = _apply(base, [place.overwrites.get(role) for role in (member.roles if member else [])])
    base = _apply(base, [place.overwrites.get(user_id)])
    return base if base & VIEW_CHANNEL else 0


def _apply(base: int, overwrites: list[tuple[int, int] | None]) -> int:
    given = [overwrite for overwrite in overwrites if overwrite]
    allow = deny = 0
    for one in given:
        allow, deny = allow | one[0], deny | one[1]
    return base & ~deny | allow
