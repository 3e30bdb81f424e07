"""An upload takes as long as it needs, and none stands still for ever."""

from __future__ import annotations

from io import BytesIO

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.discord import uploads
from bots.discord.uploads import moving, watch
from core.errors import DeliveryDelayed
from tests.discord.people import Person
from tests.discord.state import Channel
from tests.unit.discord.town import Town, ask, videos


async def test_what_moves_is_given_more_time() -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    app = web.Application(client_max_size=2**30)
    app.router.add_post("/", read)
    trace = aiohttp.TraceConfig()
    watch(trace)
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[trace]) as session:
        async with moving() as limit:
            begun = limit.when()
            async with session.post(server.make_url("/"), data=BytesIO(bytes(3_000_000))) as answer:
                assert await answer.text() == "3000000"
            assert begun
            assert begun < (limit.when() or 0)
        async with session.post(server.make_url("/"), data=b"no file") as answer:
            assert await answer.text() == "7"


async def test_one_that_stands_still_is_tried_again(
    town: Town, ann: Person, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, job = await ask(town, ann, general)
    stored = town.store_clip(job)
    monkeypatch.setattr(uploads, "STILL", 0.3)
    town.api.faults.add("PATCH /webhooks", "slow", seconds=60)
    with pytest.raises(DeliveryDelayed):
        await town.courier.deliver(job.id, stored)
    monkeypatch.undo()
    await town.courier.deliver(job.id, stored)
    assert videos(ann.reads(general)) == [asked.original]


async def test_no_request_has_a_limit_for_all_of_it(town: Town) -> None:
    session = town.adapter.client.http._HTTPClient__session  # type: ignore[attr-defined]
    assert session.timeout == uploads.LIMITS
    assert (session.timeout.total, session.timeout.sock_read) == (None, 60.0)
    await town.restart()
    session = town.adapter.client.http._HTTPClient__session  # type: ignore[attr-defined]
    assert session.timeout == uploads.LIMITS
