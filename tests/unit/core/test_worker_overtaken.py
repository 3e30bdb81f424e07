"""An attempt that another one has overtaken orders nothing: it goes on from what that one has ordered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.costs import Cost, CostState
from core.errors import Conflict
from core.jobs import settlement
from core.ports import Run
from storage.database import SqlStore
from tests.stores import NOW, held_job, open_store
from tests.unit.core.test_worker import SMALL, Bench, FilmEngine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


async def test_it_goes_on_from_the_others_order(store: SqlStore, tmp_path: Path) -> None:
    job, ordered = held_job(store, spec=SMALL), list[str]()

    async def order(run: Run) -> None:
        if run.resume_token:
            return
        with store.begin() as tx:
            tx.jobs.save_resume_token(job.id, "the other's")
        await run.save("mine", Cost("one", "kling", "v3", 1, 5, CostState.OPEN, NOW))
        ordered.append("mine")

    engine = FilmEngine(order)
    await Bench(store, tmp_path, engine).worker.render(job.id)
    assert engine.tokens == [None, "the other's"]
    assert ordered == []
    with store.look() as tx:
        assert tx.costs.get("one") is None


async def test_it_leaves_a_job_alone_that_has_ended(store: SqlStore, tmp_path: Path) -> None:
    job = held_job(store, spec=SMALL)

    async def order(run: Run) -> None:
        with store.begin() as tx:
            tx.jobs.save_resume_token(job.id, "the other's")
            settlement.cancel(tx, job.id, now=NOW)
        await run.save("mine", Cost("one", "kling", "v3", 1, 5, CostState.OPEN, NOW))

    engine = FilmEngine(order)
    with pytest.raises(Conflict):
        await Bench(store, tmp_path, engine).worker.render(job.id)
    assert engine.tokens == [None]
