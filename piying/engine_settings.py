"""Turns environment variables (``PIYING_ENGINES__…``) into the settings of vendors' engines. A key enables a vendor."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from core.catalogue.hosted import Currency, Rates, Region
from core.engines.hosted.addresses import Gate
from core.types import Resolution
from piying.parts import Part, read_secret


class VendorSettings(Part):
    """One vendor. ``key`` may be several, with commas between them; ``key_file`` holds one a line.

    ``region`` is where the key is from. ``models`` are keys of cards, all that the vendor offers there if empty.
    ``prices`` are money a second by model and resolution, in ``currency``, in place of those on the cards.
    """

    key: SecretStr | None = None
    key_file: Path | None = None
    base_url: str | None = None
    region: Region | None = None
    models: Annotated[tuple[str, ...], NoDecode] = ()
    prices: dict[str, dict[Resolution, Annotated[Decimal, Field(ge=0)]]] = Field(default_factory=dict)
    currency: Currency = "USD"
    at_once: int | None = Field(None, ge=1)
    rate: float | None = Field(None, gt=0)
    watermark: bool | None = None

    @field_validator("models", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        if url and not _is_address(url):
            raise ValueError("write it as https://host or http://host:port, without a name, password or query in it")
        return url and url.rstrip("/")

    @property
    def is_on(self) -> bool:
        """Whether there is a key, or an address for those that need none."""
        return bool(self.key or self.key_file)

    def keys(self, variable: str) -> tuple[str, ...]:
        """The keys, from the ``variable`` or its file.

        Raises:
            Mistake: the file cannot be read, or holds none.
        """
        told = read_secret(variable, self.key, self.key_file) or ""
        lines = (line for line in told.splitlines() if not line.lstrip().startswith("#"))
        return tuple(filter(None, (key.strip() for key in ",".join(lines).split(","))))


class OpenAiVideosSettings(VendorSettings):
    """A server with OpenAI's protocol ``/v1/videos``: a base address enables it; ``model`` is its name there."""

    model: str = ""

    @model_validator(mode="after")
    def _at_an_address(self) -> Self:
        if (self.key or self.key_file) and self.base_url is None:
            raise ValueError("there is a key and no address: set PIYING_ENGINES__OPENAI_VIDEOS__BASE_URL")
        return self

    @model_validator(mode="after")
    def _not_sora(self) -> Self:
        host = urlsplit(self.base_url or "").hostname or ""
        if host == "api.openai.com" or (host.endswith(".azure.com") and self.model.startswith("sora")):
            raise ValueError(
                "OpenAI's Sora and its videos API were discontinued on 2026-09-24 and have no successor; "
                "its protocol lives on: set the address of a server of your own, or of a gateway"
            )
        return self

    @property
    def is_on(self) -> bool:
        """Such servers often need no key."""
        return self.base_url is not None


class TencentCloudSettings(VendorSettings):
    """Tencent's Cloud API: each key is an id and a secret with a colon between; ``zone`` is what it calls a region."""

    zone: str = Field("ap-guangzhou", pattern=r"^[a-z]+(-[a-z0-9]+)+$")


class EnginesSettings(Part):
    """Vendors' engines. ``daily_budget`` in US dollars, None for no bound; poll pauses in seconds.

    A vendor that failed ``failures`` times in a row is left alone for ``rest`` seconds.
    """

    openai_videos: OpenAiVideosSettings = OpenAiVideosSettings()
    alibaba: VendorSettings = VendorSettings()
    bytedance: VendorSettings = VendorSettings()
    tencent: VendorSettings = VendorSettings()
    tencent_cloud: TencentCloudSettings = TencentCloudSettings()
    baidu: VendorSettings = VendorSettings()
    minimax: VendorSettings = VendorSettings()
    kling: VendorSettings = VendorSettings()
    zhipu: VendorSettings = VendorSettings()
    openrouter: VendorSettings = VendorSettings()
    daily_budget: float | None = Field(10.0, ge=0, le=1e9, allow_inf_nan=False)
    credits_per_usd: float = Field(100.0, gt=0)
    cny_per_usd: float = Field(7.1, gt=0)
    poll_first: float = Field(5.0, gt=0)
    poll_longest: float = Field(15.0, gt=0)
    failures: int = Field(5, ge=1)
    rest: float = Field(120.0, gt=0)
    largest_mb: float = Field(500.0, gt=0)

    @field_validator("daily_budget", mode="before")
    @classmethod
    def _none_by_name(cls, told: object) -> object:
        """``none``: a variable left empty by mistake must not open the purse."""
        return None if isinstance(told, str) and told.strip().lower() == "none" else told

    @property
    def vendors(self) -> dict[str, VendorSettings]:
        """Those that are enabled, by name."""
        told = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: part for name, part in told.items() if isinstance(part, VendorSettings) and part.is_on}

    @property
    def rates(self) -> Rates:
        """What money is worth here."""
        return Rates(self.credits_per_usd, self.cny_per_usd)


def _is_address(url: str) -> bool:
    """Of a server, with nothing in it that is not for everybody's eyes."""
    try:
        Gate(url)
    except ValueError:
        return False
    return not {"?", "#"} & set(url)
