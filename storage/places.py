"""Turns the unfinished jobs into one job's position, and what was measured into the time to wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import itemgetter, mul
from typing import Any

import sqlalchemy as sa

from core.types import Job, JobState, QueuePlace
from storage.database import SqlStore
from storage.liveness import LEFT
from storage.tables import executors, jobs

_MEASURED = 20
"""The pace is the mean over this many of the last clips."""
_SIDES = (jobs.c.spec[name].as_float() for name in ("width", "height", "num_frames"))
_PIXELS = reduce(mul, _SIDES).label("pixels")
"""Of all frames together. The database reads them: hundreds of jobs may wait, and each asks for its place."""


def find_place(store: SqlStore, job: Job, boost: Mapping[str, int]) -> QueuePlace:
    """Where a job stands and how long it will wait.

    Accounts take turns: a job's round is how many of its account's jobs go before it; within a round the earlier goes
    first, by the time of submission less the tier's head start. The wait is the pixels to be made before it, over the
    lanes there are (its own account's: one after the other), at the pace of the last clips of the same worker class;
    None before any, and while no worker of the class is up.
    """
    with store.look() as tx:
        active = jobs.c.state.in_((JobState.QUEUED, JobState.RUNNING))
        columns = (jobs.c.id, jobs.c.account_id, jobs.c.tier, jobs.c.state, jobs.c.created_at, _PIXELS)
        query = sa.select(*columns).where(active, jobs.c.worker_class == job.worker_class)
        rows = tx.connection.execute(query.order_by(jobs.c.created_at)).all()
        lanes = int(tx.connection.execute(_lanes(job.worker_class)).scalar_one())
        done = tx.connection.execute(_last_clips(job)).all()
    ahead = _ahead(rows, job, boost)
    pace = sum(row.took / row.pixels for row in done) / len(done) if done else None
    wait = pace * _pixels_before(ahead, job, lanes) if pace is not None and lanes else None
    return QueuePlace(len(ahead) + 1, wait)


def _ahead(rows: Sequence[Any], job: Job, boost: Mapping[str, int]) -> list[Any]:
    taken: Counter[str] = Counter()
    order = []
    for row in rows:
        turn = -1 if row.state == JobState.RUNNING else taken[row.account_id]
        taken[row.account_id] += 1
        order.append(((turn, row.created_at - boost.get(row.tier, 0), row.id), row))
    sorted_rows = [row for _, row in sorted(order, key=itemgetter(0))]
    mine = next((rank for rank, row in enumerate(sorted_rows) if row.id == job.id), 0)
    return sorted_rows[:mine]


def _pixels_before(ahead: Sequence[Any], job: Job, lanes: int) -> float:
    everybody = sum(row.pixels for row in ahead) / lanes
    own = sum(row.pixels for row in ahead if row.account_id == job.account)
    return float(max(everybody, own))


def _lanes(worker_class: str) -> sa.Select[Any]:
    lanes = sa.select(sa.func.coalesce(sa.func.sum(executors.c.lanes), 0))
    return lanes.where(executors.c.worker_class == worker_class, executors.c.beats != LEFT)


def _last_clips(job: Job) -> sa.Select[Any]:
    took = jobs.c.finished_at - jobs.c.started_at
    done = sa.select(took.label("took"), _PIXELS).where(
        jobs.c.state == JobState.SUCCEEDED, jobs.c.worker_class == job.worker_class, jobs.c.started_at.is_not(None)
    )
    return done.order_by(jobs.c.finished_at.desc()).limit(_MEASURED)
