"""What is offered for a key of which region: only what somebody has stated a price for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.catalogue.hosted import Region
from core.catalogue.load import load_models
from core.catalogue.offers import Terms, offered, unpriced
from tests.vendors.desk import RATES, TODAY

_ALIBABA = {
    "wan3.0-video", "wan3.0-video-prime", "wan2.7-t2v", "wan2.7-i2v", "happyhorse-1.1-t2v", "happyhorse-1.1-i2v",
}  # fmt: skip
_MINIMAX, _ZHIPU = {"hailuo-03", "hailuo-03-max"}, {"cogvideox-3", "cogvideox-3-10s"}


def offer(terms: Terms) -> list[str]:
    """Keys of cards, the preferred one first."""
    return [model.card.key for model in offered(load_models(), terms, RATES, TODAY)]


@pytest.mark.parametrize(
    ("vendor", "region", "keys", "missing"),
    [
        ("alibaba", "international", _ALIBABA, set()),
        ("alibaba", "china", _ALIBABA, set()),
        ("minimax", "international", _MINIMAX, set()),
        ("minimax", "china", set(), _MINIMAX),
        ("zhipu", "international", _ZHIPU, set()),
        ("zhipu", "china", set(), _ZHIPU),
    ],
)
def test_only_what_has_a_price_is_offered(vendor: str, region: Region, keys: set[str], missing: set[str]) -> None:
    terms = Terms(vendor, region)
    assert set(offer(terms)) == keys
    assert set(unpriced(load_models(), terms)) == missing


@pytest.mark.parametrize(("vendor", "card"), [("minimax", "hailuo-03"), ("zhipu", "cogvideox-3")])
def test_a_stated_price_is_all_that_china_needs(vendor: str, card: str) -> None:
    known = next(model.card for model in load_models() if model.card.key == card)
    prices = {card: dict.fromkeys(known.resolutions, Decimal("0.5"))}
    assert offer(Terms(vendor, "china", prices=prices, currency="CNY")) == [card]


@pytest.mark.parametrize(
    ("vendor", "first"), [("alibaba", "wan3.0-video"), ("minimax", "hailuo-03"), ("zhipu", "cogvideox-3")]
)
def test_whoever_names_no_model_means_one_of_words_alone(vendor: str, first: str) -> None:
    (model, *_) = offered(load_models(), Terms(vendor, "international"), RATES, TODAY)
    assert model.card.key == first
    assert "none" in model.card.pictures


@pytest.mark.parametrize("vendor", ["alibaba", "minimax", "zhipu"])
def test_users_pay_the_price_in_whole_credits(vendor: str) -> None:
    for model in offered(load_models(), Terms(vendor, "international"), RATES, TODAY):
        facts = model.card.hosted
        assert facts is not None
        price = facts.at["international"].price
        assert price is not None
        for recipe in model.recipes:
            for resolution, amount in price.per_second.items():
                credits_ = recipe.credits_per_second[resolution]
                assert 0 <= credits_ - amount * 100 < 1
