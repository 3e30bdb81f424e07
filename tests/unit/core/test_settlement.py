from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from core.jobs import settlement
from core.jobs.moves import sources
from core.metrics import Metrics
from core.ports import Transaction
from core.types import EntryKind, JobState
from storage.database import SqlStore
from tests.fakes import FakeClock
from tests.stores import NOW, account_of, held_job, state_of

End = Callable[[Transaction, str], bool]
ENDS: dict[str, End] = {
    "succeeded": lambda tx, job: settlement.succeed(tx, job, now=NOW),
    "failed": lambda tx, job: settlement.fail(tx, job, "timed-out", now=NOW),
    "cancelled": lambda tx, job: settlement.cancel(tx, job, now=NOW),
}


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_only_the_first_end_counts(store: SqlStore, first: str, second: str) -> None:
    job = held_job(store)
    with store.begin() as tx:
        assert ENDS[first](tx, job.id) is True
    with store.begin() as tx:
        assert ENDS[second](tx, job.id) is False
        kinds = [entry.kind for entry in tx.ledger.entries(job.account, limit=9) if entry.job]
    assert state_of(store, job.id) == (first, "timed-out" if first == "failed" else None)
    assert kinds == [EntryKind.CHARGE if first == "succeeded" else EntryKind.RELEASE, EntryKind.HOLD]
    account = account_of(store)
    assert (account.balance, account.held) == (7 if first == "succeeded" else 10, 0)


@pytest.mark.parametrize("end", ENDS)
def test_a_job_that_is_not_there_ends_nothing(store: SqlStore, end: str) -> None:
    with store.begin() as tx:
        assert ENDS[end](tx, "gone") is False


def test_the_moves_lead_from_queued_to_an_end() -> None:
    assert sources(JobState.QUEUED) == set()
    assert sources(JobState.RUNNING) == {JobState.QUEUED}
    for state in JobState:
        assert not any(source.ended for source in sources(state))
        if state.ended:
            assert sources(state) == {JobState.QUEUED, JobState.RUNNING}


class TestSettlement:
    def settlement(self, store: SqlStore) -> tuple[settlement.Settlement, Metrics]:
        metrics = Metrics()
        return settlement.Settlement(store, FakeClock(NOW), metrics), metrics

    def test_it_gives_the_job_back_and_counts_once(self, store: SqlStore) -> None:
        settle, metrics = self.settlement(store)
        job = held_job(store, created_at=NOW - 30)
        with capture_logs() as logs:
            first, again = settle.succeed(job.id), settle.succeed(job.id)
        assert first == again
        assert first is not None
        assert (first.state, first.finished_at) == (JobState.SUCCEEDED, NOW)
        value = metrics.registry.get_sample_value
        assert value("piying_jobs_settled_total", {"state": "succeeded", "code": ""}) == 1
        assert value("piying_credits_charged_total") == 3
        assert value("piying_job_seconds_sum") == 30
        assert [(entry["event"], entry["job"], entry["seconds"]) for entry in logs] == [("job.settled", job.id, 30.0)]

    def test_another_end_gives_nothing_back(self, store: SqlStore) -> None:
        settle, metrics = self.settlement(store)
        job = held_job(store)
        assert settle.cancel(job.id) is not None
        assert settle.succeed(job.id) is settle.fail(job.id, "timed-out") is settle.fail("gone", "timed-out") is None
        assert metrics.registry.get_sample_value("piying_credits_charged_total") == 0

    def test_a_failure_by_another_code_is_another_end(self, store: SqlStore) -> None:
        settle, _ = self.settlement(store)
        job = held_job(store)
        assert settle.fail(job.id, "timed-out") == settle.fail(job.id, "timed-out")
        assert settle.fail(job.id, "worker-lost") is None
