"""Turns a message that must be read again, once its writer declares something, into a note, and the note into it."""

from __future__ import annotations

import secrets
from typing import Any

from telegram import Message

from bots.telegram.call import PLATFORM, Call
from bots.telegram.desk import Desk
from core.errors import Refusal

_KIND = "ask"
_KEPT = frozenset({
    "message_id", "date", "chat", "from", "sender_chat", "text", "caption", "document", "message_thread_id",
    "is_topic_message",
})  # fmt: skip


async def keep(desk: Desk, call: Call, message: Message) -> str:
    """Keep what is asked for in a message for a while; the code that leads to it."""
    code = secrets.token_urlsafe(9)
    await desk.commands.remember(call.address, _KIND, code, {"message": _told(message)})
    return code


async def find(desk: Desk, call: Call, code: str) -> Message | None:
    """The message, for whoever wrote it; None once it is forgotten.

    Raises:
        Refusal: ``not-yours``.
    """
    memo = await desk.commands.remembered(PLATFORM, _KIND, code)
    if memo is None:
        return None
    if memo.user != str(call.user):
        raise Refusal("not-yours", job="")
    return Message.de_json(memo.facts["message"], desk.bot)


def _told(message: Message, *, answers: bool = True) -> dict[str, Any]:
    """What a request is read from, with what it answers: Telegram does not tell that again."""
    whole = message.to_dict()
    told = {name: value for name, value in whole.items() if name in _KEPT}
    if message.photo:
        told["photo"] = [message.photo[-1].to_dict()]
    if answers and message.reply_to_message:
        told["reply_to_message"] = _told(message.reply_to_message, answers=False)
    return told
