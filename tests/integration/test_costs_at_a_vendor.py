"""An engine at a vendor's server, with its costs and tokens in a real database."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.catalogue.catalogue import Catalogue
from core.costs import NO_BUDGET, Budget, Cost, CostState, Purse
from core.errors import EngineUnavailable
from core.metrics import Metrics
from core.run import JobRun
from core.types import Clip
from storage.database import SqlStore
from tests.fakes import FakeClipStore, FakeModerator
from tests.stores import held_job
from tests.vendors.desk import catalogue_of, engine_of, spec_of
from tests.vendors.openai_videos import OpenAiVideosServer
from tests.vendors.server import DROP


@pytest.fixture
async def server() -> AsyncIterator[OpenAiVideosServer]:
    async with OpenAiVideosServer() as running:
        yield running


@pytest.fixture
def catalogue(server: OpenAiVideosServer) -> Catalogue:
    return catalogue_of(server)


class Room:
    """A worker's: one database, one purse."""

    def __init__(self, store: SqlStore, folder: Path, budget: Budget = NO_BUDGET) -> None:
        self.store, self.folder, self.purse = store, folder, Purse(budget, Metrics())

    def run(self, job_id: str) -> JobRun:
        """The next attempt at the job."""
        folder = self.folder / f"{job_id}-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        with self.store.look() as tx:
            token = tx.jobs.resume_token(job_id)
        return JobRun(self.store, FakeClipStore(folder), FakeModerator(), job_id, folder, token, self.purse)

    def costs(self) -> list[Cost]:
        with self.store.look() as tx:
            return list(tx.costs.listed(limit=99))


async def order(server: OpenAiVideosServer, catalogue: Catalogue, run: JobRun) -> Clip:
    """By an engine of its own, as a process would."""
    engine = engine_of(server, catalogue)
    try:
        return await engine.generate(spec_of(catalogue, server.cards[0], run.folder), run)
    finally:
        await engine.close()


async def test_no_more_is_ordered_than_the_day_has_money_for(
    server: OpenAiVideosServer, catalogue: Catalogue, store: SqlStore, tmp_path: Path
) -> None:
    first = Room(store, tmp_path)
    await order(server, catalogue, first.run(held_job(store, credits_=99).id))
    (made,) = first.costs()
    assert made.usd > 0
    # Enough for one more, which several workers want.
    rooms = [Room(store, tmp_path, Budget(2 * made.usd + 1)) for _ in range(4)]
    runs = [room.run(held_job(store, credits_=99).id) for room in rooms]
    ended = await asyncio.gather(*(order(server, catalogue, run) for run in runs), return_exceptions=True)
    refused = [error for error in ended if isinstance(error, EngineUnavailable)]
    assert [error.code for error in refused] == ["budget-spent"] * 3
    assert len(server.creates) == len(first.costs()) == 2
    assert {cost.state for cost in first.costs()} == {CostState.FINAL}
    assert {cost.task for cost in first.costs()} == set(server.tasks)
    paid = {runs[number].job_id for number, clip in enumerate(ended) if isinstance(clip, Clip)}
    assert {cost.job for cost in first.costs()} == {made.job} | paid


async def test_what_a_process_left_open_the_next_one_ends(
    server: OpenAiVideosServer, catalogue: Catalogue, store: SqlStore, tmp_path: Path
) -> None:
    room, job = Room(store, tmp_path), held_job(store)
    server.running = 10**9
    task = asyncio.create_task(order(server, catalogue, room.run(job.id)))
    while not (found := room.costs()) or not found[0].task:
        await asyncio.sleep(0.01)
    assert found[0].state is CostState.OPEN
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert room.costs() == found
    server.running = 0
    await order(server, catalogue, room.run(job.id))
    (ended,) = room.costs()
    assert (ended.id, ended.task, ended.state, ended.at) == (found[0].id, found[0].task, CostState.FINAL, found[0].at)
    assert len(server.creates) == 1


async def test_two_jobs_of_the_same_words_each_find_their_own_task(
    server: OpenAiVideosServer, catalogue: Catalogue, store: SqlStore, tmp_path: Path
) -> None:
    """Their answers were lost, and the vendor's list of tasks tells them apart by nothing."""
    room = Room(store, tmp_path)
    server.instead["create"] = deque([DROP, DROP])
    runs = [room.run(held_job(store, credits_=99).id) for _ in range(2)]
    await asyncio.gather(*(order(server, catalogue, run) for run in runs))
    costs = room.costs()
    assert {cost.task for cost in costs} == set(server.tasks)
    assert {cost.job for cost in costs} == {run.job_id for run in runs}
    assert len(server.creates) == 2
