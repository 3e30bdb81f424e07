"""A real process of Piying on Discord, and what its folder holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.acceptance.telegram_bot import Bot
from tests.discord.server import DiscordApi


class DiscordBot(Bot):
    """The same as on Telegram, with other addresses."""

    platform = "discord"

    def __init__(self, folder: Path, api: DiscordApi, **settings: str) -> None:
        self._discord = api
        told: Any = api
        super().__init__(folder, told, **settings)

    def addresses(self) -> dict[str, str]:
        """See the base."""
        return {
            "PIYING_DISCORD__TOKEN": self._discord.token,
            "PIYING_DISCORD__API_URL": self._discord.url,
            "PIYING_DISCORD__GATEWAY_URL": self._discord.gateway_url,
        }

    def greeted(self) -> int:
        """See the base."""
        return self._discord.gateway.identified
