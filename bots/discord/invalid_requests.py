"""Turns what Discord refuses into how much the bot may still ask in vain.

Ten thousand answers of 401, 403 and 429 within ten minutes shut the bot's address out
(discord.com/developers/docs/topics/rate-limits, "Invalid Request Limit"); a 429 of a limit that is shared with others
does not count.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import SimpleNamespace

import aiohttp
import structlog

_WINDOW = 600.0
_COUNTED = frozenset({401, 403, 429})
_MANY, _TOO_MANY = 2_500, 7_500
"""Of Discord's ten thousand: from where on progress is not shown, and nothing is sent that can come later."""

log = structlog.get_logger(__name__)


class InvalidRequests:
    """Counts every request of a client; ``trace`` is how it hears of them."""

    def __init__(self) -> None:
        self._at: deque[float] = deque()
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_end.append(self._heard)

    @property
    def are_many(self) -> bool:
        """What can be left out should be."""
        return self._count() >= _MANY

    @property
    def are_too_many(self) -> bool:
        """What can wait should."""
        return self._count() >= _TOO_MANY

    async def _heard(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        del session, context
        is_shared = end.response.headers.get("X-RateLimit-Scope") == "shared"
        if end.response.status not in _COUNTED or is_shared:
            return
        self._at.append(asyncio.get_running_loop().time())
        if self._count() in {_MANY, _TOO_MANY}:
            log.error("discord.refused_often", times=len(self._at), within=_WINDOW, last=end.response.status)

    def _count(self) -> int:
        until = asyncio.get_running_loop().time() - _WINDOW
        while self._at and self._at[0] < until:
            self._at.popleft()
        return len(self._at)
