"""Turns environment variables (``PIYING_…``) into one frozen tree of settings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

import sqlalchemy as sa
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bots.console.door import is_loopback
from core.costs import Budget
from core.jobs.retention import Retention
from core.quotas.limits import Limits
from piying.discord_settings import DiscordSettings
from piying.engine_settings import EnginesSettings
from piying.gallery_settings import GallerySettings
from piying.mistake import Mistake
from piying.parts import Part, read_secret
from piying.provenance_settings import ProvenanceSettings
from piying.safety_settings import SafetySettings
from piying.telegram_settings import TelegramSettings
from piying.translation_settings import TranslationSettings

_FOR_TESTS = "PIYING_REQUIRE_ALL"
_BEATS_TO_MISS = 3
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}


class ConsoleSettings(Part):
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
            Mistake: the file cannot be read, or holds none: the page must not stand open for that.
        """
        return read_secret("PIYING_CONSOLE__TOKEN", self.token, self.token_file)


class ServeSettings(Part):
    """The videos API. Whoever calls it needs a key, from wherever; encryption is a proxy's work."""

    host: str = "127.0.0.1"
    port: int = Field(8766, ge=0, le=65535)


class LimitSettings(Part):
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


class JobSettings(Part):
    """How jobs run. Times in seconds; ``premium_boost`` is that tier's head start in the queue.

    ``lanes`` is how many clips of a class are made here at once, ``hosted_lanes`` how many at vendors.
    """

    poll: float = Field(0.25, gt=0)
    beat: float = Field(5.0, gt=0)
    dead_after: float = Field(25.0, gt=0)
    time_limit: float = Field(1800.0, gt=0)
    stop_grace: float = Field(20.0, ge=0)
    upkeep_every: float = Field(30.0, gt=0)
    keep_days: float = Field(30.0, ge=2)
    premium_boost: int = Field(600, ge=0)
    lanes: int = Field(default_factory=lambda: max(1, os.cpu_count() or 1), ge=1)
    hosted_lanes: int = Field(100, ge=1)

    @model_validator(mode="after")
    def _patient(self) -> Self:
        if self.dead_after < _BEATS_TO_MISS * self.beat:
            raise ValueError(
                f"…__DEAD_AFTER ({self.dead_after:g}) must be at least {_BEATS_TO_MISS} times …__BEAT ({self.beat:g}): "
                "one late beat is no death"
            )
        return self


class RetentionSettings(Part):
    """How long each kind of data is kept, in days. Not set: clips as ``JobSettings.keep_days``, words as clips."""

    clips_days: float | None = Field(None, ge=2)
    prompts_days: float | None = Field(None, ge=1)
    translations_days: float | None = Field(None, ge=0)
    reports_days: float = Field(365.0, ge=30)
    ledger_days: float = Field(1096.0, ge=31)
    audit_days: float = Field(365.0, ge=30)

    def retention(self, keep_days: float) -> Retention:
        """As core takes it."""
        clips = keep_days if self.clips_days is None else self.clips_days
        # A job goes with its clip, and its words with it.
        prompts = clips if self.prompts_days is None else min(self.prompts_days, clips)
        translations = prompts if self.translations_days is None else self.translations_days
        return Retention.of_days(clips, prompts, translations, self.reports_days, self.ledger_days, self.audit_days)


class LocalSettings(Part):
    """Open models on this machine's GPU. Memory in GB (10^9 bytes): None is what the GPU has, no bound on the host."""

    models_folder: Path | None = None
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    gpu_memory: float | None = Field(None, gt=0)
    host_memory: float | None = Field(None, gt=0)
    placement: Literal["auto", "resident", "swap", "fp8", "offload"] = "auto"
    attention: str = Field("auto", pattern=r"^[a-z0-9_]+$")
    compile: bool = True
    channels_last: bool = True
    warm_up: bool = True
    threads: int | None = Field(None, ge=1)
    preview_every: float = Field(4.0, ge=0)
    cancel_grace: float = Field(15.0, ge=0)


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
    models: Annotated[tuple[str, ...], NoDecode] = ()
    default_recipe: str | None = None
    territory: str | None = None
    cards_folder: Path | None = None
    console: ConsoleSettings = ConsoleSettings()
    gallery: GallerySettings = GallerySettings()
    serve: ServeSettings = ServeSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    limits: LimitSettings = LimitSettings()
    jobs: JobSettings = Field(default_factory=JobSettings)
    retention: RetentionSettings = RetentionSettings()
    local: LocalSettings = LocalSettings()
    engines: EnginesSettings = EnginesSettings()
    translation: TranslationSettings = TranslationSettings()
    provenance: ProvenanceSettings = ProvenanceSettings()
    safety: SafetySettings = SafetySettings()

    @field_validator("models", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("territory", mode="before")
    @classmethod
    def _known_territory(cls, value: object) -> object:
        """One that is none would be in no licence's list, and open every model."""
        if not isinstance(value, str):
            return value
        code = value.strip().upper()
        if code and code not in _countries():
            raise ValueError(f"{value} is no country of ISO 3166, such as CN, DE or GB (the United Kingdom)")
        return code or None

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        from zoneinfo import available_timezones

        if name not in available_timezones():
            raise ValueError(f"{name} is no IANA time zone, such as Asia/Shanghai")
        return name

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        try:
            url = sa.make_url(secret.get_secret_value())
        except (sa.exc.ArgumentError, ValueError):
            # Its own text may hold the password.
            raise ValueError("this is no database URL; write postgresql://user:password@host/name") from None
        if url.drivername not in {"sqlite", *_POSTGRESQL}:
            raise ValueError(f"there is no way to {url.drivername}: take postgresql://… or sqlite:///…")
        if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
            raise ValueError("SQLite needs a file, such as sqlite:////var/lib/piying/piying.db")
        return secret

    @property
    def kept(self) -> Retention:
        """How long what is kept."""
        return self.retention.retention(self.jobs.keep_days)

    @property
    def budget(self) -> Budget:
        """What vendors may take a day."""
        return Budget.of_dollars(self.engines.daily_budget, self.timezone)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: what is set, or an SQLite file in the data folder."""
        if self.database_url is None:
            url = sa.URL.create("sqlite", database=str(self.data_folder.resolve() / "piying.db"))
        else:
            url = sa.make_url(self.database_url.get_secret_value())
        if url.drivername in _POSTGRESQL:
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    def make_data_folder(self) -> None:
        """So that the database has a place.

        Raises:
            Mistake: it cannot be made.
        """
        try:
            self.data_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Mistake(f"PIYING_DATA_FOLDER: cannot make {self.data_folder}: {error.strerror}") from error

    @property
    def models_folder(self) -> Path:
        """Where the weights of open models are."""
        return (self.local.models_folder or self.data_folder / "models").resolve()

    @property
    def clips(self) -> Path:
        """Where finished clips stay."""
        return (self.clips_folder or self.data_folder / "clips").resolve()


def _countries() -> frozenset[str]:
    """The two letters of each country, from the time zone database's list of them."""
    lines = (files("tzdata.zoneinfo") / "iso3166.tab").read_text("utf-8").splitlines()
    return frozenset(line.split("\t")[0] for line in lines if line and not line.startswith("#"))


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Variables that look like settings and are none: misspelt, they would have no effect."""
    known = {f"PIYING_{name.upper()}" for name in Settings.model_fields} | {_FOR_TESTS}
    return sorted(name for name in names if name.startswith("PIYING_") and name.split("__")[0] not in known)
