"""Answers what the bot does in channels by its own token: messages, private chats, threads, crossposts."""

from __future__ import annotations

from typing import Any

from tests.discord import table
from tests.discord.call import Call
from tests.discord.content import change, fill
from tests.discord.errors import Refused, invalid
from tests.discord.permissions import (
    ATTACH_FILES,
    CREATE_THREADS,
    MANAGE_MESSAGES,
    MANAGE_THREADS,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    in_channel,
)
from tests.discord.shapes import channel_json
from tests.discord.state import ANNOUNCEMENT, CROSSPOSTED, DM, FORUM, MEDIA, NEWS_THREAD, TEXT, THREAD, Channel, Message

REQUIRE_TAG = 1 << 4
_NONCE_SECONDS = 300.0
"""How long a nonce stands for a message ("the past few minutes")."""


def _may_write(call: Call, channel: Channel) -> None:
    """Refuse what the bot may not send there."""
    if channel.kind == DM:
        reader = next(user for user in channel.people if not user.is_bot)
        if not reader.takes_messages:
            raise Refused(50007)
        return
    if channel.kind in {FORUM, MEDIA}:
        raise Refused(50008)
    need = SEND_IN_THREADS if channel.is_thread else SEND_MESSAGES
    need |= ATTACH_FILES if call.uploads else 0
    call.world.find_channel(channel.id, VIEW_CHANNEL | need)
    if channel.is_thread and channel.locked and not in_channel(channel, call.world.bot.id) & MANAGE_THREADS:
        raise Refused(50083)


def _put(call: Call, channel: Channel, body: dict[str, Any]) -> Message:
    world = call.world
    message = Message(world.new_id(), channel, world.bot, world.clock(), nonce=str(body.get("nonce") or ""))
    if reference := body.get("message_reference"):
        old = channel.messages.get(int(reference["message_id"]))
        if old is None or old.gone:
            if reference.get("fail_if_not_exists", True):
                raise invalid("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
        else:
            message.reply_to = old
    fill(call, message, body, world.file_limit(channel))
    channel.archived = False
    return world.add_message(message)


def _sent_before(call: Call, channel: Channel) -> Message | None:
    """The message of the same nonce, where the bot asks that there be one alone."""
    nonce, now = str(call.body.get("nonce") or ""), call.world.clock()
    if not (nonce and call.body.get("enforce_nonce")):
        return None
    recent = [message for message in channel.from_bot if now - message.date < _NONCE_SECONDS]
    return next((message for message in recent if message.nonce == nonce), None)


def create(call: Call) -> tuple[int, Any]:
    channel = call.world.find_channel(call.params["channel_id"])
    _may_write(call, channel)
    return 200, call.world.message(_sent_before(call, channel) or _put(call, channel, call.body))


def get(call: Call) -> tuple[int, Any]:
    channel = call.world.find_channel(call.params["channel_id"], VIEW_CHANNEL | READ_HISTORY)
    return 200, call.world.message(call.world.find_message(channel, call.params["message_id"]))


def history(call: Call) -> tuple[int, Any]:
    channel = call.world.find_channel(call.params["channel_id"], VIEW_CHANNEL | READ_HISTORY)
    most = int(call.query.get("limit", "50"))
    return 200, [call.world.message(message) for message in reversed(channel.shown[-most:])]


def edit(call: Call) -> tuple[int, Any]:
    world = call.world
    channel = world.find_channel(call.params["channel_id"])
    message = world.find_message(channel, call.params["message_id"])
    if message.author is not world.bot:
        raise Refused(50005)
    if channel.is_thread and channel.archived:
        raise Refused(50083)
    if call.uploads and channel.guild and not in_channel(channel, world.bot.id) & ATTACH_FILES:
        raise Refused(50013)
    change(call, message, call.body, world.file_limit(channel))
    world.publish("MESSAGE_UPDATE", message)
    return 200, world.message(message)


def delete(call: Call) -> tuple[int, Any]:
    world = call.world
    channel = world.find_channel(call.params["channel_id"])
    message = world.find_message(channel, call.params["message_id"])
    if message.author is not world.bot:
        if channel.kind == DM:
            raise Refused(50003)
        world.find_channel(channel.id, VIEW_CHANNEL | MANAGE_MESSAGES)
    message.gone = True
    world.publish("MESSAGE_DELETE", message)
    return 204, None


def crosspost(call: Call) -> tuple[int, Any]:
    world = call.world
    channel = world.find_channel(call.params["channel_id"])
    message = world.find_message(channel, call.params["message_id"])
    if channel.kind != ANNOUNCEMENT:
        raise Refused(50024)
    world.find_channel(channel.id, SEND_MESSAGES if message.author is world.bot else MANAGE_MESSAGES)
    if message.flags & CROSSPOSTED:
        raise Refused(40033)
    message.flags |= CROSSPOSTED
    world.publish("MESSAGE_UPDATE", message)
    return 200, world.message(message)


def open_dm(call: Call) -> tuple[int, Any]:
    user = call.world.users.get(int(call.body.get("recipient_id") or 0))
    if user is None or user.is_bot:
        raise Refused(50033)
    return 200, channel_json(call.world.dm_with(user))


def get_channel(call: Call) -> tuple[int, Any]:
    return 200, channel_json(call.world.find_channel(call.params["channel_id"]))


def change_thread(call: Call) -> tuple[int, Any]:
    channel = call.world.find_channel(call.params["channel_id"])
    if not channel.is_thread:
        raise Refused(50013)
    if channel.owner_id != call.world.bot.id:
        call.world.find_channel(channel.id, MANAGE_THREADS)
    channel.name = call.body.get("name", channel.name)
    channel.archived = call.body.get("archived", channel.archived)
    if "applied_tags" in call.body:
        assert channel.parent
        channel.applied = _tags(call, channel.parent, call.body["applied_tags"])
    call.world.tell("THREAD_UPDATE", channel_json(channel), channel.guild)
    return 200, channel_json(channel)


def _tags(call: Call, parent: Channel, asked: list[Any]) -> list[int]:
    known = {int(tag["id"]): tag for tag in parent.tags}
    found = [int(tag) for tag in asked]
    if len(found) > 5:
        raise invalid("applied_tags", "Must be 5 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if any(tag not in known for tag in found):
        raise Refused(10087)
    keeper = in_channel(parent, call.world.bot.id) & MANAGE_THREADS
    if any(known[tag]["moderated"] for tag in found) and not keeper:
        raise Refused(50013)
    return found


def begin_thread(call: Call) -> tuple[int, Any]:
    """A post of a forum, or a thread without a message."""
    world = call.world
    parent = world.find_channel(call.params["channel_id"])
    if parent.kind not in {FORUM, MEDIA}:
        world.find_channel(parent.id, CREATE_THREADS)
        return 201, channel_json(_thread(call, parent, world.new_id()))
    for where, why in table.load().object("CreateForumThreadRequest", call.body):
        raise invalid(where.removeprefix("."), why)
    world.find_channel(parent.id, SEND_MESSAGES | (ATTACH_FILES if call.uploads else 0))
    tags = _tags(call, parent, call.body.get("applied_tags") or [])
    if parent.flags & REQUIRE_TAG and not tags:
        raise Refused(40067)
    thread = Channel(world.new_id(), THREAD, call.body["name"], parent.guild, parent=parent, owner_id=world.bot.id)
    thread.applied = tags
    first = Message(thread.id, thread, world.bot, world.clock())
    fill(call, first, call.body["message"], world.file_limit(parent))
    world.add_channel(thread)
    world.add_message(first)
    return 201, channel_json(thread) | {"message": world.message(first)}


def begin_on_message(call: Call) -> tuple[int, Any]:
    world = call.world
    parent = world.find_channel(call.params["channel_id"], VIEW_CHANNEL | CREATE_THREADS)
    message = world.find_message(parent, call.params["message_id"])
    if parent.kind not in {TEXT, ANNOUNCEMENT}:
        raise Refused(50024)
    if message.thread:
        raise Refused(160004)
    message.thread = _thread(call, parent, message.id)
    return 201, channel_json(message.thread)


def _thread(call: Call, parent: Channel, number: int) -> Channel:
    world = call.world
    kind = NEWS_THREAD if parent.kind == ANNOUNCEMENT else THREAD
    thread = Channel(number, kind, call.body["name"], parent.guild, parent=parent, owner_id=world.bot.id)
    return world.add_channel(thread)


def typing(call: Call) -> tuple[int, Any]:
    channel = call.world.find_channel(call.params["channel_id"])
    _may_write(call, channel)
    return 204, None


_MESSAGES = "/channels/{channel_id}/messages"
ROUTES = {
    "POST /users/@me/channels": open_dm,
    "GET /channels/{channel_id}": get_channel,
    "PATCH /channels/{channel_id}": change_thread,
    "POST /channels/{channel_id}/typing": typing,
    f"GET {_MESSAGES}": history,
    f"POST {_MESSAGES}": create,
    f"GET {_MESSAGES}/{{message_id}}": get,
    f"PATCH {_MESSAGES}/{{message_id}}": edit,
    f"DELETE {_MESSAGES}/{{message_id}}": delete,
    f"POST {_MESSAGES}/{{message_id}}/crosspost": crosspost,
    f"POST {_MESSAGES}/{{message_id}}/threads": begin_on_message,
    "POST /channels/{channel_id}/threads": begin_thread,
}
