"""Many at once against one database: nobody spends a credit or a place twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest

from core.errors import Conflict, PiyingError, QuotaExceeded, Refusal
from core.intake import Intake, Receipt
from core.jobs import settlement
from core.preferences import ChatSettings
from core.quotas.limits import Limits
from core.types import Address, EntryKind, Place, Request, Server
from storage.database import SqlStore
from tests.desks import ask, make_intake
from tests.stores import ALICE, BOB, NOW, account_of, held_job, open_account

CROWD = 50
T = TypeVar("T")


def all_at_once(actions: Sequence[Callable[[], T]]) -> list[T]:
    """Run each in a thread of its own, from one starting signal."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], T]) -> T:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def submit_all(make: Callable[[], Intake], requests: Sequence[Request]) -> Counter[str]:
    """What became of each: ``taken``, ``duplicate`` or the refusal's code. Each has an intake, as processes have."""

    def submit(request: Request) -> str:
        try:
            receipt: Receipt = asyncio.run(make().submit(request))
        except Refusal as refusal:
            return refusal.code
        return "duplicate" if receipt.duplicate else "taken"

    return Counter(all_at_once([partial(submit, request) for request in requests]))


def assert_books_balance(store: SqlStore) -> None:
    with store.begin() as tx:
        for account in tx.ledger.accounts(limit=1000):
            entries = tx.ledger.entries(account.id, limit=1000)
            assert account.balance == sum(entry.balance for entry in entries) >= 0
            assert account.held == sum(entry.held for entry in entries) >= 0


def test_fifty_new_accounts_each_spend_only_their_own(store: SqlStore) -> None:
    intake = partial(make_intake, store, limits=Limits(welcome_credits=4))
    people = [Address("console", f"user-{n}", f"user-{n}") for n in range(CROWD)]
    requests = [ask(key=f"{person.user}:{n}", address=person) for person in people for n in range(2)]
    assert submit_all(intake, requests) == {"taken": CROWD, "credits-short": CROWD}
    assert_books_balance(store)
    assert {account_of(store, person).balance for person in people} == {0}
    with store.begin() as tx:
        assert len(tx.ledger.accounts(limit=1000)) == CROWD


def test_one_account_with_credits_for_three(store: SqlStore) -> None:
    intake = partial(make_intake, store, limits=Limits(welcome_credits=15, waiting=1000))
    requests = [ask(key=f"key-{n}") for n in range(CROWD)]
    assert submit_all(intake, requests) == {"taken": 3, "credits-short": CROWD - 3}
    assert (account_of(store).balance, account_of(store).held) == (3, 12)
    assert_books_balance(store)


@pytest.mark.parametrize(
    ("limits", "taken", "code"),
    [
        (Limits(clips_a_day=5), 5, "limit-clips"),
        (Limits(seconds_a_day=23), 5, "limit-seconds"),
        (Limits(waiting=4), 4, "limit-waiting"),
    ],
)
def test_an_accounts_limit_holds(store: SqlStore, limits: Limits, taken: int, code: str) -> None:
    requests = [ask(key=f"key-{n}") for n in range(30)]
    generous = Limits(**(vars(limits) | {"waiting": limits.waiting if code == "limit-waiting" else 1000}))
    assert submit_all(partial(make_intake, store, limits=generous), requests) == {"taken": taken, code: 30 - taken}
    assert account_of(store).held == 4 * taken


def test_a_chats_limit_holds_between_accounts(store: SqlStore) -> None:
    requests = [ask(key=f"key-{n}", address=Address("telegram", "group", f"user-{n}")) for n in range(30)]
    intake = partial(make_intake, store, limits=Limits(chat_clips_a_day=7))
    assert submit_all(intake, requests) == {"taken": 7, "limit-chat-clips": 23}
    assert_books_balance(store)


def in_channel(number: int) -> Request:
    """One of five people, in one of ten channels of a server, with a role or without."""
    user, channel = number % 5, f"channel-{number % 10}"
    address, roles = Address("discord", channel, f"user-{user}"), ("friend",) if user else ()
    place = Place("group", server=Server("guild:1", (channel,), roles))
    return replace(ask(key=f"key-{number}", address=address), place=place)


def test_a_servers_limit_holds_between_its_channels(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.preferences.set_chat("discord", "guild:1", ChatSettings(clips_a_day=7), now=NOW)
    outcomes = submit_all(partial(make_intake, store, limits=Limits(waiting=1000)), list(map(in_channel, range(30))))
    assert outcomes == {"taken": 7, "limit-chat-clips": 23}
    assert_books_balance(store)


def test_the_limits_of_members_and_roles_hold_in_all_channels_of_a_server(store: SqlStore) -> None:
    chosen = ChatSettings(member_clips_a_day=1, role_clips_a_day={"friend": 3})
    with store.begin() as tx:
        tx.preferences.set_chat("discord", "guild:1", chosen, now=NOW)
    outcomes = submit_all(partial(make_intake, store, limits=Limits(waiting=1000)), list(map(in_channel, range(30))))
    assert outcomes == {"taken": 1 + 4 * 3, "limit-member-clips": 30 - 13}


def test_the_same_request_twenty_times_is_one_job(store: SqlStore) -> None:
    # As many credits as there were tries: only the key stops them.
    outcomes = submit_all(partial(make_intake, store), [ask()] * 20)
    assert outcomes == {"taken": 1, "duplicate": 19}
    account = account_of(store)
    assert (account.balance, account.held) == (496, 4)
    with store.begin() as tx:
        assert len(tx.ledger.held_jobs()) == 1
        assert Counter(entry.kind for entry in tx.ledger.entries(account.id, limit=99)) == {
            EntryKind.GRANT: 1, EntryKind.HOLD: 1,
        }  # fmt: skip


def test_the_same_request_is_one_job_even_with_credits_for_one_alone(store: SqlStore) -> None:
    outcomes = submit_all(partial(make_intake, store, limits=Limits(welcome_credits=4, clips_a_day=1)), [ask()] * 20)
    assert outcomes == {"taken": 1, "duplicate": 19}


def test_a_job_ends_once_however_many_end_it(store: SqlStore) -> None:
    jobs = [held_job(store, credits_=100, price=3) for _ in range(5)]

    def end(job_id: str, way: int) -> bool:
        with store.begin() as tx:
            if way == 0:
                return settlement.succeed(tx, job_id, now=NOW)
            if way == 1:
                return settlement.fail(tx, job_id, "engine-fault", now=NOW)
            return settlement.cancel(tx, job_id, now=NOW)

    ended = all_at_once([partial(end, job.id, way) for job in jobs for way in (0, 1, 2, 0, 1, 2)])
    assert sum(ended) == len(jobs)
    assert account_of(store).held == 0
    assert_books_balance(store)
    with store.begin() as tx:
        kinds = Counter(entry.kind for entry in tx.ledger.entries(jobs[0].account, limit=99))
        charged = sum(job is not None and job.state == "succeeded" for job in (tx.jobs.get(job.id) for job in jobs))
    assert kinds[EntryKind.CHARGE] == charged
    assert kinds[EntryKind.CHARGE] + kinds[EntryKind.RELEASE] == len(jobs)


def test_two_accounts_accept_each_others_code(store: SqlStore) -> None:
    with store.begin() as tx:
        one, other = open_account(tx, ALICE, credits_=0), open_account(tx, BOB, credits_=0)
        for account in (one, other):
            tx.ledger.grant(account.id, 10, now=NOW, note="bought")
        tx.ledger.offer_link(one.id, "one", expires_at=NOW + 9)
        tx.ledger.offer_link(other.id, "other", expires_at=NOW + 9)

    def accept(account: str, code: str) -> str:
        try:
            with store.begin() as tx:
                return tx.ledger.accept_link(account, code, now=NOW).id
        except PiyingError as error:
            return error.code

    outcomes = all_at_once([lambda: accept(one.id, "other"), lambda: accept(other.id, "one")])
    assert min(outcomes, key=len) == "link-invalid"
    assert account_of(store, ALICE) == account_of(store, BOB)
    assert account_of(store, ALICE).balance == 20
    assert_books_balance(store)


def test_linking_while_submitting_loses_no_credit(store: SqlStore) -> None:
    with store.begin() as tx:
        target, source = open_account(tx, BOB), open_account(tx, ALICE, credits_=0)
        tx.ledger.grant(source.id, 100, now=NOW, note="bought")
        tx.ledger.offer_link(target.id, "code", expires_at=NOW + 9)
    intake = make_intake(store, limits=Limits(waiting=1000))

    def link() -> str:
        try:
            with store.begin() as tx:
                return tx.ledger.accept_link(source.id, "code", now=NOW).id
        except (Refusal, Conflict) as error:
            return error.code

    def submit(number: int) -> str:
        try:
            return asyncio.run(intake.submit(ask(key=f"key-{number}"))).job.account
        except QuotaExceeded as refusal:
            return refusal.code

    outcomes: list[str] = all_at_once([link, *(partial(submit, n) for n in range(20))])
    assert outcomes[0] in {target.id, "link-busy"}
    assert_books_balance(store)
    with store.begin() as tx:
        accounts = tx.ledger.accounts(limit=9)
    assert sum(account.balance + account.held for account in accounts) == 110
