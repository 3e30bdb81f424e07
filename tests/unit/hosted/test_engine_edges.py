"""What a user's stop, and what a vendor's odd name of a task, leave in the operator's book."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.costs import CostState
from core.engines.hosted.faults import Kind
from core.errors import EngineFault, EngineUnavailable
from tests.fakes import FakeClock
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.openai_videos import OpenAiVideosServer, error
from tests.vendors.server import Reply, VendorServer
from tests.vendors.tencent import TencentServer


@pytest.fixture
async def server() -> AsyncIterator[OpenAiVideosServer]:
    async with OpenAiVideosServer() as running:
        yield running


async def test_a_clip_that_is_done_is_paid_though_its_user_stops_it_while_it_is_fetched(
    server: OpenAiVideosServer, tmp_path: Path
) -> None:
    catalogue = catalogue_of(server)
    engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
    server.held.add("file")
    making = asyncio.create_task(engine.generate(spec_of(catalogue, server.cards[0], tmp_path), run))
    while not server.asked["file"]:
        await asyncio.sleep(0.01)
    run.is_over = True
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    server.held.clear()
    await engine.close()
    assert run.states == [CostState.FINAL]
    assert server.asked["cancel"] == 0


async def test_a_vendor_on_trial_is_well_enough_once_it_has_taken_an_order(
    server: OpenAiVideosServer, tmp_path: Path
) -> None:
    catalogue, clock = catalogue_of(server), FakeClock(time.time())
    engine, spec = engine_of(server, catalogue, clock=clock, failures=1), spec_of(catalogue, server.cards[0], tmp_path)
    server.instead["create"] = deque([error(500, "internal_error")])
    with pytest.raises(EngineUnavailable):
        await engine.generate(spec, PaidRun(tmp_path))
    clock.time += 61
    server.running = 10_000
    trial = asyncio.create_task(engine.generate(spec, PaidRun(tmp_path)))
    while not server.asked["poll"]:
        await asyncio.sleep(0.01)
    # It takes minutes until the clip of the trial is there.
    another = asyncio.create_task(engine.generate(spec, PaidRun(tmp_path)))
    while len(server.creates) < 2 and not another.done():
        await asyncio.sleep(0.01)
    assert len(server.creates) == 2
    for making in (trial, another):
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
    await engine.close()


async def test_who_waited_for_a_key_orders_nothing_of_a_vendor_that_has_failed_meanwhile(
    server: OpenAiVideosServer, tmp_path: Path
) -> None:
    catalogue = catalogue_of(server)
    engine, spec = engine_of(server, catalogue, at_once=1, failures=1), spec_of(catalogue, server.cards[0], tmp_path)
    server.instead["create"] = deque([error(500, "internal_error")])
    runs = [PaidRun(tmp_path) for _ in range(5)]
    ended = await asyncio.gather(*(engine.generate(spec, run) for run in runs), return_exceptions=True)
    await engine.close()
    assert [type(one) for one in ended] == [EngineUnavailable] * 5
    assert server.asked["create"] == 1
    assert [run.states for run in runs[1:]] == [[]] * 4


async def test_a_server_without_the_protocol_is_the_operators_to_mend(
    server: OpenAiVideosServer, tmp_path: Path
) -> None:
    catalogue = catalogue_of(server)
    engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
    server.instead["create"] = deque([Reply(404, {"detail": "Not Found"})])
    with pytest.raises(EngineUnavailable):
        await engine.generate(spec_of(catalogue, server.cards[0], tmp_path), run)
    await engine.close()
    assert server.alerts == [Kind.MODEL]
    assert run.states == [CostState.FREE]


@pytest.mark.parametrize("kind", [OpenAiVideosServer, TencentServer])
@pytest.mark.parametrize("name", ["\ud800", "a\0b", "任务", "x" * 5000])
async def test_a_task_with_a_name_that_no_address_can_hold_may_have_to_be_paid(
    kind: type[VendorServer], name: str, tmp_path: Path
) -> None:
    async with kind() as server:
        catalogue = catalogue_of(server)
        engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
        server.instead["create"] = deque([Reply(200, {"id": name, "task_id": name, "status": "queued"})])
        with pytest.raises(EngineFault, match="answer-lost"):
            await asyncio.wait_for(engine.generate(spec_of(catalogue, server.cards[0], tmp_path), run), 20)
        await engine.close()
    assert run.states == [CostState.UNKNOWN]
