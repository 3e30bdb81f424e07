"""What MiniMax-H3 is asked for, and what MiniMax's answers mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.minimax import MiniMax
from core.engines.hosted.vendor import Answer, Order, Remote, State
from tests.unit.hosted.orders_of import FIRST, LAST, answer, order_of
from tests.vendors.minimax import error

_VENDOR = MiniMax()
_REMOTE = Remote("424010985738629", "MiniMax-H3")
_TEXT = {"type": "text", "text": "a red fox"}


def body_of(order: Order) -> dict[str, Any]:
    """As it goes out."""
    return json.loads(_VENDOR.create(order).body)  # type: ignore[no-any-return]


def picture(role: str, data: str) -> dict[str, Any]:
    """As it should go out."""
    return {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}, "role": role}


def task(**told: Any) -> dict[str, Any]:
    """An answer to a poll."""
    return {"task": {"id": "424010985738629", "status": "running", "usage": {}} | told}


def refusal(status: int, word: str, message: str) -> Answer:
    """As the wire would read it."""
    return answer(error(status, word, message).body, status)


@pytest.mark.parametrize("region", ["international", "china"])
def test_words_alone(region: Region) -> None:
    call = _VENDOR.create(order_of("hailuo-03", region, prompt="雪地里的红狐狸"))
    assert (call.method, call.path, call.headers) == (
        "POST",
        "/v2/video_generation",
        {"Content-Type": "application/json"},
    )
    assert "雪地里的红狐狸".encode() in call.body
    assert json.loads(call.body) == {
        "model": "MiniMax-H3",
        "content": [{"type": "text", "text": "雪地里的红狐狸"}],
        "resolution": "768P",
        "duration": 5,
        "ratio": "16:9",
    }


def test_pictures_decide_the_shape() -> None:
    assert body_of(order_of("hailuo-03", image=FIRST, last_image=LAST)) == {
        "model": "MiniMax-H3",
        "content": [_TEXT, picture("first_frame", "Zmlyc3Q="), picture("last_frame", "bGFzdA==")],
        "resolution": "768P",
        "duration": 5,
    }


def test_the_fast_model_has_a_smaller_size_and_refuses_the_mark() -> None:
    assert body_of(order_of("hailuo-03-max", watermark=True)) == {
        "model": "MiniMax-H3-Max",
        "content": [_TEXT],
        "resolution": "480P",
        "duration": 5,
        "ratio": "16:9",
    }


@pytest.mark.parametrize("mark", [True, False])
def test_the_mark_is_asked_for_as_set(mark: bool) -> None:
    assert body_of(order_of("hailuo-03", watermark=mark))["aigc_watermark"] is mark


def test_there_is_neither_a_seed_nor_a_negative_prompt() -> None:
    sent = body_of(
        order_of("hailuo-03", seed=7, negative_prompt="blur", arguments={"callback_url": "https://a.example"})
    )
    assert sent.keys() == {"model", "content", "resolution", "duration", "ratio", "callback_url"}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", State.QUEUED),
        ("running", State.RUNNING),
        ("preparing", State.RUNNING),
        ("cancelled", State.CANCELLED),
        ("expired", State.FAILED),
    ],
)
def test_words_for_states(word: str, state: State) -> None:
    assert _VENDOR.status(answer(task(status=word)), _REMOTE).state is state


def test_a_task_that_is_done() -> None:
    told = task(status="succeeded", content={"url": "https://cdn.example/a.mp4"}, usage={"total_seconds": 5})
    status = _VENDOR.status(answer(told), _REMOTE)
    assert status.video is not None
    assert (status.video.url, status.video.with_key, status.seconds) == ("https://cdn.example/a.mp4", False, 5.0)


def test_a_task_that_failed_without_a_reason() -> None:
    fault = _VENDOR.status(answer(task(status="failed")), _REMOTE).fault
    assert fault is not None
    assert (fault.kind, fault.code) == (Kind.DOWN, "failed")


@pytest.mark.parametrize("told", ["5", True, -1, 1e300, None, {}])
def test_a_length_that_makes_no_sense_is_none(told: object) -> None:
    assert _VENDOR.status(answer(task(usage={"total_seconds": told})), _REMOTE).seconds is None


@pytest.mark.parametrize("status", [500, 404])
def test_a_task_that_is_not_known_any_more(status: int) -> None:
    with pytest.raises(VendorFault) as caught:
        _VENDOR.status(refusal(status, "server_error", "Record not found (1000)"), _REMOTE)
    assert caught.value.fault.kind is Kind.GONE


@pytest.mark.parametrize("body", [None, [], "no", {"task": []}, {"task": {"status": {}}}])
def test_a_poll_that_makes_no_sense(body: object) -> None:
    with pytest.raises(AnswerLost):
        _VENDOR.status(answer(body), _REMOTE)


@pytest.mark.parametrize(
    ("body", "status"), [(None, 200), ({}, 200), ({"task_id": None}, 200), (None, 502), ({}, 504), ("no", 500)]
)
def test_nobody_can_say_whether_an_order_was_taken(body: object, status: int) -> None:
    with pytest.raises(AnswerLost):
        _VENDOR.created(answer(body, status), order_of("hailuo-03"))


def test_a_base_resp_may_also_say_that_all_is_well() -> None:
    told = {"task_id": "7", "base_resp": {"status_code": 0, "status_msg": "success"}}
    assert _VENDOR.created(answer(told), order_of("hailuo-03")) == Remote("7", "MiniMax-H3")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("rate limit (1002)", "1002"),
        ("rate limit (1002) ", "1002"),
        ("a prompt with (1026) in it", "rate_limit_error"),
        ("(99999)", "rate_limit_error"),
    ],
)
def test_a_code_is_at_the_end_of_a_message(message: str, code: str) -> None:
    with pytest.raises(VendorFault) as caught:
        _VENDOR.created(refusal(429, "rate_limit_error", message), order_of("hailuo-03"))
    assert (caught.value.fault.kind, caught.value.fault.code) == (Kind.BUSY, code)


@pytest.mark.parametrize(
    ("told", "status", "has_stopped"),
    [
        ({"action": "cancelled", "status": "cancelled"}, 200, True),
        ({"action": "deleted", "status": "deleted"}, 200, False),
        ({"status": "cancelled"}, 400, False),
        ({}, 200, False),
    ],
)
def test_only_what_was_queued_is_stopped(told: object, status: int, has_stopped: bool) -> None:
    assert _VENDOR.stopped(answer(told, status)) is has_stopped


def test_no_task_is_picked_from_the_list() -> None:
    order = order_of("hailuo-03")
    assert _VENDOR.find(order, 0.0) is None
    assert _VENDOR.found(answer({"items": [{"id": "7", "model": "MiniMax-H3"}]}), order, 0.0) == ()
