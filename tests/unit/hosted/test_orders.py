"""What is kept of an order, and what it takes: a vendor's words and figures are not believed beyond measure."""

from __future__ import annotations

import json

from core.engines.hosted.orders import MOST_REVISED, record
from core.engines.hosted.vendor import State, Status
from tests.unit.hosted.orders_of import order_of


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


def test_neither_key_nor_picture_is_in_the_recipe_of_record() -> None:
    told = record(order_of("wan3.0-video", seed=7), "alibaba", Status(State.DONE))
    assert json.loads(json.dumps(told)) == told
    assert told.keys() == {"engine", "vendor_model", "prompt", "size", "seconds", "seed"}
