"""Turns requests to Telegram into ones that wait for their turn: none is above its limits, and none waits for progress.

python-telegram-bot's own limiter stops every chat while one is in a flood wait, and knows no priority.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bots.telegram.lines import Chat, Lines, Waiting, too_long
from bots.telegram.windows import Turn, Window

_SPEAKS = ("send", "editMessage", "copyMessage", "forwardMessage")
_FREE = frozenset({"sendChatAction"})
_FLOOD_MARGIN = 0.1
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


class Pace(BaseRateLimiter[None]):
    """One for a bot. Times are those of the event loop."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._all = Window(self._limits.each_second, 1.0)
        self._chats: OrderedDict[int | str | None, Chat] = OrderedDict()
        self._lines = Lines(self._keep)
        self._numbers = count()
        self._recent: deque[Rank] = deque(maxlen=self._limits.each_second)
        self._finals = 0
        self._timer: asyncio.TimerHandle | None = None

    async def initialize(self) -> None:
        """Nothing to be made."""

    async def shutdown(self) -> None:
        """Wake nobody any more."""
        if self._timer:
            self._timer.cancel()

    def may_edit(self, chat: int) -> bool:
        """Whether progress may be shown there now without keeping anybody waiting."""
        now, here = _now(), self._chats.get(chat)
        if self._lines.waiting or self._all.opens(now, self._limits.each_second // 2) > now:
            return False
        return here is None or here.opens(now, min(self._limits.kept, here.windows[-1].most - 1)) <= now

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
                self._lines.shut(self._of(chat), _now() + _seconds(error) + _FLOOD_MARGIN, _now())
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
            raise too_long(here, now)
        if rank is Rank.PROGRESS and here.opens(now, self._keep(here, rank)) > now:
            raise Dropped("the chat is busy")
        may_go: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._lines.join(here, Waiting(rank, next(self._numbers), patient_until, may_go), now)
        self._serve()
        try:
            return await may_go
        except (asyncio.CancelledError, RetryAfter):
            # Whoever got a turn has left the line already.
            if may_go.cancelled() or may_go.exception():
                self._lines.leave(here, _now())
            raise

    def _serve(self) -> None:
        """Let go whoever may, and come back when the next one may."""
        now = _now()
        while self._all.opens(now) <= now and (found := self._lines.first(now, self._ranks())):
            here, waiting = found
            turn = Turn(now)
            for window in (self._all, *here.windows):
                window.add(turn)
            self._remember(Rank(waiting.rank))
            waiting.may_go.set_result(turn)
            self._lines.leave(here, now)
        self._come_back(now)

    def _ranks(self) -> tuple[Rank, ...]:
        """Who asks is answered first, but of a second's requests a third is for finals, if any wait."""
        finals_first = self._finals * 3 < self._limits.each_second
        first = (Rank.FINAL, Rank.ANSWER) if finals_first else (Rank.ANSWER, Rank.FINAL)
        return (*first, Rank.PROGRESS)

    def _remember(self, rank: Rank) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._finals -= self._recent.popleft() is Rank.FINAL
        self._recent.append(rank)
        self._finals += rank is Rank.FINAL

    def _come_back(self, now: float) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        moment = self._lines.next_moment(now)
        if moment is not None:
            due = max(moment, self._all.opens(now), now + 0.005)
            self._timer = asyncio.get_running_loop().call_at(due, self._serve)

    def _keep(self, here: Chat, rank: int) -> int:
        if rank == Rank.FINAL or len(here.windows) < 2:
            return 0
        return self._limits.kept if rank == Rank.PROGRESS else self._limits.kept // 2

    def _of(self, chat: int | str | None) -> Chat:
        """What is known of a chat, which is the one used last from now on."""
        here = self._chats.get(chat)
        if here is None:
            self._forget()
            here = self._chats[chat] = Chat(tuple(self._windows(chat)))
        self._chats.move_to_end(chat)
        return here

    def _windows(self, chat: int | str | None) -> Iterator[Window]:
        if chat is None:
            # A message that somebody sent through the bot is in no chat that we know.
            yield Window(self._limits.each_second, 1.0)
            return
        yield Window(self._limits.burst, float(self._limits.burst))
        if isinstance(chat, str) or chat < 0:
            yield Window(self._limits.group_each_minute, 60.0)

    def _forget(self) -> None:
        """Those that were not used for longest, if they are idle: two for each that comes, so that they get fewer."""
        now = _now()
        for _ in range(min(2, len(self._chats))):
            chat, here = next(iter(self._chats.items()))
            if here.is_idle(now):
                del self._chats[chat]
            else:
                self._chats.move_to_end(chat)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()
