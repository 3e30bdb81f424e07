"""Turns updates into work in hand, and says of each when it may be forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from telegram import Update

from bots.telegram.pace import when_speaking
from bots.telegram.updates import subject_of

Handle = Callable[[Update], Awaitable[None]]
log = structlog.get_logger(__name__)


class Intray:
    """Updates in hand. One of the same user in the same chat waits for the one before, in their order; others do not.

    An update is out of hand once it was handled, or once whoever handles it begins to speak: what it was to store is
    stored by then, and what it says may have to wait for a flood to pass.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._in_hand: dict[int, asyncio.Event] = {}
        self._last: dict[tuple[int, int], asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def in_hand(self) -> Sequence[int]:
        """The numbers of those that must not be forgotten yet."""
        return tuple(self._in_hand)

    def take(self, update: Update) -> asyncio.Event:
        """Handle it; one that is in hand already is not taken twice. The event is set once it is out of hand."""
        number = update.update_id
        if number in self._in_hand:
            return self._in_hand[number]
        done, subject = asyncio.Event(), subject_of(update)
        before = self._last.get(subject) if subject else None
        if subject:
            self._last[subject] = done
        self._in_hand[number] = done
        task = asyncio.create_task(self._run(update, before, done, subject))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return done

    async def wait(self, seconds: float) -> None:
        """Until nothing is in hand, or so long."""
        events = [asyncio.create_task(event.wait()) for event in self._in_hand.values()]
        if events:
            await asyncio.wait(events, timeout=seconds)
            for event in events:
                event.cancel()

    async def finish(self, seconds: float) -> None:
        """Let those in hand be handled, and what they say be said; after so long leave them."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(
        self, update: Update, before: asyncio.Event | None, done: asyncio.Event, subject: tuple[int, int] | None
    ) -> None:
        def let_go() -> None:
            done.set()
            self._in_hand.pop(update.update_id, None)
            if subject and self._last.get(subject) is done:
                del self._last[subject]

        when_speaking(let_go)
        if before:
            await before.wait()
        try:
            await self._handle(update)
        except Exception:
            # A bug ends one update: it would be there again for ever.
            log.exception("telegram.update_failed", update_id=update.update_id)
        let_go()
