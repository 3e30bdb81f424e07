from collections.abc import Callable

import pytest

from core.jobs import settlement
from core.jobs.moves import sources
from core.ports import Transaction
from core.types import EntryKind, JobState
from storage.database import SqlStore
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
