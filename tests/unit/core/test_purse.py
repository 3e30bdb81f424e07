"""What one attempt books of a vendor's costs, and what the operator hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from core.costs import Budget, Cost, CostState, Purse
from core.errors import Conflict, EngineUnavailable
from core.jobs import settlement
from core.metrics import Metrics
from core.run import JobRun, Overtaken
from storage.database import SqlStore, SqlTransaction
from tests.fakes import FakeClipStore, FakeModerator
from tests.stores import NOW, held_job

COST = Cost("one", "alibaba", "wan3-video", 1, 500_000, CostState.OPEN, NOW)


class GatedStore(SqlStore):
    """Lets transactions begin once the gate is open."""

    gate, entered = Event(), Event()

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        self.entered.set()
        self.gate.wait(30)
        with super().begin() as tx:
            yield tx


def run_of(store: SqlStore, budget: Budget, metrics: Metrics | None = None) -> JobRun:
    job, purse = held_job(store), Purse(budget, metrics or Metrics())
    return JobRun(store, FakeClipStore(Path()), FakeModerator(), job.id, Path(), None, purse)


def kept(store: SqlStore, run: JobRun) -> tuple[str | None, Cost | None]:
    """The token and the cost."""
    with store.look() as tx:
        return tx.jobs.resume_token(run.job_id), tx.costs.get("one")


async def test_a_token_is_stored_with_what_the_clip_costs_its_job(store: SqlStore) -> None:
    run = run_of(store, Budget(500_000))
    await run.save("remote-7", replace(COST, job="somebody else's"))
    assert run.resume_token == "remote-7"
    assert kept(store, run) == ("remote-7", replace(COST, job=run.job_id))
    await run.save("remote-8")
    assert kept(store, run) == ("remote-8", replace(COST, job=run.job_id))


async def test_beyond_the_budget_nothing_is_stored(store: SqlStore) -> None:
    run = run_of(store, Budget(499_999))
    await run.save("waiting")
    with pytest.raises(EngineUnavailable, match="budget-spent"):
        await run.save("remote-7", COST)
    assert run.resume_token == "waiting"
    assert kept(store, run) == ("waiting", None)


async def test_the_operator_hears_of_it_once_in_a_while_and_counts_all(store: SqlStore) -> None:
    metrics = Metrics()
    run = run_of(store, Budget.of_dollars(0.25, "UTC"), metrics)
    with capture_logs() as logs:
        for seconds in (0, 1, 599, 600):
            with pytest.raises(EngineUnavailable):
                await run.save("remote-7", replace(COST, at=NOW + seconds))
    line = {"event": "costs.budget_spent", "log_level": "error", "vendor": "alibaba", "model": "wan3-video"}
    assert logs == [line | {"budget_usd": 0.25}] * 2
    assert metrics.registry.get_sample_value("piying_budget_refused_total", {"vendor": "alibaba"}) == 4


async def test_a_vendors_task_of_another_job_is_not_taken(store: SqlStore) -> None:
    first, second = (run_of(store, Budget()) for _ in range(2))
    await first.save("remote-7", replace(COST, task="remote-7"))
    with pytest.raises(Conflict):
        await second.save("remote-7", replace(COST, id="two", task="remote-7"))
    assert second.resume_token is None
    assert kept(store, second)[0] is None


async def test_a_job_that_has_ended_or_has_no_time_left_is_cancelled(store: SqlStore) -> None:
    run, late = (run_of(store, Budget()) for _ in range(2))
    assert not await run.is_cancelled()
    with store.begin() as tx:
        settlement.cancel(tx, run.job_id, now=NOW)
    assert await run.is_cancelled()
    late.is_late = lambda: True
    assert await late.is_cancelled()
    with store.begin() as tx:
        tx.jobs.remove(run.job_id)
    assert await run.is_cancelled()


async def test_a_cancel_waits_until_all_is_stored(store: SqlStore) -> None:
    gated = GatedStore(store.engine)
    run = run_of(store, Budget())
    run.store = gated
    saving = asyncio.create_task(run.save("remote-7", COST))
    await asyncio.to_thread(gated.entered.wait, 30)
    saving.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not saving.done()
    gated.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert kept(store, run) == ("remote-7", replace(COST, job=run.job_id))


@pytest.mark.parametrize(
    ("timezone", "began"),
    # 2025-10-09 08:53:20 UTC.
    [("UTC", NOW - 32_000), ("Asia/Shanghai", NOW - 60_800), ("America/Los_Angeles", NOW - 6_800)],
)
def test_a_day_begins_at_the_operators_midnight(timezone: str, began: float) -> None:
    assert Budget(1, timezone).day_began(NOW) == began


def test_dollars_are_whole_millionths() -> None:
    assert Budget.of_dollars(0.1 + 0.2, "UTC") == Budget(300_000, "UTC")
    assert Budget.of_dollars(None, "UTC") == Budget(None, "UTC")


async def test_who_was_overtaken_by_another_attempt_stores_nothing_more(store: SqlStore) -> None:
    # It stood still for so long that it was given up for dead, and its job begun anew.
    frozen = run_of(store, Budget())
    other = JobRun(store, frozen.clips, FakeModerator(), frozen.job_id, Path(), None, frozen.purse)
    await other.save("ordered", COST)
    with pytest.raises(Overtaken):
        await frozen.save("ordered too", replace(COST, id="two"))
    assert kept(store, other) == ("ordered", replace(COST, job=other.job_id))
    with store.look() as tx:
        assert tx.costs.get("two") is None
    # What both know, both may store.
    frozen.resume_token = "ordered"
    await other.save("ordered, task 7", replace(COST, task="7"))
    await frozen.save("ordered, task 7", replace(COST, task="7"))
    late = JobRun(store, frozen.clips, FakeModerator(), frozen.job_id, Path(), "ordered", frozen.purse)
    with pytest.raises(Overtaken):
        await late.save("", COST)
