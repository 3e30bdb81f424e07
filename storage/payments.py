"""Payments in the rows of one transaction, with the ledger's entries for them."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from core.payments import Payment, PaymentState
from storage.chat_tables import payments
from storage.ledger import SqlLedger
from storage.marks import find_digest
from storage.tables import accounts
from storage.upsert import insert

_PAID, _REFUND, _REFUSED = "paid", "refund", "refund refused"
"""Notes in the ledger."""


class SqlPayments:
    """``core.records.Payments`` on one open connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def grant_once(self, payment: Payment) -> bool:
        """See the port."""
        if self.find(payment.platform, payment.id) is not None:
            return False
        row = {_COLUMNS.get(name, name): value for name, value in asdict(payment).items()}
        # What was inserted is asked for: PostgreSQL's driver gives no count here.
        new = insert(self._connection, payments).values(row).on_conflict_do_nothing().returning(payments.c.platform)
        if self._connection.execute(new).first() is None:
            # Another connection took in the same one meanwhile.
            return False
        self._grant(payment, payment.credits, now=payment.created_at, note=_PAID)
        return True

    def find(self, platform: str, payment_id: str) -> Payment | None:
        """See the port."""
        # Of a payer who is forgotten it is kept under its digest.
        names = filter(None, (payment_id, find_digest(self._connection, platform, payment_id)))
        query = sa.select(payments).where(payments.c.platform == platform, payments.c.payment_id.in_(list(names)))
        row = self._connection.execute(query).mappings().first()
        return _from_row(row) if row else None

    def begin_refund(self, platform: str, payment_id: str, *, now: float) -> Payment | None:
        """See the port."""
        payment = self._hold(platform, payment_id)
        if payment is None or payment.state is not PaymentState.PAID:
            return payment
        return self._set(payment, state=PaymentState.REFUNDING, taken_back=self._take_back(payment, now=now))

    def end_refund(self, platform: str, payment_id: str, *, now: float) -> Payment | None:
        """See the port."""
        payment = self.begin_refund(platform, payment_id, now=now)
        if payment is None or payment.state is PaymentState.REFUNDED:
            return payment
        return self._set(payment, state=PaymentState.REFUNDED, refunded_at=now)

    def give_up_refund(self, platform: str, payment_id: str, *, now: float) -> Payment | None:
        """See the port."""
        payment = self._hold(platform, payment_id)
        if payment is None or payment.state is not PaymentState.REFUNDING:
            return payment
        self._grant(payment, payment.taken_back, now=now, note=_REFUSED)
        return self._set(payment, state=PaymentState.PAID, taken_back=0)

    def listed(
        self, platform: str | None = None, *, account: str | None = None, refunding: bool = False, limit: int
    ) -> list[Payment]:
        """See the port."""
        query = sa.select(payments).order_by(payments.c.created_at.desc(), payments.c.payment_id).limit(limit)
        if platform is not None:
            query = query.where(payments.c.platform == platform)
        if account is not None:
            query = query.where(payments.c.account_id == account)
        if refunding:
            query = query.where(payments.c.state == str(PaymentState.REFUNDING))
        return [_from_row(row) for row in self._connection.execute(query).mappings()]

    def _hold(self, platform: str, payment_id: str) -> Payment | None:
        """As it is once nobody else changes it; the account's row comes first, as it does everywhere."""
        known = self.find(platform, payment_id)
        if known is None:
            return None
        self._connection.execute(sa.select(accounts.c.id).where(accounts.c.id == known.account).with_for_update())
        held = self.find(platform, payment_id)
        # Its account may have been joined to another one while this waited.
        return held if held and held.account == known.account else self._hold(platform, payment_id)

    def _take_back(self, payment: Payment, *, now: float) -> int:
        account = SqlLedger(self._connection).account(payment.account)
        left = min(payment.credits, account.balance) if account else 0
        self._grant(payment, -left, now=now, note=_REFUND)
        return left

    def _grant(self, payment: Payment, credits_: int, *, now: float, note: str) -> None:
        if credits_:
            SqlLedger(self._connection).grant(payment.account, credits_, now=now, note=f"{note} ({payment.platform})")

    def _set(self, payment: Payment, **values: object) -> Payment | None:
        mine = sa.and_(payments.c.platform == payment.platform, payments.c.payment_id == payment.id)
        self._connection.execute(payments.update().where(mine).values(values))
        return self.find(payment.platform, payment.id)


_COLUMNS = {"id": "payment_id", "account": "account_id"}


def _from_row(row: sa.RowMapping) -> Payment:
    values = {name: row[_COLUMNS.get(name, name)] for name in Payment.__dataclass_fields__}
    return Payment(**values | {"state": PaymentState(row["state"])})
