"""Tencent's TokenHub: what is sent, and what odd answers mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.tencent import Tencent
from core.engines.hosted.vendor import Answer, Call, Remote, State
from tests.unit.hosted.orders_of import FIRST, order_of

TENCENT = Tencent()
CARD = "hunyuan-video-tokenhub"
FOX = "雪地里的一只红狐狸"
TASK = Remote("task-1", "hy-video-v1.5")


def test_an_order_of_words() -> None:
    call = TENCENT.create(
        order_of(CARD, "china", prompt=FOX, ratio="9:16", negative_prompt="下雨", arguments={"revise": False})
    )
    assert (call.method, call.path) == ("POST", "/v1/wand/hunyuan-video/generation")
    assert json.loads(call.body) == {
        "model": "hy-video-v1.5", "prompt": FOX, "negative_prompt": "下雨", "aspect_ratio": "9:16",
        "duration": 5, "resolution": "720p", "n": 1, "revise": False,
    }  # fmt: skip
    assert "雪地里" in call.body.decode()


def test_an_order_with_a_picture_names_no_shape() -> None:
    body = json.loads(TENCENT.create(order_of(CARD, "china", prompt=FOX, image=FIRST, watermark=True)).body)
    assert body == {
        "model": "hy-video-v1.5", "prompt": FOX, "image": FIRST.base64, "duration": 5,
        "resolution": "720p", "n": 1,
    }  # fmt: skip


def test_the_key_is_borne_in_both_regions() -> None:
    headers = TENCENT.headers(Call("POST", "/", body=b"{}"), "sk-1", 0.0)
    assert headers == {"Authorization": "Bearer sk-1", "Content-Type": "application/json"}
    assert TENCENT.headers(Call("GET", "/"), "sk-1", 0.0) == {"Authorization": "Bearer sk-1"}
    assert next(iter(TENCENT.hosts)) == "china"
    assert all(host.startswith("https://") for host in TENCENT.hosts.values())


def test_a_tasks_id_cannot_lead_to_another_path() -> None:
    assert TENCENT.poll(Remote("../x?y", "m")).path == "/v1/wand/hunyuan-video/tasks/..%2Fx%3Fy"


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_gave_up_may_have_passed_the_order_on(status: int) -> None:
    body = {"error": {"type": "upstream_error", "code": "502001", "message": "provider"}}
    with pytest.raises(AnswerLost):
        TENCENT.created(Answer(status, body), order_of(CARD, "china"))


@pytest.mark.parametrize("body", [None, [], "ok", {"task_id": None}, {"task_id": ""}, {"request_id": "r"}])
def test_an_answer_without_a_task_leaves_the_order_unknown(body: object) -> None:
    with pytest.raises(AnswerLost):
        TENCENT.created(Answer(200, body), order_of(CARD, "china"))


@pytest.mark.parametrize("videos", [None, [], {}, "https://x", [None], [{}], [{"url": None}], [{"url": ""}]])
def test_a_finished_task_without_a_file_is_asked_again(videos: object) -> None:
    with pytest.raises(AnswerLost):
        TENCENT.status(Answer(200, {"status": "succeeded", "videos": videos}), TASK)


def test_a_word_that_is_new_is_still_running() -> None:
    assert TENCENT.status(Answer(200, {"status": "reviewing"}), TASK).state is State.RUNNING


@pytest.mark.parametrize("error", [None, {}, [], "no", {"code": 7}, {"message": None}])
def test_a_failure_that_says_nothing_is_the_vendors(error: object) -> None:
    status = TENCENT.status(Answer(200, {"status": "failed", "error": error}), TASK)
    assert status.fault is not None
    assert status.fault.kind is Kind.DOWN


@pytest.mark.parametrize("message", ["内容审核不通过", "prompt is Sensitive", "blocked by safety policy"])
def test_a_failure_is_known_as_moderation_by_its_words(message: str) -> None:
    status = TENCENT.status(Answer(200, {"status": "failed", "error": {"code": "x", "message": message}}), TASK)
    assert status.fault is not None
    assert status.fault.kind is Kind.PROMPT
    assert message not in str(status.fault)


def test_a_task_that_is_not_there_is_gone_and_a_model_is_no_model() -> None:
    missing = Answer(404, {"error": {"code": "404001", "message": "not found"}})
    with pytest.raises(VendorFault) as gone:
        TENCENT.status(missing, TASK)
    with pytest.raises(VendorFault) as no_model:
        TENCENT.created(missing, order_of(CARD, "china"))
    assert (gone.value.fault.kind, no_model.value.fault.kind) == (Kind.GONE, Kind.MODEL)


@pytest.mark.parametrize(("status", "is_good"), [(404, True), (400, True), (200, True), (401, False), (500, False)])
def test_what_proves_a_key(status: int, is_good: bool) -> None:
    body: dict[str, Any] = {} if status == 200 else {"error": {"code": str(status), "message": "no"}}
    if is_good:
        TENCENT.proved(Answer(status, body))
    else:
        with pytest.raises(VendorFault):
            TENCENT.proved(Answer(status, body))


def test_nothing_can_be_stopped_or_looked_up() -> None:
    order = order_of(CARD, "china")
    assert TENCENT.cancel(TASK) is None
    assert not TENCENT.stopped(Answer(200, {}))
    assert TENCENT.find(order, 0.0) is None
    assert TENCENT.found(Answer(200, {}), order, 0.0) == ()
