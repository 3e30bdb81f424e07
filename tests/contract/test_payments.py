"""Core's port for payments, held on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.payments import Payment, PaymentState
from core.rights import export, forget
from storage.database import SqlStore
from tests.stores import ALICE, BOB, NOW, account_of, open_account


class Aborted(Exception):
    """Rolls a transaction back."""


def pay(store: SqlStore, payment_id: str = "charge-1", *, credits_: int = 50) -> tuple[Payment, bool]:
    with store.begin() as tx:
        account = open_account(tx, credits_=0)
        payment = Payment("telegram", payment_id, account.id, "777", credits_, 25, "XTR", NOW)
        return payment, tx.payments.grant_once(payment)


def spend(store: SqlStore, credits_: int) -> None:
    with store.begin() as tx:
        tx.ledger.grant(open_account(tx, credits_=0).id, -credits_, now=NOW, note="spent")


def entries(store: SqlStore) -> list[tuple[int, str]]:
    """Oldest first."""
    with store.begin() as tx:
        found = tx.ledger.entries(open_account(tx, credits_=0).id, limit=99)
    return [(entry.balance, entry.note) for entry in found][::-1]


def test_a_payment_is_granted_once(store: SqlStore) -> None:
    payment, is_new = pay(store)
    _, again = pay(store)
    assert (is_new, again) == (True, False)
    assert account_of(store).balance == 50
    assert entries(store) == [(50, "paid (telegram)")]
    with store.look() as tx:
        assert tx.payments.find("telegram", "charge-1") == payment
        assert tx.payments.find("discord", "charge-1") is tx.payments.find("telegram", "none") is None


def test_a_payment_that_arrives_many_times_at_once_is_granted_once(store: SqlStore) -> None:
    account_of(store)
    with ThreadPoolExecutor(8) as threads:
        granted = list(threads.map(lambda _: pay(store)[1], range(16)))
    assert sum(granted) == 1
    assert account_of(store).balance == 50


def test_a_payment_whose_transaction_fails_grants_nothing(store: SqlStore) -> None:
    account = account_of(store)
    with pytest.raises(Aborted), store.begin() as tx:  # noqa: PT012
        assert tx.payments.grant_once(Payment("telegram", "charge-1", account.id, "777", 50, 25, "XTR", NOW))
        raise Aborted
    assert account_of(store).balance == account.balance
    assert pay(store)[1]


def test_a_refund_takes_the_credits_first_and_once(store: SqlStore) -> None:
    pay(store)
    spend(store, 20)
    with store.begin() as tx:
        first = tx.payments.begin_refund("telegram", "charge-1", now=NOW + 1)
        assert first == tx.payments.begin_refund("telegram", "charge-1", now=NOW + 2)
        assert tx.payments.listed("telegram", refunding=True, limit=9) == [first]
        assert tx.payments.listed("discord", refunding=True, limit=9) == []
    assert first is not None
    assert (first.state, first.taken_back, first.refunded_at) == (PaymentState.REFUNDING, 30, None)
    assert account_of(store).balance == 0
    with store.begin() as tx:
        done = tx.payments.end_refund("telegram", "charge-1", now=NOW + 3)
        assert done == tx.payments.end_refund("telegram", "charge-1", now=NOW + 4)
        assert done == tx.payments.give_up_refund("telegram", "charge-1", now=NOW + 5)
        assert tx.payments.listed("telegram", refunding=True, limit=9) == []
    assert done is not None
    assert (done.state, done.taken_back, done.refunded_at) == (PaymentState.REFUNDED, 30, NOW + 3)
    assert entries(store) == [(50, "paid (telegram)"), (-20, "spent"), (-30, "refund (telegram)")]
    assert not pay(store)[1]


def test_a_refund_that_the_platform_makes_by_itself_takes_the_credits_too(store: SqlStore) -> None:
    pay(store)
    with store.begin() as tx:
        done = tx.payments.end_refund("telegram", "charge-1", now=NOW)
    assert done is not None
    assert (done.state, done.taken_back) == (PaymentState.REFUNDED, 50)
    assert account_of(store).balance == 0


def test_a_refund_that_the_platform_refuses_gives_the_credits_back(store: SqlStore) -> None:
    pay(store)
    with store.begin() as tx:
        tx.payments.begin_refund("telegram", "charge-1", now=NOW)
        kept = tx.payments.give_up_refund("telegram", "charge-1", now=NOW)
        assert kept == tx.payments.give_up_refund("telegram", "charge-1", now=NOW)
    assert kept is not None
    assert (kept.state, kept.taken_back) == (PaymentState.PAID, 0)
    assert account_of(store).balance == 50
    assert sum(balance for balance, _ in entries(store)) == 50


def test_a_refund_of_what_is_spent_takes_nothing(store: SqlStore) -> None:
    pay(store)
    spend(store, 50)
    with store.begin() as tx:
        done = tx.payments.end_refund("telegram", "charge-1", now=NOW)
        assert tx.payments.end_refund("telegram", "none", now=NOW) is None
    assert done is not None
    assert done.taken_back == 0
    assert entries(store)[-1] == (-50, "spent")


def test_refunds_at_once_take_the_credits_once(store: SqlStore) -> None:
    pay(store)
    pay(store, "charge-2")

    def refund(_: int) -> None:
        with store.begin() as tx:
            tx.payments.end_refund("telegram", "charge-1", now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(refund, range(16)))
    assert account_of(store).balance == 50


def test_payments_go_with_an_account_that_is_joined(store: SqlStore) -> None:
    payment, _ = pay(store)
    bob = account_of(store, BOB)
    with store.begin() as tx:
        tx.ledger.offer_link(bob.id, "ab" * 32, expires_at=NOW + 9)
        tx.ledger.accept_link(payment.account, "ab" * 32, now=NOW)
        done = tx.payments.end_refund("telegram", "charge-1", now=NOW)
    assert done is not None
    assert (done.account, done.taken_back) == (bob.id, 50)


def test_who_is_forgotten_leaves_payments_without_a_name_that_are_not_granted_again(store: SqlStore) -> None:
    payment, _ = pay(store)
    with store.begin() as tx:
        (told,) = export(tx, payment.account)["payments"]
        assert (told["payment_id"], told["user"], told["credits"]) == ("charge-1", "777", 50)
        forget(tx, payment.account, now=NOW)
    with store.look() as tx:
        (left,) = tx.payments.listed(limit=9)
        assert left == tx.payments.find("telegram", "charge-1")
    assert (left.credits, left.user, len(left.id)) == (50, "", 64)
    assert left.account != payment.account
    assert pay(store)[1] is False
    assert account_of(store, ALICE).balance == 0
