"""Turns requests to Telegram into ones that wait for their turn: none is above its limits, and none waits for progress.

python-telegram-bot's own limiter stops every chat while one is in a flood wait, and knows no priority.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bots.telegram.windows import Turn, Window

_SPEAKS = ("send", "editMessage", "copyMessage", "forwardMessage")
_FREE = frozenset({"sendChatAction"})
_FLOOD_MARGIN = 0.1
_FORGET_ABOVE = 4096
Answer = bool | dict[str, Any] | list[dict[str, Any]]


class Rank(IntEnum):
    """Who goes first. A final tells how a job ended; progress goes only where nobody else wants to."""

    FINAL = 0
    ANSWER = 1
    PROGRESS = 2


class Dropped(TelegramError):
    """Progress that had to give way; the next report will do."""


@dataclass(frozen=True)
class Limits:
    """What Telegram bears: so many a second in all, and in a chat; so many a minute in a group.

    ``burst`` may go at once in a chat, if as many seconds pass after them. Of a group's minute ``kept`` are for finals.
    ``patience``: seconds that an answer waits in a chat in a flood wait; a final waits ``final_patience``, and is then
    tried again by whoever sends it.
    """

    each_second: int = 30
    burst: int = 3
    group_each_minute: int = 20
    kept: int = 6
    patience: float = 60.0
    final_patience: float = 5.0


_rank: ContextVar[Rank] = ContextVar("telegram_rank", default=Rank.ANSWER)
_speaking: ContextVar[Callable[[], None] | None] = ContextVar("telegram_speaking", default=None)


@contextmanager
def ranked(rank: Rank) -> Iterator[None]:
    """Requests of this task are of that rank meanwhile."""
    token = _rank.set(rank)
    try:
        yield
    finally:
        _rank.reset(token)


def when_speaking(call: Callable[[], None]) -> None:
    """``call`` it when this task first says something in a chat: what it was to store is stored by then."""
    _speaking.set(call)


@dataclass
class _Waiting:
    rank: Rank
    number: int
    may_go: asyncio.Future[Turn]


@dataclass
class _Chat:
    """``windows`` are its limits; ``flood`` is until when Telegram wants to hear nothing for it."""

    windows: tuple[Window, ...]
    flood: float = 0.0
    line: list[_Waiting] = field(default_factory=list)

    def opens(self, now: float, keep: int) -> float:
        *others, last = self.windows
        kept = max(window.opens(now) for window in others) if others else now
        return max(self.flood, kept, last.opens(now, keep))


class Pace(BaseRateLimiter[None]):
    """One for a bot. Times are those of the event loop."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._all = Window(self._limits.each_second, 1.0)
        self._chats: dict[int | str | None, _Chat] = {}
        self._numbers = count()
        self._recent: deque[Rank] = deque(maxlen=self._limits.each_second)
        self._timer: asyncio.TimerHandle | None = None

    async def initialize(self) -> None:
        """Nothing to be made."""

    async def shutdown(self) -> None:
        """Wake nobody any more."""
        if self._timer:
            self._timer.cancel()

    def may_edit(self, chat: int) -> bool:
        """Whether progress may be shown there now without keeping anybody waiting."""
        now, here = _now(), self._of(chat)
        keep = min(self._limits.kept, here.windows[-1].most - 1)
        free = here.opens(now, keep) <= now and not here.line
        return free and self._all.opens(now, self._limits.each_second // 2) <= now and not self._is_crowded()

    def flood(self, chat: int) -> float:
        """Seconds for which Telegram wants to hear nothing for a chat."""
        here = self._chats.get(chat)
        return max(0.0, here.flood - _now()) if here else 0.0

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Answer:
        """See the base class; a chat in a flood wait is waited for as long as the rank allows."""
        del rate_limit_args
        chat = data.get("chat_id")
        if endpoint in _FREE or not endpoint.startswith(_SPEAKS):
            return await callback(*args, **kwargs)
        if speaking := _speaking.get():
            speaking()
        rank, patient_until = _rank.get(), _now() + self._patience()
        while True:
            turn = await self._take(chat, rank, patient_until)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                here = self._of(chat)
                here.flood = max(here.flood, _now() + _seconds(error) + _FLOOD_MARGIN)
                if rank is Rank.PROGRESS:
                    raise Dropped("a flood wait is on") from error
            finally:
                turn.ended = _now()
                self._serve()

    def _patience(self) -> float:
        return self._limits.final_patience if _rank.get() is Rank.FINAL else self._limits.patience

    async def _take(self, chat: int | str | None, rank: Rank, patient_until: float) -> Turn:
        now, here = _now(), self._of(chat)
        if here.flood > patient_until:
            raise RetryAfter(max(1, round(here.flood - now)))
        if rank is Rank.PROGRESS and here.opens(now, self._keep(here, rank)) > now:
            raise Dropped("the chat is busy")
        waiting = _Waiting(rank, next(self._numbers), asyncio.get_running_loop().create_future())
        here.line.append(waiting)
        here.line.sort(key=lambda one: (one.rank, one.number))
        self._serve()
        try:
            return await self._in_time(here, waiting, patient_until)
        finally:
            if waiting in here.line:
                here.line.remove(waiting)

    async def _in_time(self, here: _Chat, waiting: _Waiting, patient_until: float) -> Turn:
        """A turn; a flood wait that begins meanwhile, and is too long, ends the waiting."""
        while True:
            done, _ = await asyncio.wait({waiting.may_go}, timeout=1.0)
            if done:
                return waiting.may_go.result()
            if here.flood > patient_until:
                raise RetryAfter(max(1, round(here.flood - _now())))

    def _serve(self) -> None:
        """Let go whoever may, and come back when the next one may."""
        now = _now()
        while self._all.opens(now) <= now and (found := self._next(now)):
            here, waiting = found
            turn = Turn(now)
            for window in (self._all, *here.windows):
                window.add(turn)
            here.line.remove(waiting)
            self._recent.append(waiting.rank)
            if not waiting.may_go.done():
                waiting.may_go.set_result(turn)
        self._come_back(now)

    def _next(self, now: float) -> tuple[_Chat, _Waiting] | None:
        first = [(here, here.line[0]) for here in self._chats.values() if here.line]
        free = [(here, one) for here, one in first if here.opens(now, self._keep(here, one.rank)) <= now]
        return min(free, key=lambda pair: self._order(pair[1]), default=None)

    def _order(self, waiting: _Waiting) -> tuple[int, int]:
        """Who asks is answered first, but of a second's requests a third is for finals, if any wait."""
        finals = sum(rank is Rank.FINAL for rank in self._recent)
        finals_first = finals * 3 < self._limits.each_second
        order = {Rank.FINAL: 0 if finals_first else 2, Rank.ANSWER: 1, Rank.PROGRESS: 3}
        return order[waiting.rank], waiting.number

    def _come_back(self, now: float) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        moments = [here.opens(now, self._keep(here, here.line[0].rank)) for here in self._chats.values() if here.line]
        if moments:
            due = max(min(moments), self._all.opens(now))
            self._timer = asyncio.get_running_loop().call_at(max(due, now + 0.005), self._serve)

    def _keep(self, here: _Chat, rank: Rank) -> int:
        if rank is Rank.FINAL or len(here.windows) < 2:
            return 0
        return self._limits.kept if rank is Rank.PROGRESS else self._limits.kept // 2

    def _is_crowded(self) -> bool:
        return any(here.line for here in self._chats.values())

    def _of(self, chat: int | str | None) -> _Chat:
        if chat not in self._chats:
            self._forget()
            self._chats[chat] = _Chat(tuple(self._windows(chat)))
        return self._chats[chat]

    def _windows(self, chat: int | str | None) -> Iterator[Window]:
        if chat is None:
            # A message that somebody sent through the bot is in no chat that we know.
            yield Window(self._limits.each_second, 1.0)
            return
        yield Window(self._limits.burst, float(self._limits.burst))
        if isinstance(chat, str) or chat < 0:
            yield Window(self._limits.group_each_minute, 60.0)

    def _forget(self) -> None:
        if len(self._chats) < _FORGET_ABOVE:
            return
        now = _now()
        self._chats = {
            chat: here
            for chat, here in self._chats.items()
            if here.line or here.flood > now or any(window.used(now) for window in here.windows)
        }


def _now() -> float:
    return asyncio.get_running_loop().time()


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()
