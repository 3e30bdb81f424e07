"""Turns the end of a job into its state and its credits, in one transaction and once."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from core.metrics import Metrics
from core.ports import Clock, Store, Transaction
from core.types import Job, JobState, Note

log = structlog.get_logger(__name__)


def succeed(tx: Transaction, job_id: str, *, now: float) -> bool:
    """The clip was delivered: charge. False where the job had ended before."""
    if not tx.jobs.move(job_id, JobState.SUCCEEDED, now=now):
        return False
    job = tx.jobs.get(job_id)
    # Made by a cheaper engine than was asked for, it costs less than is held.
    tx.ledger.charge(job_id, now=now, credits_=job.price if job else None)
    return True


def fail(tx: Transaction, job_id: str, code: str, *, now: float) -> bool:
    """No clip arrived: release. False where the job had ended before."""
    return _end_unpaid(tx, job_id, JobState.FAILED, now=now, error=code)


def cancel(tx: Transaction, job_id: str, *, now: float) -> bool:
    """The user stopped it: release. False where the job had ended before, or its clip is on its way."""
    return _end_unpaid(tx, job_id, JobState.CANCELLED, now=now, error=None)


def _end_unpaid(tx: Transaction, job_id: str, state: JobState, *, now: float, error: str | None) -> bool:
    if not tx.jobs.move(job_id, state, now=now, error=error):
        return False
    tx.ledger.release(job_id, now=now)
    return True


class Settlement:
    """Settles, counts, and writes the one line a job has in the log. Blocking.

    Each method returns the job when it has ended in just this way, now or before, and None when it ended otherwise: who
    asks again after a crash learns what to tell the user.
    """

    def __init__(self, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._store, self._clock, self._metrics = store, clock, metrics

    def succeed(self, job_id: str) -> Job | None:
        """The clip was delivered."""
        return self._end(job_id, JobState.SUCCEEDED, None, lambda tx, now: succeed(tx, job_id, now=now))

    def fail(self, job_id: str, code: str) -> Job | None:
        """No clip arrived."""
        return self._end(job_id, JobState.FAILED, code, lambda tx, now: fail(tx, job_id, code, now=now))

    def cancel(self, job_id: str, *notes: Note) -> Job | None:
        """The user stopped it, and shall know of ``notes``."""

        def end(tx: Transaction, now: float) -> bool:
            has_ended = cancel(tx, job_id, now=now)
            if has_ended:
                tx.jobs.add_notes(job_id, notes)
            return has_ended

        return self._end(job_id, JobState.CANCELLED, None, end)

    def _end(
        self, job_id: str, state: JobState, error: str | None, end: Callable[[Transaction, float], bool]
    ) -> Job | None:
        with self._store.begin() as tx:
            moved = end(tx, self._clock.now())
            job = tx.jobs.get(job_id)
        if job is None or (job.state, job.error) != (state, error):
            return None
        if moved:
            self.tell(job)
        return job

    def tell(self, job: Job) -> None:
        """Count and log a job that has just ended."""
        total = (job.finished_at or job.created_at) - job.created_at
        self._metrics.settled.labels(str(job.state), job.error or "").inc()
        if job.state is JobState.SUCCEEDED:
            self._metrics.credits_charged.inc(job.price)
            self._metrics.total_seconds.observe(total)
        log.info(
            "job.settled",
            job=job.id,
            state=str(job.state),
            error=job.error,
            platform=job.address.platform,
            recipe=job.spec.recipe,
            seconds=round(total, 2),
            price=job.price,
        )
