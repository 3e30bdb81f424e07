"""What the library still wants to tell when the bot has gone."""

import asyncio
import gc
import warnings
from typing import Any

from bots.discord.client import make_client
from tests.discord import DiscordApi, running


async def test_a_client_that_is_closed_is_not_said_to_be_ready() -> None:
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    client = make_client()
    client._connection.guild_ready_timeout = 0.05
    async with DiscordApi() as api:
        async with running(api, client):
            assert not client.is_closed()
        with warnings.catch_warnings(record=True) as warned:
            await asyncio.sleep(0.1)
            gc.collect()
    assert (failures, [str(one.message) for one in warned]) == ([], [])
