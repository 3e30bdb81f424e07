"""Answers the methods that change a message."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from tests.telegram.call import Call, caption_of, text_of
from tests.telegram.errors import SAME, bad
from tests.telegram.markup import check_markup
from tests.telegram.media import media_of
from tests.telegram.state import Message
from tests.telegram.validation import Upload

_CAPTION = {"caption", "caption_entities", "show_caption_above_media"}
_MEDIA = {"video", "photo", "document", "animation"}


def _target(call: Call) -> Message:
    """The message to edit, of a chat or inline."""
    if inline := call.get("inline_message_id"):
        message = call.world.inline_messages.get(inline)
        if message is None:
            raise bad("MESSAGE_ID_INVALID")
        return message
    if "chat_id" not in call.given or "message_id" not in call.given:
        raise bad("message identifier is not specified")
    message = call.chat().messages.get(call.given["message_id"])
    if message is None or message.gone:
        raise bad("message to edit not found")
    if not message.own:
        raise bad("message can't be edited")
    return message


def _change(call: Call, message: Message, content: dict[str, Any]) -> Any:
    """Put new content in, if it is new and the flood limits let it."""
    markup = check_markup(call.get("reply_markup"))
    if _face(content) == _face(message.content) and markup == message.markup:
        raise bad(SAME)
    inline = bool(call.get("inline_message_id"))
    call.world.limits.take(None if inline else message.chat.id, group=message.chat.is_group, edit=True)
    message.history.append(copy.deepcopy(message.content))
    message.content, message.markup = content, markup
    message.head["edit_date"] = call.world.date
    return True if inline else message.json()


def _face(content: dict[str, Any]) -> dict[str, Any]:
    """What a reader could tell apart: a file by its unique id."""
    face = dict(content)
    for kind in _MEDIA & content.keys():
        sizes = content[kind] if isinstance(content[kind], list) else [content[kind]]
        face[kind] = [size["file_unique_id"] for size in sizes]
    return face


def edit_text(call: Call) -> Any:
    message = _target(call)
    if "rich_message" in call.given:
        raise bad("rich messages are not kept here")
    if message.kind != "text":
        raise bad("there is no text in the message to edit")
    return _change(call, message, text_of(call.given))


def edit_caption(call: Call) -> Any:
    message = _target(call)
    if message.kind not in _MEDIA:
        raise bad("there is no caption in the message to edit")
    rest = {name: value for name, value in message.content.items() if name not in _CAPTION}
    return _change(call, message, rest | caption_of(call.given))


def edit_media(call: Call) -> Any:
    message, media = _target(call), call.given["media"]
    if call.get("inline_message_id") and isinstance(call.file(media["media"]), Upload):
        raise bad("inline message can't be edited with a new file: pass a file_id or a URL")
    return _change(call, message, media_of(call, media["type"], media, media["media"]))


def edit_markup(call: Call) -> Any:
    message = _target(call)
    return _change(call, message, message.content)


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
}
