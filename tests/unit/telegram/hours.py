"""A Telegram that tells when each request arrived, and hours of it that pass in no time.

The event loop's clock jumps to whatever it would have waited for.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from telegram.error import RetryAfter

from bots.telegram.pace import Pace, Rank, ranked


class _NoWaiting(selectors.SelectSelector):
    """Waits for nothing: the loop's clock is put forward instead."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.passed += max(0.0, timeout or 0.0)
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """Its time passes only while everybody waits."""

    def __init__(self) -> None:
        self._waits = _NoWaiting()
        super().__init__(self._waits)

    def time(self) -> float:
        return 1000.0 + self._waits.passed


def live(story: Coroutine[Any, Any, None]) -> None:
    """Run it to its end; no real time passes."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(story)


def now() -> float:
    return asyncio.get_running_loop().time()


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
