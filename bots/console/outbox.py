"""Turns what is to be told to a page into a bounded queue: a page that reads slowly costs no memory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

Message = Mapping[str, Any]

MAX_REPLIES = 16
"""Replies waiting before the page's next message is looked at."""
MAX_NEWS = 256
"""Kinds of news waiting before the page counts as gone."""


class Outbox:
    """Replies wait for room: a page that does not read is not read either. Of news of one kind only the last stays."""

    def __init__(self) -> None:
        self._waiting: dict[object, Message] = {}
        self._room = asyncio.Semaphore(MAX_REPLIES)
        self._filled = asyncio.Event()
        self._news = 0

    async def reply(self, message: Message) -> None:
        """Put the answer to a message of the page in line."""
        await self._room.acquire()
        self._waiting[object()] = message
        self._filled.set()

    def tell(self, kind: str, message: Message) -> bool:
        """Put news in line, in the place of news of that kind; False where the page is too far behind."""
        if kind not in self._waiting:
            if self._news >= MAX_NEWS:
                return False
            self._news += 1
        self._waiting[kind] = message
        self._filled.set()
        return True

    async def take(self) -> Message:
        """Wait for the next message, oldest first."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        kind = next(iter(self._waiting))
        if isinstance(kind, str):
            self._news -= 1
        else:
            self._room.release()
        return self._waiting.pop(kind)
