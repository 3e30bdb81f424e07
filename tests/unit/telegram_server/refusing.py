"""What the server's refusals are in the library, and the time that it counts in."""

import re

import pytest
from telegram.error import TelegramError

from tests.telegram.clock import Hand
from tests.telegram.server import BotApi


def refused(error: type[TelegramError], words: str) -> pytest.RaisesExc[TelegramError]:
    """The library writes the first letter of what Telegram says in the other case."""
    return pytest.raises(error, match="(?i)" + re.escape(words))


def rest(api: BotApi, seconds: float = 60.0) -> None:
    clock = api.world.clock
    assert isinstance(clock, Hand)
    clock.forward(seconds)
