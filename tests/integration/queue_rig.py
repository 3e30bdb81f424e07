"""A started queue on a database, a studio that renders as told, and a courier with one chat."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from bots.courier import Courier
from bots.fitting import Fitting
from core.errors import EngineFault
from core.jobs import settlement
from core.jobs.settlement import Settlement
from core.media.provenance import Policy, Provenance
from core.metrics import Metrics
from core.types import Address, Clip, Job, JobState, StoredClip
from core.worker import ATTEMPTS
from storage.clips import FolderClipStore
from storage.database import SqlStore, make_engine
from storage.liveness import Executor
from storage.migrate import migrate
from storage.queue import DbosQueue, QueueSettings
from tests.fakes import FakeAdapter, make_job
from tests.stores import open_account

Act = Callable[[], Awaitable[None]]
PREMIUM_BOOST = 3600
ONE_SCENE: Mapping[str, int] = {"scene": 1}


class WallClock:
    def now(self) -> float:
        return time.time()


class Studio:
    """``core.ports.Renders``: notes what it begins, does what was set for the job, then stores a few bytes."""

    def __init__(self, store: SqlStore, folder: Path, clips: FolderClipStore) -> None:
        self._store, self._folder, self._clips = store, folder, clips
        self.begun: list[str] = []
        self.cancelled: list[str] = []
        self.handed_back: list[str] = []
        self.acts: dict[str, Act] = {}

    async def hand_back(self, job_ids: Sequence[str]) -> None:
        self.handed_back.extend(job_ids)

    async def render(self, job_id: str) -> StoredClip:
        with self._store.begin() as tx:
            tx.jobs.move(job_id, JobState.RUNNING, now=time.time())
            attempt = tx.jobs.begin_attempt(job_id)
        if attempt > ATTEMPTS:
            raise EngineFault("worker-lost")
        self.begun.append(job_id)
        try:
            if job_id in self.acts:
                await self.acts[job_id]()
        except asyncio.CancelledError:
            self.cancelled.append(job_id)
            raise
        video, poster = self._folder / f"{job_id}.mp4", self._folder / f"{job_id}.jpg"
        video.write_bytes(b"video")
        poster.write_bytes(b"poster")
        return self._clips.put(job_id, Clip(video, poster, 854, 480, 4.0, 5))


class Rig:
    """Everything from submission to settlement, in this process."""

    def __init__(self, url: str, folder: Path, lanes: Mapping[str, int] = ONE_SCENE) -> None:
        engine = make_engine(url)
        migrate(engine, url)
        self.store = SqlStore(engine)
        clips = FolderClipStore(folder / "clips")
        self.adapter, self.studio = FakeAdapter(), Studio(self.store, folder, clips)
        metrics = Metrics()
        self.courier = Courier(
            adapters={"console": self.adapter},
            store=self.store,
            fitting=Fitting(clips, Provenance(Policy())),
            settlement=Settlement(self.store, WallClock(), metrics),
            metrics=metrics,
        )
        self.queue = DbosQueue(
            self.store,
            url,
            Executor("bot-test", lanes),
            settings=QueueSettings(poll=0.05, beat=0.5, dead_after=30.0, boost={"premium": PREMIUM_BOOST}),
            worker_classes=tuple(lanes),
            platforms=["console"],
        )

    async def start(self) -> None:
        await self.queue.start(renders=self.studio, deliveries=self.courier)

    async def stop(self) -> None:
        await self.queue.stop(grace=0.1)
        self.store.close()

    def prepare(self, user: str, **changes: object) -> Job:
        """A job of the user's, not stored yet."""
        with self.store.begin() as tx:
            account = open_account(tx, Address("console", user, user), credits_=1000)
        fields = {"account": account.id, "address": Address("console", user, user), "created_at": time.time()}
        return make_job(**(fields | changes))

    def submit(self, job: Job) -> Job:
        with self.store.begin() as tx:
            tx.jobs.add(job)
            tx.ledger.hold(job.account, job.id, job.price, now=job.created_at)
            self.queue.submit(tx, job)
        return job

    def order(self, user: str, **changes: object) -> Job:
        return self.submit(self.prepare(user, **changes))

    async def cancel(self, job: Job) -> None:
        """As ``Commands`` does it."""
        with self.store.begin() as tx:
            assert settlement.cancel(tx, job.id, now=time.time())
        await self.queue.cancel(job.id)

    def job(self, job: Job) -> Job:
        with self.store.begin() as tx:
            found = tx.jobs.get(job.id)
        assert found is not None
        return found

    def outcome(self, job: Job) -> tuple[str, str | None]:
        found = self.job(job)
        return str(found.state), found.error

    def figures(self, job: Job) -> tuple[int, int]:
        """The account's balance and what it has on hold."""
        with self.store.begin() as tx:
            account = tx.ledger.account(job.account)
        assert account is not None
        return account.balance, account.held

    def deliveries(self, job: Job) -> int:
        return sum(delivery.job.id == job.id for delivery in self.adapter.delivered)

    async def ended(self, *jobs: Job, seconds: float = 20) -> None:
        await until(lambda: self._all_ended(jobs), seconds)

    def _all_ended(self, jobs: Sequence[Job]) -> bool:
        with self.store.begin() as tx:
            found = [tx.jobs.get(job.id) for job in jobs]
        return all(job is not None and job.state.ended for job in found)

    async def begun(self, *jobs: Job) -> None:
        await until(lambda: {job.id for job in jobs} <= set(self.studio.begun))


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Look until it holds; seldom enough to leave the database to the queue."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.1)


class Gate:
    """An act that waits until it is opened."""

    def __init__(self) -> None:
        self._open = asyncio.Event()

    async def __call__(self) -> None:
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


def failing(*errors: Exception) -> Act:
    """An act that raises these, one an attempt, and then succeeds."""
    left = list(errors)

    async def act() -> None:
        if left:
            raise left.pop(0)

    return act
