"""The durable queue with its workflows, on SQLite and PostgreSQL: one started queue for all tests of a database."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from core.errors import (
    Conflict,
    DeliveryDelayed,
    EngineFault,
    EngineRefused,
    EngineUnavailable,
    PromptBlocked,
    RecipientGone,
)
from core.jobs import settlement
from core.jobs.retention import Retention
from core.jobs.upkeep import Upkeep
from core.metrics import Metrics
from core.types import Job
from storage.clips import FolderClipStore
from storage.database import is_sqlite
from storage.instance import AlreadyRunning
from storage.liveness import Executor
from storage.queue import DbosQueue, QueueSettings
from tests.integration.queue_rig import Gate, Rig, WallClock, failing, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)
async def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("rig")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'piying.db'}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    rig = Rig(url, folder)
    await rig.start()
    yield rig
    await rig.stop()


@pytest.fixture(autouse=True)
def opened(rig: Rig) -> Iterator[None]:
    """No test leaves the one lane blocked."""
    yield
    for act in rig.studio.acts.values():
        if isinstance(act, Gate):
            act.open()


def workflow(rig: Rig, workflow_id: str, **changes: str) -> str | None:
    """A workflow's state; ``changes`` are written first."""
    prefix = "" if rig.store.engine.dialect.name == "sqlite" else "dbos."
    with rig.store.engine.begin() as connection:
        for column, value in changes.items():
            query = sa.text(f"UPDATE {prefix}workflow_status SET {column} = :value WHERE workflow_uuid = :id")
            connection.execute(query, {"value": value, "id": workflow_id})
        query = sa.text(f"SELECT status FROM {prefix}workflow_status WHERE workflow_uuid = :id")
        return connection.execute(query, {"id": workflow_id}).scalar()


async def test_a_job_is_rendered_delivered_and_charged_once(rig: Rig) -> None:
    job = rig.order("alice")
    await rig.ended(job)
    assert rig.outcome(job) == ("succeeded", None)
    assert rig.figures(job) == (997, 0)
    assert rig.studio.begun.count(job.id) == rig.deliveries(job) == 1


async def test_a_rolled_back_submission_is_no_work(rig: Rig) -> None:
    job = rig.prepare("rolled")
    with pytest.raises(ConnectionError), rig.store.begin() as tx:  # noqa: PT012
        tx.jobs.add(job)
        tx.ledger.hold(job.account, job.id, job.price, now=0)
        rig.queue.submit(tx, job)
        raise ConnectionError
    assert workflow(rig, job.id) is None
    await asyncio.sleep(0.3)
    assert job.id not in rig.studio.begun
    assert rig.figures(job) == (1000, 0)


async def test_the_same_job_twice_is_one(rig: Rig) -> None:
    job = rig.order("twice")
    with rig.store.begin() as tx:
        rig.queue.submit(tx, job)
    await rig.ended(job)
    await asyncio.sleep(0.3)
    with rig.store.begin() as tx:
        rig.queue.submit(tx, job)
    await asyncio.sleep(0.3)
    assert rig.studio.begun.count(job.id) == rig.deliveries(job) == 1


async def test_submission_needs_this_stores_transaction(rig: Rig) -> None:
    with pytest.raises(TypeError):
        rig.queue.submit(object(), rig.prepare("nobody"))  # type: ignore[arg-type]


async def test_an_account_has_one_render_at_a_time_and_nobody_waits_behind_a_hog(rig: Rig) -> None:
    gate, now = Gate(), time.time()
    blocker = rig.prepare("blocker")
    rig.studio.acts[blocker.id] = gate
    rig.submit(blocker)
    await rig.begun(blocker)
    # All of the hog's were submitted long before the others'.
    hogs = [rig.order("hog", created_at=now - 1000 + n) for n in range(12)]
    others = [rig.order(f"other-{n}", created_at=now + n) for n in range(6)]
    await until(lambda: all(workflow(rig, f"{job.id}.render") == "ENQUEUED" for job in [hogs[0], *others]))
    assert [workflow(rig, f"{job.id}.render") for job in hogs[1:]] == [None] * 11
    places = [(await rig.queue.position(job)).position for job in [*hogs[:2], *others]]
    assert places == [2, 9, 3, 4, 5, 6, 7, 8]
    gate.open()
    await rig.ended(*hogs, *others, seconds=60)
    order = [job_id for job_id in rig.studio.begun if job_id in {job.id for job in hogs + others}]
    assert {*order[:7]} == {hogs[0].id, *(job.id for job in others)}
    assert order[7:] == [job.id for job in hogs[1:]]


async def test_a_premium_job_goes_before_those_that_wait(rig: Rig) -> None:
    gate = Gate()
    blocker = rig.prepare("blocker")
    rig.studio.acts[blocker.id] = gate
    rig.submit(blocker)
    await rig.begun(blocker)
    plain = [rig.order(f"plain-{n}") for n in range(2)]
    premium = rig.order("premium", tier="premium")
    await until(lambda: all(workflow(rig, f"{job.id}.render") == "ENQUEUED" for job in [premium, *plain]))
    assert (await rig.queue.position(premium)).position == 2
    gate.open()
    await rig.ended(premium, *plain)
    assert rig.studio.begun.index(premium.id) < min(rig.studio.begun.index(job.id) for job in plain)


async def test_a_waiting_job_is_cancelled_for_good(rig: Rig) -> None:
    gate = Gate()
    first, second = rig.prepare("waiter"), rig.prepare("waiter")
    rig.studio.acts[first.id] = gate
    rig.submit(first)
    await rig.begun(first)
    rig.submit(second)
    await rig.cancel(second)
    assert rig.figures(second) == (997, 3)
    gate.open()
    await rig.ended(first)
    await asyncio.sleep(0.3)
    assert rig.outcome(second) == ("cancelled", None)
    assert second.id not in rig.studio.begun
    assert rig.figures(first) == (997, 0)


async def test_a_running_job_is_cancelled_within_two_seconds(rig: Rig) -> None:
    job = rig.prepare("runner")
    rig.studio.acts[job.id] = Gate()
    rig.submit(job)
    await rig.begun(job)
    begun = time.monotonic()
    await rig.cancel(job)
    await until(lambda: job.id in rig.studio.cancelled, 2)
    assert time.monotonic() - begun < 2
    next_one = rig.order("runner")
    await rig.ended(next_one)
    assert rig.outcome(job) == ("cancelled", None)
    assert (rig.deliveries(job), rig.deliveries(next_one)) == (0, 1)
    assert rig.figures(job) == (997, 0)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineFault("storage-full"), "storage-full"),
        (EngineFault("timed-out"), "timed-out"),
        (EngineRefused(), "engine-refused"),
        # A worker that does not know the job's model.
        (EngineUnavailable(), "engine-unavailable"),
        (PromptBlocked(category="sexual"), "prompt-blocked"),
        (ZeroDivisionError("secret"), "engine-fault"),
    ],
)
async def test_a_render_that_fails_is_told_by_its_code_and_costs_nothing(rig: Rig, error: Exception, code: str) -> None:
    job = rig.prepare(f"unlucky-{code}")
    rig.studio.acts[job.id] = failing(error)
    rig.submit(job)
    await rig.ended(job)
    assert rig.outcome(job) == ("failed", code)
    assert rig.studio.begun.count(job.id) == 1
    assert rig.figures(job) == (1000, 0)
    await until(lambda: [ended.error for ended in rig.adapter.ended if ended.id == job.id] == [code])


async def test_a_database_that_is_away_for_a_while_is_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.saga.AWAY_PAUSE", 0.01)
    job = rig.prepare("unplugged")
    away = (sa.exc.OperationalError("SELECT 1", {}, ConnectionError()) for _ in range(2))
    rig.studio.acts[job.id] = failing(*away)
    rig.submit(job)
    await rig.ended(job)
    assert rig.outcome(job) == ("succeeded", None)


async def test_an_engine_that_died_once_is_tried_again(rig: Rig) -> None:
    job = rig.prepare("phoenix")
    rig.studio.acts[job.id] = failing(EngineFault("engine-died"))
    rig.submit(job)
    await rig.ended(job)
    assert rig.outcome(job) == ("succeeded", None)
    assert rig.studio.begun.count(job.id) == 2


@pytest.mark.slow
async def test_a_job_that_kills_its_engine_three_times_is_given_up(rig: Rig) -> None:
    job = rig.prepare("poison")
    rig.studio.acts[job.id] = failing(*(EngineFault("engine-died") for _ in range(9)))
    rig.submit(job)
    await rig.ended(job)
    assert rig.outcome(job) == ("failed", "worker-lost")
    assert rig.studio.begun.count(job.id) == 3
    assert rig.figures(job) == (1000, 0)


async def test_a_delayed_delivery_is_made_later_and_once(rig: Rig) -> None:
    job = rig.prepare("patient")
    rig.adapter.faults = [DeliveryDelayed(retry_after=0.3)]
    begun = time.monotonic()
    rig.submit(job)
    await rig.ended(job)
    assert time.monotonic() - begun > 0.3
    assert rig.outcome(job) == ("succeeded", None)
    assert rig.adapter.tries.count(job.id) == 2
    assert rig.deliveries(job) == rig.studio.begun.count(job.id) == 1
    assert rig.figures(job) == (997, 0)


async def test_a_recipient_that_is_gone_pays_nothing(rig: Rig) -> None:
    job = rig.prepare("gone")
    rig.adapter.faults = [RecipientGone()]
    rig.submit(job)
    await rig.ended(job)
    assert rig.outcome(job) == ("failed", "recipient-gone")
    assert rig.adapter.tries.count(job.id) == 1
    assert rig.figures(job) == (1000, 0)


async def test_a_job_that_ended_meanwhile_is_neither_delivered_nor_settled_again(rig: Rig) -> None:
    job = rig.prepare("late")

    async def end() -> None:
        with rig.store.begin() as tx:
            settlement.cancel(tx, job.id, now=time.time())

    rig.studio.acts[job.id] = end
    rig.submit(job)
    await until(lambda: workflow(rig, job.id) == "SUCCESS")
    assert rig.outcome(job) == ("cancelled", None)
    assert job.id not in rig.adapter.tries
    assert rig.figures(job) == (1000, 0)


async def test_a_worker_that_finds_the_job_ended_is_no_fault(rig: Rig) -> None:
    job = rig.prepare("conflict")

    async def end() -> None:
        with rig.store.begin() as tx:
            settlement.cancel(tx, job.id, now=time.time())
        raise Conflict

    rig.studio.acts[job.id] = end
    rig.submit(job)
    await until(lambda: workflow(rig, job.id) == "SUCCESS")
    assert rig.outcome(job) == ("cancelled", None)
    assert [ended for ended in rig.adapter.ended if ended.id == job.id] == []


async def test_the_hold_of_a_dead_saga_is_released_by_upkeep(rig: Rig, tmp_path: Path) -> None:
    jobs = [rig.prepare(f"dead-{n}") for n in range(3)]
    for job, state in zip(jobs, ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", None), strict=True):
        rig.studio.acts[job.id] = Gate()
        rig.submit(job)
        if state:
            await rig.queue.cancel(job.id)
            await until(lambda job=job: workflow(rig, job.id) == "CANCELLED")  # type: ignore[misc]
            workflow(rig, job.id, status=state)
    assert sorted(await rig.queue.dead([job.id for job in jobs])) == sorted(job.id for job in jobs[:2])
    upkeep = Upkeep(
        store=rig.store, queue=rig.queue, clips=FolderClipStore(tmp_path), clock=WallClock(),
        deliveries=rig.courier, platforms=["console"], kept=Retention(3600, 3600, 3600, 3600, 3600), metrics=Metrics(),
    )  # fmt: skip
    assert await upkeep.reconcile() == 2
    assert [rig.outcome(job) for job in jobs[:2]] == [("failed", "worker-lost")] * 2
    assert rig.job(jobs[2]).state in {"queued", "running"}
    assert [rig.figures(job) for job in jobs] == [(1000, 0), (1000, 0), (997, 3)]
    await rig.cancel(jobs[2])
    assert await rig.queue.dead([]) == {}


async def test_a_forgotten_job_leaves_nothing_in_the_queue(rig: Rig) -> None:
    job = rig.order("forgotten")
    await rig.ended(job)
    await until(lambda: workflow(rig, job.id) == "SUCCESS")
    await rig.queue.forget([job.id])
    assert workflow(rig, job.id) is workflow(rig, f"{job.id}.render") is None
    await rig.queue.forget([job.id])


async def test_many_submit_at_once(rig: Rig) -> None:
    jobs = [rig.prepare(f"crowd-{n % 10}") for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        await asyncio.gather(*(asyncio.get_running_loop().run_in_executor(pool, rig.submit, job) for job in jobs))
    await rig.ended(*jobs, seconds=60)
    assert {rig.outcome(job) for job in jobs} == {("succeeded", None)}
    assert {rig.deliveries(job) for job in jobs} == {1}
    assert {rig.figures(job) for job in jobs} == {(991, 0)}


async def test_a_second_process_of_the_same_name_is_refused(rig: Rig) -> None:
    twin = DbosQueue(rig.store, rig.queue._url, Executor("bot-test", {}), settings=QueueSettings(), worker_classes=[])
    with pytest.raises(AlreadyRunning):
        await twin.start()


async def test_what_is_stored_of_a_job_is_its_id(rig: Rig) -> None:
    """Prompts, chats and users stay in the product's own tables."""
    job: Job = rig.order("private", prompt="a very private wish")
    await rig.ended(job)
    prefix = "" if is_sqlite(rig.queue._url) else "dbos."
    with rig.store.engine.begin() as connection:
        for table in ("workflow_status", "operation_outputs"):
            rows = repr(connection.exec_driver_sql(f"SELECT * FROM {prefix}{table}").all())
            assert "private wish" not in rows
            assert "'private'" not in rows
