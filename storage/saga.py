"""Turns a job's id into DBOS's two workflows: the saga that delivers and settles, and the render it awaits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import structlog
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_error

from core.errors import DeliveryDelayed, PiyingError
from core.ports import Deliveries, Renders
from core.types import StoredClip

SAGA = "saga"
RENDER_ATTEMPTS = 3
"""A render that takes its worker, or its engine's process, down this often is a dead letter."""
DELIVERY_ATTEMPTS = 8
"""With DBOS's doubling pauses these span about two minutes, beside what a platform asks to wait."""
LONGEST_PAUSE = 300.0
"""Seconds a platform may ask to wait before each attempt; what it asks beyond is not granted."""
_EPOCH = 1_700_000_000

Outcome = dict[str, Any]
"""A stored clip's fields, ``{}`` for a delivery, or ``{"error": code}``."""

log = structlog.get_logger(__name__)


class Hands:
    """What this process does for jobs, and how many it has in hand."""

    def __init__(self, renders: Renders | None, deliveries: Deliveries | None) -> None:
        self._renders, self._deliveries = renders, deliveries
        self._busy = 0
        self._leaving = False

    async def render(self, job_id: str) -> Outcome:
        """Make the clip. An engine that died is raised, to be tried again; other errors are outcomes."""
        async with self._in_hand():
            assert self._renders is not None
            try:
                return asdict(await self._renders.render(job_id))
            except PiyingError as error:
                if error.code == "engine-died":
                    raise
                return failed(error.code)
            except Exception:
                # Whatever it is: the hold must be released.
                log.exception("render.fault", job=job_id)
                return failed("engine-fault")

    async def deliver(self, job_id: str, clip: Outcome) -> Outcome:
        """Hand the clip over. A platform that asks to wait, and any fault, is tried again."""
        async with self._in_hand():
            assert self._deliveries is not None
            try:
                await self._deliveries.deliver(job_id, StoredClip(**clip))
            except DeliveryDelayed as delayed:
                await asyncio.sleep(min(float(delayed.details.get("retry_after", 0)), LONGEST_PAUSE))
                raise
            except PiyingError as error:
                return failed(error.code)
            return {}

    async def settle(self, job_id: str, error: str | None) -> None:
        """Charge, or release and tell the user."""
        async with self._in_hand():
            assert self._deliveries is not None
            await (self._deliveries.fail(job_id, error) if error else self._deliveries.charge(job_id))

    async def put_down(self, grace: float) -> None:
        """Begin nothing more; wait up to ``grace`` seconds for what is in hand."""
        self._leaving = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        while self._busy and loop.time() < deadline:  # noqa: ASYNC110 - a deadline, and few jobs
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def _in_hand(self) -> AsyncIterator[None]:
        if self._leaving:
            # Begun after the stop: never answer, so that the next owner begins it anew.
            await asyncio.Event().wait()
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1


def failed(code: str) -> Outcome:
    """What ends a job is data: an exception would come back from the database as another class."""
    return {"error": code}


def turn(now: float, boost: int = 0) -> int:
    """A render's place among the others of its class; lower goes first.

    It is the time at which its account's turn came, less its tier's head start. The time of submission would let an
    account that sent many jobs before everybody else take every second render.
    """
    return max(1, int(now) - _EPOCH - boost)


def register_workflows(hands: Hands, poll: float) -> None:
    """Tell DBOS the workflows; before its launch. ``poll`` seconds pass between two looks for a render's result."""

    @DBOS.step(name="render_step", preemptible=True, retries_allowed=True, max_attempts=RENDER_ATTEMPTS)
    async def render_step(job_id: str) -> Outcome:
        return await hands.render(job_id)

    @DBOS.step(name="deliver_step", retries_allowed=True, max_attempts=DELIVERY_ATTEMPTS)
    async def deliver_step(job_id: str, clip: Outcome) -> Outcome:
        return await hands.deliver(job_id, clip)

    @DBOS.step(name="settle_step", retries_allowed=True, max_attempts=DELIVERY_ATTEMPTS)
    async def settle_step(job_id: str, error: str | None) -> None:
        await hands.settle(job_id, error)

    # One fewer: DBOS counts recoveries, not attempts.
    @DBOS.workflow(name="render", max_recovery_attempts=RENDER_ATTEMPTS - 1)
    async def render(job_id: str) -> Outcome:
        try:
            return await render_step(job_id)
        except dbos_error.DBOSMaxStepRetriesExceeded:
            return failed("worker-lost")

    @DBOS.workflow(name=SAGA)
    async def saga(job_id: str, worker_class: str, boost: int) -> None:
        priority = await DBOS.run_step_async({"name": "turn_step"}, lambda: turn(time.time(), boost))
        with SetWorkflowID(f"{job_id}.render"), SetEnqueueOptions(priority=priority):
            handle = await DBOS.enqueue_workflow_async(worker_class, render, job_id)
        try:
            outcome = await handle.get_result(polling_interval_sec=poll)
        except dbos_error.DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded:
            outcome = failed("worker-lost")
        if "error" not in outcome:
            try:
                outcome = await deliver_step(job_id, outcome)
            except dbos_error.DBOSMaxStepRetriesExceeded:
                outcome = failed("delivery-delayed")
        await settle_step(job_id, outcome.get("error"))
