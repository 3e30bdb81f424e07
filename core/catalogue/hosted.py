"""What a card says about a model that a vendor runs and takes money for, and its prices turned into credits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveFloat, PositiveInt

from core.costs import MICRO
from core.types import Resolution

Region = Literal["international", "china"]
"""Vendors run two worlds apart: keys, hosts, names of models and prices of one are nothing in the other."""
Currency = Literal["USD", "CNY"]
Cancel = Literal["none", "queued", "any"]
"""Whether the vendor can be told to stop: never, before it has begun, or at any time."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Data):
    """Money for a second of video by resolution, as of a day; ``stated_by`` says whose figures these are."""

    currency: Currency
    per_second: Mapping[Resolution, Decimal]
    as_of: date
    stated_by: str


class Offer(_Data):
    """A model in one region: its name there, and its price, where one was published."""

    model: str
    price: Price | None = None


class ImageRule(_Data):
    """What pictures the vendor takes. Sides in pixels, ``max_bytes`` of the file as it is sent."""

    max_bytes: PositiveInt = 10_000_000
    min_side: PositiveInt = 300
    max_side: PositiveInt = 6000


class HostedCard(_Data):
    """How to use a vendor's model. ``at`` holds an offer for each region that has it.

    ``prompt_limit`` counts ``prompt_unit``, where the vendor has another measure than the card's characters.
    ``negative_limit`` are characters of a negative prompt; 0: it takes none. ``url_seconds``: how long a finished
    file can be fetched. ``concurrency`` clips at once, and ``rate`` new ones a second, are taken of one key.
    ``bills_failures``: money is taken for a clip that the vendor failed to make, too. ``preferred``: the vendor's model
    for whoever names none.
    """

    at: Mapping[Region, Offer] = Field(min_length=1)
    prompt_limit: PositiveInt | None = None
    prompt_unit: Literal["characters", "bytes", "words"] = "characters"
    negative_limit: NonNegativeInt = 0
    has_seed: bool = False
    max_seed: PositiveInt = 2**31 - 1
    has_progress: bool = False
    cancel: Cancel = "none"
    image: ImageRule = ImageRule()
    url_seconds: PositiveInt = 86_400
    concurrency: PositiveInt = 2
    rate: PositiveFloat = 1.0
    deadline_seconds: PositiveInt = 1800
    bills_failures: bool = False
    preferred: bool = False


class HostedRecipe(_Data):
    """Further fields of the vendor's own that this recipe sets."""

    arguments: Mapping[str, str | int | float | bool] = Field(default_factory=dict)


@dataclass(frozen=True)
class Rates:
    """What money is worth here: ``credits_per_usd`` is what users pay, ``cny_per_usd`` the exchange rate."""

    credits_per_usd: float
    cny_per_usd: float

    def usd(self, amount: Decimal, currency: Currency) -> int:
        """Millionths of a US dollar, rounded up."""
        rate = Decimal(str(self.cny_per_usd)) if currency == "CNY" else Decimal(1)
        return math.ceil(amount * MICRO / rate)

    def credits_a_second(self, price: Price) -> dict[Resolution, int]:
        """Whole credits a second of each resolution, rounded up, 1 at least."""
        rate = Decimal(str(self.credits_per_usd))
        return {
            resolution: max(1, math.ceil(Decimal(self.usd(amount, price.currency)) * rate / MICRO))
            for resolution, amount in price.per_second.items()
        }
