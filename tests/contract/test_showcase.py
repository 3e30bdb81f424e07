"""Core's port for the showcase, held on SQLite and on PostgreSQL."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.jobs import settlement
from core.reports import ReportReason, make_report, uphold
from core.rights import export, forget
from core.showcase.exhibits import Entry, Exhibit, Mark, Period
from core.types import Address, Job, JobState, Note, StoredClip
from storage.database import SqlStore, SqlTransaction
from storage.showcase_tables import showcase, showcase_votes
from tests.fakes import make_job
from tests.stores import ALICE, BOB, NOW, account_of, held_job, open_account

CAROL = Address("telegram", "carol", "carol")
CLIP = StoredClip("a.mp4", "a.jpg", 854, 480, 4.0, 1234)


def entry_of(job: Job, title: str = "", *, remix: bool = False, at: float = NOW, votes: int = 0) -> Entry:
    return Entry(job.id, job.code, job.account, title, remix, at, "card", "cover", votes)


def shown(store: SqlStore, address: Address = ALICE, *, at: float = NOW, votes: int = 0, **changes: object) -> Job:
    """A delivered clip in the showcase."""
    job = held_job(store, address, credits_=1000, **changes)
    with store.begin() as tx:
        tx.jobs.attach_clip(job.id, CLIP)
        settlement.succeed(tx, job.id, now=NOW)
        tx.exhibits.put(entry_of(job, at=at, votes=votes))
    return job


def see(store: SqlStore, job: Job) -> Exhibit | None:
    with store.look() as tx:
        found = tx.exhibits.find(job.code)
        assert (found is not None) == (job.code in [one.job.code for one in tx.exhibits.newest(limit=99)])
        assert (found is not None) == (job.code in [one.job.code for one in tx.exhibits.top(limit=99)])
    return found


def votes_of(store: SqlStore, job: Job) -> tuple[int, int]:
    """As it is counted, and as there are rows."""
    with store.look() as tx:
        entry = tx.exhibits.entry(job.id)
        mine = sa.select(sa.func.count()).where(showcase_votes.c.job_id == job.id)
        return (entry.votes if entry else 0, tx.connection.execute(mine).scalar_one())


def vote(store: SqlStore, job: Job, *addresses: Address) -> None:
    with store.begin() as tx:
        for address in addresses:
            assert tx.exhibits.vote(job.id, open_account(tx, address).id, now=NOW)


def test_what_is_shown_again_keeps_its_moment_and_its_votes(store: SqlStore) -> None:
    job = shown(store)
    vote(store, job, BOB)
    with store.begin() as tx:
        tx.exhibits.put(replace(entry_of(job, "A title 题目 🎬", remix=True, at=NOW + 9), card="new", cover="newer"))
    found = see(store, job)
    assert found
    assert found.entry == replace(entry_of(job, "A title 题目 🎬", remix=True, votes=1), card="new", cover="newer")
    assert found.job.clip == CLIP


def test_what_is_taken_back_is_gone_with_its_votes(store: SqlStore) -> None:
    job = shown(store)
    vote(store, job, BOB)
    with store.begin() as tx:
        assert tx.exhibits.take_back(job.id)
        assert not tx.exhibits.take_back(job.id)
    assert see(store, job) is None
    assert votes_of(store, job) == (0, 0)
    with store.begin() as tx:
        assert not tx.exhibits.vote(job.id, open_account(tx, BOB).id, now=NOW)
        assert not tx.exhibits.take_vote_back(job.id, open_account(tx, BOB).id)


def _take_down(tx: SqlTransaction, job: Job) -> None:
    made = tx.reports.add(make_report(job, None, BOB, ReportReason.OTHER, "", now=NOW))
    uphold(tx, made.id, now=NOW, outcome="")


GONE: dict[str, Callable[[SqlTransaction, Job], object]] = {
    "deleted by its owner": lambda tx, job: tx.jobs.delete(job.id, now=NOW),
    "taken down": _take_down,
    "erased with its owner": lambda tx, job: forget(tx, job.account, now=NOW),
    "retired": lambda tx, job: tx.jobs.remove(job.id),
}
HIDDEN: dict[str, Callable[[SqlTransaction, Job], object]] = {
    "its owner is blocked": lambda tx, job: tx.ledger.set_blocked(job.account, blocked=True),
    "it is behind a cover": lambda tx, job: tx.jobs.add_notes(job.id, [Note("covered", {"category": "gore"})]),
    "it has no label": lambda tx, job: tx.jobs.add_notes(job.id, [Note("unlabelled")]),
}


@pytest.mark.parametrize("why", [*GONE, *HIDDEN])
def test_nobody_sees_any_more_what_is_gone_or_hidden(store: SqlStore, why: str) -> None:
    job, other = shown(store), shown(store, BOB)
    vote(store, job, BOB)
    assert see(store, job)
    with store.begin() as tx:
        {**GONE, **HIDDEN}[why](tx, job)
    assert see(store, job) is None
    assert see(store, other)
    if why in GONE:
        with store.look() as tx:
            assert tx.exhibits.entry(job.id) is None
        assert votes_of(store, job) == (0, 0)


def test_notes_that_only_speak_of_a_cover_hide_nothing(store: SqlStore) -> None:
    words = {"words": 'covered", "code": "covered"', "category": "covered"}
    assert see(store, shown(store, notes=(Note("undrawn", words), Note("not-followed", {"words": "unlabelled"}))))


def test_what_is_not_delivered_is_not_seen(store: SqlStore) -> None:
    job = held_job(store)
    with store.begin() as tx:
        tx.jobs.move(job.id, JobState.RUNNING, now=NOW)
        tx.jobs.attach_clip(job.id, CLIP)
        tx.exhibits.put(entry_of(job))
    assert see(store, job) is None


def walk(store: SqlStore, kind: str, meanwhile: Callable[[], object] = lambda: None) -> list[str]:
    """Codes page by page; something happens after each page."""
    found: list[Exhibit] = []
    while True:
        last = found[-1].entry if found else None
        after = Mark(last.shown_at, last.code, last.votes) if last else None
        with store.look() as tx:
            page = (
                tx.exhibits.newest(limit=3, after=after) if kind == "newest" else tx.exhibits.top(limit=3, after=after)
            )
        if not page:
            return [one.entry.code for one in found]
        found += page
        meanwhile()


@pytest.mark.parametrize("kind", ["newest", "top"])
def test_pages_hold_each_once_whatever_comes_in_meanwhile(store: SqlStore, kind: str) -> None:
    chance = random.Random(3)
    jobs = [shown(store, at=NOW + chance.randrange(4), votes=chance.randrange(3)) for _ in range(11)]

    def place(job: Job) -> tuple[object, ...]:
        with store.look() as tx:
            entry = tx.exhibits.entry(job.id)
        assert entry
        return (*([entry.votes] if kind == "top" else []), entry.shown_at, entry.code)

    expected = [job.code for job in sorted(jobs, key=place, reverse=True)]
    came = iter(range(100))
    assert walk(store, kind, lambda: shown(store, at=NOW + 100 + next(came), votes=9)) == expected
    again = walk(store, kind)
    assert [code for code in again if code in expected] == expected
    assert len(again) == len(set(again)) > len(expected)


def test_the_top_of_a_period_is_of_what_was_shown_in_it(store: SqlStore) -> None:
    old, new = shown(store, at=NOW - Period.WEEK.seconds - 1), shown(store, at=NOW)
    vote(store, old, BOB)
    with store.look() as tx:
        assert [one.job.id for one in tx.exhibits.top(limit=9)] == [old.id, new.id]
        week = tx.exhibits.top(limit=9, since=NOW - Period.WEEK.seconds)
    assert [one.job.id for one in week] == [new.id]
    assert [period.seconds / 86400 for period in Period] == [1, 7, 30]


def test_one_vote_a_person_and_it_can_be_taken_back(store: SqlStore) -> None:
    job = shown(store)
    vote(store, job, BOB, CAROL)
    with store.begin() as tx:
        bob = open_account(tx, BOB).id
        assert not tx.exhibits.vote(job.id, bob, now=NOW)
    assert votes_of(store, job) == (2, 2)
    with store.begin() as tx:
        assert tx.exhibits.take_vote_back(job.id, bob)
        assert not tx.exhibits.take_vote_back(job.id, bob)
    assert votes_of(store, job) == (1, 1)


def link(store: SqlStore, one: Address, other: Address) -> None:
    """``one`` joins the account of ``other``."""
    with store.begin() as tx:
        tx.ledger.offer_link(open_account(tx, other).id, "hash", expires_at=NOW + 1)
        tx.ledger.accept_link(open_account(tx, one).id, "hash", now=NOW)


def test_linked_identities_are_one_voter(store: SqlStore) -> None:
    job, another = shown(store), shown(store)
    vote(store, job, BOB, CAROL)
    vote(store, another, CAROL)
    link(store, CAROL, BOB)
    assert votes_of(store, job) == votes_of(store, another) == (1, 1)
    with store.begin() as tx:
        assert not tx.exhibits.vote(another.id, open_account(tx, BOB).id, now=NOW)


@pytest.mark.parametrize(("joins", "joined"), [(ALICE, BOB), (BOB, ALICE)])
def test_who_turns_out_to_be_the_owner_has_no_vote(store: SqlStore, joins: Address, joined: Address) -> None:
    job = shown(store)
    vote(store, job, BOB, CAROL)
    link(store, joins, joined)
    assert votes_of(store, job) == (1, 1)
    with store.look() as tx:
        entry = tx.exhibits.entry(job.id)
    assert entry
    assert entry.account == account_of(store, ALICE).id


def test_who_is_forgotten_takes_their_votes_along(store: SqlStore) -> None:
    mine, theirs = shown(store), shown(store, BOB)
    vote(store, mine, BOB)
    vote(store, theirs, ALICE, CAROL)
    alice = mine.account
    with store.begin() as tx:
        told = export(tx, alice)
        assert [row["code"] for row in told["showcase"]] == [mine.code]
        assert [row["job_id"] for row in told["showcase_votes"]] == [theirs.id]
        forget(tx, alice, now=NOW)
    assert votes_of(store, theirs) == (1, 1)
    with store.look() as tx:
        assert tx.connection.execute(sa.select(showcase.c.job_id)).scalars().all() == [theirs.id]


def test_when_words_are_erased_the_title_goes_and_what_nobody_wrote_stays(store: SqlStore) -> None:
    notes = (Note("remix-of", {"job": "K7QM2XD"}), Note("undrawn", {"words": "my dog"}))
    job = shown(store, notes=notes)
    with store.begin() as tx:
        tx.exhibits.put(entry_of(job, "My dog"))
        tx.retirement.empty_jobs([job.id])
    found = see(store, job)
    assert found
    assert (found.entry.title, found.job.prompt, found.job.notes) == ("", "", notes[:1])


PLANS = {
    "ix_showcase_newest": lambda tx: tx.exhibits.newest(limit=13, after=Mark(NOW, "M")),
    "ix_showcase_top": lambda tx: tx.exhibits.top(limit=13, after=Mark(NOW, "M", 3)),
}


@pytest.mark.parametrize("index", PLANS)
def test_a_page_is_read_by_its_index_alone(store: SqlStore, index: str) -> None:
    account = shown(store).account
    with store.begin() as tx:
        for number in range(3000):
            job = make_job(account=account, address=ALICE, state=JobState.SUCCEEDED, clip=CLIP)
            tx.jobs.add(job)
            tx.exhibits.put(entry_of(job, at=NOW - number, votes=number % 7))
    is_sqlite = store.engine.dialect.name == "sqlite"
    if not is_sqlite:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
    plan = _plan(store, PLANS[index], is_sqlite=is_sqlite)
    assert sum(index in step for step in plan) == 1
    assert not any(word in step for step in plan for word in ("Sort", "TEMP B-TREE", "Seq Scan on showcase", "SCAN "))


def _plan(store: SqlStore, ask: Callable[[SqlTransaction], object], *, is_sqlite: bool) -> list[str]:
    """How the first question of several is answered: that for the entries."""
    asked: list[tuple[str, object]] = []

    def note(_: object, cursor: object, statement: str, parameters: object, *__: object) -> None:
        if "showcase" in statement:
            asked.append((statement, parameters))

    sa.event.listen(store.engine, "before_cursor_execute", note)
    with store.look() as tx:
        ask(tx)
    sa.event.remove(store.engine, "before_cursor_execute", note)
    prefix, column = ("EXPLAIN QUERY PLAN", 3) if is_sqlite else ("EXPLAIN", 0)
    with store.engine.connect() as connection:
        return [str(row[column]) for row in connection.exec_driver_sql(f"{prefix} {asked[0][0]}", asked[0][1])]  # type: ignore[arg-type]
