"""Turns what the server remembers into the JSON that a bot gets."""

from __future__ import annotations

import copy
from typing import Any

from tests.discord.cdn import Cdn
from tests.discord.permissions import in_channel
from tests.discord.state import DM, FORUM, MEDIA, Channel, Guild, Message, User, walk, when


def channel_json(channel: Channel, viewer: int | None = None) -> dict[str, Any]:
    """As a Channel; with a viewer's permissions, as interactions have it."""
    last = next(reversed(channel.messages), None)
    body: dict[str, Any] = {"id": str(channel.id), "type": channel.kind, "flags": channel.flags,
                            "last_message_id": str(last) if last else None}  # fmt: skip
    if channel.kind == DM:
        return body | {"recipients": [user.json() for user in channel.people if not user.is_bot]}
    assert channel.guild
    body |= {"guild_id": str(channel.guild.id), "name": channel.name, "rate_limit_per_user": 0}
    body |= {"permissions": str(in_channel(channel, viewer))} if viewer else {}
    return body | (_thread(channel) if channel.is_thread else _place(channel))


def _place(channel: Channel) -> dict[str, Any]:
    roles = channel.guild.roles if channel.guild else {}
    writes = [{"id": str(key), "type": int(key not in roles), "allow": str(allow), "deny": str(deny)}
              for key, (allow, deny) in channel.overwrites.items()]  # fmt: skip
    parent = str(channel.parent.id) if channel.parent else None
    body: dict[str, Any] = {"parent_id": parent, "position": 0, "nsfw": channel.nsfw, "topic": None,
                            "permission_overwrites": writes}  # fmt: skip
    if channel.kind in {FORUM, MEDIA}:
        body |= {"available_tags": copy.deepcopy(channel.tags), "default_reaction_emoji": None,
                 "default_sort_order": None, "default_forum_layout": 0}  # fmt: skip
    return body


def _thread(channel: Channel) -> dict[str, Any]:
    assert channel.parent
    facts = {"archived": channel.archived, "archive_timestamp": when(1_700_000_000), "auto_archive_duration": 1440,
             "locked": channel.locked, "create_timestamp": when(1_700_000_000)}  # fmt: skip
    return {
        "parent_id": str(channel.parent.id), "owner_id": str(channel.owner_id), "thread_metadata": facts,
        "message_count": len(channel.shown), "member_count": 1, "total_message_sent": len(channel.messages),
        "applied_tags": [str(tag) for tag in channel.applied], "bitrate": 64000, "user_limit": 0,
    }  # fmt: skip


def guild_json(guild: Guild, bot: User) -> dict[str, Any]:
    """As GUILD_CREATE has it where the bot has been before; where it is new there is no ``unavailable``."""
    threads = [c for c in guild.channels.values() if c.is_thread and not c.gone and not c.archived]
    places = [c for c in guild.channels.values() if not c.is_thread and not c.gone]
    return {
        "id": str(guild.id), "name": guild.name, "owner_id": str(guild.owner_id), "preferred_locale": guild.locale,
        "premium_tier": guild.tier, "unavailable": False, "member_count": len(guild.members), "large": False,
        "joined_at": when(1_700_000_000), "icon": None, "splash": None, "banner": None, "description": None,
        "discovery_splash": None, "features": [], "emojis": [], "stickers": [], "afk_timeout": 300,
        "afk_channel_id": None, "system_channel_id": None, "rules_channel_id": None, "safety_alerts_channel_id": None,
        "public_updates_channel_id": None, "application_id": None, "vanity_url_code": None, "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
        "system_channel_flags": 0, "premium_subscription_count": 0, "premium_progress_bar_enabled": False,
        "max_members": 500000, "voice_states": [], "presences": [], "stage_instances": [], "soundboard_sounds": [],
        "guild_scheduled_events": [], "roles": [role.json() for role in guild.roles.values()],
        "members": [guild.members[bot.id].json()] if bot.id in guild.members else [],
        "channels": [channel_json(channel) for channel in places],
        "threads": [channel_json(channel) for channel in threads],
    }  # fmt: skip


def _signed(message: Message, cdn: Cdn) -> list[dict[str, Any]]:
    """Its components, with addresses of files that are good now."""
    found = copy.deepcopy(message.components)
    files = {str(file.id): file for file in message.files}
    for component in walk(found):
        for holder in (*component.get("items", []), component):
            media = holder.get("media") or holder.get("file") or {}
            if media.get("attachment_id") in files:
                media["url"] = media["proxy_url"] = cdn.url(files[media["attachment_id"]])
    return found


def message_json(message: Message, cdn: Cdn, depth: int = 1) -> dict[str, Any]:
    """As a Message; ``cdn`` is where the bytes of files are."""
    body: dict[str, Any] = {
        "id": str(message.id), "channel_id": str(message.channel.id), "author": message.author.json(),
        "type": 19 if message.reply_to else 20 if message.interaction else 0, "content": message.content,
        "timestamp": when(message.date), "edited_timestamp": when(message.edited) if message.edited else None,
        "tts": False, "mention_everyone": False, "mentions": [user.json() for user in message.mentions],
        "mention_roles": [], "attachments": [file.json(cdn) for file in message.files], "pinned": False,
        "embeds": copy.deepcopy(message.embeds), "flags": message.flags, "components":
        _signed(message, cdn),
    }  # fmt: skip
    if message.interaction:
        meta = message.interaction
        body |= {"interaction_metadata": copy.deepcopy(meta), "application_id": meta["app"], "webhook_id": meta["app"]}
        del body["interaction_metadata"]["app"]
    if message.nonce:
        body["nonce"] = message.nonce
    if message.author.is_bot and not message.interaction:
        body |= {"application_id": str(message.author.id)}
    if message.reply_to:
        body |= {"message_reference": {"type": 0, "channel_id": str(message.channel.id),
                                       "message_id": str(message.reply_to.id)}}  # fmt: skip
        if depth:
            gone = message.reply_to.gone
            body["referenced_message"] = None if gone else message_json(message.reply_to, cdn, depth - 1)
    if message.thread and not message.thread.gone:
        body["thread"] = channel_json(message.thread)
    return body
