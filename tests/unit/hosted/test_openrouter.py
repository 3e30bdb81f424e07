"""What OpenRouter is asked for, and what its answers mean."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.openrouter import OpenRouter
from core.engines.hosted.vendor import Order, Remote, State, Video
from piying.live import prove
from tests.unit.hosted.orders_of import FIRST, LAST, answer, order_of
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.openrouter import OpenRouterServer

_ROUTER = OpenRouter()
_JOB = Remote("gen-vid-1", "alibaba/wan-3.0")


def body_of(order: Order) -> dict[str, Any]:
    """As it goes out."""
    return json.loads(_ROUTER.create(order).body)  # type: ignore[no-any-return]


def done(**fields: Any) -> dict[str, Any]:
    """A finished job."""
    return {"id": "gen-vid-1", "polling_url": "/api/v1/videos/gen-vid-1", "status": "completed", **fields}


def test_words_alone() -> None:
    call = _ROUTER.create(order_of("openrouter-wan-3.0", seed=7))
    assert (call.method, call.path, call.headers) == ("POST", "/videos", {"Content-Type": "application/json"})
    assert json.loads(call.body) == {
        "model": "alibaba/wan-3.0",
        "prompt": "a red fox",
        "duration": 2,
        "resolution": "480p",
        "aspect_ratio": "16:9",
        "seed": 7,
    }


def test_pictures_decide_the_shape() -> None:
    sent = body_of(order_of("openrouter-seedance-2.5", image=FIRST, last_image=LAST))
    assert sent["frame_images"] == [
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,Zmlyc3Q="}, "frame_type": "first_frame"},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,bGFzdA=="}, "frame_type": "last_frame"},
    ]
    assert "aspect_ratio" not in sent
    assert len(body_of(order_of("openrouter-wan-3.0", image=FIRST))["frame_images"]) == 1


def test_a_recipe_may_set_further_fields_and_a_watermark_is_none() -> None:
    sent = body_of(order_of("openrouter-kling-3.0-std", watermark=True, arguments={"generate_audio": False}))
    assert sent["generate_audio"] is False
    assert "watermark" not in sent
    assert "seed" not in sent


def test_nobody_orders_more_by_words_in_the_prompt() -> None:
    sent = body_of(order_of("openrouter-seedance-2.5", prompt="a red-brown fox --dur 30 --rs 1080p"))
    assert sent["prompt"] == "a red-brown fox —dur 30 —rs 1080p"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, {"error": {"code": 502, "message": "no"}}), (504, None), (408, {"error": {"code": 408}}), (499, None),
        (500, "no"), (503, {}), (202, {}), (202, None), (200, {"id": ""}),
        (200, {"error": {"code": 502, "message": "the provider did not answer"}}),
    ],
)  # fmt: skip
def test_nobody_can_say_what_became_of_an_order(status: int, body: Any) -> None:
    with pytest.raises(AnswerLost):
        _ROUTER.created(answer(body, status), order_of("openrouter-wan-3.0"))


@pytest.mark.parametrize(
    ("metadata", "message", "kind"),
    [
        (None, "no", Kind.KEY),
        ({}, "Flagged", Kind.PROMPT),
        ({"reasons": []}, "no", Kind.KEY),
        ({"reasons": ["sexual"]}, "no", Kind.PROMPT),
        ({"flagged_input": "a"}, "no", Kind.PROMPT),
        ("odd", "no", Kind.KEY),
    ],
)
def test_what_a_403_means(metadata: Any, message: str, kind: Kind) -> None:
    body = {"error": {"code": 403, "message": message, "metadata": metadata}}
    with pytest.raises(VendorFault) as caught:
        _ROUTER.created(answer(body, 403), order_of("openrouter-wan-3.0"))
    assert (caught.value.fault.kind, caught.value.fault.code) == (kind, "403")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending", State.QUEUED), ("in_progress", State.RUNNING), ("failed", State.FAILED),
        ("expired", State.FAILED), ("cancelled", State.CANCELLED), ("polishing", State.RUNNING),
    ],
)  # fmt: skip
def test_words_for_states(word: str, state: State) -> None:
    told = _ROUTER.status(answer({"id": "gen-vid-1", "status": word}), _JOB)
    assert told.state is state
    assert (told.fault is not None) == (state is State.FAILED)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        ("a red fox: flagged", Kind.OUTPUT, "rules"),
        ("Input flagged: a red fox", Kind.PROMPT, "rules"),
        ({"code": 400, "message": "no"}, None, ""),
        ("a red fox is too much", Kind.DOWN, "failed"),
        (None, Kind.DOWN, "failed"),
    ],
)
def test_why_a_job_failed_is_told_without_its_words(error: Any, kind: Kind | None, code: str) -> None:
    told = answer({"id": "gen-vid-1", "status": "failed", "error": error})
    if kind is None:
        with pytest.raises(VendorFault):
            _ROUTER.status(told, _JOB)
        return
    fault = _ROUTER.status(told, _JOB).fault
    assert fault is not None
    assert (fault.kind, fault.code) == (kind, code)


@pytest.mark.parametrize(
    ("fields", "video"),
    [
        ({"urls": ["https://a"], "unsigned_urls": ["https://b"]}, Video("https://a")),
        ({"urls": [], "unsigned_urls": ["https://b"]}, Video("https://b", with_key=True)),
        ({"urls": None, "unsigned_urls": ["/api/v1/x"]}, Video("/api/v1/x", with_key=True)),
        ({"urls": [None]}, Video("videos/gen-vid-1/content?index=0", with_key=True)),
        ({}, Video("videos/gen-vid-1/content?index=0", with_key=True)),
        ({"unsigned_urls": "https://b"}, Video("videos/gen-vid-1/content?index=0", with_key=True)),
    ],
)
def test_where_a_video_lies(fields: dict[str, Any], video: Video) -> None:
    assert _ROUTER.status(answer(done(**fields)), _JOB).video == video


@pytest.mark.parametrize("links", ["copy", "unsigned", "none"])
async def test_a_video_without_a_signed_link_is_opened_by_the_key(
    links: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OpenRouterServer() as server:
        server.has_copy = links == "copy"
        if links == "none":
            told = server.job
            monkeypatch.setattr(
                server, "job", lambda task, state: {k: v for k, v in told(task, state).items() if "urls" not in k}
            )
        catalogue, run = catalogue_of(server), PaidRun(tmp_path)
        engine = engine_of(server, catalogue)
        await engine.generate(spec_of(catalogue, "openrouter-wan-3.0", tmp_path), run)
        await engine.close()
    assert server.wrong == []
    assert any(line.endswith("/content") for line in server.seen) == (links != "copy")
    assert server.files_carried_keys == []


@pytest.mark.parametrize(
    ("usage", "amount"),
    [
        ({"cost": 0.5, "is_byok": False}, Decimal("0.5")),
        ({"cost": 1}, Decimal(1)),
        ({"cost": 0.01, "is_byok": True}, None),
        ({"cost": 0}, None),
        ({"cost": None}, None),
        ({"cost": "0.5"}, None),
        ({"cost": True}, None),
        ({"cost": float("inf")}, None),
        ({"cost": float("nan")}, None),
        ({"cost": -1}, None),
        (None, None),
    ],
)
def test_what_a_clip_cost(usage: Any, amount: Decimal | None) -> None:
    assert _ROUTER.status(answer(done(usage=usage)), _JOB).amount == amount


async def test_what_openrouter_took_is_what_is_booked(tmp_path: Path) -> None:
    async with OpenRouterServer() as server:
        catalogue, run = catalogue_of(server), PaidRun(tmp_path)
        engine = engine_of(server, catalogue)
        await engine.generate(spec_of(catalogue, "openrouter-wan-3.0", tmp_path), run)
        await engine.close()
    assert [cost.usd for cost in run.costs.values()] == [61_700]


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Kind.GONE), (401, Kind.KEY), (429, Kind.BUSY), (500, Kind.DOWN), (418, Kind.DOWN)]
)
def test_a_question_that_was_refused(status: int, kind: Kind) -> None:
    with pytest.raises(VendorFault) as caught:
        _ROUTER.status(answer({"error": {"code": status, "message": "no"}}, status), _JOB)
    assert caught.value.fault.kind is kind


def test_nothing_can_be_called_off_or_looked_for() -> None:
    order = order_of("openrouter-wan-3.0")
    assert _ROUTER.cancel(_JOB) is None
    assert not _ROUTER.stopped(answer({}))
    assert _ROUTER.find(order, 0.0) is None
    assert _ROUTER.found(answer({}), order, 0.0) == ()


@pytest.mark.parametrize(("left", "kind"), [(None, None), (3.5, None), (0, Kind.BALANCE), (-0.2, Kind.BALANCE)])
async def test_a_key_that_has_reached_its_limit(left: float | None, kind: Kind | None) -> None:
    async with OpenRouterServer() as server:
        server.left = left
        fault = await prove(server.vendor, server.url, server.key)
    assert (fault and fault.kind) == kind
