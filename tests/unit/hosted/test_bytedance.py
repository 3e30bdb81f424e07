"""What Seedance is asked for, and what Ark's answers mean."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.hosted import Region
from core.engines.hosted.bytedance import ByteDance
from core.engines.hosted.engine import HostedEngine
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.vendor import Order, Remote, State
from tests.unit.hosted.orders_of import FIRST, LAST, answer, order_of
from tests.vendors.bytedance import ByteDanceInChinaServer, ByteDanceServer
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of

_ARK = ByteDance()
_EXPIRES = 7200 + 0x0123456789ABCDEF0123456789ABCDEF % 7200
_AT = 1_800_000_000.0


def body_of(order: Order) -> dict[str, Any]:
    """As it goes out."""
    return json.loads(_ARK.create(order).body)  # type: ignore[no-any-return]


def picture(role: str, data: str) -> dict[str, Any]:
    """As it should go out."""
    return {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}, "role": role}


@pytest.mark.parametrize(
    ("region", "model"),
    [("international", "dreamina-seedance-2-0-fast-260128"), ("china", "doubao-seedance-2-0-fast-260128")],
)
def test_words_alone(region: Region, model: str) -> None:
    call = _ARK.create(order_of("seedance-2.0-fast", region))
    assert (call.method, call.path, call.headers) == (
        "POST",
        "/contents/generations/tasks",
        {"Content-Type": "application/json"},
    )
    assert json.loads(call.body) == {
        "model": model,
        "content": [{"type": "text", "text": "a red fox"}],
        "resolution": "480p",
        "ratio": "16:9",
        "duration": 4,
        "execution_expires_after": _EXPIRES,
    }


@pytest.mark.parametrize("card", ["seedance-2.5", "seedance-2.0"])
def test_pictures_decide_the_shape(card: str) -> None:
    sent = body_of(order_of(card, image=FIRST, last_image=LAST))
    assert sent["ratio"] == "adaptive"
    assert sent["content"][1:] == [picture("first_frame", "Zmlyc3Q="), picture("last_frame", "bGFzdA==")]
    assert body_of(order_of(card, image=FIRST))["content"][1:] == [picture("first_frame", "Zmlyc3Q=")]


@pytest.mark.parametrize("watermark", [True, False])
def test_the_mark_is_asked_for_or_declined(watermark: bool) -> None:
    assert body_of(order_of("seedance-2.5", watermark=watermark))["watermark"] is watermark
    assert "watermark" not in body_of(order_of("seedance-2.5"))


def test_a_recipe_may_set_further_fields() -> None:
    sent = body_of(order_of("seedance-2.5", arguments={"generate_audio": False, "priority": 3}))
    assert (sent["generate_audio"], sent["priority"]) == (False, 3)


def test_a_seed_goes_out_where_a_card_says_that_there_is_one() -> None:
    assert body_of(order_of("seedance-2.0", seed=7))["seed"] == 7
    assert "seed" not in body_of(order_of("seedance-2.0"))


@pytest.mark.parametrize("prompt", ["a fox --dur 30 --rs 1080p", "a fox\n---resolution 4k", "--wm false"])
def test_nobody_orders_more_by_words_in_the_prompt(prompt: str) -> None:
    sent = body_of(order_of("seedance-2.5", prompt=prompt))["content"][0]["text"]
    assert "--" not in sent
    assert [word for word in prompt.split() if not word.startswith("-")] == [
        word for word in sent.split() if not word.startswith("—")
    ]


def test_a_hyphen_is_no_field() -> None:
    assert body_of(order_of("seedance-2.5", prompt="a red-brown fox - in snow"))["content"][0]["text"] == (
        "a red-brown fox - in snow"
    )


def test_two_orders_expire_at_different_times_within_what_is_allowed() -> None:
    order = order_of("seedance-2.5")
    expiries = {body_of(replace(order, mark=f"{n:032x}"))["execution_expires_after"] for n in range(9000)}
    assert len(expiries) == 7200
    assert 3600 <= min(expiries) <= max(expiries) <= 259_200


def listed(**changes: Any) -> dict[str, Any]:
    """A task of the list that the order may have become."""
    return {
        "id": "cgt-1", "model": "dreamina-seedance-2-5-260628", "status": "queued", "resolution": "480p",
        "duration": 4, "execution_expires_after": _EXPIRES, "created_at": int(_AT), **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"created_at": int(_AT) + 100}, {"created_at": int(_AT) - 50}, {"created_at": None},
        {"execution_expires_after": None}, {"duration": None}, {"model": None},
    ],
)  # fmt: skip
def test_a_task_that_an_order_may_have_become(changes: dict[str, Any]) -> None:
    told = answer({"total": 1, "items": [listed(**changes)]})
    order = order_of("seedance-2.5")
    assert _ARK.found(told, order, _AT) == [Remote("cgt-1", order.model)]


@pytest.mark.parametrize(
    "task",
    [
        listed(created_at=int(_AT) - 3600), listed(created_at=int(_AT) + 3600), listed(created_at=float("nan")),
        listed(execution_expires_after=172_800), listed(duration=5), listed(resolution="720p"),
        listed(model="dreamina-seedance-2-0-260128"), listed(id=None), {}, None, "cgt-1",
    ],
)  # fmt: skip
def test_a_task_of_somebody_else(task: Any) -> None:
    assert _ARK.found(answer({"total": 1, "items": [task]}), order_of("seedance-2.5"), _AT) == []


@pytest.mark.parametrize("body", [None, [], {"items": None}, {"items": "no"}, {"total": 0}])
def test_a_list_that_is_none(body: Any) -> None:
    assert _ARK.found(answer(body), order_of("seedance-2.5"), _AT) == []


def test_what_is_looked_for_is_the_newest() -> None:
    call = _ARK.find(order_of("seedance-2.5"), _AT)
    assert call is not None
    assert (call.method, call.path, call.query) == (
        "GET",
        "/contents/generations/tasks",
        {"page_num": "1", "page_size": "100"},
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, "bad gateway"), (504, None), (500, "no"), (503, {}), (200, {}), (200, None), (200, {"id": ""})],
)
def test_nobody_can_say_what_became_of_an_order(status: int, body: Any) -> None:
    with pytest.raises(AnswerLost):
        _ARK.created(answer(body, status), order_of("seedance-2.5"))


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", State.QUEUED), ("running", State.RUNNING), ("cancelled", State.CANCELLED),
        ("canceled", State.CANCELLED), ("expired", State.FAILED), ("failed", State.FAILED),
        ("polishing", State.RUNNING),
    ],
)  # fmt: skip
def test_words_for_states(word: str, state: State) -> None:
    told = _ARK.status(answer({"id": "cgt-1", "status": word}), Remote("cgt-1", "m"))
    assert told.state is state
    assert (told.fault is not None) == (state is State.FAILED)


def test_a_task_that_expired_says_so() -> None:
    fault = _ARK.status(answer({"id": "cgt-1", "status": "expired", "error": None}), Remote("cgt-1", "m")).fault
    assert fault is not None
    assert (fault.kind, fault.code) == (Kind.DOWN, "expired")


@pytest.mark.parametrize("content", [None, {}, {"video_url": None}, [], {"video_url": ""}])
def test_a_task_that_is_done_without_a_video_is_asked_for_again(content: Any) -> None:
    told = answer({"id": "cgt-1", "status": "succeeded", "content": content})
    with pytest.raises(AnswerLost):
        _ARK.status(told, Remote("cgt-1", "m"))


@pytest.mark.parametrize(
    ("model", "resolution", "tokens", "seconds"),
    [
        ("dreamina-seedance-2-0-260128", "720p", 108_000, 5.0),
        ("doubao-seedance-2-0-mini-260615", "480p", 50_220, 5.0),
        ("dreamina-seedance-2-5-260628", "480p", 48_037.5, None),
        ("dreamina-seedance-2-5-260628", "480p", 48_038, 5.0),
        ("dreamina-seedance-2-5-260628", "1080p", 243_000, 5.0),
        ("dreamina-seedance-2-5-260628", "4k", 243_000, None),
        ("dreamina-seedance-2-5-260628", "720p", 10**400, None),
        ("dreamina-seedance-2-5-260628", "720p", -5, None),
        ("dreamina-seedance-2-5-260628", "720p", "many", None),
    ],
)
def test_tokens_are_counted_in_seconds_of_the_price_list(
    model: str, resolution: str, tokens: Any, seconds: float | None
) -> None:
    told = answer(
        {
            "id": "cgt-1",
            "status": "succeeded",
            "content": {"video_url": "https://cdn.example/clip.mp4"},
            "resolution": resolution,
            "usage": {"completion_tokens": tokens},
        }
    )
    status = _ARK.status(told, Remote("cgt-1", model))
    assert status.seconds == (seconds if seconds is None else pytest.approx(seconds, rel=1e-4))
    assert status.video is not None
    assert not status.video.with_key


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(404, "ResourceNotFound", Kind.GONE), (404, "", Kind.GONE), (401, "AuthenticationError", Kind.KEY)],
)
def test_a_question_that_was_refused(status: int, code: str, kind: Kind) -> None:
    with pytest.raises(VendorFault) as caught:
        _ARK.status(answer({"error": {"code": code, "message": "no"}}, status), Remote("cgt-1", "m"))
    assert caught.value.fault.kind is kind


def test_a_task_that_runs_is_not_stopped() -> None:
    refused = answer({"error": {"code": "InvalidAction.RunningTaskDeletion", "message": "no"}}, 409)
    assert not _ARK.stopped(refused)
    assert _ARK.stopped(answer({}))
    assert _ARK.stopped(answer(None, 204))


@pytest.mark.parametrize("queued", [0, 10_000])
async def test_what_is_not_queued_any_more_is_not_called_off(queued: int, tmp_path: Path) -> None:
    """The same request would delete the record of a task that is done, and leave it paid."""
    async with ByteDanceServer() as server:
        server.queued, server.running = queued, 10_000
        engine = engine_of(server)
        stopped = await _stop_one(server, engine, tmp_path)
        await engine.close()
    assert stopped == bool(queued)
    assert any(line.startswith("DELETE") for line in server.seen) == bool(queued)


async def _stop_one(server: ByteDanceServer, engine: HostedEngine, folder: Path) -> bool:
    run = PaidRun(folder)
    making = asyncio.create_task(engine.generate(spec_of(catalogue_of(server), "seedance-2.5", folder), run))
    while sum(task.polls for task in server.tasks.values()) < 2:
        await asyncio.sleep(0.01)
    run.is_over = True
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)
    return next(iter(server.tasks.values())).is_cancelled


@pytest.mark.parametrize("card", ByteDanceInChinaServer.cards)
async def test_in_china_models_have_other_names(card: str, tmp_path: Path) -> None:
    async with ByteDanceInChinaServer() as server:
        catalogue = catalogue_of(server)
        engine = engine_of(server, catalogue)
        await engine.generate(spec_of(catalogue, card, tmp_path), PaidRun(tmp_path))
        await engine.close()
    assert server.wrong == []
    assert str(server.creates[0]["model"]).startswith("doubao-")


async def test_what_was_billed_is_what_is_booked(tmp_path: Path) -> None:
    async with ByteDanceServer() as server:
        catalogue, run = catalogue_of(server), PaidRun(tmp_path)
        engine = engine_of(server, catalogue)
        await engine.generate(spec_of(catalogue, "seedance-2.0", tmp_path), run)
        await engine.close()
    (cost,) = run.costs.values()
    # 97 frames of 864x496, at 0.066 dollars for 24 of them.
    assert cost.usd == pytest.approx(0.066 * 97 / 24 * 1e6, rel=1e-4)
