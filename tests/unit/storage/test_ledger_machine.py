"""The ledger under any order of grants, holds, charges, releases, links and retries of each."""

import itertools
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core.errors import Conflict, QuotaExceeded, Refusal
from core.types import Account, EntryKind
from storage.database import SqlStore
from tests.stores import NOW, open_store

_numbers = itertools.count()
USERS = st.sampled_from(["ann", "ben"])
CREDITS = st.integers(1, 20)


class LedgerMachine(RuleBasedStateMachine):
    """Two users, whose figures are kept beside the ledger in plain integers."""

    store: SqlStore

    holds = Bundle("holds")
    codes = Bundle("codes")

    @initialize(welcome=st.integers(0, 30))
    def meet(self, welcome: int) -> None:
        self.round = next(_numbers)
        self.welcome = welcome
        self.account = {user: self.find(user).id for user in ("ann", "ben")}
        self.balance = dict.fromkeys(self.account.values(), welcome)
        self.held = dict.fromkeys(self.account.values(), 0)
        self.open: dict[str, tuple[str, int]] = {}
        self.settled: dict[str, EntryKind] = {}
        self.all_accounts = set(self.account.values())

    def find(self, user: str) -> Account:
        with self.store.begin() as tx:
            return tx.ledger.account_for(
                "console", f"{user}-{self.round}", now=NOW, timezone="UTC", welcome=self.welcome
            )

    @rule(user=USERS)
    def come_back(self, user: str) -> None:
        assert self.find(user).id == self.account[user]

    @rule(user=USERS, credits_=st.integers(-20, 20))
    def grant(self, user: str, credits_: int) -> None:
        account = self.account[user]
        refused = False
        try:
            with self.store.begin() as tx:
                tx.ledger.grant(account, credits_, now=NOW, note="")
        except QuotaExceeded:
            refused = True
        assert refused is (self.balance[account] + credits_ < 0)
        self.balance[account] += 0 if refused else credits_

    @rule(user=USERS, credits_=CREDITS, target=holds)
    def hold(self, user: str, credits_: int) -> object:
        account, job = self.account[user], f"job-{next(_numbers)}"
        try:
            with self.store.begin() as tx:
                tx.ledger.hold(account, job, credits_, now=NOW)
        except QuotaExceeded:
            assert self.balance[account] < credits_
            return multiple()
        self.balance[account] -= credits_
        self.held[account] += credits_
        self.open[job] = (account, credits_)
        return job

    @rule(user=USERS, job=holds, credits_=CREDITS)
    def hold_again(self, user: str, job: str, credits_: int) -> None:
        refused = False
        try:
            with self.store.begin() as tx:
                tx.ledger.hold(self.account[user], job, credits_, now=NOW)
        except (Conflict, QuotaExceeded):
            refused = True
        assert refused

    @rule(job=holds, price=st.none() | st.integers(0, 25))
    def charge(self, job: str, price: int | None) -> None:
        """Whatever it came to at last, no more is taken than is held."""
        with self.store.begin() as tx:
            first = tx.ledger.charge(job, now=NOW, credits_=price)
        assert first is (job in self.open)
        if first:
            account, credits_ = self.open.pop(job)
            self.held[account] -= credits_
            self.balance[account] += 0 if price is None else max(credits_ - price, 0)
            self.settled[job] = EntryKind.CHARGE

    @rule(job=holds)
    def release(self, job: str) -> None:
        with self.store.begin() as tx:
            first = tx.ledger.release(job, now=NOW)
        assert first is (job in self.open)
        if first:
            account, credits_ = self.open.pop(job)
            self.held[account] -= credits_
            self.balance[account] += credits_
            self.settled[job] = EntryKind.RELEASE

    @rule(user=USERS, target=codes)
    def offer(self, user: str) -> tuple[str, str]:
        code = f"code-{next(_numbers)}"
        with self.store.begin() as tx:
            tx.ledger.offer_link(self.account[user], code, expires_at=NOW + 1)
        return code, self.account[user]

    @rule(user=USERS, offer=codes)
    def link(self, user: str, offer: tuple[str, str]) -> None:
        code, target = offer
        source = self.account[user]
        refusal = None
        try:
            with self.store.begin() as tx:
                tx.ledger.accept_link(source, code, now=NOW)
        except Refusal as refused:
            refusal = refused.code
        if refusal:
            assert refusal == "link-invalid" or self.held[source] > 0
            return
        assert source != target
        assert self.held[source] == 0
        assert target in self.account.values()
        self.balance[target] += max(0, self.balance[source] - self.welcome)
        self.balance[source] = 0
        self.account = {name: target if owner == source else owner for name, owner in self.account.items()}

    @rule(job=consumes(holds))
    def fail_half_way(self, job: str) -> None:
        """What a rolled-back transaction wrote is not there."""
        with pytest.raises(ConnectionError), self.store.begin() as tx:  # noqa: PT012
            tx.ledger.charge(job, now=NOW)
            tx.ledger.grant(self.account["ann"], 5, now=NOW, note="")
            raise ConnectionError

    @invariant()
    def books_balance(self) -> None:
        if not hasattr(self, "all_accounts"):
            return
        with self.store.begin() as tx:
            for account_id in self.all_accounts:
                account, entries = tx.ledger.account(account_id), tx.ledger.entries(account_id, limit=1000)
                assert account is not None
                assert account.balance == sum(entry.balance for entry in entries) == self.balance[account_id] >= 0
                assert account.held == sum(entry.held for entry in entries) == self.held[account_id] >= 0
                ends = [(entry.job, entry.kind) for entry in entries if entry.kind in {"charge", "release"}]
                assert len(ends) == len({job for job, _ in ends})
                assert all(self.settled[str(job)] is kind for job, kind in ends)
            assert set(tx.ledger.held_jobs()) & self.open.keys() == self.open.keys()
            assert not set(tx.ledger.held_jobs()) & self.settled.keys()

    def teardown(self) -> None:
        if not hasattr(self, "all_accounts"):
            return
        for job in list(self.open):
            self.release(job)
        self.books_balance()
        with self.store.begin() as tx:
            assert tx.ledger.held_jobs() == []
        assert set(self.held.values()) == {0}


def test_the_ledger_keeps_its_books_in_any_order() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        LedgerMachine.store = stack.enter_context(open_store(f"sqlite:///{Path(folder) / 'ledger.db'}"))
        run_state_machine_as_test(
            LedgerMachine,
            settings=settings(
                max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
