"""Turns long calls to Telegram into updates that are handled before Telegram forgets them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bots.telegram.pace import when_speaking
from bots.telegram.updates import ALLOWED, subject_of

_WAIT = 30
"""Seconds for which Telegram holds a call that has nothing to answer."""
_LOOK_AGAIN = 0.3
"""Seconds after which others are fetched while an update is still in hand."""
_AT_ONCE = 100
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_STOP_SECONDS = 10.0

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


class Polling:
    """Fetches until it is stopped. What is not handled yet is fetched again, and taken once."""

    def __init__(self, bot: ExtBot[None], handle: Handle) -> None:
        self._bot, self._intray = bot, Intray(handle)
        self._next = 0
        self._seen: set[int] = set()
        self._fetching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to fetch."""
        self._fetching = asyncio.create_task(self._fetch())

    async def stop(self) -> None:
        """Fetch no more, let what is in hand end, and tell Telegram what has been handled."""
        if self._fetching is None:
            return
        self._fetching.cancel()
        await asyncio.gather(self._fetching, return_exceptions=True)
        await self._intray.finish(_STOP_SECONDS)
        if self._next and not self._intray.in_hand:
            try:
                await self._bot.get_updates(self._next, limit=1, timeout=0)
            except TelegramError as error:
                log.info("telegram.not_confirmed", error=type(error).__name__)

    async def _fetch(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                await self._fetch_once()
                pause = _SHORTEST_PAUSE
            except TelegramError as error:
                wait = told(error, pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
                await asyncio.sleep(wait)

    async def _fetch_once(self) -> None:
        await self._intray.wait(_LOOK_AGAIN)
        in_hand = self._intray.in_hand
        offset = min(in_hand, default=self._next)
        self._seen = {number for number in self._seen if number >= offset}
        updates = await self._bot.get_updates(
            offset, limit=_AT_ONCE, timeout=0 if in_hand else _WAIT, allowed_updates=ALLOWED
        )
        for update in updates:
            if update.update_id not in self._seen:
                self._seen.add(update.update_id)
                self._intray.take(update)
            self._next = max(self._next, update.update_id + 1)


def told(error: TelegramError, pause: float) -> float:
    """Say what is wrong and what to do; the seconds until the next attempt."""
    if isinstance(error, Conflict):
        log.error("telegram.polled_twice", remedy="another process fetches with this token, or a webhook is set")
        return _LONGEST_PAUSE / 2
    if isinstance(error, InvalidToken):
        log.error("telegram.token_refused", remedy="see PIYING_TELEGRAM__TOKEN; @BotFather has the token")
        return _LONGEST_PAUSE
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return float(after) if isinstance(after, int) else after.total_seconds()
    log.warning("telegram.not_reached", error=type(error).__name__, again_in=pause)
    return pause
