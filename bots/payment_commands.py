"""What a platform that takes money can ask: credits for a payment, and its refund in two halves."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from core.errors import Refusal
from core.payments import STANDARD, SUBSCRIBER, Paid, Payment
from core.types import Address

if TYPE_CHECKING:
    from core.intake import Intake
    from core.ports import Clock, Store

_ALL = 1000
_MOST = 10**15
_LONGEST_ID = 256


class PaymentCommands:
    """A part of ``Commands``. Who may refund (operators) only the adapter knows."""

    _intake: Intake
    _store: Store
    _clock: Clock

    async def pay(self, address: Address, payment_id: str, *, credits_: int, amount: int, currency: str) -> Paid:
        """The platform has taken money of this user: grant the credits, once for each ``payment_id``.

        ``amount`` is in the currency's smallest unit. A blocked account is granted them too: its money is taken.

        Raises:
            ValueError: what the platform says cannot be.
        """
        if not (0 < credits_ <= _MOST and 0 <= amount <= _MOST and 0 < len(payment_id) <= _LONGEST_ID):
            raise ValueError(f"no payment: {credits_} credits for {amount} {currency[:16]}")
        return await asyncio.to_thread(self._pay, address, payment_id, credits_, amount, currency)

    async def payments(self, address: Address, *, limit: int = 50) -> list[Payment]:
        """What this user's account has paid, newest first."""
        return await asyncio.to_thread(self._payments, address, limit)

    async def payments_known(self, platform: str, payment_ids: Sequence[str]) -> dict[str, Payment]:
        """Those of the payments that were taken in, by the platform's id, also where their payer is forgotten."""
        return await asyncio.to_thread(self._known, platform, payment_ids)

    async def refund_payment(self, platform: str, payment_id: str) -> Payment:
        """First half: from now on the payment is ``refunding``, and the credits that are left of it are taken.

        The adapter then has its platform give the money back (to ``payment.user``), and says how that went with
        ``refund_done`` or ``refund_refused``. A payment that is ``refunded`` is returned as it is.
        """
        return _known(await asyncio.to_thread(self._begin_refund, platform, payment_id), payment_id)

    async def refund_done(self, platform: str, payment_id: str) -> Payment:
        """Second half: the platform gave the money back, asked by us or by itself, now or before."""
        return _known(await asyncio.to_thread(self._end_refund, platform, payment_id), payment_id)

    async def refund_refused(self, platform: str, payment_id: str) -> Payment:
        """Second half: the platform will not; the credits that were taken are granted again."""
        return _known(await asyncio.to_thread(self._give_up_refund, platform, payment_id), payment_id)

    async def set_subscribers(self, platform: str, users: Collection[str]) -> tuple[int, int]:
        """Subscriptions of these users run, and of no others of the platform: their clips go ahead in the queue.

        Whose several users on the platform are one account is ahead while one of them is there. A tier that an
        operator has given stays. How many accounts went ahead, and how many fell back.
        """
        return await asyncio.to_thread(self._set_subscribers, platform, users)

    async def add_subscriber(self, address: Address) -> bool:
        """A subscription of this user runs, as of ``set_subscribers``; False where that was known."""
        return await asyncio.to_thread(self._add_subscribers, [address]) > 0

    async def open_refunds(self, platform: str) -> list[Payment]:
        """Those whose second half is missing: now and then the platform must be asked for them."""
        return await asyncio.to_thread(self._open_refunds, platform)

    def _pay(self, address: Address, payment_id: str, credits_: int, amount: int, currency: str) -> Paid:
        now = self._clock.now()
        with self._store.begin() as tx:
            account = self._intake.account_in(tx, address)
            payment = Payment(
                address.platform, payment_id, account.id, address.user, credits_, amount, currency, created_at=now
            )
            is_new = tx.payments.grant_once(payment)
            known = tx.payments.find(address.platform, payment_id)
            balance = self._intake.account_in(tx, address).balance
        return Paid(known or payment, balance, duplicate=not is_new)

    def _payments(self, address: Address, limit: int) -> list[Payment]:
        account = self._intake.account(address)
        with self._store.look() as tx:
            return tx.payments.listed(account=account.id, limit=limit)

    def _known(self, platform: str, payment_ids: Sequence[str]) -> dict[str, Payment]:
        with self._store.look() as tx:
            found = {one: tx.payments.find(platform, one) for one in payment_ids}
        return {one: payment for one, payment in found.items() if payment}

    def _set_subscribers(self, platform: str, users: Collection[str]) -> tuple[int, int]:
        with self._store.look() as tx:
            known = {user: tx.ledger.account_id(platform, user) for user in users}
            before = set(tx.ledger.of_tier(SUBSCRIBER, platform))
        late = [Address(platform, user, user) for user, account in known.items() if account not in before]
        return self._add_subscribers(late), self._end_subscriptions(before.difference(known.values()))

    def _add_subscribers(self, addresses: Sequence[Address]) -> int:
        if not addresses:
            return 0
        with self._store.begin() as tx:
            accounts = {self._intake.account_in(tx, address).id for address in addresses}
            return sum(tx.ledger.move_tier(account, STANDARD, SUBSCRIBER) for account in accounts)

    def _end_subscriptions(self, accounts: Collection[str]) -> int:
        if not accounts:
            return 0
        with self._store.begin() as tx:
            return sum(tx.ledger.move_tier(account, SUBSCRIBER, STANDARD) for account in accounts)

    def _begin_refund(self, platform: str, payment_id: str) -> Payment | None:
        with self._store.begin() as tx:
            return tx.payments.begin_refund(platform, payment_id, now=self._clock.now())

    def _end_refund(self, platform: str, payment_id: str) -> Payment | None:
        with self._store.begin() as tx:
            return tx.payments.end_refund(platform, payment_id, now=self._clock.now())

    def _give_up_refund(self, platform: str, payment_id: str) -> Payment | None:
        with self._store.begin() as tx:
            return tx.payments.give_up_refund(platform, payment_id, now=self._clock.now())

    def _open_refunds(self, platform: str) -> list[Payment]:
        with self._store.look() as tx:
            return tx.payments.listed(platform, refunding=True, limit=_ALL)


def _known(payment: Payment | None, payment_id: str) -> Payment:
    if payment is None:
        raise Refusal("payment-unknown", payment=payment_id[:60])
    return payment
