"""Turns an upload that stands still into an error; one that moves may take as long as its file needs.

discord.py has aiohttp's own limit for a request, five minutes in all, which a large clip on a slow line never meets.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from discord import Client

LIMITS = aiohttp.ClientTimeout(total=None, connect=60.0, sock_read=60.0)
"""Of every request: until there is a connection, and from its last byte, or one of the answer's, to the next."""
STILL = 300.0
"""Seconds in which nothing of a file moves; among them are those for which Discord asks to wait."""

_moving: ContextVar[asyncio.Timeout | None] = ContextVar("discord_moving", default=None)


@asynccontextmanager
async def moving() -> AsyncIterator[asyncio.Timeout]:
    """Around a request with a file, of a client whose ``trace`` tells what was sent.

    Raises:
        TimeoutError: it stands still.
    """
    async with asyncio.timeout(STILL) as limit:
        token = _moving.set(limit)
        try:
            yield limit
        finally:
            _moving.reset(token)


def give_time(client: Client) -> None:
    """Let ``LIMITS`` hold for a client's requests; after its login."""
    session = getattr(client.http, "_HTTPClient__session", None)
    # The library makes its session itself, and shows it to nobody; a client on no network has none.
    if isinstance(session, aiohttp.ClientSession):
        session._timeout = LIMITS  # noqa: SLF001 - it takes limits only when it is made


def watch(trace: aiohttp.TraceConfig) -> None:
    """Let a client's trace tell of each part of a request that was sent."""
    trace.on_request_chunk_sent.append(_moved)


async def _moved(
    session: aiohttp.ClientSession, context: SimpleNamespace, sent: aiohttp.TraceRequestChunkSentParams
) -> None:
    del session, context, sent
    limit = _moving.get()
    if limit and not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time() + STILL)
