"""What is kept of an order, and what it takes: a vendor's words and figures are not believed beyond measure."""

from __future__ import annotations

import json
from decimal import Decimal

from core.catalogue.hosted import Price
from core.engines.hosted.orders import MOST_REVISED, Taken, record, taken_by
from core.engines.hosted.vendor import State, Status
from tests.unit.hosted.orders_of import order_of
from tests.vendors.desk import RATES, TODAY


def revised(text: str) -> object:
    order = order_of("wan3.0-video")
    return record(order, "alibaba", Status(State.DONE, revised_prompt=text)).get("revised_prompt")


def test_what_a_vendor_made_of_a_prompt_is_kept_as_far_as_it_can_be() -> None:
    assert revised("a red fox, 电影感") == "a red fox, 电影感"
    assert revised("a\0b\ud800c\x1b[2J\u202ed") == "a b?c [2J d"
    assert revised("\0\n") is None
    long = revised("狐" * 4_000_000)
    assert isinstance(long, str)
    assert len(long) == MOST_REVISED


def test_dollars_that_a_vendor_names_are_dollars_whatever_the_price_list_is_in() -> None:
    price = Price(currency="CNY", per_second={"720p": Decimal("0.71")}, as_of=TODAY, stated_by="us")
    order = order_of("openrouter-kling-3.0-std", seconds=5)
    told = Status(State.DONE, amount=Decimal("0.42"))
    assert taken_by(order, price, RATES, told) == Taken(420_000, "0.42 USD")
    assert taken_by(order, price, RATES, Status(State.DONE)) == Taken(500_000, "5 s x 0.71 CNY")


def test_neither_key_nor_picture_is_in_the_recipe_of_record() -> None:
    told = record(order_of("wan3.0-video", seed=7), "alibaba", Status(State.DONE))
    assert json.loads(json.dumps(told)) == told
    assert told.keys() == {"engine", "model", "prompt", "size", "seconds", "seed"}
