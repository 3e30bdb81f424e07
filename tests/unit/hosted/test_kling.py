"""What Kling is asked for, with which token, and what its answers mean."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.kling import Kling
from core.engines.hosted.vendor import Order, Remote, State
from piying.live import prove
from tests.unit.hosted.orders_of import FIRST, LAST, MARK, answer, order_of
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.kling import KlingServer

_KLING = Kling()
_TASK = Remote("867", "kling-v3", "/v1/videos/text2video")


def body_of(order: Order) -> dict[str, Any]:
    """As it goes out."""
    return json.loads(_KLING.create(order).body)  # type: ignore[no-any-return]


def told(**data: Any) -> dict[str, Any]:
    """A good envelope."""
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": data}


@pytest.mark.parametrize("region", ["international", "china"])
def test_words_alone(region: Region) -> None:
    call = _KLING.create(order_of("kling-v3", region))
    assert (call.method, call.path, call.headers) == (
        "POST",
        "/v1/videos/text2video",
        {"Content-Type": "application/json"},
    )
    assert json.loads(call.body) == {
        "model_name": "kling-v3",
        "prompt": "a red fox",
        "mode": "std",
        "duration": "3",
        "aspect_ratio": "16:9",
        "external_task_id": MARK,
    }


def test_1080p_is_another_mode_of_the_same_model() -> None:
    sent = body_of(order_of("kling-v3-pro"))
    assert (sent["model_name"], sent["mode"]) == ("kling-v3", "pro")


def test_pictures_go_elsewhere_and_decide_the_shape() -> None:
    call = _KLING.create(order_of("kling-v3", image=FIRST, last_image=LAST))
    sent = json.loads(call.body)
    assert call.path == "/v1/videos/image2video"
    assert (sent["image"], sent["image_tail"]) == ("Zmlyc3Q=", "bGFzdA==")
    assert "aspect_ratio" not in sent
    assert "image_tail" not in body_of(order_of("kling-v3", image=FIRST))


def test_what_may_be_left_out_is() -> None:
    sent = body_of(
        order_of("kling-v3", negative_prompt="blur", watermark=True, seed=7, arguments={"sound": "on", "mode": "pro"})
    )
    assert (sent["negative_prompt"], sent["watermark_info"]) == ("blur", {"enabled": True})
    assert (sent["sound"], sent["mode"]) == ("on", "pro")
    assert "seed" not in sent
    assert body_of(order_of("kling-v3", watermark=False))["watermark_info"] == {"enabled": False}


def test_a_prompt_names_nothing_that_was_not_sent_along() -> None:
    sent = body_of(order_of("kling-v3", prompt="<<<voice_1>>> sings << a >> b", negative_prompt="<<<<image_1>>>>"))
    assert (sent["prompt"], sent["negative_prompt"]) == ("‹voice_1› sings << a >> b", "‹<image_1›>")


def test_a_plain_key_goes_as_it_is() -> None:
    assert _KLING.headers(_KLING.probe(), "api-key-1", 0.0) == {"Authorization": "Bearer api-key-1"}


def test_a_pair_makes_a_token_that_others_make_too() -> None:
    """The signature is what PyJWT 2.10.1 makes of the same claims and secret."""
    scheme, _, token = _KLING.headers(_KLING.probe(), "ak:sk", 1_800_000_000.9)["Authorization"].partition(" ")
    head, claims, signature = token.split(".")
    assert scheme == "Bearer"
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(base64.urlsafe_b64decode(claims + "==")) == {
        "iss": "ak",
        "exp": 1_800_001_800,
        "nbf": 1_799_999_995,
    }
    assert "=" not in token
    assert signature == "9bB6YfXYauxkfil8lKURdqD43NDJix6EWqqkKDxrD6E"


async def test_a_pair_opens_the_door_with_a_new_token_each_time(tmp_path: Path) -> None:
    async with KlingServer() as server:
        catalogue = catalogue_of(server)
        engine = engine_of(server, catalogue, keys=(server.pair,))
        await engine.generate(spec_of(catalogue, "kling-v3", tmp_path), PaidRun(tmp_path))
        await engine.close()
    assert server.wrong == []
    assert len(server.tokens) > 2
    assert server.pair.partition(":")[2] not in "".join(server.tokens)


@pytest.mark.parametrize("secret", ["other", "", "sk-of-the-pair "])
async def test_a_pair_with_another_secret_is_refused(secret: str) -> None:
    async with KlingServer() as server:
        fault = await prove(server.vendor, server.url, f"ak-loopback:{secret}")
        assert await prove(server.vendor, server.url, server.pair) is None
    assert fault is not None
    assert fault.kind is Kind.KEY


def test_an_order_is_looked_for_by_the_id_that_it_got_from_us() -> None:
    words, picture = order_of("kling-v3"), order_of("kling-v3", image=FIRST)
    found = [_KLING.find(order, 0.0) for order in (words, picture)]
    assert [call and (call.method, call.path) for call in found] == [
        ("GET", f"/v1/videos/text2video/{MARK}"),
        ("GET", f"/v1/videos/image2video/{MARK}"),
    ]


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (told(task_id="867", task_info={"external_task_id": MARK}), ["867"]),
        (told(task_id="867"), ["867"]),
        (told(task_id="867", task_info={"external_task_id": "another"}), []),
        (told(), []),
        ({"code": 1201, "message": "Task not found"}, []),
        ({"code": 1203, "message": "no"}, []),
    ],
)
def test_what_was_found(body: Any, ids: list[str]) -> None:
    order = order_of("kling-v3", image=FIRST)
    assert _KLING.found(answer(body), order, 0.0) == [Remote(id_, "kling-v3", "/v1/videos/image2video") for id_ in ids]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, "bad gateway"), (504, {"code": 5002, "message": "no"}), (500, "no"), (503, {}), (200, {}), (200, None),
        (200, []), (200, told()), (200, told(task_id="")), (200, {"data": {"task_id": "867"}}),
    ],
)  # fmt: skip
def test_nobody_can_say_what_became_of_an_order(status: int, body: Any) -> None:
    with pytest.raises(AnswerLost):
        _KLING.created(answer(body, status), order_of("kling-v3"))


def test_a_code_that_is_a_text_is_one_all_the_same() -> None:
    task = answer({"code": "0", "data": {"task_id": 867}})
    assert _KLING.created(task, order_of("kling-v3")) == _TASK
    with pytest.raises(VendorFault) as caught:
        _KLING.created(answer({"code": "1301"}), order_of("kling-v3"))
    assert caught.value.fault.kind is Kind.PROMPT


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("submitted", State.QUEUED), ("processing", State.RUNNING), ("failed", State.FAILED),
        ("polishing", State.RUNNING),
    ],
)  # fmt: skip
def test_words_for_states(word: str, state: State) -> None:
    assert _KLING.status(answer(told(task_id="867", task_status=word)), _TASK).state is state


def test_why_a_task_failed_is_told_without_its_words() -> None:
    body = told(task_id="867", task_status="failed", task_status_msg="a red fox: risk control")
    fault = _KLING.status(answer(body), _TASK).fault
    assert fault is not None
    assert (fault.kind, fault.code) == (Kind.OUTPUT, "rules")


def test_a_task_that_failed_without_a_reason() -> None:
    fault = _KLING.status(answer(told(task_id="867", task_status="failed")), _TASK).fault
    assert fault is not None
    assert fault.kind is Kind.DOWN


@pytest.mark.parametrize(
    ("marked", "video", "url"),
    [
        (None, {"url": "https://a", "watermark_url": "https://b"}, "https://a"),
        ({"enabled": False}, {"url": "https://a", "watermark_url": "https://b"}, "https://a"),
        ({"enabled": True}, {"url": "https://a", "watermark_url": "https://b"}, "https://b"),
        ({"enabled": True}, {"url": "https://a", "watermark_url": ""}, "https://a"),
        ({"enabled": True}, {"url": "https://a"}, "https://a"),
    ],
)
def test_the_video_with_kling_s_mark_where_that_was_asked_for(marked: Any, video: Any, url: str) -> None:
    body = told(task_id="867", task_status="succeed", watermark_info=marked, task_result={"videos": [video]})
    found = _KLING.status(answer(body), _TASK).video
    assert found is not None
    assert (found.url, found.with_key) == (url, False)


@pytest.mark.parametrize("result", [None, {}, {"videos": []}, {"videos": None}, {"videos": ["x"]}, {"videos": [{}]}])
def test_a_task_that_is_done_without_a_video_is_asked_for_again(result: Any) -> None:
    with pytest.raises(AnswerLost):
        _KLING.status(answer(told(task_id="867", task_status="succeed", task_result=result)), _TASK)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": 1201, "message": "Task not found"}, Kind.GONE),
        (404, {"code": 1203}, Kind.GONE),
        (404, "no", Kind.GONE),
        (401, {"code": 1004}, Kind.KEY),
        (429, {"code": 1302}, Kind.BUSY),
    ],
)
def test_a_question_that_was_refused(status: int, body: Any, kind: Kind) -> None:
    with pytest.raises(VendorFault) as caught:
        _KLING.status(answer(body, status), _TASK)
    assert caught.value.fault.kind is kind


def test_nothing_can_be_called_off() -> None:
    assert _KLING.cancel(_TASK) is None
    assert not _KLING.stopped(answer(told()))
