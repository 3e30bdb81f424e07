"""Core's port for what vendors take, held by the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Protocol

import pytest

from core.costs import MICRO, MOST, NO_BUDGET, Budget, Cost, Costs, CostState, Outcome, Spent
from core.errors import Conflict, EngineUnavailable
from core.jobs import settlement
from core.types import JobState
from storage.database import SqlStore
from tests.fakes import FakeCosts
from tests.stores import NOW, held_job, open_store

HOUR, DAY = 3600.0, 86400.0
COST = Cost("one", "alibaba", "wan3-video", 1, 500_000, CostState.OPEN, NOW, "5 s x 0.72 CNY", "task-1", "vanished")


class Books(Protocol):
    """Costs, and the jobs they are for."""

    def begin(self) -> AbstractContextManager[Costs]: ...
    def job(self, state: JobState = JobState.QUEUED, *, at: float = NOW) -> tuple[str, str]:
        """The id and code of a job that has ended so."""

    def drop(self, job_id: str) -> None:
        """It is no longer kept."""


class FakeBooks:
    def __init__(self) -> None:
        self.costs = FakeCosts()

    def begin(self) -> AbstractContextManager[Costs]:
        return nullcontext(self.costs)

    def job(self, state: JobState = JobState.QUEUED, *, at: float = NOW) -> tuple[str, str]:
        job_id, code = f"job-{len(self.costs.jobs)}", f"CODE{len(self.costs.jobs)}"
        charged = None if state is JobState.QUEUED else state is JobState.SUCCEEDED
        self.costs.jobs[job_id] = Outcome(code, charged), None if state is JobState.QUEUED else at
        return job_id, code

    def drop(self, job_id: str) -> None:
        outcome, ended = self.costs.jobs[job_id]
        self.costs.jobs[job_id] = replace(outcome, code=""), ended


class SqlBooks:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    def begin(self) -> AbstractContextManager[Costs]:
        return _Costs(self.store.begin())

    def job(self, state: JobState = JobState.QUEUED, *, at: float = NOW) -> tuple[str, str]:
        job = held_job(self.store, credits_=1000)
        with self.store.begin() as tx:
            if state is JobState.SUCCEEDED:
                settlement.succeed(tx, job.id, now=at)
            elif state is JobState.FAILED:
                settlement.fail(tx, job.id, "engine-fault", now=at)
        return job.id, job.code

    def drop(self, job_id: str) -> None:
        with self.store.begin() as tx:
            tx.jobs.remove(job_id)


class _Costs:
    def __init__(self, transaction: AbstractContextManager[object]) -> None:
        self.transaction = transaction

    def __enter__(self) -> Costs:
        return self.transaction.__enter__().costs  # type: ignore[attr-defined, no-any-return]

    def __exit__(self, *raised: object) -> bool | None:
        return self.transaction.__exit__(*raised)  # type: ignore[arg-type]


@pytest.fixture(params=["fake", "sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def books(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[Books]:
    if request.param == "fake":
        yield FakeBooks()
        return
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/p.db" if is_file else request.getfixturevalue("postgres").new_database()
    with open_store(url) as opened:
        yield SqlBooks(opened)


def test_a_cost_is_found_by_its_id_and_by_the_vendors_task(books: Books) -> None:
    with books.begin() as costs:
        costs.put(COST)
        costs.put(replace(COST, id="two", task=""))
    with books.begin() as costs:
        assert costs.get("one") == costs.of_task("alibaba", "task-1") == COST
        assert costs.get("three") is costs.of_task("kling", "task-1") is costs.of_task("alibaba", "") is None


def test_tasks_whose_long_names_begin_alike_are_not_one_task(books: Books) -> None:
    # A gateway packs itself, the model and the vendor's id into one of more than two hundred letters.
    long = "video_" + "bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOm9wZW5haTttb2RlbF9pZDox" * 4
    with books.begin() as costs:
        costs.put(replace(COST, task=f"{long}1"))
        assert costs.of_task("alibaba", f"{long}2") is None
        found = costs.of_task("alibaba", f"{long}1")
    assert found is not None
    assert found.id == COST.id


def test_another_of_its_id_takes_its_place_and_keeps_its_moment(books: Books) -> None:
    final = replace(COST, state=CostState.FINAL, usd=300_000, at=NOW + 9, task="task-2")
    with books.begin() as costs:
        costs.put(replace(COST, task=""))
        costs.put(final)
        assert costs.listed(limit=9) == [replace(final, at=NOW)]


def test_all_that_may_have_to_be_paid_counts(books: Books) -> None:
    with books.begin() as costs:
        assert costs.since(0) == 0
        for number, state in enumerate(CostState):
            costs.put(replace(COST, id=str(state), state=state, usd=10**number, at=NOW + number))
        assert costs.since(NOW) == 111
        assert costs.since(NOW + 1) == 110
        assert costs.since(NOW + 3) == 0


def test_no_amount_is_too_large_to_be_stored_and_summed(books: Books) -> None:
    with books.begin() as costs:
        for number in range(99):
            costs.put(replace(COST, id=str(number), usd=10**30))
        costs.put(replace(COST, id="negative", usd=-(10**30)))
        assert costs.since(0) == 99 * MOST
        assert [spent.usd for spent in costs.summed(0, NOW + 1)] == [99 * MOST]


def test_the_newest_are_listed_first(books: Books) -> None:
    with books.begin() as costs:
        for number in range(5):
            costs.put(replace(COST, id=f"c{number}", at=NOW + number // 2))
        assert [one.id for one in costs.listed(limit=4)] == ["c4", "c2", "c3", "c0"]
        assert [one.id for one in costs.listed(limit=9, since=NOW + 1)] == ["c4", "c2", "c3"]


def test_sums_are_by_vendor_and_model_and_what_cost_most_comes_first(books: Books) -> None:
    (failed, _), (paid, _) = books.job(JobState.FAILED), books.job(JobState.SUCCEEDED)
    with books.begin() as costs:
        costs.put(replace(COST, id="a", state=CostState.FINAL, usd=5, job=paid))
        costs.put(replace(COST, id="b", state=CostState.UNKNOWN, usd=6, job=failed))
        costs.put(replace(COST, id="c", state=CostState.FREE, usd=7, job=failed))
        costs.put(replace(COST, id="d", model="wan3-video-prime", usd=99))
        costs.put(replace(COST, id="e", vendor="kling", usd=11, at=NOW + HOUR))
        costs.put(replace(COST, id="f", vendor="zhipu", usd=11))
        first = Spent("alibaba", "wan3-video-prime", 1, 0, 99)
        third = Spent("alibaba", "wan3-video", 3, 1, 11, lost=6)
        assert costs.summed(NOW, NOW + HOUR) == [first, third, Spent("zhipu", "wan3-video", 1, 0, 11)]
        assert [one.vendor for one in costs.summed(NOW + 1, NOW + DAY)] == ["kling"]
        assert costs.summed(0, NOW) == []


def test_what_became_of_jobs_is_known_also_once_they_are_gone(books: Books) -> None:
    (held, first), (paid, second), (failed, _) = (
        books.job(state) for state in (JobState.QUEUED, JobState.SUCCEEDED, JobState.FAILED)
    )
    books.drop(failed)
    with books.begin() as costs:
        assert costs.outcomes([]) == {}
        expected = {held: (first, None), paid: (second, True), failed: ("", False)}
        found = costs.outcomes([held, paid, failed, "nobody"])
    assert {job_id: (outcome.code, outcome.charged) for job_id, outcome in found.items()} == expected


def test_what_its_job_left_open_is_unknown(books: Books) -> None:
    (running, _), (gone, _) = books.job(), books.job(JobState.FAILED, at=NOW)
    late, _ = books.job(JobState.FAILED, at=NOW + HOUR)
    with books.begin() as costs:
        for job in (running, gone, late):
            costs.put(replace(COST, id=job, job=job))
        costs.put(replace(COST, id="nobody", job="", at=NOW + 1))
        costs.put(replace(COST, id="fresh", job="", at=NOW + HOUR))
        costs.put(replace(COST, id="final", job=gone, state=CostState.FINAL))
        assert costs.doubt_before(NOW) == 0
        assert costs.doubt_before(NOW + HOUR) == 2
        assert costs.doubt_before(NOW + HOUR) == 0
        states = {one.id: one.state for one in costs.listed(limit=9)}
    unknown = {name for name, state in states.items() if state is CostState.UNKNOWN}
    assert unknown == {gone, "nobody"}
    assert states["final"] is CostState.FINAL


def test_what_is_old_is_removed(books: Books) -> None:
    with books.begin() as costs:
        costs.put(COST)
        costs.put(replace(COST, id="two", at=NOW + 1))
        assert costs.remove_before(NOW + 1) == 1
        assert [one.id for one in costs.listed(limit=9)] == ["two"]


def fits(budget: Budget, costs: Costs, cost: Cost) -> bool:
    """Whether it was stored."""
    try:
        budget.book(costs, cost)
    except EngineUnavailable:
        return False
    return costs.get(cost.id) is not None


def test_a_budget_lets_nothing_new_through_beyond_a_day(books: Books) -> None:
    budget = Budget.of_dollars(1.0, "Asia/Shanghai")
    midnight = budget.day_began(NOW)
    with books.begin() as costs:
        costs.put(replace(COST, id="yesterday", usd=9 * MICRO, at=midnight - 1))
        assert fits(budget, costs, replace(COST, usd=MICRO, at=midnight))
        assert not fits(budget, costs, replace(COST, id="two", usd=1))
        assert costs.get("two") is None


def test_what_was_begun_is_booked_whatever_it_comes_to(books: Books) -> None:
    budget = Budget(1_000_000)
    with books.begin() as costs:
        assert fits(budget, costs, COST)
        assert fits(budget, costs, replace(COST, task="task-9", usd=2_000_000))
        assert fits(budget, costs, replace(COST, state=CostState.FINAL, usd=3_000_000))
        assert fits(budget, costs, replace(COST, id="two", state=CostState.FINAL))
        assert fits(budget, costs, replace(COST, id="own server", usd=0))
        assert not fits(budget, costs, replace(COST, id="three", usd=1))
        assert costs.since(0) == 3_500_000


def test_what_came_to_nothing_leaves_room(books: Books) -> None:
    budget = Budget(500_000)
    with books.begin() as costs:
        assert fits(budget, costs, COST)
        assert fits(budget, costs, replace(COST, state=CostState.FREE))
        assert fits(budget, costs, replace(COST, id="two"))
        assert not fits(budget, costs, COST)
        assert costs.since(0) == 500_000


def test_no_budget_ends_nothing_and_one_of_nothing_ends_all(books: Books) -> None:
    with books.begin() as costs:
        assert not fits(Budget(0), costs, COST)
        assert fits(Budget(None), costs, replace(COST, usd=10**15))


def test_a_vendors_task_is_one_jobs(books: Books) -> None:
    with books.begin() as costs:
        assert fits(NO_BUDGET, costs, COST)
        assert fits(NO_BUDGET, costs, replace(COST, id="again"))
        assert fits(NO_BUDGET, costs, replace(COST, id="elsewhere", vendor="kling", job="other"))
        assert fits(NO_BUDGET, costs, replace(COST, id="before it is known", task="", job="other"))
        with pytest.raises(Conflict):
            NO_BUDGET.book(costs, replace(COST, id="two", job="other", state=CostState.FINAL))
        assert costs.get("two") is None


def reserve_at_once(url: str, made: Callable[[int], Cost], budget: Budget, workers: int = 8) -> int:
    """How many of as many workers could. Each has a connection of its own, as processes have."""

    def reserve(number: int) -> bool:
        try:
            with open_store(url) as store, store.begin() as tx:
                budget.book(tx.costs, made(number))
        except (Conflict, EngineUnavailable):
            return False
        return True

    with open_store(url), ThreadPoolExecutor(workers) as threads:
        return sum(threads.map(reserve, range(workers)))


def test_workers_that_reserve_at_once_do_not_slip_under_the_limit(database_url: str) -> None:
    budget = Budget(3 * 500_000)
    stored = reserve_at_once(database_url, lambda number: replace(COST, id=f"cost-{number}"), budget)
    with open_store(database_url) as store, store.look() as tx:
        assert (stored, tx.costs.since(0)) == (3, budget.usd)


def test_a_task_that_workers_are_given_at_once_is_one_jobs(database_url: str) -> None:
    assert reserve_at_once(database_url, lambda number: replace(COST, id=f"{number}", job=f"{number}"), NO_BUDGET) == 1


def test_a_vendors_words_are_stored_whatever_they_are(store: SqlStore) -> None:
    odd = "nul \0 and \ud800 and " + "x" * 9000
    with store.begin() as tx:
        tx.costs.put(replace(COST, task=odd, price=odd, model=odd))
    with store.look() as tx:
        found = tx.costs.of_task("alibaba", odd)
    assert found is not None
    assert found.price == found.model == "nul  and ? and " + "x" * 185
    assert found.task.startswith("nul  and ? and xxx")
    assert len(found.task) <= 200
