"""The same order through OpenAI's own SDK and through ours, at one server: what arrives is the same."""

from __future__ import annotations

import asyncio
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from core.types import GenerationSpec
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, lay_pictures, spec_of
from tests.vendors.openai_videos import OpenAiVideosServer


@pytest.mark.parametrize("with_picture", [False, True])
async def test_an_order_is_the_one_that_the_sdk_sends(with_picture: bool, tmp_path: Path) -> None:
    async with OpenAiVideosServer() as server:
        catalogue = catalogue_of(server)
        spec = spec_of(catalogue, "openai-videos", tmp_path, prompt="雪地里的一只红狐狸")
        if with_picture:
            spec = replace(spec, image="first.png")
            lay_pictures(spec, tmp_path)
        engine = engine_of(server, catalogue)
        await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
        await _by_sdk(server, spec, tmp_path, with_picture=with_picture)
    ours, theirs = server.creates
    assert dict(ours) == dict(theirs)
    assert server.wrong == []
    mine, sdk = server.seen[: len(server.seen) // 2], server.seen[len(server.seen) // 2 :]
    assert [line.replace("task-1", "task-2") for line in dict.fromkeys(mine)] == list(dict.fromkeys(sdk))


async def _by_sdk(server: OpenAiVideosServer, spec: GenerationSpec, folder: Path, *, with_picture: bool) -> None:
    async with AsyncOpenAI(api_key=server.key, base_url=f"{server.url}/v1", max_retries=0) as client:
        picture = {"input_reference": ("first.jpg", b"\xff\xd8\xff", "image/jpeg")} if with_picture else {}
        with warnings.catch_warnings():
            # The SDK says that OpenAI's own service is gone.
            warnings.simplefilter("ignore", DeprecationWarning)
            video = await client.videos.create(
                model=server.model, prompt=spec.prompt, seconds=f"{spec.seconds:g}", size=f"{spec.width}x{spec.height}",  # type: ignore[arg-type]
                extra_body={"seed": str(spec.seed)}, **picture,  # type: ignore[arg-type]
            )  # fmt: skip
            while video.status in {"queued", "in_progress"}:
                await asyncio.sleep(0)
                video = await client.videos.retrieve(video.id)
            content = await client.videos.download_content(video.id)
    assert content.content[4:8] == b"ftyp"
