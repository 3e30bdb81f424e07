from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.types import Address, Job, JobState
from storage.database import SqlStore
from storage.liveness import LEFT
from storage.places import find_place
from storage.tables import executors, jobs
from tests.fakes import SPEC
from tests.stores import NOW, held_job

BOOST = {"premium": 600}


def order(store: SqlStore, user: str, at: float, **changes: object) -> Job:
    return held_job(store, Address("console", user, user), credits_=1000, created_at=NOW + at, **changes)


def positions(store: SqlStore, *asked: Job) -> list[int]:
    return [find_place(store, job, BOOST).position for job in asked]


def rendered(store: SqlStore, seconds: float, at: float = 0.0, **changes: object) -> None:
    """A job that was made in so many seconds."""
    job = order(store, "done", at, state=JobState.SUCCEEDED, **changes)
    times = {"started_at": NOW + at, "finished_at": NOW + at + seconds}
    with store.begin() as tx:
        tx.connection.execute(jobs.update().where(jobs.c.id == job.id).values(times))


def worker(store: SqlStore, name: str, lanes: int, worker_class: str = "scene", beats: int = 1) -> None:
    row = {"id": name, "beats": beats, "worker_class": worker_class, "lanes": lanes}
    with store.begin() as tx:
        tx.connection.execute(sa.insert(executors).values(row))


def test_the_earlier_goes_first(store: SqlStore) -> None:
    first, second = order(store, "ann", 0), order(store, "ben", 1)
    assert positions(store, first, second) == [1, 2]


def test_accounts_take_turns(store: SqlStore) -> None:
    hog = [order(store, "hog", n) for n in range(3)]
    late = [order(store, user, 10) for user in ("ann", "ben")]
    assert positions(store, *hog) == [1, 4, 5]
    assert sorted(positions(store, *late)) == [2, 3]


def test_what_runs_is_ahead_and_counts_as_its_accounts_turn(store: SqlStore) -> None:
    running = order(store, "ann", 5, state=JobState.RUNNING)
    mine, other = order(store, "ann", 6), order(store, "ben", 7)
    assert positions(store, running, other, mine) == [1, 2, 3]


def test_a_head_start_is_worth_its_seconds(store: SqlStore) -> None:
    plain = order(store, "ann", 0)
    premium = order(store, "ben", 500, tier="premium")
    late = order(store, "cat", 700, tier="premium")
    assert positions(store, premium, plain, late) == [1, 2, 3]


def test_other_classes_and_ended_jobs_are_in_nobodys_way(store: SqlStore) -> None:
    order(store, "ann", 0, worker_class="gpu-24g")
    for state in JobState:
        if state.ended:
            order(store, "ben", 0, state=state)
    assert positions(store, order(store, "cat", 1)) == [1]


def test_no_time_is_told_before_one_was_measured(store: SqlStore) -> None:
    order(store, "ann", 0)
    assert find_place(store, order(store, "ben", 1), BOOST).wait_seconds is None


def test_no_time_is_told_while_no_worker_of_the_class_is_up(store: SqlStore) -> None:
    rendered(store, 10.0)
    worker(store, "gone", 2, beats=LEFT)
    worker(store, "other", 2, worker_class="gpu-24g")
    order(store, "ann", 0)
    job = order(store, "ben", 1)
    assert (find_place(store, job, BOOST).position, find_place(store, job, BOOST).wait_seconds) == (2, None)
    worker(store, "one", 1)
    assert find_place(store, job, BOOST).wait_seconds == 10


def test_the_time_to_wait_is_what_clips_took_here(store: SqlStore) -> None:
    rendered(store, 10.0)
    rendered(store, 20.0)
    rendered(store, 500.0, worker_class="gpu-24g")
    waiting = [order(store, user, 1 + n) for n, user in enumerate("abc")]
    worker(store, "one", 1)
    assert [find_place(store, job, BOOST).wait_seconds for job in waiting] == [0, 15, 30]
    worker(store, "two", 2)
    worker(store, "gone", 8, beats=LEFT)
    worker(store, "other", 8, worker_class="gpu-24g")
    assert [find_place(store, job, BOOST).wait_seconds for job in waiting] == [0, 5, 10]


def test_a_process_of_several_classes_has_lanes_of_each(store: SqlStore) -> None:
    rendered(store, 10.0)
    worker(store, "one", 1)
    worker(store, "one", 100, worker_class="hosted")
    order(store, "ann", 0)
    assert find_place(store, order(store, "ben", 1), BOOST).wait_seconds == 10


def test_a_clip_of_more_pixels_takes_longer(store: SqlStore) -> None:
    rendered(store, 10.0)
    worker(store, "one", 1)
    large = replace(SPEC, width=2 * SPEC.width, num_frames=2 * SPEC.num_frames)
    order(store, "ann", 0, spec=large)
    assert find_place(store, order(store, "ben", 1), BOOST).wait_seconds == pytest.approx(40.0)


def test_an_accounts_own_clips_are_made_one_after_the_other(store: SqlStore) -> None:
    rendered(store, 10.0)
    worker(store, "one", 4)
    mine = [order(store, "ann", n) for n in range(3)]
    assert [find_place(store, job, BOOST).wait_seconds for job in mine] == [0, 10, 20]


def test_only_the_last_clips_are_measured(store: SqlStore) -> None:
    for number in range(30):
        rendered(store, 1000.0 if number < 10 else 4.0, at=number * 2000)
    worker(store, "one", 1)
    order(store, "ann", 0)
    assert find_place(store, order(store, "ben", 1), BOOST).wait_seconds == pytest.approx(4.0)
