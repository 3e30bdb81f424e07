"""The time that the server's limits are counted in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970."""

_BEGAN = time.time() - time.monotonic()


def wall() -> float:
    """Now, as the event loop that runs here counts it: where hours of a loop pass in no time, the server's do too."""
    try:
        return _BEGAN + asyncio.get_running_loop().time()
    except RuntimeError:
        return time.time()


class Hand:
    """A clock that moves when told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
