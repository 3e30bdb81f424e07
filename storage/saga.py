"""Turns a job's id into DBOS's two workflows: the saga that delivers and settles, and the render it awaits."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_error

from core.errors import (
    Conflict,
    DeliveryDelayed,
    DeliveryError,
    EngineError,
    EngineFault,
    PiyingError,
    PromptBlocked,
)
from core.ports import Deliveries, Renders
from core.types import StoredClip
from storage.endings import Endings

SAGA = "saga"
DELIVER_STEP = "deliver_step"
RENDER_ATTEMPTS = 3
"""A job that takes its engine's process down this often is given up; the worker counts over the lives of workers."""
DELIVERY_ATTEMPTS = 8
"""With DBOS's doubling pauses these span about two minutes, beside what a platform asks to wait."""
SETTLE_ATTEMPTS = 100
"""With pauses of up to an hour: days, in which a database comes back."""
AWAY_TRIES, AWAY_PAUSE = 60, 1.0
"""How often, and with what pause in seconds, a render asks for a database that is away."""
NOTED = 0.25
"""Seconds in which DBOS writes down what has just come out of hand. Its own wait would last for idle sagas as well."""
LONGEST_PAUSE = 300.0
"""Seconds a platform may ask to wait before each attempt; what it asks beyond is not granted."""
_EPOCH = 1_750_000_000
_LAST_TURN = 2**31 - 1

T = TypeVar("T")
Outcome = dict[str, Any]
"""A stored clip's fields, ``{}`` for a delivery, or ``{"error": code}``."""
_STORABLE = (EngineError, DeliveryError, PromptBlocked, Conflict)
"""Errors that a job may end with: their sentences need no details."""

log = structlog.get_logger(__name__)


class Hands:
    """What this process does for jobs, and what it has in hand.

    ``lanes`` says of each worker class how many renders it bears at once, ``class_of`` of a job which class it is of
    (blocking); None of one that is gone.
    """

    def __init__(
        self,
        renders: Renders | None,
        deliveries: Deliveries | None,
        lanes: Mapping[str, int],
        class_of: Callable[[str], str | None],
    ) -> None:
        self._renders, self._deliveries, self._class_of = renders, deliveries, class_of
        # DBOS keeps one figure a queue for all workers; how many this machine bears, only this machine knows.
        self._lanes = {worker_class: asyncio.Semaphore(number) for worker_class, number in lanes.items()}
        self._rendering: set[str] = set()
        self._busy = 0
        self._last_out = -math.inf
        self._leaving = asyncio.Event()

    async def render(self, job_id: str) -> Outcome:
        """Make the clip. An engine that died is raised, to be tried again; other errors are outcomes."""
        async with await self._lane(job_id), self.in_hand():
            assert self._renders is not None
            self._rendering.add(job_id)
            try:
                return asdict(await _patiently(job_id, partial(self._renders.render, job_id)))
            except PiyingError as error:
                if error.code != "engine-died":
                    return failed(error)
                if _is_last_attempt():
                    return failed(EngineFault("worker-lost"))
                raise
            except Exception as error:
                # Whatever it is: the hold must be released.
                log.exception("render.fault", job=job_id)
                return failed(error)
            finally:
                self._rendering.discard(job_id)

    async def _lane(self, job_id: str) -> AbstractAsyncContextManager[None]:
        """The lanes of its class, which is no argument of the workflow: what an older version began goes on here."""
        worker_class = await _patiently(job_id, partial(asyncio.to_thread, self._class_of, job_id))
        # A job that is gone needs none: its render ends as it begins.
        return self._lanes[worker_class] if worker_class else nullcontext()

    async def deliver(self, job_id: str, clip: Outcome) -> Outcome:
        """Hand the clip over."""

        async def act() -> None:
            assert self._deliveries is not None
            await self._deliveries.deliver(job_id, StoredClip(**clip))

        return await self.hand_over(job_id, act)

    async def hand_over(self, job_id: str, act: Callable[[], Awaitable[None]]) -> Outcome:
        """Do what a platform takes part in: again where it asks to wait, or after a fault, while attempts are left."""
        try:
            async with self.in_hand():
                await act()
        except Exception as error:
            final = isinstance(error, PiyingError) and not isinstance(error, DeliveryDelayed)
            if final or _is_last_attempt():
                if not isinstance(error, PiyingError):
                    log.exception("deliver.fault", job=job_id)
                return failed(error)
            log.warning("deliver.again", job=job_id, error=type(error).__name__)
            await self._pause(error)
            raise
        return {}

    async def settle(self, job_id: str, error: str | None) -> None:
        """Charge, or release and tell the user."""
        async with self.in_hand():
            assert self._deliveries is not None
            try:
                await (self._deliveries.fail(job_id, error) if error else self._deliveries.charge(job_id))
            except Exception as fault:
                log.warning("settle.again", job=job_id, error=type(fault).__name__)
                raise

    async def put_down(self, grace: float) -> None:
        """Begin nothing more; wait up to ``grace`` seconds for what is in hand, then hand the renders back."""
        self._leaving.set()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        while (self._busy or loop.time() < self._last_out + NOTED) and loop.time() < deadline:  # noqa: ASYNC110 - a deadline, and few jobs
            await asyncio.sleep(0.05)
        if self._rendering:
            assert self._renders is not None
            await self._renders.hand_back(tuple(self._rendering))

    async def _pause(self, error: Exception) -> None:
        """As long as the platform asks; a process that leaves does not wait, its successor asks again."""
        asked = float(error.details.get("retry_after", 0)) if isinstance(error, DeliveryDelayed) else 0.0
        with suppress(TimeoutError):
            await asyncio.wait_for(self._leaving.wait(), min(asked, LONGEST_PAUSE))
        if self._leaving.is_set():
            await asyncio.Event().wait()

    @asynccontextmanager
    async def in_hand(self) -> AsyncIterator[None]:
        """Within it the process does not stop; once it leaves, nobody comes in any more."""
        if self._leaving.is_set():
            # Begun after the stop: never answer, so that the next owner begins it anew.
            await asyncio.Event().wait()
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._last_out = asyncio.get_running_loop().time()


async def _patiently(job_id: str, ask: Callable[[], Awaitable[T]]) -> T:
    """A database that is away for a while, or has no connection free, is no fault of the job's; DBOS waits as well."""
    for _ in range(AWAY_TRIES):
        try:
            return await ask()
        except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
            log.warning("render.database_away", job=job_id, error=type(error).__name__)
            await asyncio.sleep(AWAY_PAUSE)
    return await ask()


def failed(error: Exception) -> Outcome:
    """What ends a job is data: an exception would come back from the database as another class."""
    return {"error": error.code if isinstance(error, _STORABLE) else EngineFault().code}


def turn(now: float, boost: int = 0) -> int:
    """A render's place among the others of its class; lower goes first.

    It is the time at which its account's turn came, less its tier's head start. The time of submission would let an
    account that sent many jobs before everybody else take every second render. In tenths of a second, so that an
    account's own jobs stay in their order; the queue has 31 bits for it, which last until 2032.
    """
    return min(max(1, int(10 * (now - _EPOCH - boost))), _LAST_TURN)


def _is_last_attempt() -> bool:
    status = DBOS.step_status
    return status is None or (status.current_attempt or 0) + 1 >= (status.max_attempts or 1)


def register_workflows(hands: Hands, endings: Endings) -> None:
    """Tell DBOS the workflows; before its launch."""

    @DBOS.step(
        name="render_step", preemptible=True, retries_allowed=True, max_attempts=RENDER_ATTEMPTS, interval_seconds=0.2
    )
    async def render_step(job_id: str) -> Outcome:
        return await hands.render(job_id)

    @DBOS.step(name=DELIVER_STEP, retries_allowed=True, max_attempts=DELIVERY_ATTEMPTS)
    async def deliver_step(job_id: str, clip: Outcome) -> Outcome:
        return await hands.deliver(job_id, clip)

    @DBOS.step(name="settle_step", retries_allowed=True, max_attempts=SETTLE_ATTEMPTS)
    async def settle_step(job_id: str, error: str | None) -> None:
        await hands.settle(job_id, error)

    # The worker counts the attempts: DBOS counts an orderly stop as well.
    @DBOS.workflow(name="render", max_recovery_attempts=None)
    async def render(job_id: str) -> Outcome:
        return await render_step(job_id)

    @DBOS.workflow(name=SAGA, max_recovery_attempts=None)
    async def saga(job_id: str, worker_class: str, boost: int) -> None:
        async with hands.in_hand():
            priority = await DBOS.run_step_async({"name": "turn_step"}, lambda: turn(time.time(), boost))
            with SetWorkflowID(f"{job_id}.render"), SetEnqueueOptions(priority=priority):
                handle = await DBOS.enqueue_workflow_async(worker_class, render, job_id)
        # DBOS would ask for each saga by itself, and hundreds may wait. It is no step: begun anew, it is over at once.
        await endings.wait(handle.get_workflow_id())
        try:
            async with hands.in_hand():
                outcome = await handle.get_result()
        except dbos_error.DBOSAwaitedWorkflowCancelledError:
            # A cancel is on its way to this saga too, and the job has ended; if not, nobody will make the clip.
            outcome = failed(EngineFault("worker-lost"))
        if "error" not in outcome:
            outcome = await deliver_step(job_id, outcome)
        await settle_step(job_id, outcome.get("error"))
