"""The same orders through ByteDance's own SDK and through ours, at one server: what arrives is the same."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from core.catalogue.catalogue import Catalogue
from core.engines.hosted.asking import Asking
from core.engines.hosted.keys import Key
from core.engines.hosted.wire import Wire
from core.types import GenerationSpec
from piying.clock import SystemClock
from tests.needs import need
from tests.unit.hosted.orders_of import order_of
from tests.vendors.bytedance import ByteDanceInChinaServer, ByteDanceServer
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, lay_pictures, spec_of

_HEADERS = ("Authorization", "Content-Type")


class Listening(ByteDanceServer):
    """Writes down each request: method, path, query, the headers that matter, and the body."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, dict[str, str], dict[str, str], Any]] = []

    async def create(self, request: web.Request) -> web.Response:
        # The SDK sends what is not given as null.
        body = {name: value for name, value in (await request.json()).items() if value is not None}
        self.hear(request, body)
        self.let_in(request)
        return web.json_response({"id": self.begin(body, (864, 496), body["duration"]).id})

    async def poll(self, request: web.Request) -> web.Response:
        self.hear(request)
        return await super().poll(request)

    async def list(self, request: web.Request) -> web.Response:
        self.hear(request)
        return await super().list(request)

    async def delete(self, request: web.Request) -> web.Response:
        self.hear(request)
        return await super().delete(request)

    def hear(self, request: web.Request, body: Any = None) -> None:
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers and body}
        headers["Authorization"] = request.headers["Authorization"]
        path = request.path.replace(request.match_info.get("task", "-"), "TASK")
        self.heard.append((request.method, path, dict(request.query), headers, body))


class ListeningInChina(Listening, ByteDanceInChinaServer):
    """The same, with the other names."""


@pytest.fixture(autouse=True)
def sdk() -> None:
    need(find_spec("byteplussdkarkruntime"), "byteplus-python-sdk-v2, in the extra sdks")


def client_of(server: ByteDanceServer) -> Any:
    """The vendor's. Its own default address is the one in China."""
    from byteplussdkarkruntime import AsyncArk

    return AsyncArk(api_key=server.key, base_url=server.url, max_retries=0)


@pytest.mark.parametrize("kind", [Listening, ListeningInChina])
@pytest.mark.parametrize("pictures", [(), ("first.png",), ("first.png", "last.png")])
async def test_an_order_is_the_one_that_the_sdk_sends(
    kind: type[Listening], pictures: tuple[str, ...], tmp_path: Path
) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        spec = spec_of(catalogue, "seedance-2.0", tmp_path, prompt="雪地里的一只红狐狸")
        first, last = (*pictures, None, None)[:2]
        spec = replace(spec, image=first, last_image=last)
        lay_pictures(spec, tmp_path)
        await _by_ours(server, catalogue, spec, tmp_path)
        ours, server.heard = server.heard, []
        await _by_sdk(server, dict(ours[0][-1]))
    assert _once(ours) == _once(server.heard)


def _once(heard: list[Any]) -> list[str]:
    """Each request once: how often a task is asked for is no matter."""
    return list(dict.fromkeys(json.dumps(one, sort_keys=True) for one in heard))


async def _by_ours(server: Listening, catalogue: Catalogue, spec: GenerationSpec, folder: Path) -> None:
    engine = engine_of(server, catalogue, watermark=False)
    await engine.generate(spec, PaidRun(folder))
    await engine.close()


async def _by_sdk(server: Listening, sent: dict[str, Any]) -> None:
    """With our values; which fields they go into, and how, is the SDK's."""
    content = [_text(sent["content"][0]["text"]), *(_picture(one) for one in sent["content"][1:])]
    async with client_of(server) as client:
        tasks = client.content_generation.tasks
        task = await tasks.create(
            model=sent["model"], content=content, resolution=sent["resolution"], ratio=sent["ratio"],
            duration=sent["duration"], watermark=sent["watermark"],
            execution_expires_after=sent["execution_expires_after"],
        )  # fmt: skip
        while (await tasks.get(task_id=task.id)).status != "succeeded":
            await asyncio.sleep(0)


def _text(prompt: str) -> Any:
    from byteplussdkarkruntime.types.content_generation.create_task_content_param import CreateTaskContentTextParam

    return CreateTaskContentTextParam(type="text", text=prompt)


def _picture(told: dict[str, Any]) -> Any:
    from byteplussdkarkruntime.types.content_generation import create_task_content_param as params

    url = params.CreateTaskContentImageDataParam(url=told["image_url"]["url"])
    return params.CreateTaskContentImageParam(type="image_url", image_url=url, role=told["role"])


async def test_a_task_is_looked_for_and_called_off_as_the_sdk_does() -> None:
    async with Listening() as server:
        task = await _find_and_cancel(server)
        ours, server.heard = server.heard[1:], []
        server.tasks[task].is_cancelled = False
        async with client_of(server) as client:
            await client.content_generation.tasks.list(page_num=1, page_size=100)
            await client.content_generation.tasks.delete(task_id=task)
    assert ours == server.heard
    assert server.wrong == []


async def _find_and_cancel(server: Listening) -> str:
    vendor, wire, order, clock = server.vendor, Wire(server.url), order_of("seedance-2.0"), SystemClock()
    asking, key = Asking(vendor, wire, clock), Key(1, server.key)
    task = vendor.created(await asking.ask(vendor.create(order), key), order)
    looking, calling = vendor.find(order, clock.now()), vendor.cancel(task)
    assert looking is not None
    assert calling is not None
    assert vendor.found(await asking.ask(looking, key), order, clock.now()) == [task]
    assert vendor.stopped(await asking.ask(calling, key))
    await wire.close()
    return task.id
