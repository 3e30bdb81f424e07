"""Whatever a vendor answers, its file takes it for a task, a status or a fault of the vendor's, and never breaks."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.catalogue.load import load_models
from core.engines.hosted.faults import AnswerLost, VendorFault
from core.engines.hosted.vendor import Answer, Order, Remote, Status, Vendor
from piying.hosted import VENDORS
from tests.unit.hosted.orders_of import order_of

_NOW = 1_790_000_000.0
_NAMES = (
    # Envelopes, and what is in them.
    "output", "data", "tasks", "task", "items", "Response", "Error", "error", "base_resp", "usage", "metadata",
    "content", "creations", "task_result", "videos", "video_result", "task_info", "watermark_info", "urls",
    "unsigned_urls", "detail",
    # Facts.
    "id", "task_id", "JobId", "request_id", "external_task_id", "status", "task_status", "Status", "state", "code",
    "Code", "ErrorCode", "upstream_code", "err_code", "status_code", "type", "message", "task_status_msg", "progress",
    "duration", "total_seconds", "completion_tokens", "resolution", "cost", "is_byok", "limit_remaining", "reasons",
    "raw", "url", "video_url", "ResultVideoUrl", "watermark_url", "enabled", "created_at", "gmt_create", "model",
    "model_name", "prompt", "orig_prompt", "actual_prompt", "revised_prompt", "size", "execution_expires_after",
)  # fmt: skip
"""What one vendor or another has in its answers."""
_WORDS = (
    "", "0", "1201", "done", "DONE", "FAIL", "FAILED", "SUCCESS", "SUCCEEDED", "succeeded", "succeed", "completed",
    "failed", "RUN", "running", "queued", "480p", "720p", "https://a.example/b.mp4", "http://x.bcebos.com]/", "http://[",
    "as-1", "\ud800", "\0", "(1026)", "a red fox",
)  # fmt: skip
_NUMBERS = st.sampled_from(
    [0, 1, -1, 0.5, 10**308 * 100, -(10**400), 2**63, _NOW, int(_NOW * 1000), math.nan, math.inf, -math.inf, 1e308]
)
_LEAVES = st.none() | st.booleans() | _NUMBERS | st.integers() | st.floats() | st.sampled_from(_WORDS) | st.text()
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=8),
    max_leaves=40,
)
_OBJECTS = st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=12)
_ANSWERS = st.builds(
    Answer,
    st.sampled_from([200, 201, 202, 302, 400, 401, 404, 409, 422, 429, 451, 500, 502, 503, 504, 529]),
    _OBJECTS | _JSON,
    st.dictionaries(st.just("retry-after"), st.sampled_from(["", "5", "-1", "1e9", "9" * 9, "٣", "tomorrow"])),
)


def _order(vendor: str) -> Order:
    card = next(model.card for model in load_models() if model.card.engine == vendor and model.card.hosted)
    assert card.hosted is not None
    return order_of(card.key, next(iter(card.hosted.at)))


_ORDERS: Mapping[str, Order] = {name: _order(name) for name in VENDORS}


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
@settings(max_examples=60)
@given(answer=_ANSWERS)
@example(answer=Answer(200, {"id": 1, "status": "in_progress", "progress": 10**400}))
@example(answer=Answer(200, {"data": 1, "items": 1, "tasks": 1}))
@example(answer=Answer(200, {"id": "1", "status": "queued", "progress": math.nan}))
@example(answer=Answer(200, {"data": [{"task_id": "1", "gmt_create": 10**400}]}))
@example(answer=Answer(400, {"code": "\x1b[2J" * 99, "error": {"code": "\x1b[2J" * 99, "type": "\x1b[2J"}}))
@example(answer=Answer(200, {"usage": {"duration": 10**400, "completion_tokens": 10**400, "cost": 10**400}}))
def test_any_answer_is_understood_or_refused(vendor: Vendor, answer: Answer) -> None:
    order = _ORDERS[vendor.name]
    for ask in _questions(vendor, answer, order, Remote("1", order.model)):
        try:
            _require_sound(ask())
        except VendorFault as error:
            # It is shown to operators, in terminals as well.
            code = error.fault.code
            assert code.isprintable()
            assert len(code) <= 100
        except AnswerLost:
            continue


def _questions(vendor: Vendor, answer: Answer, order: Order, remote: Remote) -> tuple[Callable[[], Any], ...]:
    return (
        lambda: vendor.created(answer, order),
        lambda: vendor.status(answer, remote),
        lambda: vendor.stopped(answer),
        lambda: list(vendor.found(answer, order, _NOW)),
        lambda: vendor.proved(answer),
    )


def _require_sound(told: object) -> None:
    """What the engine counts with, and stores, is of the kind that it says."""
    if isinstance(told, Status):
        assert told.progress is None or 0 <= told.progress <= 1
        assert told.seconds is None or 0 < told.seconds < math.inf
        assert told.amount is None or (isinstance(told.amount, Decimal) and 0 < told.amount < 10**9)
        assert told.video is None or isinstance(told.video.url, str)
        assert all(text is None or isinstance(text, str) for text in (told.prompt, told.revised_prompt))
    elif isinstance(told, Remote):
        json.dumps(told.id)
        assert told.id
    else:
        assert told is None or isinstance(told, bool | list)
