"""Runs discord.py against the server, by the addresses that the library lets one set."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import discord
import yarl
from discord.gateway import DiscordWebSocket

if TYPE_CHECKING:
    from tests.discord.server import DiscordApi


@contextlib.contextmanager
def pointed(url: str, gateway_url: str) -> Iterator[None]:
    """Point the library at other addresses, for a while."""
    old = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = url, yarl.URL(gateway_url)
    try:
        yield
    finally:
        discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = old


@contextlib.asynccontextmanager
async def running(api: DiscordApi, client: discord.Client, *, shards: int = 1) -> AsyncIterator[discord.Client]:
    """The client, connected; it is closed at the end."""
    with pointed(api.url, api.gateway_url):
        task = asyncio.ensure_future(client.start(api.token))
        waiting = asyncio.ensure_future(api.connected(shards))
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            await waiting
            yield client
        finally:
            waiting.cancel()
            await client.close()
            with contextlib.suppress(asyncio.CancelledError, discord.ConnectionClosed):
                await task
