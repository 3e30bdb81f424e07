"""What an adapter remembers of somebody for a while, on either database."""

from __future__ import annotations

from core.memos import Memo
from core.rights import export, forget
from storage.database import SqlStore
from tests.stores import ALICE, BOB, NOW, open_account

HOUR = 3600.0


def memo(code: str, user: str = "alice", *, kind: str = "draft", until: float = NOW + HOUR) -> Memo:
    return Memo("console", kind, code, user, until, {"prompt": f"猫 {code}"})


def test_a_memo_is_found_until_it_is_forgotten(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.memos.keep(memo("one"), now=NOW)
    with store.look() as tx:
        assert tx.memos.find("console", "draft", "one", now=NOW) == memo("one")
        assert tx.memos.find("console", "draft", "one", now=NOW + HOUR) is None
        assert tx.memos.find("console", "ask", "one", now=NOW) is None
        assert tx.memos.find("telegram", "draft", "one", now=NOW) is None


def test_the_newest_of_a_kind_stay_for_each_user(store: SqlStore) -> None:
    with store.begin() as tx:
        for number in range(5):
            tx.memos.keep(memo(f"m{number}", until=NOW + HOUR + number), now=NOW, most=2)
        tx.memos.keep(memo("ask", kind="ask"), now=NOW, most=2)
        tx.memos.keep(memo("bob", "bob"), now=NOW, most=2)
    with store.look() as tx:
        found = [number for number in range(5) if tx.memos.find("console", "draft", f"m{number}", now=NOW)]
        assert found == [3, 4]
        assert tx.memos.find("console", "ask", "ask", now=NOW)
        assert tx.memos.find("console", "draft", "bob", now=NOW)


def test_another_memo_of_a_code_takes_its_place(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.memos.keep(memo("one"), now=NOW)
        tx.memos.keep(Memo("console", "draft", "one", "alice", NOW + 2 * HOUR, {"prompt": "dog"}), now=NOW)
    with store.look() as tx:
        found = tx.memos.find("console", "draft", "one", now=NOW + HOUR)
    assert found is not None
    assert found.facts == {"prompt": "dog"}


def test_what_is_old_is_removed(store: SqlStore) -> None:
    with store.begin() as tx:
        tx.memos.keep(memo("old"), now=NOW)
        tx.memos.keep(memo("new", until=NOW + 3 * HOUR), now=NOW)
        assert tx.memos.remove_before(NOW + 2 * HOUR) == 1
        # Whoever keeps one more sweeps as well.
        tx.memos.keep(memo("other", "bob", until=NOW + 9 * HOUR), now=NOW + 4 * HOUR)
        assert tx.memos.remove_before(NOW + 4 * HOUR) == 0
        assert tx.memos.find("console", "draft", "other", now=NOW + 4 * HOUR)


def test_memos_are_exported_and_erased_with_their_user(store: SqlStore) -> None:
    with store.begin() as tx:
        alice = open_account(tx, ALICE)
        open_account(tx, BOB)
        tx.memos.keep(memo("mine", ALICE.user), now=NOW)
        tx.memos.keep(memo("bobs", BOB.user), now=NOW)
        assert [row["facts"] for row in export(tx, alice.id)["memos"]] == [{"prompt": "猫 mine"}]
        forget(tx, alice.id, now=NOW)
    with store.look() as tx:
        assert tx.memos.find("console", "draft", "mine", now=NOW) is None
        assert tx.memos.find("console", "draft", "bobs", now=NOW)
