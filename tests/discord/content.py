"""Turns the body of a request into what a message holds, or refuses it by rules that the schema does not express."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Mapping
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.discord import components as parts
from tests.discord.call import Call, Upload
from tests.discord.errors import Refused, invalid, too_long
from tests.discord.state import EPHEMERAL, LOADING, V2, Attachment, Channel, Message
from tests.discord.world import World

_SETTABLE = 1 << 2 | 1 << 12 | V2
_MENTION = re.compile(r"<@!?(\d{5,20})>")


def fill(call: Call, message: Message, body: Mapping[str, Any], limit: int, *, ephemeral: bool = False) -> None:
    """Give a new message its content.

    Raises:
        Refused: a rule is broken; the message is not to be kept.
    """
    flags = body.get("flags") or 0
    message.flags |= flags & (_SETTABLE | (EPHEMERAL if ephemeral else 0))
    message.files = _files(call, message, body, limit)
    _write(call.world, message, body)
    _mention(call.world, message, body)
    if not (message.content or message.embeds or message.components or message.files):
        raise Refused(50006)


def change(call: Call, message: Message, body: Mapping[str, Any], limit: int) -> None:
    """Give a message other content; what the body does not name stays.

    Raises:
        Refused: a rule is broken; the message stays as it was.
    """
    new = copy.copy(message)
    flags = body.get("flags")
    if flags is not None:
        if message.flags & V2 and not flags & V2:
            raise invalid(
                "flags", "The IS_COMPONENTS_V2 flag cannot be removed.", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG"
            )
        new.flags = message.flags & ~_SETTABLE | flags & _SETTABLE
    new.flags &= ~LOADING
    new.files = _files(call, message, body, limit)
    _write(call.world, new, body)
    if not (new.content or new.embeds or new.components or new.files):
        raise Refused(50006)
    message.history.append(message.text)
    for name in ("content", "embeds", "components", "files", "flags"):
        setattr(message, name, getattr(new, name))
    if message.history == [""] and not message.edited:
        _mention(call.world, message, body)
    message.edited = call.world.clock()


def _write(world: World, message: Message, body: Mapping[str, Any]) -> None:
    """Text, embeds and components, held to the rules."""
    modern = bool(message.flags & V2)
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [_embed(embed) for embed in body["embeds"] or []]
    if modern and (message.content or message.embeds or body.get("poll") or body.get("sticker_ids")):
        raise invalid("flags", "The 'content', 'embeds', 'poll' and 'stickers' fields cannot be used with the "
                      "IS_COMPONENTS_V2 flag.", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")  # fmt: skip
    if len(message.content) > 2000:
        raise too_long("content", 2000)
    _check_embeds(message.embeds)
    named = {file.name: file for file in message.files}
    if body.get("components") is not None or "components" in body:
        asked = body["components"] or []
        parts.check(asked, modern=modern)
        message.components = parts.answer(asked, named.get, world.cdn)
    _check_shown(world, message, modern=modern)


def _check_shown(world: World, message: Message, *, modern: bool) -> None:
    """What is not refused and yet is not seen, or not heard by who cannot see."""
    shown = {c["file"]["attachment_id"] for c in message.all_components if c["type"] == parts.FILE}
    items = [item for c in message.all_components if c["type"] == parts.GALLERY for item in c["items"]]
    items += [c for c in message.all_components if c["type"] == parts.THUMBNAIL]
    shown |= {item["media"].get("attachment_id") for item in items}
    for file in message.files:
        if modern and str(file.id) not in shown:
            world.complain("hidden file", f"{file.name} is in no component")
        described = file.alt or any(i["media"].get("attachment_id") == str(file.id) and i["description"] for i in items)
        if file.mime.startswith(("image/", "video/")) and not described:
            world.complain("no alt text", file.name)


def _embed(asked: dict[str, Any]) -> dict[str, Any]:
    """As the message holds it."""
    found = copy.deepcopy({name: value for name, value in asked.items() if value is not None})
    if not (found.get("footer") or {}).get("text"):
        found.pop("footer", None)
    for part in found.get("fields", []):
        part["inline"] = bool(part.get("inline"))
    return found | {"type": found.get("type") or "rich"}


def _check_embeds(embeds: list[dict[str, Any]]) -> None:
    if len(embeds) > 10:
        raise too_long("embeds", 10)
    total = 0
    for embed in embeds:
        fields = [part for one in embed.get("fields", []) for part in (one["name"], one["value"])]
        more = [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
        total += sum(len(part or "") for part in [embed.get("title"), embed.get("description"), *more, *fields])
    if total > 6000:
        raise invalid("embeds", "Embed size exceeds maximum size of 6000", "MAX_EMBED_SIZE_EXCEEDED")


def _mention(world: World, message: Message, body: Mapping[str, Any]) -> None:
    """Who is told of it: those it names, as far as ``allowed_mentions`` lets it."""
    named = [world.users[int(found)] for found in _MENTION.findall(message.text) if int(found) in world.users]
    allowed = body.get("allowed_mentions")
    if allowed is not None and "users" not in (allowed.get("parse") or []):
        wanted = {str(user) for user in allowed.get("users") or []}
        named = [user for user in named if str(user.id) in wanted]
    message.mentions = list(dict.fromkeys(named)) if not message.flags & 1 << 12 else []


def _files(call: Call, message: Message, body: Mapping[str, Any], limit: int) -> list[Attachment]:
    """The files that a message keeps and those that are new.

    Raises:
        Refused: a file is too large, is named and not sent, or sent and not named.
    """
    for upload in call.uploads.values():
        if len(upload.data) > limit:
            raise Refused(40005)
    asked = body.get("attachments")
    if asked is None:
        kept = [] if "attachments" in body else list(message.files)
        return kept + [_keep(call.world, message, upload, {}) for upload in call.uploads.values()]
    if len(asked) > 10:
        raise too_long("attachments", 10)
    known, new = {file.id: file for file in message.files}, dict(call.uploads)
    found = []
    for index, entry in enumerate(asked):
        number = int(entry["id"])
        if number in known:
            found.append(known[number])
        elif number in new:
            found.append(_keep(call.world, message, new.pop(number), entry))
        else:
            raise invalid(f"attachments.{index}.id", "Attachment data not found", "ATTACHMENT_NOT_FOUND")
    if new:
        raise invalid("attachments", f"Files {sorted(new)} have no entry.", "ATTACHMENT_NOT_FOUND")
    return found


def _keep(world: World, message: Message, upload: Upload, entry: Mapping[str, Any]) -> Attachment:
    name = re.sub(r"[^\w.\-]", "_", entry.get("filename") or upload.name)
    alt = entry.get("description") or ""
    if len(alt) > 1024:
        raise too_long("attachments.description", 1024)
    spoiler = bool(entry.get("is_spoiler")) or name.startswith("SPOILER_")
    return add_file(world, message.channel, name, upload.data, alt=alt, spoiler=spoiler, ephemeral=bool(message.reader))


def add_file(world: World, channel: Channel, name: str, data: bytes, **more: Any) -> Attachment:
    """Keep the bytes of a file for good."""
    file = Attachment(world.new_id(), name, data, channel.id, **more)
    if file.mime.startswith("image/"):
        try:
            with Image.open(io.BytesIO(data)) as picture:
                file.width, file.height = picture.size
        except (UnidentifiedImageError, OSError, ValueError):
            file.width = None
    world.cdn.files[file.id] = file
    return file
