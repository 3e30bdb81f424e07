"""``piying payments …``: what an operator sees of payments, and where a refund begins."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.payments import Payment, PaymentState
from piying.mistake import Mistake
from piying.settings import Settings
from piying.wiring import open_store

_LISTED = 200


def list_payments(settings: Settings, *, refunding: bool) -> None:
    """The newest, or all whose platform is still to give money back."""
    with open_store(settings).look() as tx:
        found = tx.payments.listed(refunding=refunding, limit=_LISTED)
    whole = [Column(name, no_wrap=True) for name in ("platform", "payment", "account")]
    table = Table(*whole, "credits", "amount", "state", "taken back", "when (UTC)")
    for payment in found:
        table.add_row(*_cells(payment))
    Console().print(table)


def refund(settings: Settings, platform: str, payment_id: str) -> None:
    """Take the credits that are left of a payment; its platform's bot, where it runs, soon has the money given back.

    Raises:
        Mistake: there is no such payment, or its money is back.
    """
    with open_store(settings).begin() as tx:
        known = tx.payments.find(platform, payment_id)
        payment = tx.payments.begin_refund(platform, payment_id, now=time.time())
    if known is None or payment is None:
        raise Mistake(f"no payment {payment_id} of {platform}: `piying payments list` shows them")
    if known.state is PaymentState.REFUNDED:
        raise Mistake(f"the money of {payment_id} is back already")
    print(f"{payment.taken_back} of {payment.credits} credits taken back")
    print(f"the bot on {platform} gives the money back within a minute, if it runs")


def _cells(payment: Payment) -> tuple[str, ...]:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(payment.created_at))
    amount = f"{payment.amount} {escape(payment.currency)}"
    figures = str(payment.credits), amount, str(payment.state), str(payment.taken_back), moment
    return payment.platform, escape(payment.id), payment.account, *figures
