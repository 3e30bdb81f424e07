"""What users declared and agreed to, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from core.safety.agreements import TERMS, UNLABELLED, Agreement
from storage.database import SqlStore
from tests.stores import ALICE, BOB, NOW, open_account

FIRST = Agreement("alice", "j" * 32, "K7QM2XD", "picture", "d" * 64, TERMS, NOW)
SECOND = replace(FIRST, matter=UNLABELLED, digest="", agreed_at=NOW + 5)


def test_they_come_back_newest_first_and_go_when_they_are_old(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.agreements.add(FIRST)
        tx.agreements.add(SECOND)
    with store.look() as tx:
        assert tx.agreements.listed(limit=10) == [SECOND, FIRST]
        assert tx.agreements.listed(limit=1) == [SECOND]
    with store.begin() as tx:
        assert tx.agreements.remove_before(NOW + 1) == 1
        assert tx.agreements.listed(limit=10) == [SECOND]


def test_their_account_is_told_of_them_and_once_forgotten_it_is_not_named(store: SqlStore) -> None:
    with store.begin() as tx:
        account = open_account(tx, ALICE)
        tx.agreements.add(replace(FIRST, account=account.id))
        assert [row["matter"] for row in tx.persons.records(account.id)["agreements"]] == ["picture"]
        tx.persons.forget(account.id, now=NOW)
    with store.look() as tx:
        (left,) = tx.agreements.listed(limit=10)
    assert left.account not in {account.id, ""}
    assert (left.matter, left.digest, left.agreed_at) == (FIRST.matter, FIRST.digest, NOW)


def test_they_move_to_the_account_that_theirs_is_joined_to(store: SqlStore) -> None:
    with store.begin() as tx:
        first, second = open_account(tx, ALICE), open_account(tx, BOB)
        tx.agreements.add(replace(FIRST, account=second.id))
        tx.ledger.offer_link(first.id, "hash", expires_at=NOW + 9)
        tx.ledger.accept_link(second.id, "hash", now=NOW)
        assert [one.account for one in tx.agreements.listed(limit=10)] == [first.id]
