"""Turns many that come at once under one name into a line: only so many go on, the others wait."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """``at_once`` under each name, in this process. A name that nobody uses is forgotten."""

    def __init__(self, at_once: int = 1) -> None:
        self._at_once = at_once
        self._lines: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Semaphore:
        """Where to wait for a turn, by ``async with``; whoever holds it keeps it known."""
        return self._lines.setdefault(name, asyncio.Semaphore(self._at_once))
