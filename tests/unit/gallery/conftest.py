"""The gallery on the chat page's port, and somebody without an account before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.gallery_stage import Hall, open_hall
from tests.unit.console.console_stage import make_adapter
from tests.unit.console.fake_commands import FakeCommands


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with open_hall(f"sqlite:///{tmp_path / 'piying.db'}", tmp_path) as opened:
        yield opened


@pytest.fixture
def url() -> str | None:
    """The origin that was set."""
    return "https://films.example"


@pytest.fixture
async def client(hall: Hall, tmp_path: Path, url: str | None) -> AsyncIterator[aiohttp.ClientSession]:
    routes = tuple(hall.gallery(url).routes())
    adapter = make_adapter(FakeCommands(tmp_path, pace=0), token="nobody knows it", extra=routes)
    await adapter.start()
    async with aiohttp.ClientSession(base_url=adapter.url) as session:
        yield session
    await adapter.stop()
