"""Core's ports for reports and for people's data, held on SQLite and on PostgreSQL."""

import json

import pytest
import sqlalchemy as sa

from core.errors import Refusal
from core.jobs import settlement
from core.reports import DUE_SECONDS, Report, ReportReason, ReportState, make_report, reject, uphold
from core.rights import export, forget
from core.types import Address, EntryKind, Job, Note, Notice, StoredClip, Translation, TranslationKey, Wording
from storage.database import SqlStore, SqlTransaction
from storage.tables import identities, link_offers, metadata
from tests.stores import ALICE, BOB, NOW, account_of, held_job, open_account, state_of

CAROL = Address("console", "carol", "carol")
CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1234, {"prompt": "my secret"})
WORDING = Wording(
    Translation("a secret in English", "zh", "phrase", translated=True),
    Translation("a secret in English", "en", "original", translated=False),
)


def report(store: SqlStore, job: Job, *, now: float = NOW, by: Address = BOB) -> Report:
    with store.begin() as tx:
        account = open_account(tx, by)
        made = make_report(job, account.id, by, ReportReason.LIKENESS, "this is me", now=now, locale="zh-Hans")
        return tx.reports.add(made)


def delivered(store: SqlStore, **changes: object) -> Job:
    job = held_job(store, **changes)  # type: ignore[arg-type]
    with store.begin() as tx:
        tx.jobs.attach_clip(job.id, CLIP)
        settlement.succeed(tx, job.id, now=NOW)
    return job


def test_a_report_comes_back_as_it_was_put_and_is_due_in_two_days(store: SqlStore) -> None:
    job = held_job(store)
    made = report(store, job)
    assert made.due_at == NOW + 48 * 3600 == NOW + DUE_SECONDS
    with store.look() as tx:
        assert tx.reports.get(made.id) == made
        assert tx.reports.get("none") is None
    assert not made.overdue(NOW + DUE_SECONDS)
    assert made.overdue(NOW + DUE_SECONDS + 1)


def test_of_a_long_report_the_beginning_is_kept() -> None:
    job = Job.__new__(Job)
    object.__setattr__(job, "id", "1")
    object.__setattr__(job, "code", "C")
    assert len(make_report(job, None, BOB, ReportReason.OTHER, "字" * 1001, now=NOW).text) == 1000


def test_one_account_has_one_open_report_of_a_clip(store: SqlStore) -> None:
    job = held_job(store)
    first, again = report(store, job), report(store, job, now=NOW + 60)
    other = report(store, job, by=ALICE)
    assert again == first
    assert other.id != first.id


def test_what_is_overdue_comes_first(store: SqlStore) -> None:
    late, early = report(store, held_job(store), now=NOW + 9), report(store, held_job(store))
    with store.look() as tx:
        assert [one.id for one in tx.reports.listed(is_open=True, limit=9)] == [early.id, late.id]
        assert tx.reports.counts(NOW + DUE_SECONDS + 1) == (2, 1)
        assert tx.reports.counts(NOW) == (2, 0)


def test_an_upheld_report_hides_the_clip_and_decides_all_reports_of_it(store: SqlStore) -> None:
    job, other = delivered(store), delivered(store)
    first, second, elsewhere = report(store, job), report(store, job, by=ALICE), report(store, other)
    with store.begin() as tx:
        gone = uphold(tx, first.id, now=NOW + 5, outcome=" their face ")
    assert gone is not None
    assert gone.id == job.id
    with store.look() as tx:
        assert tx.jobs.by_code(job.code) is None
        kept = tx.jobs.get(job.id)
        decided = [tx.reports.get(one.id) for one in (first, second)]
        assert tx.reports.listed(is_open=True, limit=9) == [elsewhere]
        assert {one.id for one in tx.persons.taken_down(job.account)} == {first.id, second.id}
    assert kept is not None
    assert kept.notes[-1] == Note("taken-down", {"reason": "likeness"})
    assert [(one.state, one.decided_at, one.outcome) for one in decided if one] == [
        (ReportState.UPHELD, NOW + 5, "their face")
    ] * 2


def told(store: SqlStore) -> list[tuple[str, Notice]]:
    """To whom what is to be said."""
    with store.look() as tx:
        return sorted(
            ((one.address.user, one.notice) for one in tx.notices.due("console", now=NOW + 60, limit=9)),
            key=lambda pair: pair[0],
        )


def test_all_who_reported_a_clip_are_told_that_it_is_gone_and_nothing_of_whose_it_was(store: SqlStore) -> None:
    job, other = delivered(store), delivered(store)
    first, _ = report(store, job), report(store, job, by=CAROL)
    report(store, other, by=CAROL)
    with store.begin() as tx:
        uphold(tx, first.id, now=NOW, outcome="their face")
    notice = Notice("report-upheld", {"job": job.code, "why": "their face"}, "zh-Hans")
    assert [one for one in told(store) if one[0] != "alice"] == [("bob", notice), ("carol", notice)]


def test_who_reported_a_clip_that_stays_is_told_so_and_others_are_not_yet(store: SqlStore) -> None:
    job = delivered(store)
    first, _ = report(store, job), report(store, job, by=CAROL)
    with store.begin() as tx:
        reject(tx, first.id, now=NOW, outcome="")
    assert told(store) == [("bob", Notice("report-rejected", {"job": job.code}, "zh-Hans"))]


def test_a_reporter_who_is_forgotten_is_told_nothing(store: SqlStore) -> None:
    job = delivered(store)
    made = report(store, job)
    with store.begin() as tx:
        forget(tx, open_account(tx, BOB).id, now=NOW)
    with store.begin() as tx:
        reject(tx, made.id, now=NOW, outcome="a drawing")
    assert told(store) == []


def test_reporters_are_told_of_a_clip_that_goes_with_its_owners_data(store: SqlStore) -> None:
    job = delivered(store)
    report(store, job)
    report(store, job, by=ALICE)
    with store.begin() as tx:
        forget(tx, job.account, now=NOW)
    assert told(store) == [("bob", Notice("report-upheld", {"job": job.code}, "zh-Hans"))]


def test_reports_go_along_where_accounts_are_joined(store: SqlStore) -> None:
    made = report(store, held_job(store))
    with store.begin() as tx:
        mine, other = open_account(tx, BOB).id, open_account(tx, CAROL).id
        tx.ledger.offer_link(other, "a code", expires_at=NOW + 60)
        tx.ledger.accept_link(mine, "a code", now=NOW)
        assert [one.id for one in tx.persons.reports(other)] == [made.id]
        assert tx.persons.reports(mine) == []


def test_a_rejected_report_leaves_the_clip_and_other_reports(store: SqlStore) -> None:
    job = delivered(store)
    first, second = report(store, job), report(store, job, by=ALICE)
    with store.begin() as tx:
        assert reject(tx, first.id, now=NOW, outcome="a drawing").state is ReportState.REJECTED
    with store.look() as tx:
        assert tx.jobs.by_code(job.code) is not None
        assert tx.reports.listed(is_open=True, limit=9) == [second]
        assert [one.id for one in tx.reports.listed(is_open=False, limit=9)] == [first.id]


def test_a_report_is_decided_once(store: SqlStore) -> None:
    job = delivered(store)
    first, second = report(store, job), report(store, job, by=ALICE)
    with store.begin() as tx:
        reject(tx, first.id, now=NOW, outcome="")
    for report_id in (first.id, "none"):
        with pytest.raises(LookupError), store.begin() as tx:
            uphold(tx, report_id, now=NOW, outcome="")
    with store.look() as tx:
        assert tx.jobs.by_code(job.code) is not None
        assert tx.reports.listed(is_open=True, limit=9) == [second]


def test_the_clip_of_an_upheld_report_that_is_in_the_making_costs_nothing(store: SqlStore) -> None:
    job = held_job(store)
    made = report(store, job)
    with store.begin() as tx:
        uphold(tx, made.id, now=NOW, outcome="")
    assert state_of(store, job.id) == ("cancelled", None)
    assert (account_of(store).balance, account_of(store).held) == (10, 0)


def test_an_export_has_all_of_ones_own_and_nobody_elses(store: SqlStore) -> None:
    mine = delivered(store, prompt="my secret", wording=WORDING, notes=(Note("undrawn", {"words": "苍穹"}),))
    theirs = delivered(store, address=BOB, prompt="their secret")
    about_me = report(store, mine)
    by_me = report(store, theirs, by=ALICE)
    with store.begin() as tx:
        uphold(tx, about_me.id, now=NOW, outcome="")
        told = json.loads(json.dumps(export(tx, mine.account)))
    assert told["account"]["id"] == mine.account
    assert told["identities"] == [{"platform": "console", "user": "alice"}]
    assert {entry["kind"] for entry in told["ledger"]} == {"grant", "hold", "charge"}
    assert [(job["prompt"], job["code"]) for job in told["jobs"]] == [("my secret", mine.code)]
    assert told["jobs"][0]["wording"]["revised"]["text"] == "a secret in English"
    assert [note["code"] for note in told["jobs"][0]["notes"]] == ["undrawn", "taken-down"]
    assert [one["id"] for one in told["reports"]] == [by_me.id]
    assert [one["code"] for one in told["removed_after_reports"]] == [mine.code]
    assert BOB.user not in json.dumps(told)
    assert "their secret" not in json.dumps(told)
    assert "this is me" not in json.dumps(told["removed_after_reports"])
    with store.look() as tx, pytest.raises(LookupError):
        export(tx, "none")


def hash_of(tx: SqlTransaction, job: Job) -> str:
    """Whose the empty row of a job is."""
    (left,) = tx.persons.left_before(NOW + 60, limit=9)
    assert left.id == job.id
    assert (left.prompt, left.spec.prompt, left.address.user) == ("", "", "")
    return left.account


def everything(store: SqlStore) -> str:
    """All rows of all tables, as text."""
    with store.look() as tx:
        return repr([tx.connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


def test_who_is_forgotten_leaves_nothing_that_leads_to_them(store: SqlStore) -> None:
    me = Address("console", "room-of-zhang", "zhang-san")
    job = delivered(store, address=me, prompt="my secret", key="zhang-san:1", wording=WORDING)
    theirs = held_job(store, BOB, prompt="a lake")
    report(store, theirs, by=me)
    about_me = report(store, job)
    with store.begin() as tx:
        tx.ledger.grant(job.account, 2, now=NOW, note="for Zhang San")
        tx.ledger.offer_link(job.account, "ab" * 32, expires_at=NOW + 9)
        tx.translations.keep(TranslationKey("cd" * 32, "phrase", "1", "en"), "a secret in English", now=NOW)
        tx.jobs.save_resume_token(job.id, "secret token")
    with store.begin() as tx:
        before = tx.ledger.entries(job.account, limit=99)
        forgotten = forget(tx, job.account, now=NOW + 5)
    assert forgotten.jobs == (job.id,)
    assert forgotten.cancelled == ()
    left = everything(store)
    for word in ("zhang-san", "room-of-zhang", "secret", "Zhang San", job.account):
        assert word not in left, word
    with store.look() as tx:
        hashed = hash_of(tx, job)
        entries = tx.ledger.entries(hashed, limit=99)
        nobody = tx.ledger.account(hashed)
        decided = tx.reports.get(about_me.id)
        assert tx.jobs.by_code(job.code) is None
        assert tx.jobs.by_code(theirs.code) is not None
        assert tx.connection.execute(sa.select(link_offers)).all() == []
    assert [(e.kind, e.balance, e.held, e.job) for e in entries] == [(e.kind, e.balance, e.held, e.job) for e in before]
    assert nobody is not None
    assert (nobody.blocked, nobody.balance) == (True, sum(entry.balance for entry in entries))
    assert len(hashed) == 32
    assert decided is not None
    assert decided.state is ReportState.UPHELD


def test_who_comes_back_is_somebody_new_without_a_second_welcome(store: SqlStore) -> None:
    old = account_of(store, ALICE)
    with store.begin() as tx:
        forget(tx, old.id, now=NOW)
    with store.begin() as tx:
        new = open_account(tx, ALICE, credits_=10)
        assert open_account(tx, BOB, credits_=10).balance == 10
        users = tx.connection.execute(sa.select(identities.c.account_id).where(identities.c.user == "alice")).all()
    assert (new.balance, new.blocked) == (0, False)
    assert [row.account_id for row in users] == [new.id]
    assert new.id != old.id


def test_who_was_blocked_comes_back_blocked(store: SqlStore) -> None:
    old = account_of(store)
    with store.begin() as tx:
        tx.ledger.set_blocked(old.id, blocked=True)
        forget(tx, old.id, now=NOW)
    assert account_of(store).blocked
    assert not account_of(store, BOB).blocked


def test_unfinished_jobs_are_cancelled_and_refunded_first(store: SqlStore) -> None:
    job = held_job(store)
    with store.begin() as tx:
        forgotten = forget(tx, job.account, now=NOW)
        hashed = hash_of(tx, job)
        entries = tx.ledger.entries(hashed, limit=9)
        nobody = tx.ledger.account(hashed)
    assert [one.id for one in forgotten.cancelled] == [job.id]
    assert [entry.kind for entry in entries] == [EntryKind.RELEASE, EntryKind.HOLD, EntryKind.GRANT]
    assert nobody is not None
    assert (nobody.balance, nobody.held) == (10, 0)


def test_while_a_clip_is_being_sent_nothing_is_erased(store: SqlStore) -> None:
    waiting, sending = held_job(store), held_job(store, credits_=0)
    with store.begin() as tx:
        tx.jobs.attach_clip(sending.id, CLIP)
    before = everything(store)
    with pytest.raises(Refusal) as refused, store.begin() as tx:
        forget(tx, waiting.account, now=NOW)
    assert (refused.value.code, refused.value.details) == ("job-delivering", {"job": sending.code})
    assert everything(store) == before


def test_two_platforms_of_one_account_are_forgotten_together(store: SqlStore) -> None:
    alice, bob = account_of(store, ALICE), account_of(store, BOB)
    with store.begin() as tx:
        tx.ledger.offer_link(alice.id, "ab" * 32, expires_at=NOW + 9)
        tx.ledger.accept_link(bob.id, "ab" * 32, now=NOW)
        forget(tx, alice.id, now=NOW)
    assert alice.id not in everything(store)
    assert "bob" not in everything(store)
