"""The same order through Tencent's own SDK and through ours, at one server: what arrives is the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.vclm.v20240523 import models
from tencentcloud.vclm.v20240523.vclm_client import VclmClient

from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.tencent_cloud import TencentCloudServer

_COMPARED = ("host", "x-tc-action", "x-tc-version", "x-tc-region")


@pytest.mark.parametrize("card", TencentCloudServer.cards)
async def test_an_order_is_the_one_that_the_sdk_sends(card: str, tmp_path: Path) -> None:
    async with TencentCloudServer() as server:
        server.queued = server.running = 0
        catalogue = catalogue_of(server)
        spec = spec_of(catalogue, card, tmp_path, prompt="雪地里的一只红狐狸")
        engine = engine_of(server, catalogue, watermark=True)
        await engine.generate(spec, PaidRun(tmp_path))
        await engine.close()
        picture = server.creates[0].get("Image", {}).get("Base64")
        url = await asyncio.to_thread(_by_sdk, server, spec.prompt, picture)
    assert server.wrong == []
    assert url.endswith(server.link(list(server.tasks.values())[1]).partition("?")[0].rpartition("/")[2])
    ours, theirs = server.requests[:2], server.requests[2:]
    assert [_told(*request) for request in ours] == [_told(*request) for request in theirs]


def _by_sdk(server: TencentCloudServer, prompt: str, picture: str | None) -> str:
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=urlsplit(server.url).netloc))
    client = VclmClient(Credential(*server.key.split(":")), server.zone, profile)
    submit = models.SubmitHunyuanToVideoJobRequest()
    submit.Prompt, submit.Resolution, submit.LogoAdd = prompt, "720p", 1
    if picture:
        submit.Image = models.Image()
        submit.Image.Base64 = picture
    describe = models.DescribeHunyuanToVideoJobRequest()
    describe.JobId = client.SubmitHunyuanToVideoJob(submit).JobId
    found = client.DescribeHunyuanToVideoJob(describe)
    assert found.Status == "DONE"
    return str(found.ResultVideoUrl).partition("?")[0]


def _told(headers: Mapping[str, str], body: bytes) -> tuple[object, ...]:
    """All but what is another one each time; the server has recomputed the signature."""
    scope = re.sub(r"Signature=[0-9a-f]{64}", "Signature=…", headers["authorization"])
    fields = json.loads(body)
    return (*(headers[name] for name in _COMPARED), scope, {**fields, "JobId": "…"} if "JobId" in fields else fields)
