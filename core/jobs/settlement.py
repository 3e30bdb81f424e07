"""Turns the end of a job into its state and its credits, in one transaction and once."""

from __future__ import annotations

from core.ports import Transaction
from core.types import JobState


def succeed(tx: Transaction, job_id: str, *, now: float) -> bool:
    """The clip was delivered: charge. False where the job had ended before."""
    if not tx.jobs.move(job_id, JobState.SUCCEEDED, now=now):
        return False
    tx.ledger.charge(job_id, now=now)
    return True


def fail(tx: Transaction, job_id: str, code: str, *, now: float) -> bool:
    """No clip arrived: release. False where the job had ended before."""
    return _end_unpaid(tx, job_id, JobState.FAILED, now=now, error=code)


def cancel(tx: Transaction, job_id: str, *, now: float) -> bool:
    """The user stopped it: release. False where the job had ended before."""
    return _end_unpaid(tx, job_id, JobState.CANCELLED, now=now, error=None)


def _end_unpaid(tx: Transaction, job_id: str, state: JobState, *, now: float, error: str | None) -> bool:
    if not tx.jobs.move(job_id, state, now=now, error=error):
        return False
    tx.ledger.release(job_id, now=now)
    return True
