"""A worker that is told to stop hears what came of the orders it has sent, and sends no more."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core import worker
from core.costs import Budget, Cost, CostState
from core.errors import EngineUnavailable
from core.ports import Run
from core.types import Clip, GenerationSpec
from storage.database import SqlStore
from tests.fakes import SPEC, FakeEngine
from tests.stores import BOB, NOW, held_job, open_store
from tests.unit.core.test_worker import Bench

ORDERED = Cost("order-1", "vendor", "model", 1, 100, CostState.OPEN, NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class Vendor(FakeEngine):
    """Sends an order when it may, ``ordered``, and has its ``answer`` when that comes; makes the clip much later."""

    def __init__(self, cost: Cost = ORDERED) -> None:
        super().__init__()
        self.cost = cost
        self.may, self.ordered, self.answer = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.may.set()

    async def generate(self, spec: GenerationSpec, run: Run) -> Clip:
        await self.may.wait()
        await run.save("sent", self.cost)
        self.ordered.set()
        await self.answer.wait()
        await run.save("taken", replace(self.cost, task="task-1"))
        return await asyncio.Future()


def token(store: SqlStore, job_id: str) -> str | None:
    with store.begin() as tx:
        return tx.jobs.resume_token(job_id)


async def end(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_it_waits_for_an_answer_that_is_on_its_way(store: SqlStore, tmp_path: Path) -> None:
    job, vendor = held_job(store, spec=SPEC), Vendor()
    bench = Bench(store, tmp_path, vendor)
    rendering = asyncio.create_task(bench.worker.render(job.id))
    await vendor.ordered.wait()
    leaving = asyncio.create_task(bench.worker.hand_back([job.id]))
    done, _ = await asyncio.wait({leaving}, timeout=0.3)
    assert not done
    assert token(store, job.id) == "sent"
    vendor.answer.set()
    await asyncio.wait_for(leaving, 5)
    assert token(store, job.id) == "taken"
    with store.begin() as tx:
        assert tx.jobs.begin_attempt(job.id) == 1
    await end(rendering)


async def test_nothing_is_ordered_any_more(store: SqlStore, tmp_path: Path) -> None:
    job, vendor = held_job(store, spec=SPEC), Vendor()
    vendor.may.clear()
    bench = Bench(store, tmp_path, vendor)
    rendering = asyncio.create_task(bench.worker.render(job.id))
    await bench.worker.hand_back([job.id])
    vendor.may.set()
    with suppress(TimeoutError):
        await asyncio.wait_for(vendor.ordered.wait(), 0.3)
    assert not vendor.ordered.is_set()
    assert token(store, job.id) is None
    with store.begin() as tx:
        assert tx.costs.listed(limit=9) == []
    await end(rendering)


async def test_an_answer_that_does_not_come_is_not_waited_for_long(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_ORDER_SECONDS", 0.1)
    job, vendor = held_job(store, spec=SPEC), Vendor()
    bench = Bench(store, tmp_path, vendor)
    rendering = asyncio.create_task(bench.worker.render(job.id))
    await vendor.ordered.wait()
    await asyncio.wait_for(bench.worker.hand_back([job.id]), 5)
    assert token(store, job.id) == "sent"
    await end(rendering)


async def test_what_was_refused_or_is_done_with_is_not_waited_for(store: SqlStore, tmp_path: Path) -> None:
    refused, ended = held_job(store, spec=SPEC), held_job(store, BOB, spec=SPEC)
    bench = Bench(store, tmp_path, Vendor(), budget=Budget(50))
    with pytest.raises(EngineUnavailable):
        await bench.worker.render(refused.id)
    vendor = Vendor(replace(ORDERED, usd=0))
    bench = Bench(store, tmp_path, vendor)
    rendering = asyncio.create_task(bench.worker.render(ended.id))
    await vendor.ordered.wait()
    await end(rendering)
    await asyncio.wait_for(bench.worker.hand_back([ended.id]), 1)
    assert token(store, ended.id) == "sent"
