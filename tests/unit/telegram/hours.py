"""A Telegram that tells when each request arrived, and hours of it that pass in no time.

The event loop's clock jumps to whatever it would have waited for, but for sockets and threads, which are real.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from telegram.error import RetryAfter

from bots.telegram.pace import Pace, Rank, ranked

_ON_ITS_WAY = 0.002
"""Seconds within which what was written to a socket of this machine has reached its reader."""


class _Waits(selectors.DefaultSelector):
    """Waits for sockets and threads alone; what would be waited for besides has passed at once."""

    def __init__(self) -> None:
        super().__init__()
        self.passed, self.threads = 0.0, 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        began = time.monotonic()
        # One of them is the loop's own, by which threads wake it.
        has_sockets = len(self.get_map()) > 1
        events = super().select(timeout if self.threads else min(timeout, _ON_ITS_WAY) if has_sockets else 0)
        if self.threads:
            self.passed += time.monotonic() - began
        elif not events:
            self.passed += timeout
        return events


class Loop(asyncio.SelectorEventLoop):
    """Its time passes only while everybody waits, and then at once."""

    def __init__(self) -> None:
        self._waits, self._began = _Waits(), time.monotonic()
        super().__init__(self._waits)

    def time(self) -> float:
        return self._began + self._waits.passed

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]  # as it is used
        """What a thread does takes its time."""
        self._waits.threads += 1
        working = super().run_in_executor(executor, func, *args)
        working.add_done_callback(self._came_back)
        return working

    def _came_back(self, _: object) -> None:
        self._waits.threads -= 1


def live(story: Coroutine[Any, Any, None]) -> None:
    """Run it to its end; no real time passes."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(story)


def now() -> float:
    return asyncio.get_running_loop().time()


def most_within(moments: list[float], seconds: float) -> int:
    """The most that arrived in any such time."""
    return max(sum(first <= one < first + seconds - 1e-6 for one in moments) for first in moments)


@dataclass
class Telegram:
    """What has arrived: when, in which chat, of which kind. ``floods``: seconds of the next answers of a chat."""

    pace: Pace
    takes: float = 0.0
    arrived: list[tuple[float, int, str]] = field(default_factory=list)
    floods: dict[int, list[int]] = field(default_factory=dict)

    async def ask(self, chat: int, what: str = "", rank: Rank = Rank.ANSWER, endpoint: str = "sendMessage") -> None:
        async def callback() -> bool:
            await asyncio.sleep(self.takes)
            if self.floods.get(chat):
                raise RetryAfter(self.floods[chat].pop(0))
            self.arrived.append((now(), chat, what or rank.name))
            return True

        with ranked(rank):
            await self.pace.process_request(callback, (), {}, endpoint, {"chat_id": chat}, None)

    async def ask_all(self, chats: Iterable[int], rank: Rank = Rank.ANSWER) -> None:
        await asyncio.gather(*(self.ask(chat, rank=rank) for chat in chats))

    def moments(self, chat: int | None = None) -> list[float]:
        return [moment for moment, where, _ in self.arrived if chat in {None, where}]

    @property
    def order(self) -> list[str]:
        return [what for _, _, what in self.arrived]
