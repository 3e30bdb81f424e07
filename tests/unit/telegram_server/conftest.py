"""A server whose clock stands still until told, and the library's bot on it."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.telegram.clock import Hand
from tests.telegram.server import BotApi


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(Hand()) as server:
        yield server


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, base_url=api.base_url, base_file_url=api.base_file_url) as bot:
        yield bot
