"""Baidu's Qianfan: what each family is sent, and what answers of every shape mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.catalogue.load import load_models
from core.engines.hosted.baidu import Baidu
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.vendor import Answer, Call, Order, Remote, State
from tests.unit.hosted.orders_of import FIRST, order_of

BAIDU = Baidu()
FOX = "雪地里的一只红狐狸"
OWN, RESOLD = "/video/generations", "/beta/video/generations/qianfan-video"
AIR, VIDU, KLING = Remote("68xx", "musesteamer-air-i2v", OWN), Remote("69xx", "VQ3-Turbo", RESOLD), "k3.0-turbo"
CARDS = [model.card for model in load_models() if model.card.engine == "baidu"]


def order(card: str, **changes: Any) -> Order:
    return order_of(card, "china", prompt=FOX, **changes)


def sent(made: Order) -> tuple[str, Any]:
    call = BAIDU.create(made)
    assert call.method == "POST"
    return call.path, json.loads(call.body)


def test_musesteamer_gets_words_and_a_picture() -> None:
    assert sent(order("musesteamer-air-i2v", image=FIRST, watermark=False, seed=7)) == (OWN, {
        "model": "musesteamer-air-i2v",
        "content": [
            {"type": "text", "text": FOX}, {"type": "image_url", "image_url": {"url": FIRST.data_url}},
        ],
        "duration": 5, "watermark": False,
    })  # fmt: skip
    assert "watermark" not in sent(order("musesteamer-air-i2v", image=FIRST))[1]


def test_wan_gets_flat_fields() -> None:
    made = order("wan-2.1-14b-qianfan", ratio="9:16", seed=7, negative_prompt="下雨", arguments={"prompt_extend": True})
    assert sent(made) == (OWN, {
        "model": "wan-2.1-t2v-14b", "prompt": FOX, "negative_prompt": "下雨", "ratio": "9:16", "duration": 5, "seed": 7,
        "prompt_extend": True,
    })  # fmt: skip


def test_vidu_gets_parameters() -> None:
    made = order(
        "vq3-turbo", seconds=8, resolution="1080p", ratio="3:4", seed=7, watermark=True, arguments={"bgm": True}
    )
    assert sent(made) == (RESOLD, {
        "type": "text2video", "model": "VQ3-Turbo",
        "model_parameters": {
            "prompt": FOX, "duration": 8, "seed": 7, "aspect_ratio": "3:4", "resolution": "1080p", "bgm": True,
        },
    })  # fmt: skip


def test_kling_gets_settings_and_options() -> None:
    made = order("kling-3.0-turbo-qianfan", seconds=10, ratio="1:1", watermark=True)
    assert sent(made) == (RESOLD, {
        "type": "text2video", "model": "k3.0-turbo",
        "model_parameters": {
            "prompt": FOX, "settings": {"resolution": "720p", "aspect_ratio": "1:1", "duration": 10},
            "options": {"watermark_info": {"enabled": True}},
        },
    })  # fmt: skip


def test_kling_takes_the_shape_of_a_picture() -> None:
    assert sent(order("kling-3.0-turbo-qianfan", seconds=3, image=FIRST)) == (RESOLD, {
        "type": "img2video", "model": "k3.0-turbo",
        "model_parameters": {
            "contents": [{"type": "prompt", "text": FOX}, {"type": "first_frame", "url": FIRST.base64}],
            "settings": {"resolution": "720p", "duration": 3},
        },
    })  # fmt: skip


def test_the_key_is_borne() -> None:
    headers = BAIDU.headers(Call("POST", "/", body=b"{}"), "bce-v3/ALTAK-1/2", 0.0)
    assert headers == {"Authorization": "Bearer bce-v3/ALTAK-1/2", "Content-Type": "application/json"}
    assert dict(BAIDU.hosts) == {"china": "https://qianfan.baidubce.com"}


def test_a_card_says_whose_model_it_is() -> None:
    """Baidu has none of its own that makes videos of words."""
    assert {card.vendor for card in CARDS if "none" not in card.pictures} == {"Baidu"}
    assert all(
        card.vendor.startswith(("Baidu (resold: ", "Baidu (open: ")) for card in CARDS if "none" in card.pictures
    )


@pytest.mark.parametrize(
    ("card", "body", "remote"),
    [
        ("musesteamer-air-i2v", {"id": "as-1", "task_id": "68xx"}, AIR),
        ("musesteamer-air-i2v", {"task_id": "68xx", "code": 0}, AIR),
        ("vq3-turbo", {"log_id": "as-1", "task_id": "69xx", "status": "created"}, VIDU),
        ("vq3-turbo", {"id": "69xx", "status": "created"}, VIDU),
        ("kling-3.0-turbo-qianfan", {"code": 0, "data": {"task_id": "7"}}, Remote("7", KLING, RESOLD)),
        ("wan-2.1-14b-qianfan", {"task_id": 12}, Remote("12", "wan-2.1-t2v-14b", OWN)),
    ],
)
def test_a_task_is_found_in_an_answer_of_any_shape(card: str, body: dict[str, Any], remote: Remote) -> None:
    assert BAIDU.created(Answer(200, body), order(card)) == remote


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, None), Answer(200, []), Answer(200, {"id": "as-1"}), Answer(200, {"task_id": None}),
        Answer(200, {"code": 0, "data": {}}), Answer(502, {"code": "x"}), Answer(504, None), Answer(500, None),
    ],
)  # fmt: skip
def test_an_answer_without_a_task_leaves_the_order_unknown(answer: Answer) -> None:
    with pytest.raises(AnswerLost):
        BAIDU.created(answer, order("vq3-turbo"))


def test_an_error_with_an_id_is_no_task() -> None:
    with pytest.raises(VendorFault) as caught:
        BAIDU.created(Answer(200, {"id": "69xx", "error": {"code": "invalid_model"}}), order("vq3-turbo"))
    assert caught.value.fault.kind is Kind.MODEL


def test_each_family_is_asked_where_it_was_begun() -> None:
    assert (BAIDU.poll(AIR).path, dict(BAIDU.poll(AIR).query)) == (OWN, {"task_id": "68xx"})
    assert (BAIDU.poll(VIDU).path, dict(BAIDU.poll(VIDU).query)) == (RESOLD, {"task_id": "69xx", "model": "VQ3-Turbo"})


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({"status": "succeeded", "content": {"video_url": "https://a/b"}}, "https://a/b"),
        ({"status": "success", "err_code": "", "creations": [{"url": "https://a/b", "cover_url": "c"}]}, "https://a/b"),
        ({"code": 0, "data": {"task_status": "succeed", "task_result": {"videos": [{"url": "https://a/b"}]}}}, "https://a/b"),
        (
            {"data": {"task_status": "succeed", "task_result": {"videos": [{"url": "u", "watermark_url": "https://a/w"}]}}},
            "https://a/w",
        ),
        ({"status": "Success", "content": {"video_url": "http://bj.bcebos.com/x?y=z"}}, "https://bj.bcebos.com/x?y=z"),
        ({"status": "success", "creations": [{"url": "http://bj.bcebos.com.evil.example/x"}]}, "http://bj.bcebos.com.evil.example/x"),
    ],
)  # fmt: skip
def test_the_file_is_found_in_an_answer_of_any_shape(body: dict[str, Any], url: str) -> None:
    status = BAIDU.status(Answer(200, body), VIDU)
    assert status.state is State.DONE
    assert status.video is not None
    assert (status.video.url, status.video.with_key) == (url, False)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "succeeded"}, {"status": "succeeded", "content": []}, {"status": "success", "creations": [None]},
        {"status": "success", "creations": {}}, {"data": {"task_status": "succeed", "task_result": {"videos": []}}},
        {"status": "succeeded", "content": {"video_url": 5}}, {"code": 0, "data": {}}, {}, [], None,
    ],
)  # fmt: skip
def test_a_finished_task_without_a_file_or_a_state_is_asked_again(body: object) -> None:
    with pytest.raises(AnswerLost):
        BAIDU.status(Answer(200, body), VIDU)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending", State.QUEUED), ("Created", State.QUEUED), ("queued", State.QUEUED), ("queueing", State.QUEUED),
        ("submitted", State.QUEUED), ("Running", State.RUNNING), ("processing", State.RUNNING),
        ("failed", State.FAILED), ("Failure", State.FAILED), ("expired", State.FAILED), ("Terminated", State.CANCELLED),
        ("brandnew", State.RUNNING),
    ],
)  # fmt: skip
def test_states_of_every_page(word: str, state: State) -> None:
    assert BAIDU.status(Answer(200, {"status": word}), VIDU).state is state


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"status": "failed"}, Kind.DOWN),
        ({"status": "failed", "err_code": "CreationPolicyViolation"}, Kind.OUTPUT),
        ({"status": "failed", "error": {"code": "video_genration_output_unsafe"}}, Kind.OUTPUT),
        ({"status": "failed", "error": {"code": "x", "message": "触发内容审核"}}, Kind.PROMPT),
        ({"data": {"task_status": "failed", "task_status_msg": "risk control: sensitive"}}, Kind.PROMPT),
        ({"data": {"task_status": "failed", "task_status_msg": None}}, Kind.DOWN),
        ({"code": 1302, "data": {"task_status": "failed"}}, Kind.BUSY),
    ],
)  # fmt: skip
def test_why_a_task_failed(body: dict[str, Any], kind: Kind) -> None:
    status = BAIDU.status(Answer(200, body), VIDU)
    assert status.fault is not None
    assert status.fault.kind is kind
    assert "触发" not in status.fault.code


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (429, "Whatever", "see our policy on rates", Kind.BUSY),
        (501, "video_generation_risk_system_error", "风控系统内部错误", Kind.DOWN),
        (403, "Whatever", "no", Kind.KEY),
        (418, "Whatever", "prompt is unsafe", Kind.PROMPT),
        (418, "Whatever", "no", Kind.DOWN),
    ],
)
def test_a_code_counts_for_more_than_a_status_and_that_for_more_than_words(
    status: int, code: str, message: str, kind: Kind
) -> None:
    with pytest.raises(VendorFault) as caught:
        BAIDU.created(Answer(status, {"code": code, "message": message}), order("vq3-turbo"))
    assert caught.value.fault.kind is kind


def test_a_task_that_is_not_there_is_gone_and_a_model_is_no_model() -> None:
    missing = Answer(404, {"code": "NotFound", "message": "no"})
    with pytest.raises(VendorFault) as gone:
        BAIDU.status(missing, VIDU)
    with pytest.raises(VendorFault) as no_model:
        BAIDU.created(missing, order("vq3-turbo"))
    assert (gone.value.fault.kind, no_model.value.fault.kind) == (Kind.GONE, Kind.MODEL)


def test_only_its_own_queue_can_be_left() -> None:
    call = BAIDU.cancel(AIR)
    assert call is not None
    assert (call.method, call.path, dict(call.query)) == ("DELETE", OWN, {"task_id": "68xx"})
    assert BAIDU.cancel(VIDU) is None
    assert BAIDU.stopped(Answer(200, {"task_id": "68xx", "status": "Terminated"}))
    assert not BAIDU.stopped(Answer(200, {"task_id": "68xx", "status": "running"}))
    assert not BAIDU.stopped(Answer(400, {"status": "Terminated"}))


@pytest.mark.parametrize(
    ("status", "code", "is_good"),
    [
        (200, "", True), (404, "NotFound", True), (400, "invalid_video_genration_argument", True),
        (401, "invalid_iam_token", False), (403, "account_overdue", False),
        (500, "video_genration_interal_error", False),
    ],
)  # fmt: skip
def test_what_proves_a_key(status: int, code: str, is_good: bool) -> None:
    answer = Answer(status, {"code": code, "message": "no"} if code else {"items": []})
    if is_good:
        BAIDU.proved(answer)
    else:
        with pytest.raises(VendorFault):
            BAIDU.proved(answer)


def test_nothing_is_looked_up() -> None:
    assert BAIDU.find(order("vq3-turbo"), 0.0) is None
    assert BAIDU.found(Answer(200, {}), order("vq3-turbo"), 0.0) == ()
