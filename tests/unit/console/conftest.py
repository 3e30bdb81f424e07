"""A console on a free port of this machine, and pages that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bots.console.adapter import ConsoleAdapter
from tests.unit.console.console_stage import Console, make_adapter
from tests.unit.console.fake_commands import FakeCommands


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    """Without a token."""
    async with AsyncExitStack() as stack:
        yield await _console(stack, tmp_path, token=None)


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[Console]:
    """Behind a token."""
    async with AsyncExitStack() as stack:
        yield await _console(stack, tmp_path, token="open sesame")


async def _console(stack: AsyncExitStack, folder: Path, *, token: str | None) -> Console:
    commands = FakeCommands(folder, pace=0)
    adapter: ConsoleAdapter = make_adapter(commands, token=token)
    await adapter.start()
    stack.push_async_callback(adapter.stop)
    client = await stack.enter_async_context(aiohttp.ClientSession(base_url=adapter.url))
    return Console(adapter, commands, client)
