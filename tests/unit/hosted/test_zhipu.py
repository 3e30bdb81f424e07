"""What CogVideoX-3 is asked for, and what Zhipu's answers mean."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.hosted import Region
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.orders import taken_by
from core.engines.hosted.vendor import Order, Remote, State
from core.engines.hosted.zhipu import Zhipu
from tests.unit.hosted.orders_of import FIRST, LAST, MARK, answer, order_of
from tests.vendors.desk import RATES, PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.zhipu import ZhipuServer, error

_VENDOR = Zhipu()
_REMOTE = Remote("711689329001-9223", "cogvideox-3")
_FIRST, _LAST = "data:image/jpeg;base64,Zmlyc3Q=", "data:image/jpeg;base64,bGFzdA=="


def body_of(order: Order) -> dict[str, Any]:
    """As it goes out."""
    return json.loads(_VENDOR.create(order).body)  # type: ignore[no-any-return]


def task(word: str, **told: Any) -> dict[str, Any]:
    """An answer to a poll."""
    return {"model": "cogvideox-3", "request_id": MARK, "task_status": word} | told


@pytest.mark.parametrize("region", ["international", "china"])
def test_words_alone(region: Region) -> None:
    call = _VENDOR.create(order_of("cogvideox-3", region, prompt="雪地里的红狐狸"))
    assert (call.method, call.path, call.headers) == (
        "POST",
        "/api/paas/v4/videos/generations",
        {"Content-Type": "application/json"},
    )
    assert "雪地里的红狐狸".encode() in call.body
    assert json.loads(call.body) == {
        "model": "cogvideox-3",
        "prompt": "雪地里的红狐狸",
        "size": "1280x720",
        "duration": 5,
        "request_id": MARK,
    }


def test_all_that_can_be_told_is_told() -> None:
    order = order_of(
        "cogvideox-3-10s", watermark=False, image=FIRST, arguments={"quality": "quality", "with_audio": True}
    )
    assert body_of(order) == {
        "model": "cogvideox-3",
        "prompt": "a red fox",
        "size": "1280x720",
        "duration": 10,
        "image_url": [_FIRST],
        "request_id": MARK,
        "watermark_enabled": False,
        "quality": "quality",
        "with_audio": True,
    }


def test_with_a_last_picture_there_is_the_fast_mode_alone() -> None:
    sent = body_of(order_of("cogvideox-3", image=FIRST, last_image=LAST, arguments={"quality": "quality"}))
    assert (sent["image_url"], sent["quality"]) == ([_FIRST, _LAST], "speed")


def test_there_is_neither_a_seed_nor_a_negative_prompt() -> None:
    assert body_of(order_of("cogvideox-3", seed=7, negative_prompt="blur")) == body_of(order_of("cogvideox-3"))


@pytest.mark.parametrize("card", ["cogvideox-3", "cogvideox-3-10s"])
def test_a_video_has_one_price_whatever_its_length(card: str) -> None:
    order = order_of(card)
    taken = taken_by(order, order.card.at["international"].price, RATES)
    assert Decimal(taken.usd) == Decimal("0.20") * 1_000_000


@pytest.mark.parametrize(
    ("word", "state"),
    [("PROCESSING", State.RUNNING), ("WAITING", State.RUNNING), ("SUCCESS", State.DONE), ("FAIL", State.FAILED)],
)
def test_words_for_states(word: str, state: State) -> None:
    assert _VENDOR.status(answer(task(word)), _REMOTE).state is state


def test_a_task_that_is_done() -> None:
    told = task("SUCCESS", video_result=[{"url": "https://cdn.example/a.mp4", "cover_image_url": "https://b"}])
    video = _VENDOR.status(answer(told), _REMOTE).video
    assert video is not None
    assert (video.url, video.with_key) == ("https://cdn.example/a.mp4", False)


@pytest.mark.parametrize("results", [None, [], {}, "no", [None], [{}], [{"url": 7}], [["url"]]])
def test_done_without_a_file_has_none(results: object) -> None:
    assert _VENDOR.status(answer(task("SUCCESS", video_result=results)), _REMOTE).video is None


def test_a_task_that_failed_without_a_reason() -> None:
    fault = _VENDOR.status(answer(task("FAIL")), _REMOTE).fault
    assert fault is not None
    assert (fault.kind, fault.code) == (Kind.DOWN, "FAIL")


@pytest.mark.parametrize("code", ["1210", "1211", "1214", "1222"])
def test_a_question_that_is_wrong_is_about_a_task_that_is_not_there(code: str) -> None:
    with pytest.raises(VendorFault) as caught:
        _VENDOR.status(answer(error(400, code).body, 400), _REMOTE)
    assert (caught.value.fault.kind, caught.value.fault.code) == (Kind.GONE, code)


@pytest.mark.parametrize(("status", "code", "kind"), [(401, "1002", Kind.KEY), (429, "1302", Kind.BUSY)])
def test_a_question_that_is_refused_says_nothing_of_the_task(status: int, code: str, kind: Kind) -> None:
    with pytest.raises(VendorFault) as caught:
        _VENDOR.status(answer(error(status, code).body, status), _REMOTE)
    assert caught.value.fault.kind is kind


@pytest.mark.parametrize("body", [None, [], "no", {}, {"task_status": {}}])
def test_a_poll_that_makes_no_sense(body: object) -> None:
    with pytest.raises(AnswerLost):
        _VENDOR.status(answer(body), _REMOTE)


@pytest.mark.parametrize(
    ("body", "status"),
    [(None, 200), ({}, 200), ({"id": None}, 200), (None, 502), ({}, 504), ("no", 500), (error(400, "1231").body, 400)],
)
def test_nobody_can_say_whether_an_order_was_taken(body: object, status: int) -> None:
    with pytest.raises(AnswerLost):
        _VENDOR.created(answer(body, status), order_of("cogvideox-3"))


@pytest.mark.parametrize(("status", "code"), [(429, "1113"), (500, "500"), (401, "1003")])
def test_a_key_is_not_proved_by_a_refusal(status: int, code: str) -> None:
    with pytest.raises(VendorFault):
        _VENDOR.proved(answer(error(status, code).body, status))


@pytest.mark.parametrize("told", [error(404, "1222").body, error(400, "1214").body])
def test_a_key_is_proved_by_hearing_that_there_is_no_such_task(told: object) -> None:
    _VENDOR.proved(answer(told, 400))


def test_nothing_can_be_stopped_or_found() -> None:
    order = order_of("cogvideox-3")
    assert (_VENDOR.cancel(_REMOTE), _VENDOR.stopped(answer({})), _VENDOR.find(order, 0.0)) == (None, False, None)
    assert _VENDOR.found(answer({}), order, 0.0) == ()


async def test_each_order_has_an_id_of_its_own(tmp_path: Path) -> None:
    async with ZhipuServer() as server:
        catalogue = catalogue_of(server)
        engine = engine_of(server, catalogue)
        spec = spec_of(catalogue, "cogvideox-3", tmp_path)
        for _ in range(2):
            await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
    assert len(server.request_ids) == 2
    assert {len(mark) for mark in server.request_ids} == {32}
    assert server.wrong == []
