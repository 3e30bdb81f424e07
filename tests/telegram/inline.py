"""Turns an inline result into a message, wherever somebody sends it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from tests.telegram.call import caption_of, text_of
from tests.telegram.markup import check_markup
from tests.telegram.state import Chat, Message
from tests.telegram.world import World

_FILES = {"video_file_id": "video", "photo_file_id": "photo", "document_file_id": "document"}


def read_result(world: World, result: Mapping[str, Any]) -> dict[str, Any]:
    """What a message that comes of an inline result holds."""
    check_markup(result.get("reply_markup"))
    if text := result.get("input_message_content"):
        return text_of(text, "message_text")
    for field, kind in _FILES.items():
        if field in result:
            stored = world.files.find(result[field], kind).json()
            return {kind: [stored] if kind == "photo" else stored} | caption_of(result)
    return {"text": result.get("video_url", result.get("title", ""))} | caption_of(result)


def add_inline(
    world: World, chat: Chat, content: dict[str, Any], result: Mapping[str, Any], reply: Message | None = None
) -> Message:
    """Put a message of an inline result into a chat."""
    head = {"inline_message_id": secrets.token_urlsafe(16), "via_bot": world.bot.json()}
    markup = check_markup(result.get("reply_markup"))
    message = Message(chat, chat.new_id(), world.date, world.bot, content, head, reply, markup=markup, own=True)
    world.inline_messages[str(head["inline_message_id"])] = message
    return chat.add(message)
