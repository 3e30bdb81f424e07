"""The same orders through Alibaba's own SDK and through ours, at one server: what arrives is the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from core.engines.hosted.asking import Asking
from core.engines.hosted.keys import KeyRing
from core.engines.hosted.vendor import Order, Remote
from core.engines.hosted.wire import Wire
from piying.clock import SystemClock
from tests.unit.hosted.orders_of import order_of
from tests.vendors.alibaba import AlibabaServer
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, lay_pictures, spec_of

_HEADERS = ("Authorization", "Content-Type", "X-DashScope-Async")


class Listening(AlibabaServer):
    """Writes down each request: method, path, and the headers that matter."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, dict[str, str]]] = []

    def let_in(self, request: web.Request) -> None:
        # Only what a request with a body says of it counts.
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers and request.body_exists}
        headers["Authorization"] = request.headers["Authorization"]
        task = request.match_info.get("task")
        path = request.path.replace(task, "TASK") if task else request.path
        self.heard.append((request.method, path.rstrip("/"), headers))
        super().let_in(request)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The SDK reads settings from the environment and from the home directory."""
    for name in ("DASHSCOPE_API_KEY", "DASHSCOPE_HTTP_BASE_URL", "DASHSCOPE_BASE_URL", "DASHSCOPE_WORKSPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def client_of(server: AlibabaServer) -> Any:
    """The vendor's."""
    import dashscope

    return dashscope.AsyncClient(api_key=server.key, base_url=f"{server.url}/api/v1", max_retries=0)


@pytest.mark.parametrize(
    ("card", "pictures"),
    [
        ("wan3.0-video", ()),
        ("wan3.0-video", ("first_frame", "last_frame")),
        ("wan2.7-t2v", ()),
        ("wan2.7-i2v", ("first_frame",)),
        ("happyhorse-1.1-i2v", ("first_frame",)),
    ],
)
async def test_an_order_is_the_one_that_the_sdk_sends(card: str, pictures: tuple[str, ...], tmp_path: Path) -> None:
    async with Listening() as server:
        catalogue = catalogue_of(server)
        names = dict(zip(("image", "last_image"), ("first.png", "last.png")[: len(pictures)], strict=False))
        spec = replace(spec_of(catalogue, card, tmp_path, prompt="雪地里的一只红狐狸"), **names)  # type: ignore[arg-type]
        lay_pictures(spec, tmp_path)
        engine = engine_of(server, catalogue, watermark=False)
        await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
        ours, server.heard = server.heard, []
        await _by_sdk(server, server.creates[0])
    mine, theirs = server.creates
    assert mine == theirs
    assert list(map(str, dict.fromkeys(map(str, ours)))) == list(dict.fromkeys(map(str, server.heard)))
    assert server.wrong == []


async def _by_sdk(server: Listening, told: Any) -> None:
    """What we sent, said in the SDK's own words."""
    words, options = dict(told["input"]), dict(told["parameters"])
    async with client_of(server) as client:
        job = await client.videos.jobs.create(
            model=told["model"],
            prompt=words.pop("prompt"),
            media=words.pop("media", None),
            extra_input=words or None,
            **options,
        )
        while not job.finished:
            await asyncio.sleep(0)
            job = await client.videos.jobs.fetch(job.task_id)
    assert job.video_url.startswith(server.url)


@pytest.mark.parametrize(
    ("order", "shape"),
    [
        (order_of("wan3.0-video"), {"resolution": "480P", "ratio": "16:9"}),
        (order_of("wan2.7-t2v", model="wan2.6-t2v"), {"size": "1280*720"}),
    ],
    ids=["current", "legacy"],
)
async def test_cancelling_and_listing_are_as_with_the_sdk(order: Order, shape: dict[str, str]) -> None:
    async with Listening() as server:
        await _by_us(server, order)
        ours, server.heard = server.heard, []
        async with client_of(server) as client:
            job = await client.videos.jobs.create(
                model=order.model, prompt=order.prompt, duration=order.seconds, **shape
            )
            await client.videos.jobs.list(model_name=order.model, page_no=1, page_size=50)
            await client.videos.jobs.cancel(job.task_id)
    assert ours == server.heard
    assert [task.is_cancelled for task in server.tasks.values()] == [True, True]
    assert server.creates[0] == server.creates[1]


async def _by_us(server: Listening, order: Order) -> None:
    wire, clock, vendor = Wire(server.url), SystemClock(), server.vendor
    asking = Asking(vendor, wire, clock)
    async with KeyRing((server.key,), clock, at_once=1, rate=1000.0).turn() as key:
        task = vendor.created(await asking.ask(vendor.create(order), key), order)
        listing, cancel = vendor.find(order, clock.now()), vendor.cancel(task)
        assert listing is not None
        assert cancel is not None
        found = vendor.found(await asking.ask(listing, key), order, clock.now())
        assert found == [Remote(task.id, order.model)]
        assert vendor.stopped(await asking.ask(cancel, key))
    await wire.close()
