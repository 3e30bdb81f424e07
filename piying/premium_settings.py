"""What Discord sells for the bot."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from bots.discord.shop import Shop, read_shop
from piying.parts import Part


class PremiumSettings(Part):
    """Off where no SKU is named.

    ``packs`` are consumables, ``SKU:CREDITS,…``; ``subscriptions`` are those of users, SKUs with commas between.
    """

    packs: str = ""
    subscriptions: str = ""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.shop()
        return self

    def shop(self) -> Shop | None:
        """As the adapter takes it; None where nothing is sold."""
        return read_shop(self.packs, self.subscriptions)
