"""Core's Store port, held on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest

from core.errors import Conflict, QuotaExceeded, Refusal
from core.types import Address, ApiKey, EntryKind, JobState, Note, Progress, StoredClip
from storage.database import SqlStore, SqlTransaction
from tests.fakes import make_job
from tests.stores import ALICE, BOB, NOW, account_of, held_job, open_account

CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1234)
ELSEWHERE = Address("telegram", "7", "7")


class Aborted(Exception):
    """Rolls a transaction back."""


def test_a_job_comes_back_as_it_was_put(store: SqlStore) -> None:
    notes = (Note("not-drawn", {"words": "苍穹, zeppelin", "count": 2, "part": 0.5}),)
    with store.begin() as tx:
        account = open_account(tx)
        job = make_job(
            account=account.id, notes=notes, clip=CLIP, prompt="一只猫 🐈", locale="zh-Hans", error="timed-out"
        )
        tx.jobs.add(job)
    with store.begin() as tx:
        assert tx.jobs.get(job.id) == tx.jobs.by_key(job.key) == tx.jobs.by_code(job.code) == job
        assert tx.jobs.get("none") is tx.jobs.by_key("none") is tx.jobs.by_code("none") is None


@pytest.mark.parametrize("field", ["id", "key", "code"])
def test_a_taken_name_is_a_conflict_and_the_transaction_goes_on(store: SqlStore, field: str) -> None:
    first = held_job(store)
    second = replace(make_job(account=first.account), **{field: getattr(first, field)})
    third = make_job(account=first.account)
    with store.begin() as tx:
        with pytest.raises(Conflict):
            tx.jobs.add(second)
        tx.jobs.add(third)
    with store.begin() as tx:
        assert tx.jobs.get(first.id) == first
        assert tx.jobs.get(third.id) == third


def test_a_rolled_back_transaction_leaves_nothing(store: SqlStore) -> None:
    job = make_job()
    with pytest.raises(Aborted), store.begin() as tx:  # noqa: PT012
        account = open_account(tx)
        tx.jobs.add(replace(job, account=account.id))
        tx.ledger.hold(account.id, job.id, 3, now=NOW)
        raise Aborted
    with store.begin() as tx:
        assert tx.jobs.get(job.id) is None
        assert tx.ledger.held_jobs() == []
        assert tx.ledger.accounts(limit=9) == []


LEGAL = {
    (JobState.QUEUED, JobState.RUNNING),
    *((begun, ended) for begun in (JobState.QUEUED, JobState.RUNNING) for ended in JobState if ended.ended),
}


@pytest.mark.parametrize("after", JobState)
@pytest.mark.parametrize("before", JobState)
def test_only_legal_moves_write(store: SqlStore, before: JobState, after: JobState) -> None:
    job = held_job(store, state=before, error="timed-out" if before is JobState.FAILED else None)
    with store.begin() as tx:
        moved = tx.jobs.move(job.id, after, now=NOW, error="engine-fault")
    with store.begin() as tx:
        found = tx.jobs.get(job.id)
    assert moved is ((before, after) in LEGAL)
    if not moved:
        assert found == job
        return
    started, finished = (NOW, None) if after is JobState.RUNNING else (None, NOW)
    assert found == replace(job, state=after, error="engine-fault", started_at=started, finished_at=finished)


def test_moving_a_job_that_is_not_there_says_so(store: SqlStore) -> None:
    with store.begin() as tx:
        assert tx.jobs.move("none", JobState.RUNNING, now=NOW) is False


def test_clip_notes_and_token_are_written_apart(store: SqlStore) -> None:
    job = held_job(store, notes=(Note("a"),))
    with store.begin() as tx:
        tx.jobs.save_resume_token(job.id, "remote-7")
        tx.jobs.attach_clip(job.id, CLIP)
        tx.jobs.add_notes(job.id, [Note("b", {"n": 1})])
    with store.begin() as tx:
        assert tx.jobs.get(job.id) == replace(job, clip=CLIP, notes=(Note("a"), Note("b", {"n": 1})))
        assert tx.jobs.resume_token(job.id) == "remote-7"
        assert tx.jobs.resume_token("none") is None
        tx.jobs.add_notes("none", [Note("b")])
        assert tx.jobs.get("none") is None


def test_a_job_that_another_engine_makes_says_so_and_keeps_what_it_had(store: SqlStore) -> None:
    job = held_job(store, price=4, notes=(Note("a"),))
    spec, note = (
        replace(job.spec, model="other", recipe="other-draft", num_frames=48),
        Note("rerouted", {"to": "other"}),
    )
    with store.begin() as tx:
        tx.jobs.save_resume_token(job.id, "remote-7")
        tx.jobs.reroute(job.id, spec, 2, note)
        tx.jobs.reroute("none", spec, 2, note)
    with store.begin() as tx:
        assert tx.jobs.get(job.id) == replace(job, spec=spec, price=2, notes=(Note("a"), note))
        assert tx.jobs.resume_token(job.id) == "remote-7"
        assert tx.jobs.get("none") is None
    assert (account_of(store).balance, account_of(store).held) == (6, 4)


def test_a_chats_jobs_come_newest_first_and_in_pages(store: SqlStore) -> None:
    first, second, third = (held_job(store, created_at=NOW + n) for n in range(3))
    held_job(store, BOB)
    with store.begin() as tx:
        newest = tx.jobs.of_chat("console", "alice", limit=2)
        older = tx.jobs.of_chat("console", "alice", limit=2, before=second.created_at)
        assert tx.jobs.of_chat("telegram", "alice", limit=2) == []
    assert [job.id for job in newest] == [third.id, second.id]
    assert [job.id for job in older] == [first.id]


def test_a_page_begins_after_a_job_and_goes_either_way(store: SqlStore) -> None:
    # Three of one moment: the order must hold all the same.
    jobs = sorted((held_job(store, credits_=20, created_at=NOW) for _ in range(3)), key=lambda job: job.id)
    jobs.append(held_job(store, created_at=NOW + 1))
    foreign = held_job(store, BOB)
    with store.begin() as tx:
        for newest_first, expected in ((True, jobs[::-1]), (False, jobs)):
            codes, after = list[str](), None
            while page := tx.jobs.page("console", "alice", limit=1, after=after, newest_first=newest_first):
                (after,) = [job.code for job in page]
                codes.append(after)
            assert codes == [job.code for job in expected]
        for unknown in ("NONE", foreign.code):
            with pytest.raises(Refusal, match="job-unknown"):
                tx.jobs.page("console", "alice", limit=1, after=unknown)


def test_a_deleted_job_is_gone_for_its_owner_and_there_for_who_works_on_it(store: SqlStore) -> None:
    first, second, third = (held_job(store, created_at=NOW + n) for n in range(3))
    with store.begin() as tx:
        tx.jobs.delete(second.id, now=NOW + 9)
        assert tx.jobs.by_code(second.code) is None
        assert [job.id for job in tx.jobs.of_chat("console", "alice", limit=9)] == [third.id, first.id]
        assert [job.id for job in tx.jobs.page("console", "alice", limit=9)] == [third.id, first.id]
        assert [job.id for job in tx.jobs.page("console", "alice", limit=9, after=second.code)] == [first.id]
        assert tx.jobs.get(second.id) == tx.jobs.by_key(second.key) == second
        assert second in tx.jobs.unfinished("console")
        assert second.id in tx.ledger.held_jobs(["console"])
        assert tx.jobs.waiting(second.account) == 3
        assert tx.jobs.move(second.id, JobState.CANCELLED, now=NOW + 9)
        assert second.id in [job.id for job in tx.jobs.ended_before(NOW + 10, limit=9)]


def test_keys_are_kept_as_digests_and_revoked_once(store: SqlStore) -> None:
    first, second = ApiKey("one", "0" * 64, "a program", NOW), ApiKey("two", "1" * 64, "另一个", NOW + 1)
    with store.begin() as tx:
        for key in (first, second):
            tx.keys.add(key)
        assert tx.keys.get("one") == first
        assert tx.keys.get("none") is None
        assert tx.keys.all() == [second, first]
        assert tx.keys.revoke("one", now=NOW + 5) is True
        assert tx.keys.revoke("one", now=NOW + 6) is tx.keys.revoke("none", now=NOW) is False
        assert tx.keys.get("one") == replace(first, revoked_at=NOW + 5)


def test_an_account_may_have_limits_of_its_own(store: SqlStore) -> None:
    held_job(store)
    account = account_of(store)
    assert account.limits == {}
    for limits in ({"clips_a_day": 3, "waiting": 0}, {}):
        with store.begin() as tx:
            tx.ledger.set_limits(account.id, limits)
        assert account_of(store) == replace(account, limits=limits)


def test_unfinished_cancelled_and_ended_jobs_are_found(store: SqlStore) -> None:
    jobs = {state: held_job(store, credits_=15, state=state, created_at=NOW + n) for n, state in enumerate(JobState)}
    with store.begin() as tx:
        for state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED):
            spare = held_job_in(tx, jobs[state].account, JobState.QUEUED)
            assert tx.jobs.move(spare, state, now=NOW + 50)
            jobs[state] = tx.jobs.get(spare) or jobs[state]
        held_job_in(tx, jobs[JobState.QUEUED].account, JobState.RUNNING, Address("telegram", "1", "1"))
        assert [job.state for job in tx.jobs.unfinished("console")] == [JobState.QUEUED, JobState.RUNNING]
        assert tx.jobs.cancelled_since(NOW + 50) == [jobs[JobState.CANCELLED].id]
        assert tx.jobs.cancelled_since(NOW + 50.1) == []
        assert tx.jobs.deleted_since(0) == []
        tx.jobs.delete(jobs[JobState.FAILED].id, now=NOW + 60)
        assert tx.jobs.deleted_since(NOW + 60) == [jobs[JobState.FAILED].id]
        assert tx.jobs.deleted_since(NOW + 60.1) == []
        assert tx.jobs.ended_before(NOW + 50, limit=9) == []
        assert {job.id for job in tx.jobs.ended_before(NOW + 51, limit=9)} == {
            jobs[state].id for state in JobState if state.ended
        }
        assert len(tx.jobs.ended_before(NOW + 51, limit=2)) == 2


def held_job_in(tx: SqlTransaction, account: str, state: JobState, address: Address = ALICE) -> str:
    job = make_job(account=account, state=state, address=address)
    tx.jobs.add(job)
    return job.id


def test_what_counts_as_spent(store: SqlStore) -> None:
    for state in JobState:
        held_job(store, state=state, created_at=NOW, price=1)
    held_job(store, BOB, created_at=NOW, price=1)
    account = account_of(store).id
    with store.begin() as tx:
        # Queued, running and succeeded; what failed, or was cancelled before its turn, does not count.
        assert tx.jobs.spent_since(NOW, account=account) == (3, 12.0)
        assert tx.jobs.spent_since(NOW, address=ALICE) == (3, 12.0)
        assert tx.jobs.spent_since(NOW, address=ELSEWHERE) == (0, 0.0)
        assert tx.jobs.spent_since(NOW + 0.1, account=account) == (0, 0.0)
        assert tx.jobs.spent_since(NOW) == (4, 16.0)
        assert tx.jobs.waiting(account) == 2


def test_a_clip_that_was_begun_and_cancelled_counts(store: SqlStore) -> None:
    """Whoever cancels in time could otherwise have a machine work without end."""
    job = held_job(store, created_at=NOW)
    with store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=NOW + 1)
        tx.jobs.move(job.id, JobState.CANCELLED, now=NOW + 2)
        assert tx.jobs.spent_since(NOW, account=job.account) == (1, 4.0)


def test_a_removed_job_takes_its_progress_along_and_leaves_the_ledger(store: SqlStore) -> None:
    job = held_job(store)
    store.write_progress(job.id, Progress("drawing", 0.5))
    with store.begin() as tx:
        tx.jobs.remove(job.id)
    with store.begin() as tx:
        assert tx.jobs.get(job.id) is None
        assert [entry.kind for entry in tx.ledger.entries(job.account, limit=9)] == [EntryKind.HOLD, EntryKind.GRANT]
    assert store.read_progress([job.id]) == {}


def test_the_last_progress_wins(store: SqlStore) -> None:
    store.write_progress("a", Progress("drawing", 0.25, 3.0))
    store.write_progress("a", Progress("encoding", 0.5, preview="a/preview.webp"))
    store.write_progress("b", Progress("drawing", 1.0))
    assert store.read_progress(["a", "b", "c"]) == {
        "a": Progress("encoding", 0.5, preview="a/preview.webp"),
        "b": Progress("drawing", 1.0),
    }
    assert store.read_progress([]) == {}


def test_an_account_is_opened_once_and_welcomed_once(store: SqlStore) -> None:
    with store.begin() as tx:
        first = open_account(tx, credits_=7)
    with store.begin() as tx:
        again = open_account(tx, credits_=7)
        assert open_account(tx, BOB).id != first.id
        assert [(entry.kind, entry.note) for entry in tx.ledger.entries(first.id, limit=9)] == [
            (EntryKind.GRANT, "welcome")
        ]
    assert first == again
    assert (first.balance, first.held, first.blocked, first.tier, first.timezone) == (
        7, 0, False, "standard", "Asia/Shanghai",
    )  # fmt: skip


def test_a_hold_is_charged_once(store: SqlStore) -> None:
    job = held_job(store, price=4)
    assert (account_of(store).balance, account_of(store).held) == (6, 4)
    with store.begin() as tx:
        assert tx.ledger.held_jobs() == [job.id]
        assert tx.ledger.charge(job.id, now=NOW) is True
        assert tx.ledger.charge(job.id, now=NOW) is False
        assert tx.ledger.release(job.id, now=NOW) is False
        assert tx.ledger.held_jobs() == []
    assert (account_of(store).balance, account_of(store).held) == (6, 0)


@pytest.mark.parametrize(("credits_", "left"), [(4, 6), (1, 9), (0, 10), (5, 6), (None, 6)])
def test_what_became_cheaper_gives_the_rest_back(store: SqlStore, credits_: int | None, left: int) -> None:
    job = held_job(store, price=4)
    with store.begin() as tx:
        assert tx.ledger.charge(job.id, now=NOW, credits_=credits_) is True
        assert tx.ledger.charge(job.id, now=NOW, credits_=credits_) is False
        newest = tx.ledger.entries(job.account, limit=1)[0]
    assert (newest.kind, newest.balance, newest.held) == (EntryKind.CHARGE, left - 6, -4)
    assert (account_of(store).balance, account_of(store).held) == (left, 0)


def test_a_hold_is_released_once(store: SqlStore) -> None:
    job = held_job(store, price=4)
    with store.begin() as tx:
        assert tx.ledger.release(job.id, now=NOW) is True
        assert tx.ledger.release(job.id, now=NOW) is False
        assert tx.ledger.charge(job.id, now=NOW) is False
        assert tx.ledger.charge("none", now=NOW) is False
    assert (account_of(store).balance, account_of(store).held) == (10, 0)


def test_a_second_hold_of_a_job_is_a_conflict_and_writes_nothing(store: SqlStore) -> None:
    job = held_job(store, price=4)
    with store.begin() as tx:
        with pytest.raises(Conflict):
            tx.ledger.hold(job.account, job.id, 1, now=NOW)
        assert tx.ledger.held_jobs() == [job.id]
    assert (account_of(store).balance, account_of(store).held) == (6, 4)


def test_no_balance_falls_below_zero(store: SqlStore) -> None:
    with store.begin() as tx:
        account = open_account(tx)
        with pytest.raises(QuotaExceeded) as refused:
            tx.ledger.hold(account.id, "job", 11, now=NOW)
        assert refused.value.code == "credits-short"
        assert refused.value.details == {"price": 11, "balance": 10}
        with pytest.raises(QuotaExceeded):
            tx.ledger.grant(account.id, -11, now=NOW, note="")
        tx.ledger.grant(account.id, -10, now=NOW, note="taken back")
        assert tx.ledger.account(account.id) == replace(account, balance=0)
        assert tx.ledger.held_jobs() == []
        with pytest.raises(Conflict):
            tx.ledger.grant("nobody", 1, now=NOW, note="")


def test_long_notes_fit(store: SqlStore) -> None:
    with store.begin() as tx:
        account = open_account(tx)
        tx.ledger.grant(account.id, 1, now=NOW, note="谢" * 500)
        assert tx.ledger.entries(account.id, limit=1)[0].note == "谢" * 200


def test_the_accounts_of_a_tier_are_those_with_a_user_of_the_platform(store: SqlStore) -> None:
    with store.begin() as tx:
        one, other = open_account(tx, ALICE, credits_=5), open_account(tx, ELSEWHERE, credits_=5)
        assert tx.ledger.move_tier(one.id, "standard", "subscriber")
        assert not tx.ledger.move_tier(one.id, "standard", "subscriber")
        assert tx.ledger.move_tier(other.id, "standard", "subscriber")
    with store.look() as tx:
        assert tx.ledger.of_tier("subscriber", ALICE.platform) == [one.id]
        assert tx.ledger.of_tier("standard", ALICE.platform) == []
    assert ALICE.platform != ELSEWHERE.platform


def test_an_operator_sets_block_tier_and_timezone(store: SqlStore) -> None:
    with store.begin() as tx:
        account = open_account(tx)
        tx.ledger.set_blocked(account.id, blocked=True)
        tx.ledger.set_tier(account.id, "premium")
        tx.ledger.set_timezone(account.id, "America/New_York", now=5.0)
        changed = replace(account, blocked=True, tier="premium", timezone="America/New_York", timezone_set_at=5.0)
        assert tx.ledger.account(account.id) == changed
        assert tx.ledger.accounts(limit=9) == [changed]
        assert tx.ledger.account("nobody") is None


class TestLinking:
    def link(self, store: SqlStore, *, at: float = NOW) -> None:
        with store.begin() as tx:
            target, source = open_account(tx, ALICE), open_account(tx, ELSEWHERE, credits_=5)
            tx.ledger.offer_link(target.id, "hash", expires_at=NOW + 600)
            tx.ledger.accept_link(source.id, "hash", now=at)

    def test_two_identities_become_one_account(self, store: SqlStore) -> None:
        before = held_job(store, ELSEWHERE, credits_=5, price=2)
        with store.begin() as tx:
            tx.ledger.charge(before.id, now=NOW)
            tx.ledger.grant(before.account, 9, now=NOW, note="bought")
        self.link(store)
        merged = account_of(store, ALICE)
        assert merged == account_of(store, ELSEWHERE)
        # Ten of its own, and what the other had beyond its welcome of five: 5 - 2 + 9 - 5.
        assert merged.balance == 17
        with store.begin() as tx:
            job = tx.jobs.get(before.id)
            assert job is not None
            assert job.account == merged.id
            assert sum(entry.balance for entry in tx.ledger.entries(before.account, limit=9)) == 0

    def test_what_is_left_of_a_welcome_stays_behind(self, store: SqlStore) -> None:
        self.link(store)
        assert account_of(store, ALICE).balance == 10

    def test_a_tier_comes_along(self, store: SqlStore) -> None:
        with store.begin() as tx:
            tx.ledger.set_tier(open_account(tx, ELSEWHERE, credits_=5).id, "premium")
        self.link(store)
        assert account_of(store, ALICE).tier == "premium"

    def test_a_code_works_once(self, store: SqlStore) -> None:
        self.link(store)
        with store.begin() as tx:
            third = open_account(tx, BOB)
            with pytest.raises(Refusal, match="link-invalid"):
                tx.ledger.accept_link(third.id, "hash", now=NOW)

    def test_a_late_code_is_refused(self, store: SqlStore) -> None:
        with pytest.raises(Refusal, match="link-invalid"):
            self.link(store, at=NOW + 601)
        with store.begin() as tx:
            assert open_account(tx, ELSEWHERE, credits_=5).balance == 5

    def test_one_cannot_link_to_oneself(self, store: SqlStore) -> None:
        with store.begin() as tx:
            account = open_account(tx)
            tx.ledger.offer_link(account.id, "hash", expires_at=NOW + 600)
            with pytest.raises(Refusal, match="link-invalid"):
                tx.ledger.accept_link(account.id, "hash", now=NOW)

    def test_held_credits_wait_for_their_job(self, store: SqlStore) -> None:
        held_job(store, ELSEWHERE, credits_=5)
        with pytest.raises(Refusal, match="link-busy"):
            self.link(store)

    def test_linking_does_not_undo_a_block(self, store: SqlStore) -> None:
        with store.begin() as tx:
            tx.ledger.set_blocked(open_account(tx, ELSEWHERE, credits_=5).id, blocked=True)
        self.link(store)
        assert account_of(store, ALICE).blocked is True

    def test_linking_does_not_undo_a_limit(self, store: SqlStore) -> None:
        with store.begin() as tx:
            tx.ledger.set_limits(open_account(tx, ELSEWHERE, credits_=5).id, {"clips_a_day": 1, "waiting": 3})
            tx.ledger.set_limits(open_account(tx, ALICE).id, {"waiting": 2, "seconds_a_day": 9})
        self.link(store)
        assert account_of(store, ALICE).limits == {"clips_a_day": 1, "waiting": 2, "seconds_a_day": 9}

    def test_a_new_offer_replaces_the_last(self, store: SqlStore) -> None:
        with store.begin() as tx:
            target, source = open_account(tx, ALICE), open_account(tx, ELSEWHERE)
            tx.ledger.offer_link(target.id, "old", expires_at=NOW + 600)
            tx.ledger.offer_link(target.id, "new", expires_at=NOW + 600)
            with pytest.raises(Refusal, match="link-invalid"):
                tx.ledger.accept_link(source.id, "old", now=NOW)
            assert tx.ledger.accept_link(source.id, "new", now=NOW).id == target.id

    def test_the_offers_of_an_account_that_is_gone_are_gone(self, store: SqlStore) -> None:
        with store.begin() as tx:
            gone, third = open_account(tx, ELSEWHERE, credits_=5), open_account(tx, BOB)
            tx.ledger.offer_link(gone.id, "stale", expires_at=NOW + 600)
        self.link(store)
        with store.begin() as tx, pytest.raises(Refusal, match="link-invalid"):
            tx.ledger.accept_link(third.id, "stale", now=NOW)


def test_attempts_are_counted_and_can_be_taken_back(store: SqlStore) -> None:
    job, other = held_job(store), held_job(store)
    with store.begin() as tx:
        assert [tx.jobs.begin_attempt(job.id) for _ in range(3)] == [1, 2, 3]
        tx.jobs.take_attempt_back(job.id)
        assert tx.jobs.begin_attempt(job.id) == 3
        assert tx.jobs.begin_attempt(other.id) == 1


def test_a_job_on_its_way_to_its_chat_is_delivered_or_failed_but_not_cancelled(store: SqlStore) -> None:
    for state, moves in ((JobState.CANCELLED, False), (JobState.SUCCEEDED, True), (JobState.FAILED, True)):
        job = held_job(store, credits_=100, state=JobState.RUNNING)
        with store.begin() as tx:
            tx.jobs.attach_clip(job.id, CLIP)
            assert tx.jobs.move(job.id, state, now=NOW) is moves


def test_progress_ends_with_the_job(store: SqlStore) -> None:
    job = held_job(store)
    store.write_progress(job.id, Progress("drawing", 0.5))
    with store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=NOW)
    assert store.read_progress([job.id]) == {job.id: Progress("drawing", 0.5)}
    with store.begin() as tx:
        tx.jobs.move(job.id, JobState.SUCCEEDED, now=NOW)
    assert store.read_progress([job.id]) == {}


def test_open_holds_are_found_by_platform(store: SqlStore) -> None:
    here, there = held_job(store), held_job(store, ELSEWHERE)
    with store.begin() as tx:
        assert tx.ledger.held_jobs(["console"]) == [here.id]
        assert tx.ledger.held_jobs(["telegram"]) == [there.id]
        assert sorted(tx.ledger.held_jobs(["telegram", "console"])) == sorted([here.id, there.id])
        assert tx.ledger.held_jobs([]) == []
        assert sorted(tx.ledger.held_jobs()) == sorted([here.id, there.id])
