import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.costs import NO_BUDGET, Budget, Cost, CostState
from core.errors import Refusal
from core.jobs import settlement
from core.jobs.retention import Retention
from core.jobs.upkeep import Upkeep
from core.metrics import Metrics
from core.reports import ReportReason, make_report, reject
from core.types import Clip, JobState, Note, StoredClip, TranslationKey
from storage.clips import FolderClipStore
from storage.database import SqlStore
from tests.fakes import FakeClock, FakeQueue, make_job
from tests.stores import BOB, NOW, account_of, held_job, open_store, state_of

DAY = 86400.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'piying.db'}") as opened:
        yield opened


class House:
    """An upkeep and what it keeps up."""

    def __init__(
        self, store: SqlStore, folder: Path, queue: FakeQueue | None = None, budget: Budget = NO_BUDGET
    ) -> None:
        self.store, self.queue, self.clock = store, queue or FakeQueue(), FakeClock(NOW)
        self.clips = FolderClipStore(folder / "clips")
        self.failed: list[tuple[str, str]] = []
        self.metrics = Metrics()
        self.upkeep = Upkeep(
            store=store,
            queue=self.queue,
            clips=self.clips,
            clock=self.clock,
            deliveries=self,
            platforms=["console"],
            kept=Retention.of_days(30, 10, 20, 365, 1096),
            metrics=self.metrics,
            budget=budget,
        )

    async def deliver(self, job_id: str, clip: StoredClip) -> None:
        raise AssertionError("upkeep delivers nothing")

    async def charge(self, job_id: str) -> None:
        with self.store.begin() as tx:
            settlement.succeed(tx, job_id, now=self.clock.now())

    async def fail(self, job_id: str, code: str) -> None:
        self.failed.append((job_id, code))
        with self.store.begin() as tx:
            settlement.fail(tx, job_id, code, now=self.clock.now())

    def end(self, job_id: str, state: JobState, at: float = NOW) -> None:
        with self.store.begin() as tx:
            if state is JobState.SUCCEEDED:
                settlement.succeed(tx, job_id, now=at)
            elif state is JobState.CANCELLED:
                settlement.cancel(tx, job_id, now=at)
            else:
                settlement.fail(tx, job_id, "engine-fault", now=at)


async def test_a_clip_that_was_delivered_is_charged_by_upkeep(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job = held_job(store)
    house.queue.dead_jobs = house.queue.delivered_jobs = {job.id}
    assert await house.upkeep.reconcile() == 1
    assert house.failed == []
    assert state_of(store, job.id) == ("succeeded", None)


async def test_a_hold_whose_work_is_dead_is_released_and_told(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    dead, alive = held_job(store), held_job(store)
    house.queue.dead_jobs = {dead.id}
    assert await house.upkeep.reconcile() == 1
    assert house.failed == [(dead.id, "worker-lost")]
    assert state_of(store, dead.id) == ("failed", "worker-lost")
    assert state_of(store, alive.id) == ("queued", None)
    assert (account_of(store).balance, account_of(store).held) == (7, 3)
    assert await house.upkeep.reconcile() == 0


async def test_only_open_holds_are_asked_about(store: SqlStore, tmp_path: Path) -> None:
    class Curious(FakeQueue):
        asked: Sequence[str] = ()

        async def dead(self, job_ids: Sequence[str]) -> dict[str, bool]:
            self.asked = job_ids
            return dict.fromkeys(job_ids, False)

    queue = Curious()
    house = House(store, tmp_path, queue)
    ended, held = held_job(store), held_job(store)
    house.end(ended.id, JobState.SUCCEEDED)
    await house.upkeep.reconcile()
    assert list(queue.asked) == [held.id]
    assert state_of(store, ended.id) == ("succeeded", None)


async def test_the_work_of_jobs_cancelled_lately_is_stopped(store: SqlStore, tmp_path: Path) -> None:
    """The bot may have died between the refund and the stop."""
    house = House(store, tmp_path)
    jobs = [held_job(store) for _ in range(3)]
    house.end(jobs[0].id, JobState.CANCELLED, NOW - 60)
    house.end(jobs[1].id, JobState.CANCELLED, NOW - DAY)
    await house.upkeep.reconcile()
    assert house.queue.cancelled == [jobs[0].id]


async def test_files_of_jobs_deleted_are_dropped(store: SqlStore, tmp_path: Path) -> None:
    """Their bot may have died before, or a worker have put one more after."""
    house = House(store, tmp_path)
    kept, old, new = (held_job(store) for _ in range(3))
    with store.begin() as tx:
        tx.jobs.delete(old.id, now=NOW - 20 * DAY)
    for job in (kept, old, new):
        house.clips.put_file(job.id, "preview.webp", b"x")
    await house.upkeep.reconcile()
    assert sorted(path.parent.name for path in (tmp_path / "clips").rglob("*.webp")) == sorted([kept.id, new.id])
    with store.begin() as tx:
        tx.jobs.delete(new.id, now=NOW + 1)
    house.clock.time += 30
    await house.upkeep.reconcile()
    assert [path.parent.name for path in (tmp_path / "clips").rglob("*.webp")] == [kept.id]


@pytest.mark.parametrize("state", [state for state in JobState if state.ended])
async def test_what_ended_long_ago_goes_with_its_clips(store: SqlStore, tmp_path: Path, state: JobState) -> None:
    house = House(store, tmp_path)
    old, fresh = held_job(store), held_job(store)
    keys = {}
    for job in (old, fresh):
        video, poster = tmp_path / "v.mp4", tmp_path / "p.jpg"
        video.write_bytes(b"v")
        poster.write_bytes(b"p")
        # Stored, but not attached: the job ended on the way.
        keys[job.id] = house.clips.put(job.id, Clip(video, poster, 1, 1, 1.0, 1)).video
    house.end(old.id, state, NOW - 31 * DAY)
    house.end(fresh.id, state, NOW - 29 * DAY)
    assert await house.upkeep.retire() == 1
    with store.begin() as tx:
        assert tx.jobs.get(old.id) is None
        assert tx.jobs.get(fresh.id) is not None
    with pytest.raises(Refusal):
        house.clips.open(keys[old.id])
    assert house.clips.open(keys[fresh.id]).read_bytes() == b"v"
    assert house.queue.forgotten == [old.id]
    assert await house.upkeep.retire() == 0


async def test_unfinished_jobs_are_kept_however_old(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job = held_job(store, created_at=1.0)
    assert await house.upkeep.retire() == 0
    assert state_of(store, job.id) == ("queued", None)


async def test_a_retirement_that_broke_off_is_taken_up_again(store: SqlStore, tmp_path: Path) -> None:
    class Away(FakeQueue):
        away = True

        async def forget(self, job_ids: Sequence[str]) -> None:
            if self.away:
                raise ConnectionError
            await super().forget(job_ids)

    queue = Away()
    house = House(store, tmp_path, queue)
    job = held_job(store)
    house.end(job.id, JobState.SUCCEEDED, 1.0)
    with pytest.raises(ConnectionError):
        await house.upkeep.retire()
    queue.away = False
    assert await house.upkeep.retire() == 1
    assert queue.forgotten == [job.id]


async def test_the_loop_outlives_a_database_that_is_away(store: SqlStore, tmp_path: Path) -> None:
    class Away(FakeQueue):
        calls = 0

        async def dead(self, job_ids: Sequence[str]) -> dict[str, bool]:
            self.calls += 1
            if self.calls < 3:
                raise ConnectionError
            return await super().dead(job_ids)

    queue = Away()
    house = House(store, tmp_path, queue)
    job: Any = held_job(store)
    queue.dead_jobs = {job.id}
    loop = asyncio.create_task(house.upkeep.keep_up(0.01))
    while not house.failed:
        await asyncio.sleep(0.01)
    loop.cancel()
    assert queue.calls >= 3


async def test_translations_are_forgotten_when_their_time_has_come(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    key = TranslationKey("ab" * 32, "phrase", "1", "en")
    assert house.upkeep.forget_records() == 0
    with store.begin() as tx:
        tx.translations.keep(key, "a cat", now=NOW)
    house.clock.time = NOW + 20 * DAY
    assert house.upkeep.forget_records() == 0
    house.clock.time += 1
    assert house.upkeep.forget_records() == 1
    with store.look() as tx:
        assert tx.translations.find(key) is None


async def test_costs_are_kept_as_long_as_the_ledger(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    with store.begin() as tx:
        tx.costs.put(Cost("one", "kling", "kling-3", 1, 500_000, CostState.FINAL, NOW))
    house.clock.time = NOW + 1096 * DAY
    assert house.upkeep.forget_records() == 0
    house.clock.time += 1
    assert house.upkeep.forget_records() == 1
    with store.look() as tx:
        assert tx.costs.get("one") is None


async def test_a_cost_that_a_job_left_open_is_unknown_after_an_hour(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job, running = held_job(store), held_job(store)
    with store.begin() as tx:
        for one in (job, running):
            tx.costs.put(Cost(one.id, "kling", "kling-3", 1, 500_000, CostState.OPEN, NOW - 60, job=one.id))
    house.end(job.id, JobState.CANCELLED)
    house.clock.time = NOW + 3600
    assert house.upkeep.doubt_costs() == 0
    house.clock.time += 1
    with capture_logs() as logs:
        assert house.upkeep.doubt_costs() == 1
        assert house.upkeep.doubt_costs() == 0
    assert logs == [{"event": "costs.unknown", "log_level": "warning", "count": 1}]
    with store.look() as tx:
        found = [tx.costs.get(one.id) for one in (job, running)]
    assert [cost and cost.state for cost in found] == [CostState.UNKNOWN, CostState.OPEN]


async def test_costs_are_looked_after_beside_all_else(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    with store.begin() as tx:
        tx.costs.put(Cost("one", "kling", "kling-3", 1, 500_000, CostState.OPEN, NOW - 3601))
    loop, state = asyncio.create_task(house.upkeep.keep_up(0.01)), CostState.OPEN
    while state is CostState.OPEN:
        await asyncio.sleep(0.01)
        with store.look() as tx:
            cost = tx.costs.get("one")
        assert cost is not None
        state = cost.state
    loop.cancel()
    assert state is CostState.UNKNOWN


async def test_what_vendors_may_take_for_today_is_shown(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path, budget=Budget(1, "Asia/Shanghai"))
    midnight = NOW - 60_800
    with store.begin() as tx:
        for number, at in enumerate((midnight - 1, midnight, NOW)):
            tx.costs.put(Cost(str(number), "kling", "kling-3", 1, 750_000, CostState.UNKNOWN, at))
    house.upkeep.show_figures()
    assert house.metrics.registry.get_sample_value("piying_costs_today_usd") == 1.5


async def test_words_go_before_their_clip(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job = held_job(store, prompt="my secret", spec=replace(make_job().spec, prompt="my secret", negative_prompt="hush"))
    with store.begin() as tx:
        tx.jobs.attach_clip(job.id, StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 9, {"prompt": "my secret"}))
        tx.jobs.add_notes(job.id, [Note("undrawn", {"words": "secret"})])
    house.end(job.id, JobState.SUCCEEDED)
    house.clock.time = NOW + 10 * DAY
    assert await house.upkeep.forget_words() == 0
    house.clock.time += 1
    assert await house.upkeep.forget_words() == 1
    assert house.queue.forgotten == [job.id]
    with store.look() as tx:
        kept = tx.jobs.by_code(job.code)
    assert kept is not None
    assert kept.clip == StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 9)
    assert "secret" not in repr(kept)
    assert "hush" not in repr(kept)
    assert kept.spec.seed == job.spec.seed
    assert await house.upkeep.forget_words() == 0


async def test_decided_reports_go_and_open_ones_stay(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job, other = held_job(store), held_job(store)
    with store.begin() as tx:
        waiting, decided = (
            tx.reports.add(make_report(one, None, BOB, ReportReason.OTHER, "", now=NOW)) for one in (job, other)
        )
        reject(tx, decided.id, now=NOW, outcome="harmless")
    house.clock.time = NOW + 365 * DAY
    assert house.upkeep.forget_records() == 0
    house.clock.time += 1
    assert house.upkeep.forget_records() == 2  # and who decided it
    with store.look() as tx:
        assert tx.reports.get(decided.id) is None
        assert tx.reports.get(waiting.id) == waiting


async def test_old_entries_become_one_and_the_sums_stay(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job = held_job(store)
    house.end(job.id, JobState.SUCCEEDED)
    waiting = held_job(store, credits_=0)
    with store.begin() as tx:
        tx.ledger.grant(job.account, 5, now=NOW + 900 * DAY, note="thanks")
    before = account_of(store)
    house.clock.time = NOW + 1096 * DAY + 1
    assert house.upkeep.forget_records() == 2
    assert house.upkeep.forget_records() == 0
    with store.look() as tx:
        entries = tx.ledger.entries(job.account, limit=99)
    assert sorted(entry.note for entry in entries) == ["", "carried", "thanks", "welcome"]
    assert {entry.job for entry in entries} == {None, waiting.id}
    assert (sum(e.balance for e in entries), sum(e.held for e in entries)) == (before.balance, before.held)


async def test_reports_that_wait_are_counted(store: SqlStore, tmp_path: Path) -> None:
    house = House(store, tmp_path)
    job = held_job(store)
    with store.begin() as tx:
        for moment in (NOW, NOW + DAY):
            tx.reports.add(make_report(job, None, BOB, ReportReason.HATE, "", now=moment))
    house.clock.time = NOW + 2 * DAY + 1
    house.upkeep.show_figures()
    figures = [house.metrics.registry.get_sample_value(f"piying_reports_{name}") for name in ("open", "overdue")]
    assert figures == [2, 1]
