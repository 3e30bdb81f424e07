"""Turns environment variables (``PIYING_TELEGRAM__…``) into a bot's token, the servers that it calls and its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from piying.parts import Part, read_secret
from piying.stars_settings import StarsSettings
from piying.translation_settings import WebAddress

_PREFIX = "PIYING_TELEGRAM"
_LOCAL_LIMIT = 2_000_000_000


class PaceSettings(Part):
    """What Telegram bears: requests a second in all, at once in a chat, and a minute in a group."""

    each_second: int = Field(28, ge=1, le=1000)
    burst: int = Field(3, ge=1, le=20)
    group_each_minute: int = Field(20, ge=2, le=1000)


class WebhookSettings(Part):
    """``url`` is what Telegram can reach, without a path; ``port`` is where it ends here. Not set: long polling."""

    url: WebAddress | None = None
    host: str = "127.0.0.1"
    port: int = Field(8767, ge=0, le=65535)


class TelegramSettings(Part):
    """A token (or a file that holds it) turns Telegram on. Limits are bytes; the addresses are a Bot API server's.

    ``local``: that server runs with ``--local`` and sees the same files here under the same paths.
    """

    token: SecretStr | None = None
    token_file: Path | None = None
    base_url: WebAddress = "https://api.telegram.org/bot"
    base_file_url: WebAddress = "https://api.telegram.org/file/bot"
    local: bool = False
    upload_limit: int = Field(50_000_000, ge=1_000_000, le=2_000_000_000)
    download_limit: int = Field(20_000_000, ge=1_000_000, le=2_000_000_000)
    profile: bool = True
    pace: PaceSettings = PaceSettings()
    webhook: WebhookSettings = WebhookSettings()
    stars: StarsSettings = StarsSettings()

    @model_validator(mode="after")
    def _token_or_file(self) -> Self:
        if self.token is not None and ":" not in self.token.get_secret_value():
            raise ValueError(f"{_PREFIX}__TOKEN is none of a bot's: @BotFather gives one such as 110201543:AAHd…")
        return self

    @property
    def is_on(self) -> bool:
        """Whether there is a bot."""
        return self.token is not None or self.token_file is not None

    @property
    def largest_upload(self) -> int:
        """The upload limit; where none was set, that of the server in its mode."""
        is_set = "upload_limit" in self.model_fields_set
        return _LOCAL_LIMIT if self.local and not is_set else self.upload_limit

    def secret(self) -> str | None:
        """The token, from its variable or its file.

        Raises:
            Mistake: the file cannot be read, or holds none.
        """
        return read_secret(f"{_PREFIX}__TOKEN", self.token, self.token_file)
