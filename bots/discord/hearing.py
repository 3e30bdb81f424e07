"""Turns a crowd of interactions into one that is heard first and worked on after, a few at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

_AT_ONCE = 16
_PATIENCE = 1.0
"""Seconds that work waits for those who come in meanwhile: where they never end, it is done between them."""


class Hearing:
    """Discord wants the first answer within three seconds; what comes after it has fifteen minutes."""

    def __init__(self) -> None:
        self._unheard = 0
        self._all_heard = asyncio.Event()
        self._all_heard.set()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    @contextmanager
    def first(self) -> Iterator[None]:
        """Around a first answer."""
        self._unheard += 1
        self._all_heard.clear()
        try:
            yield
        finally:
            self._unheard -= 1
            if not self._unheard:
                self._all_heard.set()

    @asynccontextmanager
    async def then(self) -> AsyncIterator[None]:
        """Around what is done after it."""
        async with self._turns:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._all_heard.wait()
            yield
