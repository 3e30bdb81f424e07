"""A vendor may ask to be left alone, and have nothing to show yet: nobody waits longer for it than for a clip."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.costs import CostState
from core.engines.hosted.asking import Pace
from core.errors import EngineBusy, EngineFault, EngineUnavailable
from core.types import GenerationSpec
from tests.fakes import FakeClock
from tests.vendors.alibaba import AlibabaServer
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.minimax import MiniMaxServer
from tests.vendors.openai_videos import OpenAiVideosServer, error
from tests.vendors.server import Reply, VendorServer
from tests.vendors.zhipu import ZhipuServer

_DAY = {"Retry-After": "99999"}
_SOON = 20.0
"""Seconds in which a test would have ended long ago."""


@pytest.fixture
async def server() -> AsyncIterator[OpenAiVideosServer]:
    async with OpenAiVideosServer() as running:
        yield running


def impatient(server: VendorServer, spec: GenerationSpec, seconds: int) -> Any:
    """An engine whose card gives a clip so long."""
    catalogue = catalogue_of(server)
    card = catalogue.card(spec.model)
    assert card.hosted is not None
    object.__setattr__(card, "hosted", card.hosted.model_copy(update={"deadline_seconds": seconds}))
    return engine_of(server, catalogue)


async def test_an_order_is_not_kept_for_a_vendor_that_wants_a_day(server: OpenAiVideosServer, tmp_path: Path) -> None:
    catalogue = catalogue_of(server)
    engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
    server.instead["create"] = deque([replace(error(429, "rate_limit_exceeded"), headers=_DAY)])
    with pytest.raises(EngineBusy):
        await asyncio.wait_for(engine.generate(spec_of(catalogue, server.cards[0], tmp_path), run), _SOON)
    assert run.states == [CostState.FREE]
    await engine.close()


async def test_a_task_ends_at_its_deadline_whatever_pause_was_asked_for(
    server: OpenAiVideosServer, tmp_path: Path
) -> None:
    spec, run = spec_of(catalogue_of(server), server.cards[0], tmp_path), PaidRun(tmp_path)
    engine = impatient(server, spec, 1)
    server.instead["poll"] = deque([replace(error(429, "rate_limit_exceeded"), headers=_DAY)] * 9)
    with pytest.raises(EngineFault, match="timed-out"):
        await asyncio.wait_for(engine.generate(spec, run), _SOON)
    await engine.close()


async def test_a_vendor_that_wants_a_day_is_asked_again_sooner(server: OpenAiVideosServer, tmp_path: Path) -> None:
    catalogue, clock = catalogue_of(server), FakeClock(time.time())
    engine, spec = engine_of(server, catalogue, clock=clock), spec_of(catalogue, server.cards[0], tmp_path)
    server.instead["create"] = deque([replace(error(500, "internal_error"), headers=_DAY)])
    for _ in range(2):
        with pytest.raises(EngineUnavailable):
            await engine.generate(spec, PaidRun(tmp_path))
    clock.time += 901
    await asyncio.wait_for(engine.generate(spec, PaidRun(tmp_path)), _SOON)
    await engine.close()


def test_a_pause_is_as_long_after_a_day_of_questions() -> None:
    assert 0.8 <= Pace(1.0, 1.0).after(10**6) <= 1.2


@pytest.mark.parametrize("kind", [AlibabaServer, MiniMaxServer, ZhipuServer])
async def test_a_finished_task_that_has_no_file_yet_is_asked_again(kind: type[VendorServer], tmp_path: Path) -> None:
    bare = {
        "output": {"task_id": "1", "task_status": "SUCCEEDED"},
        "task": {"task_id": "1", "status": "succeeded"},
        "task_status": "SUCCESS",
    }
    async with kind() as server:
        catalogue = catalogue_of(server)
        engine, run = engine_of(server, catalogue), PaidRun(tmp_path)
        server.instead["poll"] = deque([Reply(200, bare)] * 2)
        await asyncio.wait_for(engine.generate(spec_of(catalogue, server.cards[0], tmp_path), run), 60)
        await engine.close()
    assert len(server.creates) == 1
    assert run.states == [CostState.FINAL]


async def test_a_finished_task_that_never_has_a_file_may_have_to_be_paid(tmp_path: Path) -> None:
    async with MiniMaxServer() as server:
        spec, run = spec_of(catalogue_of(server), server.cards[0], tmp_path), PaidRun(tmp_path)
        engine = impatient(server, spec, 1)
        server.instead["poll"] = deque([Reply(200, {"task": {"status": "succeeded"}})] * 999)
        with pytest.raises(EngineFault, match="timed-out"):
            await asyncio.wait_for(engine.generate(spec, run), _SOON)
        await engine.close()
    assert run.states == [CostState.UNKNOWN]
