"""The same orders through Zhipu's own SDK and through ours, at one server: what arrives is the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.vendors.desk import PaidRun, catalogue_of, engine_of, lay_pictures, spec_of
from tests.vendors.zhipu import ZhipuServer


class Listening(ZhipuServer):
    """Writes down each request: method, path, and the headers that matter."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, str, str]] = []

    def let_in(self, request: web.Request) -> None:
        task = request.match_info.get("task")
        path = request.path.replace(task, "TASK") if task else request.path
        content = request.content_type if request.body_exists else ""
        self.heard.append((request.method, path, request.headers["Authorization"], content))
        super().let_in(request)


@pytest.mark.parametrize("pictures", [0, 1, 2])
async def test_an_order_is_the_one_that_the_sdk_sends(pictures: int, tmp_path: Path) -> None:
    async with Listening() as server:
        catalogue = catalogue_of(server)
        names = dict(zip(("image", "last_image"), ("first.png", "last.png")[:pictures], strict=False))
        spec = spec_of(catalogue, "cogvideox-3-10s", tmp_path, prompt="雪地里的一只红狐狸")
        spec = replace(spec, **names)  # type: ignore[arg-type]
        lay_pictures(spec, tmp_path)
        engine = engine_of(server, catalogue, watermark=False)
        await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
        ours, server.heard = server.heard, []
        # The server refuses an id that it knows.
        server.request_ids.clear()
        await asyncio.to_thread(_by_sdk, server, dict(server.creates[0]))
    mine, theirs = server.creates
    assert mine == theirs
    assert list(dict.fromkeys(ours)) == list(dict.fromkeys(server.heard))
    assert server.wrong == []


def _by_sdk(server: Listening, told: dict[str, Any]) -> None:
    """What we sent, said in the SDK's own words."""
    from zai import ZaiClient

    with ZaiClient(api_key=server.key, base_url=f"{server.url}/api/paas/v4", max_retries=0) as client:
        video = client.videos.generations(**told)
        assert video.id
        found = client.videos.retrieve_videos_result(video.id)
        while found.task_status == "PROCESSING":
            found = client.videos.retrieve_videos_result(video.id)
    assert found.video_result[0].url.startswith(server.url)
