"""Turns a sentence into a message at the right place: the topic and the message that it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TypeVar

import structlog
from telegram import InlineKeyboardMarkup, Message, ReplyParameters
from telegram.error import TelegramError

from bots.telegram.call import Call
from bots.telegram.desk import Desk
from bots.telegram.faults import has_no_topic, is_unchanged, new_chat
from bots.telegram.units import CAPTION, MESSAGE
from bots.units import cut

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Spot:
    """A place in a chat: its topic, and the message to answer there."""

    chat: int
    thread: int | None = None
    answered: int | None = None

    @property
    def reply(self) -> ReplyParameters | None:
        """For the library; a message that is gone keeps nothing from being said."""
        return ReplyParameters(self.answered, allow_sending_without_reply=True) if self.answered else None


def spot_of(call: Call) -> Spot:
    """Where to answer. A press is answered by its message, which is nobody's question."""
    return Spot(call.chat, call.thread, call.message)


async def there(spot: Spot, send: Callable[[Spot], Awaitable[Result]]) -> Result:
    """Send to a place: where its topic is gone to the chat at large, where its group moved to the new one.

    Raises:
        telegram.error.TelegramError: it is not there either.
    """
    try:
        return await send(spot)
    except TelegramError as error:
        if chat := new_chat(error):
            # Messages of the old group have other numbers in the new one, or none.
            return await send(Spot(chat))
        if not has_no_topic(error):
            raise
        log.info("telegram.no_topic", error=repr(error))
        return await send(replace(spot, thread=None))


async def say(desk: Desk, call: Call, text: str, keyboard: InlineKeyboardMarkup | None = None) -> Message:
    """Answer for all of the chat.

    Raises:
        telegram.error.TelegramError: it could not be said.
    """

    async def send(spot: Spot) -> Message:
        return await desk.bot.send_message(
            spot.chat,
            cut(text, MESSAGE),
            message_thread_id=spot.thread,
            reply_parameters=spot.reply,
            reply_markup=keyboard,
        )

    return await there(spot_of(call), send)


async def whisper(desk: Desk, call: Call, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Answer whoever asked, alone where the chat allows it."""
    await desk.quiet.tell(call, cut(text, MESSAGE), keyboard)


async def hand(desk: Desk, call: Call, name: str, content: bytes, text: str) -> Message:
    """Answer with a file."""

    async def send(spot: Spot) -> Message:
        return await desk.bot.send_document(
            spot.chat,
            BytesIO(content),
            cut(text, CAPTION),
            reply_parameters=spot.reply,
            message_thread_id=spot.thread,
            filename=name,
        )

    return await there(spot_of(call), send)


async def change(desk: Desk, call: Call, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Let the message of a pressed button say something else."""
    chat, message, inline = (None, None, call.inline) if call.inline else (call.chat, call.message, None)
    try:
        await desk.bot.edit_message_text(cut(text, MESSAGE), chat, message, inline, reply_markup=keyboard)
    except TelegramError as error:
        if not is_unchanged(error):
            raise


async def acknowledge(desk: Desk, call: Call, text: str | None = None) -> None:
    """Let a pressed button rest. It is no matter where that comes too late."""
    if call.query is None:
        return
    try:
        await desk.bot.answer_callback_query(call.query, text)
    except TelegramError as error:
        log.info("telegram.press_not_answered", error=repr(error))
