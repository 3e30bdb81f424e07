"""The same orders through OpenRouter's own SDK and through ours, at one server: what arrives is the same."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from openrouter import OpenRouter

from core.types import GenerationSpec
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, lay_pictures, spec_of
from tests.vendors.openrouter import OpenRouterServer
from tests.vendors.server import Task

_HEADERS = ("Authorization", "Content-Type")


class Listening(OpenRouterServer):
    """Writes down each request: method, path, query, the headers that matter, and the body."""

    def __init__(self) -> None:
        super().__init__()
        self.has_copy = False
        self.heard: list[Any] = []

    async def create(self, request: web.Request) -> web.Response:
        self.hear(request, await request.json())
        return await super().create(request)

    def find(self, request: web.Request) -> Task:
        self.hear(request)
        return super().find(request)

    def hear(self, request: web.Request, body: Any = None) -> None:
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers and body}
        headers["Authorization"] = request.headers["Authorization"]
        path = request.path.replace(request.match_info.get("task", "-"), "JOB")
        self.heard.append((request.method, path, dict(request.query), headers, body))


@pytest.mark.parametrize(
    ("card", "pictures"),
    [
        ("openrouter-wan-3.0", ()),
        ("openrouter-wan-3.0", ("first.png",)),
        ("openrouter-seedance-2.5", ("first.png", "last.png")),
        ("openrouter-kling-3.0-std", ()),
    ],
)
async def test_an_order_is_the_one_that_the_sdk_sends(card: str, pictures: tuple[str, ...], tmp_path: Path) -> None:
    async with Listening() as server:
        catalogue = catalogue_of(server)
        first, last = (*pictures, None, None)[:2]
        spec: GenerationSpec = spec_of(catalogue, card, tmp_path, prompt="雪地里的一只红狐狸")
        spec = replace(spec, image=first, last_image=last)
        lay_pictures(spec, tmp_path)
        engine = engine_of(server, catalogue)
        await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
        ours, server.heard = server.heard, []
        await _by_sdk(server, dict(server.creates[0]))
    assert _once(ours) == _once(server.heard)
    assert server.wrong == []


def _once(heard: list[Any]) -> list[str]:
    """Each request once: how often a job is asked for is no matter."""
    return list(dict.fromkeys(json.dumps(one, sort_keys=True) for one in heard))


async def _by_sdk(server: Listening, told: dict[str, Any]) -> None:
    """What we sent, said in the SDK's own words."""
    async with OpenRouter(api_key=server.key, server_url=server.url) as client:
        job = await client.video_generation.generate_async(**told)
        while job.status != "completed":
            await asyncio.sleep(0)
            job = await client.video_generation.get_generation_async(job_id=job.id)
        content = await client.video_generation.get_video_content_async(job_id=job.id, index=0)
        film = await content.aread()
    assert film[4:8] == b"ftyp"
