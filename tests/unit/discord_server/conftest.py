"""A server whose clock stands still until told, and the library's client on it."""

from collections.abc import AsyncIterator

import pytest

from tests.discord import DiscordApi, Hand, running
from tests.unit.discord_server.puppet import Puppet


@pytest.fixture
async def api() -> AsyncIterator[DiscordApi]:
    async with DiscordApi(Hand()) as server:
        yield server
        assert server.misfits == []


@pytest.fixture
async def puppet(api: DiscordApi) -> AsyncIterator[Puppet]:
    client = Puppet()
    async with running(api, client):
        await client.tree.sync()
        yield client
