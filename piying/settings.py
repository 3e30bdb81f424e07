"""Turns environment variables (``PIYING_…``) into one frozen tree of settings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bots.console.door import is_loopback
from core.quotas.limits import Limits

_FOR_TESTS = "PIYING_REQUIRE_ALL"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConsoleSettings(_Part):
    """The local chat page. Binding beyond loopback needs a token (or a file that holds one)."""

    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    token: SecretStr | None = None
    token_file: Path | None = None

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if not (is_loopback(self.host) or self.token or self.token_file):
            raise ValueError(f"{self.host} can be reached from outside: set PIYING_CONSOLE__TOKEN or …__TOKEN_FILE")
        return self

    def secret(self) -> str | None:
        """The token, from its variable or its file.

        Raises:
            OSError: the file cannot be read.
        """
        if self.token_file is not None:
            return self.token_file.read_text("utf-8").strip() or None
        return self.token.get_secret_value() if self.token else None


class LimitSettings(_Part):
    """What an account, and a chat, may use. A day is the account's own."""

    clips_a_day: int = Field(100, ge=0)
    seconds_a_day: int = Field(600, ge=0)
    waiting: int = Field(10, ge=1)
    chat_clips_a_day: int = Field(500, ge=0)
    chat_seconds_a_day: int = Field(3000, ge=0)
    welcome_credits: int = Field(500, ge=0)
    burst: int = Field(10, ge=1)
    per_second: float = Field(1.0, gt=0)

    def limits(self) -> Limits:
        """As core takes them."""
        return Limits(**self.model_dump(exclude={"burst", "per_second"}))


class JobSettings(_Part):
    """How jobs run. Times in seconds; ``premium_boost`` is that tier's head start in the queue."""

    poll: float = Field(0.25, gt=0)
    beat: float = Field(5.0, gt=0)
    dead_after: float = Field(25.0, gt=0)
    time_limit: float = Field(1800.0, gt=0)
    stop_grace: float = Field(20.0, ge=0)
    upkeep_every: float = Field(30.0, gt=0)
    keep_days: float = Field(30.0, gt=0)
    premium_boost: int = Field(600, ge=0)
    lanes: int = Field(default_factory=lambda: max(1, os.cpu_count() or 1), ge=1)


class Settings(BaseSettings):
    """Read once, at the start of a command.

    Raises:
        pydantic.ValidationError: a variable has no meaning or a bad value.
    """

    model_config = SettingsConfigDict(
        env_prefix="PIYING_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_folder: Path = Path("data")
    clips_folder: Path | None = None
    database_url: SecretStr | None = None
    timezone: str = "UTC"
    log_format: Literal["auto", "json", "console"] = "auto"
    operations_port: int | None = Field(None, ge=0, le=65535)
    console: ConsoleSettings = ConsoleSettings()
    limits: LimitSettings = LimitSettings()
    jobs: JobSettings = Field(default_factory=JobSettings)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        from zoneinfo import available_timezones

        if name not in available_timezones():
            raise ValueError(f"{name} is no IANA time zone, such as Asia/Shanghai")
        return name

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: what is set, or an SQLite file in the data folder."""
        if self.database_url is None:
            return f"sqlite:///{self.data_folder.resolve() / 'piying.db'}"
        url = self.database_url.get_secret_value()
        scheme, colon, rest = url.partition("://")
        return f"postgresql+psycopg{colon}{rest}" if scheme in {"postgres", "postgresql"} else url

    @property
    def clips(self) -> Path:
        """Where finished clips stay."""
        return (self.clips_folder or self.data_folder / "clips").resolve()


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Variables that look like settings and are none: misspelt, they would have no effect."""
    known = {f"PIYING_{name.upper()}" for name in Settings.model_fields} | {_FOR_TESTS}
    return sorted(name for name in names if name.startswith("PIYING_") and name.split("__")[0] not in known)
