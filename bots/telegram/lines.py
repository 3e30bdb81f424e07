"""Turns requests that wait in chats into the next that may go, found without a look at all the other chats.

A chat with somebody waiting is in one of two heaps: of those whose first may go now, by their order, or of those whose
first may go later, by the moment. That moment may turn out too early, and is then looked at anew; it is never too late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from telegram.error import RetryAfter

from bots.telegram.windows import Turn, Window


@dataclass(eq=False)
class Waiting:
    """A request that waits: of those in a chat the least ``rank`` goes first, and then who came first.

    ``patient_until`` is how long it waits for a flood to pass.
    """

    rank: int
    number: int
    patient_until: float
    may_go: asyncio.Future[Turn]

    def __lt__(self, other: Waiting) -> bool:
        return (self.rank, self.number) < (other.rank, other.number)


@dataclass(eq=False)
class Chat:
    """``windows`` are its limits; ``flood`` is until when Telegram wants to hear nothing for it.

    ``line`` is a heap, in which those that gave up stay until they are its first. ``offered`` is the number of its
    first, where that may go now; ``due`` is when to look at it anew.
    """

    windows: tuple[Window, ...]
    flood: float = 0.0
    line: list[Waiting] = field(default_factory=list)
    offered: int | None = None
    due: float | None = None

    def first(self) -> Waiting | None:
        """Who goes next here."""
        while self.line and self.line[0].may_go.done():
            heappop(self.line)
        return self.line[0] if self.line else None

    def opens(self, now: float, keep: int) -> float:
        """When one more may go, so that ``keep`` could still follow; now, or later."""
        *others, last = self.windows
        kept = max(window.opens(now) for window in others) if others else now
        return max(self.flood, kept, last.opens(now, keep))

    def is_idle(self, now: float) -> bool:
        """Nothing would be lost if it were forgotten."""
        return self.first() is None and self.flood <= now and not any(window.used(now) for window in self.windows)


class Lines:
    """Who waits, in all chats. ``keep`` says how many of a chat's last window are kept from a rank."""

    def __init__(self, keep: Callable[[Chat, int], int]) -> None:
        self._keep, self._ties = keep, count()
        self._open: dict[int, list[tuple[int, int, Chat]]] = {}
        self._later: list[tuple[float, int, Chat]] = []
        self.waiting = 0

    def join(self, chat: Chat, waiting: Waiting, now: float) -> None:
        """Wait from now on."""
        heappush(chat.line, waiting)
        self.waiting += 1
        self.look(chat, now)

    def leave(self, chat: Chat, now: float) -> None:
        """One of the chat went, or gave up: its ``may_go`` is done."""
        self.waiting -= 1
        self.look(chat, now)

    def look(self, chat: Chat, now: float) -> None:
        """Something changed in a chat: find out anew when its first may go."""
        first = chat.first()
        moment = chat.opens(now, self._keep(chat, first.rank)) if first else now
        if first is None or moment > now:
            chat.offered = None
        elif chat.offered != first.number:
            chat.offered = first.number
            heappush(self._open.setdefault(first.rank, []), (first.number, next(self._ties), chat))
        if first and moment > now and (chat.due is None or moment < chat.due):
            chat.due = moment
            heappush(self._later, (moment, next(self._ties), chat))

    def shut(self, chat: Chat, until: float, now: float) -> None:
        """A flood wait is on in a chat; whoever has not the patience hears of it."""
        chat.flood = max(chat.flood, until)
        for waiting in chat.line:
            if chat.flood > waiting.patient_until and not waiting.may_go.done():
                waiting.may_go.set_exception(too_long(chat, now))
        self.look(chat, now)

    def first(self, now: float, ranks: Sequence[int]) -> tuple[Chat, Waiting] | None:
        """Who goes next of all that may go now: the earliest of the first rank that has any."""
        while self._later and self._later[0][0] <= now:
            moment, _, chat = heappop(self._later)
            if chat.due == moment:
                chat.due = None
                self.look(chat, now)
        return next((found for rank in ranks if (found := self._earliest(rank))), None)

    def _earliest(self, rank: int) -> tuple[Chat, Waiting] | None:
        heap = self._open.get(rank, [])
        while heap:
            number, _, chat = heap[0]
            first = chat.first()
            if first and chat.offered == number == first.number:
                return chat, first
            heappop(heap)
        return None

    def next_moment(self, now: float) -> float | None:
        """When to look for the next that may go: now, where somebody may; None where nobody waits."""
        if not self.waiting:
            return None
        if any(self._earliest(rank) for rank in self._open):
            return now
        return self._later[0][0] if self._later else None


def too_long(chat: Chat, now: float) -> RetryAfter:
    """What is told whoever does not want to wait until a flood has passed."""
    return RetryAfter(max(1, round(chat.flood - now)))
