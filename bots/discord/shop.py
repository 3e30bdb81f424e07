"""Turns a setting such as ``1234567890:100`` into what Discord sells for the bot: packs of credits, subscriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST_SKUS = 50
"""Of one application (Discord)."""
_PACK = re.compile(r"(\d{15,20})\s*:\s*(\d{1,9})")
_SKU = re.compile(r"\d{15,20}")


@dataclass(frozen=True)
class Shop:
    """``packs`` are the credits of each consumable, ``subscriptions`` put their users ahead in the queue; by SKU."""

    packs: Mapping[int, int]
    subscriptions: frozenset[int] = frozenset()

    @property
    def skus(self) -> tuple[int, ...]:
        """All of them."""
        return (*self.packs, *sorted(self.subscriptions))


def read_shop(packs: str, subscriptions: str) -> Shop | None:
    """What is sold; None where that is nothing. Commas part the packs, each SKU:CREDITS, and the subscriptions' SKUs.

    Raises:
        ValueError: it is none such, or a SKU is there twice.
    """
    pairs = [_read_pack(part.strip()) for part in packs.split(",") if part.strip()]
    others = [_read_sku(part.strip()) for part in subscriptions.split(",") if part.strip()]
    skus = [*(sku for sku, _ in pairs), *others]
    if len(set(skus)) < len(skus):
        raise ValueError("a SKU is there twice")
    if len(skus) > MOST_SKUS:
        raise ValueError(f"{MOST_SKUS} SKUs at most")
    return Shop(dict(pairs), frozenset(others)) if skus else None


def _read_pack(text: str) -> tuple[int, int]:
    found = _PACK.fullmatch(text)
    if not found or not int(found[2]):
        raise ValueError(f"{text!r} is no pack; write SKU:CREDITS, such as 1234567890123456789:100")
    return int(found[1]), int(found[2])


def _read_sku(text: str) -> int:
    if not _SKU.fullmatch(text):
        raise ValueError(f"{text!r} is no SKU's id, which is a number of 15 to 20 figures")
    return int(text)
