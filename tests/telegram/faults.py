"""Failures that a test asks for: the next calls of a method go wrong in a chosen way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["status", "flood", "reset_before", "reset_after", "hang_after", "slow"]


@dataclass
class Fault:
    """One way to fail.

    ``status`` answers with ``code``; ``flood`` with 429 and ``seconds``, and shuts the chat; ``reset_before`` cuts the
    connection and does nothing; ``reset_after`` does it and cuts; ``hang_after`` does it and answers ``seconds`` later
    or never; ``slow`` reads the request ``seconds`` late. The first ``after`` calls are let through.
    """

    method: str
    way: Way
    times: int = 1
    code: int = 500
    seconds: float = 1.0
    chat: int | None = None
    after: int = 0

    def fits(self, method: str, chat: int | None) -> bool:
        """Whether it strikes a call."""
        return self.times > 0 and self.method in {method, "*"} and self.chat in {None, chat}


class Faults:
    """The failures that are still to come."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self.struck: list[tuple[str, Way]] = []

    def add(
        self,
        method: str,
        way: Way,
        times: int = 1,
        *,
        code: int = 500,
        seconds: float = 1.0,
        chat: int | None = None,
        after: int = 0,
    ) -> None:
        """Let the next ``times`` calls of a method (``*``: of any) fail, in one chat if one is given."""
        self._coming.append(Fault(method, way, times, code, seconds, chat, after))

    def flood(self, method: str, retry_after: int, times: int = 1, *, chat: int | None = None) -> None:
        """Let the next calls meet a flood wait that shuts their chat."""
        self.add(method, "flood", times, seconds=retry_after, chat=chat)

    def take(self, method: str, *ways: Way, chat: int | None = None) -> Fault | None:
        """The failure of this call, if it has one of these ways."""
        for fault in self._coming:
            if fault.way in ways and fault.fits(method, chat):
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                self.struck.append((method, fault.way))
                return fault
        return None

    def clear(self) -> None:
        """Nothing more goes wrong."""
        self._coming.clear()
