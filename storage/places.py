"""Turns the unfinished jobs into one job's position, and what was measured into the time to wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.types import Job, JobState, QueuePlace
from storage.database import SqlStore
from storage.liveness import LEFT
from storage.tables import executors, jobs

_MEASURED = 20
"""The mean is taken over this many of the last clips."""


def find_place(store: SqlStore, job: Job, boost: Mapping[str, int]) -> QueuePlace:
    """Where a job stands and how long it will wait.

    Accounts take turns: a job's round is how many of its account's jobs go before it; within a round the earlier goes
    first, by the time of submission less the tier's head start. The wait is ``ahead / lanes`` times the mean render
    seconds of the last clips of the same worker class; None before any.
    """
    with store.look() as tx:
        active = jobs.c.state.in_((JobState.QUEUED, JobState.RUNNING))
        columns = (jobs.c.id, jobs.c.account_id, jobs.c.tier, jobs.c.state, jobs.c.created_at)
        query = sa.select(*columns).where(active, jobs.c.worker_class == job.worker_class)
        rows = tx.connection.execute(query.order_by(jobs.c.created_at)).all()
        lanes = tx.connection.execute(_lanes(job.worker_class)).scalar_one()
        mean = tx.connection.execute(_mean(job)).scalar()
    position = _position(rows, job, boost)
    wait = None if mean is None else (position - 1) * mean / max(1, lanes)
    return QueuePlace(position, wait)


def _position(rows: Sequence[Any], job: Job, boost: Mapping[str, int]) -> int:
    taken: Counter[str] = Counter()
    order = []
    for row in rows:
        turn = -1 if row.state == JobState.RUNNING else taken[row.account_id]
        taken[row.account_id] += 1
        order.append((turn, row.created_at - boost.get(row.tier, 0), row.id))
    mine = next((rank for rank, (_, _, job_id) in enumerate(sorted(order)) if job_id == job.id), 0)
    return mine + 1


def _lanes(worker_class: str) -> sa.Select[tuple[int]]:
    lanes = sa.select(sa.func.coalesce(sa.func.sum(executors.c.lanes), 0))
    return lanes.where(executors.c.worker_class == worker_class, executors.c.beats != LEFT)


def _mean(job: Job) -> sa.Select[Any]:
    took = jobs.c.finished_at - jobs.c.started_at
    done = sa.select(took.label("took")).where(
        jobs.c.state == JobState.SUCCEEDED, jobs.c.worker_class == job.worker_class, jobs.c.started_at.is_not(None)
    )
    last = done.order_by(jobs.c.finished_at.desc()).limit(_MEASURED).subquery()
    return sa.select(sa.func.avg(last.c.took))
