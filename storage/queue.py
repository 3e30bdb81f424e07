"""The durable queue: core's Queue port on DBOS Transact. No other module of ours imports DBOS.

Two workflows a job. The *saga* runs where the chat adapter is, one at a time for each account; it enqueues the
*render* on the queue of a worker class, awaits it, delivers and settles. So an account has at most one render waiting
for a worker, and first-in-first-out within a priority is fair between accounts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
import structlog
from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
)

from core.ports import Deliveries, Renders, Transaction
from core.publishing.records import Postings, task_name
from core.publishing.types import Publication
from core.types import Job, QueuePlace
from storage.database import SqlStore, SqlTransaction, is_sqlite, make_queue_engine
from storage.endings import Endings, find_ended
from storage.instance import AlreadyRunning, InstanceLock, take_instance_lock
from storage.liveness import STABLE_PREFIX, Executor, Liveness
from storage.places import find_place
from storage.posting import POSTING, PostingHands, lane_of, posts_queue, register_posting
from storage.saga import DELIVER_STEP, SAGA, Hands, register_workflows, turn
from storage.tables import jobs

APPLICATION_VERSION = "jobs-1"
"""Workflows are resumed only by the same version: change it when a saga or render changes its steps."""
_NAME_TRIES, _NAME_PAUSE = 3, 0.1
_DEAD = ("CANCELLED", "ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class QueueSettings:
    """Times in seconds. ``boost`` is each tier's head start: as it is time, waiting makes up for it."""

    poll: float = 0.5
    beat: float = 5.0
    dead_after: float = 25.0
    boost: Mapping[str, int] | None = None


class DbosQueue:
    """``core.ports.Queue``, and the process's part in running what is queued.

    A process started with ``renders`` works on the classes of ``executor.lanes``, so many jobs of each at once; one
    started with ``deliveries`` runs the sagas of ``platforms``, and one with ``postings`` what is posted there.
    """

    def __init__(
        self,
        store: SqlStore,
        url: str,
        executor: Executor,
        *,
        settings: QueueSettings,
        worker_classes: Sequence[str],
        platforms: Sequence[str] = (),
    ) -> None:
        self._store, self._url, self._executor, self._settings = store, url, executor, settings
        self._worker_classes, self._platforms = worker_classes, platforms
        self._client: DBOSClient | None = None
        self._liveness: Liveness | None = None
        self._lock: InstanceLock | None = None
        self._hands = self._make_hands(None, None)
        self._endings: Endings | None = None

    async def start(
        self,
        *,
        renders: Renders | None = None,
        deliveries: Deliveries | None = None,
        postings: Postings | None = None,
    ) -> None:
        """Take up what this executor had in hand, then new work.

        Raises:
            AlreadyRunning: another process has this executor's name.
        """
        self._hands = self._make_hands(renders, deliveries)
        if self._executor.id.startswith(STABLE_PREFIX):
            self._lock = await self._take_name()
        DBOS(config=self._config())
        self._endings = Endings(partial(find_ended, self._store), every=self._settings.poll)
        register_workflows(self._hands, self._endings)
        register_posting(PostingHands(self._hands, postings, partial(take_instance_lock, self._store.engine)))
        rendered = self._executor.lanes if renders else ()
        delivered = [users_queue(platform) for platform in self._platforms if deliveries]
        DBOS.listen_queues([*rendered, *delivered, *(posts_queue(one) for one in self._platforms if postings)])
        DBOS.launch()
        await self._register_queues()
        self._client = await asyncio.to_thread(self._make_client)
        self._liveness = Liveness(
            self._store.engine,
            self._executor,
            owners=lambda: _owners(self._store.engine),
            recover=lambda executor: DBOS._recover_pending_workflows([executor]),  # noqa: SLF001 - no public name
            beat=self._settings.beat,
            dead_after=self._settings.dead_after,
            keep_name=self._lock.keep if self._lock else _no_name_to_keep,
        )
        await asyncio.to_thread(self._liveness.tick)
        self._liveness.start()

    def _make_hands(self, renders: Renders | None, deliveries: Deliveries | None) -> Hands:
        return Hands(renders, deliveries, self._executor.lanes, partial(_class_of, self._store))

    async def _take_name(self) -> InstanceLock:
        for _ in range(_NAME_TRIES):
            try:
                return await asyncio.to_thread(take_instance_lock, self._store.engine, self._executor.id)
            except AlreadyRunning:
                # Somebody may just be looking whether it is held.
                await asyncio.sleep(_NAME_PAUSE)
        return await asyncio.to_thread(take_instance_lock, self._store.engine, self._executor.id)

    async def stop(self, grace: float) -> None:
        """Let jobs in hand end for ``grace`` seconds; others take over what is left."""
        await self._hands.put_down(grace)
        if self._endings:
            self._endings.stop()
        if self._liveness:
            await asyncio.to_thread(self._liveness.leave)
        if self._client:
            await asyncio.to_thread(self._client.destroy)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        # DBOS had put its own pool of threads, which is closed now, in the place of the loop's.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        if self._lock:
            self._lock.release()

    def submit(self, tx: Transaction, job: Job) -> None:
        """See the port. Joins the transaction by its connection."""
        if not isinstance(tx, SqlTransaction) or self._client is None:
            raise TypeError("submit needs a transaction of this store, and a started queue")
        options: EnqueueOptions = {
            "workflow_name": SAGA,
            "queue_name": users_queue(job.address.platform),
            "workflow_id": job.id,
            "queue_partition_key": job.account,
            "priority": turn(job.created_at),
            "app_version": APPLICATION_VERSION,
        }
        boost = (self._settings.boost or {}).get(job.tier, 0)
        self._client.enqueue_in_transaction(tx.connection, options, job.id, job.worker_class, boost)

    def post(self, tx: Transaction, platform: str, publication: Publication) -> None:
        """See the port. Joins the transaction by its connection."""
        if not isinstance(tx, SqlTransaction) or self._client is None:
            raise TypeError("post needs a transaction of this store, and a started queue")
        options: EnqueueOptions = {
            "workflow_name": POSTING,
            "queue_name": posts_queue(platform),
            "workflow_id": task_name(publication),
            "queue_partition_key": publication.channel,
            "app_version": APPLICATION_VERSION,
        }
        lane = lane_of(publication.channel)
        self._client.enqueue_in_transaction(tx.connection, options, publication.id, publication.turn, lane)

    async def cancel(self, job_id: str) -> None:
        """See the port."""
        await DBOS.cancel_workflow_async(job_id, cancel_children=True)

    async def position(self, job: Job) -> QueuePlace:
        """See the port."""
        return await asyncio.to_thread(find_place, self._store, job, self._settings.boost or {})

    async def dead(self, job_ids: Sequence[str]) -> dict[str, bool]:
        """See the port."""
        if not job_ids:
            return {}
        ended = await DBOS.list_workflows_async(
            workflow_ids=list(job_ids), status=list(_DEAD), load_input=False, load_output=False
        )
        return {workflow.workflow_id: await _was_delivered(workflow.workflow_id) for workflow in ended}

    async def forget(self, job_ids: Sequence[str]) -> None:
        """Drop the queue's own record of ended jobs."""
        await DBOS.delete_workflows_async(list(job_ids), delete_children=True)

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": "piying",
            "system_database_url": self._url,
            "executor_id": self._executor.id,
            "application_version": APPLICATION_VERSION,
            # The default is pickle: a worker could run code in the bot.
            "serializer": DBOSPortableJSONSerializer(),
            "sys_db_pool_size": 4,
            "run_migrations": is_sqlite(self._url),
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": self._settings.poll,
        }
        if is_sqlite(self._url):
            config["system_database_engine"] = make_queue_engine(self._url)
        return config

    def _make_client(self) -> DBOSClient:
        serializer = DBOSPortableJSONSerializer()
        if is_sqlite(self._url):
            engine = make_queue_engine(self._url)
            return DBOSClient(system_database_engine=engine, serializer=serializer, application_name="piying")
        return DBOSClient(
            system_database_url=self._url,
            serializer=serializer,
            application_name="piying",
            system_database_pool_size=2,
        )

    async def _register_queues(self) -> None:
        for platform in self._platforms:
            for name in (users_queue(platform), posts_queue(platform)):
                await DBOS.register_queue_async(name, partition_concurrency=1, polling_interval_sec=self._settings.poll)
        for worker_class in self._worker_classes:
            lanes = self._executor.lanes.get(worker_class)
            await DBOS.register_queue_async(
                worker_class,
                worker_concurrency=lanes or 1,
                polling_interval_sec=self._settings.poll,
                on_conflict="always_update" if lanes else "never_update",
            )


def _no_name_to_keep() -> None:
    """An executor that never comes back under its name has no lock on it."""


async def _was_delivered(job_id: str) -> bool:
    steps = await DBOS.list_workflow_steps_async(job_id)
    return any(step["function_name"] == DELIVER_STEP and step["output"] == {} for step in steps)


def _class_of(store: SqlStore, job_id: str) -> str | None:
    with store.look() as tx:
        return tx.connection.execute(sa.select(jobs.c.worker_class).where(jobs.c.id == job_id)).scalar()


def users_queue(platform: str) -> str:
    """The queue of a platform's sagas: only a process with that adapter can deliver there."""
    return f"users-{platform}"


def _owners(engine: sa.Engine) -> set[str]:
    """Executors that have jobs in hand.

    Every beat asks, so this reads DBOS's partial index of what is pending, which its own ``list_workflows`` misses on
    SQLite: the index counts only for a status that stands in the statement itself.
    """
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    workflows = sa.table("workflow_status", sa.column("executor_id"), sa.column("status"), schema=schema)
    pending = sa.select(workflows.c.executor_id).where(workflows.c.status == sa.literal_column("'PENDING'"))
    with engine.begin() as connection:
        return {executor for executor in connection.execute(pending.distinct()).scalars() if executor}
