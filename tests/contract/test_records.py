"""What was decided, appeals, rulings and strikes, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from core.safety.appeals import Appeal, AppealState, Ruling, Strike
from core.safety.audit import AuditLine, Scored
from core.safety.findings import Action
from core.types import Category, Place
from storage.database import SqlStore
from tests.stores import ALICE, BOB, NOW, open_account

LINE = AuditLine(
    at=NOW,
    subject="prompt",
    digest="d" * 64,
    place=Place("group", nsfw=True),
    action=Action.DENY,
    category=Category.HATE,
    scores=(Scored(Category.HATE, 0.75, "says", "清单"),),
    versions={"says": "1"},
    missing={"other": "timed-out"},
)
APPEAL = Appeal(
    id="K7QM2XD",
    digest="e" * 64,
    account="alice",
    address=ALICE,
    text="一只猫 🐈",
    category=Category.GORE,
    fragment="猫",
    state=AppealState.OPEN,
    created_at=NOW,
)
ALLOWED = Ruling(APPEAL.digest, allows=True, category=Category.GORE, by="ann", at=NOW + 9)


def test_lines_come_back_in_their_order_and_age(store: SqlStore) -> None:
    later = replace(LINE, at=NOW + 5, subject="clip", category=None, scores=(), versions={}, missing={})
    with store.begin() as tx:
        tx.records.add_line(LINE, "alice")
        tx.records.add_line(later, None)
    with store.look() as tx:
        assert list(tx.records.lines()) == [LINE, later]
        assert list(tx.records.lines(since=NOW + 1)) == [later]
    with store.begin() as tx:
        tx.records.add_strike(Strike("alice", Category.HATE, "a", NOW))
        tx.appeals.add(APPEAL)
        assert tx.records.remove_before(NOW + 1) == 2
        assert tx.appeals.get(APPEAL.id) == APPEAL
        tx.appeals.decide(APPEAL, ALLOWED)
        assert tx.records.remove_before(NOW + 10) == 2
        assert tx.appeals.get(APPEAL.id) is None
        assert tx.appeals.ruling(APPEAL.digest) == ALLOWED
        tx.records.add_line(later, None)
    with store.look() as tx:
        assert list(tx.records.lines()) == [later]


def test_the_same_text_is_one_strike(store: SqlStore) -> None:
    with store.begin() as tx:
        for digest, at in (("a", 1.0), ("b", 2.0), ("a", 3.0)):
            tx.records.add_strike(Strike("alice", Category.HATE, digest, at))
        tx.records.add_strike(Strike("bob", Category.HATE, "a", 4.0))
    with store.begin() as tx:
        assert tx.records.strikes_since("alice", 0) == [1.0, 2.0]
        assert tx.records.strikes_since("alice", 1.5) == [2.0]
        tx.records.take_strike_back("alice", "b")
        assert tx.records.strikes_since("alice", 0) == [1.0]
        assert tx.records.strikes_since("bob", 0) == [4.0]


def test_an_appeal_keeps_its_text_until_it_is_decided(store: SqlStore) -> None:
    with store.begin() as tx:
        assert tx.appeals.add(APPEAL) == APPEAL
    with store.begin() as tx:
        assert tx.appeals.get("K7QM2XD") == APPEAL
        assert tx.appeals.get("nobody") is None
        assert tx.appeals.ruling(APPEAL.digest) is None
        assert tx.appeals.decide(APPEAL, ALLOWED)
    with store.begin() as tx:
        decided = tx.appeals.get("K7QM2XD")
        assert decided == replace(
            APPEAL, text=None, fragment=None, state=AppealState.OVERTURNED, decided_at=NOW + 9, by="ann"
        )
        assert tx.appeals.ruling(APPEAL.digest) == ALLOWED


def test_what_is_decided_stays_decided(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.appeals.add(APPEAL)
        assert tx.appeals.decide(APPEAL, replace(ALLOWED, allows=False))
        assert not tx.appeals.decide(APPEAL, ALLOWED)
        ruling = tx.appeals.ruling(APPEAL.digest)
        assert ruling is not None
        assert not ruling.allows


def test_a_text_is_appealed_about_once_by_an_account(store: SqlStore) -> None:
    other = replace(APPEAL, id="OTHER22", account="bob", created_at=NOW + 1)
    with store.begin() as tx:
        tx.appeals.add(APPEAL)
        assert tx.appeals.add(replace(APPEAL, id="AGAIN22")) == APPEAL
        tx.appeals.add(other)
        assert tx.appeals.of(None, limit=9) == [APPEAL, other]
        assert tx.appeals.of("bob", limit=9) == [other]
        tx.appeals.decide(APPEAL, ALLOWED)
        assert tx.appeals.of(None, limit=9) == [other]
        assert tx.appeals.decide(other, replace(ALLOWED, allows=False))
        assert tx.appeals.ruling(APPEAL.digest) == replace(ALLOWED, allows=False)


def test_strikes_and_appeals_move_with_a_linked_account(store: SqlStore) -> None:
    with store.begin() as tx:
        ann, bob = open_account(tx, ALICE), open_account(tx, BOB)
        for account, digest in ((ann, "a"), (ann, "b"), (bob, "b")):
            tx.records.add_strike(Strike(account.id, Category.HATE, digest, NOW))
        tx.appeals.add(replace(APPEAL, account=ann.id))
        tx.ledger.offer_link(bob.id, "code", expires_at=NOW + 9)
        tx.ledger.accept_link(ann.id, "code", now=NOW)
    with store.look() as tx:
        assert tx.records.strikes_since(bob.id, 0) == [NOW, NOW]
        assert tx.records.strikes_since(ann.id, 0) == []
        assert [appeal.id for appeal in tx.appeals.of(bob.id, limit=9)] == [APPEAL.id]
