"""``piying account …``: what an operator does with accounts and their credits."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from core.ports import Transaction
from core.types import Account
from piying.settings import Settings
from piying.wiring import open_store

_SHOWN = 20
TIERS = ("standard", "premium")


class UnknownAccount(RuntimeError):
    """No account has that id."""


def list_accounts(settings: Settings) -> None:
    """The newest accounts."""
    store = open_store(settings)
    with store.begin() as tx:
        accounts = tx.ledger.accounts(limit=200)
    table = Table("account", "balance", "held", "tier", "blocked", "time zone")
    for account in accounts:
        table.add_row(*_cells(account))
    Console().print(table)


def show_account(settings: Settings, account_id: str) -> None:
    """One account and its last entries."""
    store = open_store(settings)
    with store.begin() as tx:
        account, entries = _find(tx, account_id), tx.ledger.entries(account_id, limit=_SHOWN)
    Console().print(" ".join(_cells(account)))
    table = Table("when (UTC)", "entry", "balance", "held", "job", "note")
    for entry in entries:
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(entry.created_at))
        table.add_row(moment, str(entry.kind), f"{entry.balance:+d}", f"{entry.held:+d}", entry.job or "", entry.note)
    Console().print(table)


def change_account(settings: Settings, account_id: str, change: Callable[[Transaction], None]) -> None:
    """Make a change and show the account as it is then.

    Raises:
        UnknownAccount: there is none of that id.
        QuotaExceeded: a negative grant would take more than there is.
    """
    with open_store(settings).begin() as tx:
        _find(tx, account_id)
        change(tx)
    show_account(settings, account_id)


def _find(tx: Transaction, account_id: str) -> Account:
    account = tx.ledger.account(account_id)
    if account is None:
        raise UnknownAccount(account_id)
    return account


def _cells(account: Account) -> tuple[str, ...]:
    blocked = "blocked" if account.blocked else "-"
    return account.id, str(account.balance), str(account.held), account.tier, blocked, account.timezone
