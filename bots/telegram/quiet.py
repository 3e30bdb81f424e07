"""Tells one person of a group something that the others need not read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog
from telegram import InlineKeyboardMarkup, Message
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bots.telegram.call import Call
from bots.telegram.speech import Spot, spot_of, there
from core.ports import Clock

ALERT = 200
"""The most characters of what a press is answered with (Bot API)."""
_EPHEMERAL = "ephemeral_message_parameters"
_NOBODY = frozenset({1087968824, 136817688})
"""Who writes for a group's anonymous administrator and for a channel: bots of Telegram's, who read nothing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Line:
    """A message that deletes itself at a moment (seconds since the epoch)."""

    chat: int
    message: int
    due: float


class Quiet:
    """By the best of what there is: the answer to a press, a message for one reader, a line that deletes itself.

    Messages for one reader are of Bot API 10.3. A server that does not know them sends them to all: what it answers
    tells, and such a line deletes itself after ``seconds`` like any other. ``notes`` is a file that remembers those
    lines for the next start.
    """

    def __init__(self, bot: ExtBot[None], clock: Clock, *, seconds: float = 30.0, notes: Path | None = None) -> None:
        self._bot, self._clock, self._seconds, self._notes = bot, clock, seconds, notes
        self._is_ephemeral: bool | None = None
        self._lines: dict[_Line, asyncio.Task[None]] = {}
        self._writing = asyncio.Lock()

    async def start(self) -> None:
        """Take up the lines that an earlier process left."""
        for line in await asyncio.to_thread(self._read):
            self._delete_in_time(line)

    async def stop(self) -> None:
        """Delete the lines that are still there: nobody would later."""
        lines = dict(self._lines)
        for task in lines.values():
            task.cancel()
        await asyncio.gather(*(self._delete(line) for line in lines))

    async def tell(self, call: Call, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """To whoever asked, alone where the chat allows it.

        Raises:
            telegram.error.TelegramError: it could not be told.
        """
        if call.query is not None and len(text) <= ALERT and keyboard is None:
            await self._bot.answer_callback_query(call.query, text, show_alert=True)
        elif call.is_private:
            await self._send(call, text, keyboard)
        else:
            await self._tell_one(call, text, keyboard)

    async def _tell_one(self, call: Call, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
        if self._is_ephemeral is False or call.user in _NOBODY or call.user <= 0:
            await self.tell_for_a_while(call, text, keyboard)
            return
        receiver: dict[str, int | str] = {"receiver_user_id": call.user}
        if call.query is not None:
            receiver["callback_query_id"] = call.query
        try:
            sent = await self._bot.send_message(
                call.chat, text, message_thread_id=call.thread, reply_markup=keyboard, api_kwargs={_EPHEMERAL: receiver}
            )
        except BadRequest as error:
            # A server that refuses what it does not know, or a reader whom it cannot reach so.
            log.info("telegram.not_to_one_reader", error=repr(error))
            await self.tell_for_a_while(call, text, keyboard)
            return
        self._is_ephemeral = "ephemeral_message_id" in sent.api_kwargs
        if not self._is_ephemeral:
            await self._keep(sent)

    async def tell_for_a_while(
        self, call: Call, text: str, keyboard: InlineKeyboardMarkup | None = None, *, seconds: float | None = None
    ) -> None:
        """To all of a group, in a line that deletes itself."""
        await self._keep(await self._send(call, text, keyboard), seconds)

    async def _send(self, call: Call, text: str, keyboard: InlineKeyboardMarkup | None) -> Message:
        async def send(spot: Spot) -> Message:
            return await self._bot.send_message(
                spot.chat, text, message_thread_id=spot.thread, reply_parameters=spot.reply, reply_markup=keyboard
            )

        return await there(spot_of(call), send)

    async def _keep(self, sent: Message, seconds: float | None = None) -> None:
        due = self._clock.now() + (self._seconds if seconds is None else seconds)
        self._delete_in_time(_Line(sent.chat_id, sent.message_id, due))
        await self._write()

    def _delete_in_time(self, line: _Line) -> None:
        self._lines[line] = asyncio.create_task(self._wait_and_delete(line))

    async def _wait_and_delete(self, line: _Line) -> None:
        await asyncio.sleep(max(0.0, line.due - self._clock.now()))
        await self._delete(line)

    async def _delete(self, line: _Line) -> None:
        try:
            await self._bot.delete_message(line.chat, line.message)
        except TelegramError as error:
            # Somebody else deleted it, or the chat is closed to us: there is nothing to delete any more.
            log.info("telegram.line_not_deleted", error=repr(error))
        self._lines.pop(line, None)
        await self._write()

    async def _write(self) -> None:
        async with self._writing:
            await asyncio.to_thread(self._write_now, tuple(self._lines))

    def _write_now(self, lines: Iterable[_Line]) -> None:
        if self._notes is None:
            return
        fresh = self._notes.with_suffix(".new")
        fresh.write_text(json.dumps([[line.chat, line.message, line.due] for line in lines]), "utf-8")
        fresh.replace(self._notes)

    def _read(self) -> list[_Line]:
        if self._notes is None or not self._notes.exists():
            return []
        try:
            return [
                _Line(int(chat), int(message), float(due))
                for chat, message, due in json.loads(self._notes.read_text("utf-8"))
            ]
        except (ValueError, TypeError) as error:
            log.warning("telegram.lines_forgotten", error=repr(error))
            return []
