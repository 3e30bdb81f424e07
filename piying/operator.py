"""``piying account …``: what an operator does with accounts and their credits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.errors import QuotaExceeded
from core.ports import Transaction
from core.types import Account
from piying.mistake import Mistake
from piying.settings import Settings
from piying.wiring import open_store

_SHOWN = 20


def list_accounts(settings: Settings) -> None:
    """The newest accounts."""
    store = open_store(settings)
    with store.look() as tx:
        accounts = tx.ledger.accounts(limit=200)
    table = Table(Column("account", no_wrap=True), "balance", "held", "tier", "blocked", "time zone", "limits")
    for account in accounts:
        table.add_row(*_cells(account))
    Console().print(table)


def show_account(settings: Settings, account_id: str) -> None:
    """One account and its last entries."""
    store = open_store(settings)
    with store.look() as tx:
        account, entries = _find(tx, account_id), tx.ledger.entries(account_id, limit=_SHOWN)
    Console().print(" ".join(_cells(account)))
    table = Table("when (UTC)", "entry", "balance", "held", Column("job", no_wrap=True), "note")
    for entry in entries:
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(entry.created_at))
        table.add_row(
            moment, str(entry.kind), f"{entry.balance:+d}", f"{entry.held:+d}", entry.job or "", escape(entry.note)
        )
    Console().print(table)


def change_account(settings: Settings, account_id: str, change: Callable[[Transaction], None]) -> None:
    """Make a change and show the account as it is then.

    Raises:
        Mistake: there is none of that id.
        Mistake: … or a negative grant would take more than there is.
    """
    with open_store(settings).begin() as tx:
        account = _find(tx, account_id)
        try:
            change(tx)
        except QuotaExceeded as error:
            raise Mistake(f"{account_id} has {account.balance} credits to take, and no more") from error
    show_account(settings, account_id)


def limit_account(settings: Settings, account_id: str, limits: Mapping[str, int | None], *, clear: bool) -> None:
    """Give an account figures of its own, beside those it has, or instead of them; None leaves one as it is.

    Raises:
        Mistake: there is none of that id.
    """
    chosen = {name: figure for name, figure in limits.items() if figure is not None}

    def change(tx: Transaction) -> None:
        tx.ledger.set_limits(account_id, chosen if clear else {**_find(tx, account_id).limits, **chosen})

    change_account(settings, account_id, change)


def _find(tx: Transaction, account_id: str) -> Account:
    account = tx.ledger.account(account_id)
    if account is None:
        raise Mistake(f"no account {account_id}: `piying account list` shows them")
    return account


def _cells(account: Account) -> tuple[str, ...]:
    blocked = "blocked" if account.blocked else "-"
    limits = ", ".join(f"{name} {figure}" for name, figure in account.limits.items()) or "-"
    return account.id, str(account.balance), str(account.held), account.tier, blocked, account.timezone, limits
