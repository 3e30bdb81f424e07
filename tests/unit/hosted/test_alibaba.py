"""What Wan and HappyHorse are asked for, and what DashScope's answers mean."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.hosted import Region
from core.costs import CostState
from core.engines.hosted.alibaba import Alibaba
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.vendor import Order, Remote, State
from core.errors import EngineFault
from tests.unit.hosted.orders_of import FIRST, LAST, answer, order_of
from tests.vendors.alibaba import AlibabaServer
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.server import DROP

_VENDOR = Alibaba()
_REMOTE = Remote("0385dc79", "wan3.0-video")
_AT = 1_800_000_000.0
_FIRST = {"type": "first_frame", "url": "data:image/jpeg;base64,Zmlyc3Q="}
_LAST = {"type": "last_frame", "url": "data:image/jpeg;base64,bGFzdA=="}


def body_of(order: Order) -> dict[str, Any]:
    """As it goes out."""
    return json.loads(_VENDOR.create(order).body)  # type: ignore[no-any-return]


def task(**told: Any) -> dict[str, Any]:
    """An answer to a poll."""
    return {"output": {"task_id": "0385dc79", "task_status": "RUNNING"} | told, "request_id": "x"}


@pytest.mark.parametrize("region", ["international", "china"])
def test_words_alone(region: Region) -> None:
    call = _VENDOR.create(order_of("wan3.0-video", region, seed=7))
    assert (call.method, call.path) == ("POST", "/api/v1/services/aigc/video-generation/video-synthesis")
    assert call.headers == {"Content-Type": "application/json", "X-DashScope-Async": "enable"}
    assert json.loads(call.body) == {
        "model": "wan3.0-video",
        "input": {"prompt": "a red fox"},
        "parameters": {"resolution": "480P", "ratio": "16:9", "duration": 2, "seed": 7},
    }


def test_a_picture_decides_the_shape() -> None:
    sent = body_of(order_of("wan3.0-video", image=FIRST, last_image=LAST))
    assert sent["input"] == {"prompt": "a red fox", "media": [_FIRST, _LAST]}
    assert sent["parameters"] == {"resolution": "480P", "ratio": "adaptive", "duration": 2}


@pytest.mark.parametrize("card", ["wan2.7-i2v", "happyhorse-1.1-i2v"])
def test_models_of_pictures_take_no_ratio(card: str) -> None:
    sent = body_of(order_of(card, image=FIRST))
    assert sent["input"]["media"] == [_FIRST]
    assert "ratio" not in sent["parameters"]


def test_all_that_can_be_told_is_told() -> None:
    order = order_of(
        "wan2.7-t2v", negative_prompt="blur", watermark=False, arguments={"prompt_extend": False}, prompt="红狐狸"
    )
    assert body_of(order) == {
        "model": "wan2.7-t2v",
        "input": {"prompt": "红狐狸", "negative_prompt": "blur"},
        "parameters": {
            "resolution": "720P",
            "ratio": "16:9",
            "duration": 2,
            "watermark": False,
            "prompt_extend": False,
        },
    }
    assert "红狐狸".encode() in _VENDOR.create(order).body


def test_a_legacy_model_wants_exact_pixels() -> None:
    sent = body_of(order_of("wan2.7-t2v", model="wan2.6-t2v", negative_prompt="blur"))
    assert sent["input"] == {"prompt": "a red fox", "negative_prompt": "blur"}
    assert sent["parameters"] == {"size": "1280*720", "duration": 2}


def test_a_legacy_model_has_a_picture_by_another_name() -> None:
    sent = body_of(order_of("wan2.7-i2v", model="wan2.6-i2v", image=FIRST))
    assert sent["input"] == {"prompt": "a red fox", "img_url": _FIRST["url"]}
    assert sent["parameters"] == {"resolution": "720P", "duration": 2}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("PENDING", State.QUEUED),
        ("SUSPENDED", State.QUEUED),
        ("RUNNING", State.RUNNING),
        ("POSTPROCESSING", State.RUNNING),
        ("CANCELED", State.CANCELLED),
        ("UNKNOWN", State.GONE),
    ],
)
def test_words_for_states(word: str, state: State) -> None:
    assert _VENDOR.status(answer(task(task_status=word)), _REMOTE).state is state


def test_a_task_that_is_done() -> None:
    told = task(
        task_status="SUCCEEDED", video_url="https://oss.example/a.mp4", orig_prompt="fox", actual_prompt="a red fox"
    ) | {"usage": {"duration": 6, "SR": 720, "ratio": "16:9"}}
    status = _VENDOR.status(answer(told), _REMOTE)
    assert status.video is not None
    assert (status.state, status.video.url, status.video.with_key) == (State.DONE, "https://oss.example/a.mp4", False)
    assert (status.seconds, status.prompt, status.revised_prompt) == (6.0, "fox", "a red fox")


@pytest.mark.parametrize("told", ["5", True, -5, 1e300, None, {}, float("nan")])
def test_a_length_that_makes_no_sense_is_none(told: object) -> None:
    assert _VENDOR.status(answer(task() | {"usage": {"duration": told}}), _REMOTE).seconds is None


def test_done_without_a_file_has_none() -> None:
    assert _VENDOR.status(answer(task(task_status="SUCCEEDED")), _REMOTE).video is None


@pytest.mark.parametrize("body", [None, [], "no", {"output": []}, {"output": {"task_status": {}}}])
def test_a_poll_that_makes_no_sense(body: object) -> None:
    with pytest.raises(AnswerLost):
        _VENDOR.status(answer(body), _REMOTE)


@pytest.mark.parametrize(
    ("body", "status"),
    [(None, 200), ({"output": {}}, 200), ({"output": {"task_id": None}}, 200), (None, 502), ({}, 504), ("no", 500)],
)
def test_nobody_can_say_whether_an_order_was_taken(body: object, status: int) -> None:
    with pytest.raises(AnswerLost):
        _VENDOR.created(answer(body, status), order_of("wan3.0-video"))


def test_a_poll_of_a_task_that_is_not_there() -> None:
    with pytest.raises(VendorFault) as caught:
        _VENDOR.status(answer({"code": "NotFound", "message": "", "request_id": "x"}, 404), _REMOTE)
    assert caught.value.fault.kind is Kind.GONE


def row(**told: Any) -> dict[str, Any]:
    """A line of the list, of a task begun when it was ordered."""
    return {"task_id": "mine", "model_name": "wan3.0-video", "gmt_create": int(_AT * 1000)} | told


@pytest.mark.parametrize(
    "body",
    [
        {"data": [row()]},
        {"tasks": [row()]},
        {"output": {"tasks": [row(), "odd", row(task_id=7), row(gmt_create="now")]}},
        {"data": [row(), row(model_name="wan2.7-t2v"), row(gmt_create=int((_AT - 3600) * 1000))]},
    ],
)
def test_the_list_is_read_as_any_of_its_accounts_has_it(body: object) -> None:
    assert _VENDOR.found(answer(body), order_of("wan3.0-video"), _AT) == [Remote("mine", "wan3.0-video")]


def test_a_list_may_be_empty() -> None:
    assert _VENDOR.found(answer({"data": None, "total": 0}), order_of("wan3.0-video"), _AT) == []


@pytest.mark.parametrize(
    ("body", "status", "has_stopped"),
    [
        ({"request_id": "x"}, 200, True),
        ({"code": "UnsupportedOperation", "message": "no"}, 400, False),
        ({"code": "UnsupportedOperation", "message": "no"}, 200, False),
    ],
)
def test_only_a_plain_answer_means_that_it_stopped(body: object, status: int, has_stopped: bool) -> None:
    assert _VENDOR.stopped(answer(body, status)) is has_stopped


async def test_another_programs_clip_is_not_delivered_when_its_prompt_comes_to_light(tmp_path: Path) -> None:
    async with AlibabaServer() as server:
        catalogue = catalogue_of(server)
        engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
        theirs = server.add_anothers({"model": "wan3.0-video", "input": {"prompt": "their secret"}})
        server.instead["create"] = deque([DROP])
        spec = spec_of(catalogue, "wan3.0-video", tmp_path)
        server.begin = lambda *_: theirs  # type: ignore[method-assign]
        with pytest.raises(EngineFault) as caught:
            await engine.generate(spec, run)
        await engine.close()
    assert caught.value.code == "answer-lost"
    assert run.states == [CostState.UNKNOWN]
    assert not (tmp_path / "clip.mp4").exists()
