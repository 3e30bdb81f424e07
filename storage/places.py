"""Turns the unfinished jobs into one job's position, and what was measured into the time to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import mul
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
"""Of all frames together."""


def find_place(store: SqlStore, job: Job, boost: Mapping[str, int]) -> QueuePlace:
    """Where a job stands and how long it will wait.

    Accounts take turns: a job's round is how many of its account's jobs go before it; within a round the earlier goes
    first, by the time of submission less the tier's head start. The wait is the pixels to be made before it, over the
    lanes there are (its own account's: one after the other), at the pace of the last clips of the same worker class;
    None before any, and while no worker of the class is up.
    """
    mine = {"id": job.id, "account": job.account, "worker_class": job.worker_class}
    with store.look() as tx:
        lanes = int(tx.connection.execute(_lanes(), mine).scalar_one())
        # Without lanes nobody can say how long it takes, whatever was measured.
        done = tx.connection.execute(_last_clips(), mine).all() if lanes else ()
        ahead = _ahead(tuple(sorted(boost.items())), measures=bool(done))
        count, *pixels = tx.connection.execute(ahead, mine).one()
    return QueuePlace(count + 1, _wait(done, lanes, *pixels) if done else None)


def _wait(done: Sequence[Any], lanes: int, everybodys: float, own: float) -> float:
    pace = sum(row.took / row.pixels for row in done) / len(done)
    return float(pace * max(everybodys / lanes, own))


@cache
def _ahead(boost: tuple[tuple[str, int], ...], *, measures: bool) -> sa.Select[Any]:
    """How many jobs go before the one of an ``id``, and where it ``measures`` all their pixels and its account's own.

    The database counts: hundreds may wait, and each asks for its place.
    """
    nth = sa.func.row_number().over(partition_by=jobs.c.account_id, order_by=jobs.c.created_at)
    turn = sa.case((jobs.c.state == JobState.RUNNING, 0), else_=nth)
    tiers = [(jobs.c.tier == tier, seconds) for tier, seconds in boost]
    start = jobs.c.created_at - (sa.case(*tiers, else_=0) if tiers else 0)
    active = jobs.c.state.in_((JobState.QUEUED, JobState.RUNNING))
    columns = (jobs.c.id, jobs.c.account_id, turn.label("turn"), start.label("start"), *([_PIXELS] if measures else []))
    in_class = jobs.c.worker_class == sa.bindparam("worker_class")
    all_ = sa.select(*columns).where(active, in_class).cte("unfinished")
    mine = all_.alias("mine")
    before = sa.tuple_(all_.c.turn, all_.c.start, all_.c.id) < sa.tuple_(mine.c.turn, mine.c.start, mine.c.id)
    counted = sa.select(sa.func.count()).where(mine.c.id == sa.bindparam("id"), before)
    if not measures:
        return counted
    is_own = all_.c.account_id == sa.bindparam("account")
    pixels = (all_.c.pixels, sa.case((is_own, all_.c.pixels), else_=0.0))
    return counted.add_columns(*(sa.func.coalesce(sa.func.sum(one), 0.0) for one in pixels))


@cache
def _lanes() -> sa.Select[Any]:
    lanes = sa.select(sa.func.coalesce(sa.func.sum(executors.c.lanes), 0))
    return lanes.where(executors.c.worker_class == sa.bindparam("worker_class"), executors.c.beats != LEFT)


@cache
def _last_clips() -> sa.Select[Any]:
    took = jobs.c.finished_at - jobs.c.started_at
    done = sa.select(took.label("took"), _PIXELS).where(
        jobs.c.state == JobState.SUCCEEDED,
        jobs.c.worker_class == sa.bindparam("worker_class"),
        jobs.c.started_at.is_not(None),
    )
    return done.order_by(jobs.c.finished_at.desc()).limit(_MEASURED)
