"""Turns environment variables (``PIYING_DISCORD__…``) into a bot's token, the servers that it calls and its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from piying.parts import Part, read_secret
from piying.premium_settings import PremiumSettings
from piying.translation_settings import WebAddress

_PREFIX = "PIYING_DISCORD"


def _gateway(url: str) -> str:
    if not url.startswith(("ws://", "wss://")):
        raise ValueError("a gateway's address begins with wss:// or ws://")
    return url.rstrip("/")


class DiscordSettings(Part):
    """A token (or a file that holds it) turns Discord on.

    ``shards`` are the connections to the gateway: not set for one, 0 for as many as Discord recommends.
    ``upload_floor`` are bytes: what a file may have wherever Discord does not say.
    """

    token: SecretStr | None = None
    token_file: Path | None = None
    api_url: WebAddress = "https://discord.com/api/v10"
    gateway_url: Annotated[str, AfterValidator(_gateway)] = "wss://gateway.discord.gg"
    shards: int | None = Field(None, ge=0, le=4096)
    upload_floor: int = Field(10 * 1024 * 1024, ge=1_000_000, le=500 * 1024 * 1024)
    premium: PremiumSettings = PremiumSettings()

    @property
    def is_on(self) -> bool:
        """Whether there is a bot."""
        return self.token is not None or self.token_file is not None

    def secret(self) -> str | None:
        """The token, from its variable or its file.

        Raises:
            Mistake: the file cannot be read, or holds none.
        """
        return read_secret(f"{_PREFIX}__TOKEN", self.token, self.token_file)
