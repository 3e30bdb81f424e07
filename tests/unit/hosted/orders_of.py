"""Turns a card into an order, with whatever a test wants otherwise, and a body into an answer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from core.catalogue.cards import ModelCard
from core.catalogue.hosted import Region
from core.catalogue.load import load_models
from core.engines.hosted.orders import hosted
from core.engines.hosted.vendor import Answer, Order, Picture

MARK = "0123456789abcdef0123456789abcdef"
FIRST, LAST = Picture(b"first"), Picture(b"last")


def order_of(key: str, region: Region = "international", **changes: Any) -> Order:
    """A red fox, with the card's shortest length and its first shape."""
    card = _cards()[key]
    resolution, ratio = card.resolutions[0], card.ratios[0]
    width, height = card.size(resolution, ratio)
    order = Order(
        model=hosted(card).at[region].model,
        prompt="a red fox",
        mark=MARK,
        seconds=card.min_seconds,
        resolution=resolution,
        ratio=ratio,
        width=width,
        height=height,
        card=hosted(card),
    )
    return replace(order, **changes)


@cache
def _cards() -> dict[str, ModelCard]:
    return {model.card.key: model.card for model in load_models()}


def answer(body: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, body)
