"""One process that renders two classes: hundreds of jobs that only wait, and beside them one at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from core.types import Job
from storage.tables import executors
from tests.integration.queue_rig import Gate, Rig, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

CROWD, SECONDS = 500, 120
QUEUE = 3


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)
async def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("lanes")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'piying.db'}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    rig = Rig(url, folder, {"hosted": CROWD, "scene": 1})
    await rig.start()
    yield rig
    rig.store.close()


class Booth:
    """An act that notes how many are in it at once."""

    def __init__(self) -> None:
        self.inside = self.most = 0

    async def __call__(self) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.2)
        self.inside -= 1


async def order_crowd(rig: Rig, gate: Gate, name: str) -> list[Job]:
    """Hundreds of accounts ask for a hosted clip each; all are in the works on return."""
    crowd = [rig.prepare(f"{name}-{n}", worker_class="hosted") for n in range(CROWD)]
    rig.studio.acts |= dict.fromkeys((job.id for job in crowd), gate)
    with ThreadPoolExecutor(8) as pool:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(pool, rig.submit, job) for job in crowd))
    await until(lambda: begun(rig, crowd) == CROWD, SECONDS)
    return crowd


def begun(rig: Rig, jobs: Sequence[Job]) -> int:
    return len({job.id for job in jobs} & set(rig.studio.begun))


async def test_hundreds_are_in_flight_while_the_other_class_goes_on_one_at_a_time(rig: Rig) -> None:
    gate, booth = Gate(), Booth()
    crowd = await order_crowd(rig, gate, "crowd")
    scenes = [rig.prepare(f"scene-{n}") for n in range(QUEUE)]
    rig.studio.acts |= dict.fromkeys((job.id for job in scenes), booth)
    for job in scenes:
        rig.submit(job)
    await rig.ended(*scenes)
    assert booth.most == 1
    # One more than there are lanes waits its turn; not one of the crowd has ended meanwhile.
    late = rig.prepare("late", worker_class="hosted")
    rig.submit(late)
    assert (await rig.queue.position(late)).position == CROWD + 1
    await asyncio.sleep(0.5)
    assert late.id not in rig.studio.begun
    assert {rig.outcome(job) for job in crowd} == {("running", None)}
    gate.open()
    await rig.ended(*crowd, late, seconds=SECONDS)
    assert {rig.outcome(job) for job in [*crowd, *scenes, late]} == {("succeeded", None)}
    assert {rig.deliveries(job) for job in [*crowd, *scenes, late]} == {1}
    assert len(rig.studio.begun) == len(crowd) + len(scenes) + 1


async def test_the_database_knows_the_lanes_of_each_class(rig: Rig) -> None:
    with rig.store.look() as tx:
        rows = tx.connection.execute(sa.select(executors)).all()
    assert {row.worker_class: row.lanes for row in rows} == {"hosted": CROWD, "scene": 1}


async def test_a_running_one_of_hundreds_is_cancelled_alone_and_a_stop_hands_back_the_rest(rig: Rig) -> None:
    crowd = await order_crowd(rig, Gate(), "stopped")
    await rig.cancel(crowd[0])
    await until(lambda: crowd[0].id in rig.studio.cancelled)
    assert rig.studio.cancelled == [crowd[0].id]
    async with asyncio.timeout(30):
        await rig.queue.stop(grace=0.2)
    assert sorted(rig.studio.handed_back) == sorted(job.id for job in crowd[1:])
    assert {rig.outcome(job) for job in crowd[1:]} == {("running", None)}
