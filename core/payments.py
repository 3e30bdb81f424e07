"""Turns money that a platform took into credits, once, and credits into money that it gives back.

A refund has two halves, since the money is the platform's to give back. First the payment is ``refunding``, with its
credits taken; then the platform is asked; then it is ``refunded``, or ``paid`` again where the platform refused.
Whatever dies between, the payment is found among the open refunds and the platform is asked again: it gives no money
back twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STANDARD, SUBSCRIBER = "standard", "subscriber"
"""Everybody's tier, and that of whose subscription on a platform runs. Any other an operator has given."""


class PaymentState(StrEnum):
    """A payment's life."""

    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Payment:
    """``credits`` for an ``amount`` of a ``currency``, in its smallest unit; ``id`` and ``user`` are the platform's.

    ``taken_back`` are the credits that a refund took: those that were not spent. Once its payer is forgotten, ``user``
    is empty and ``id`` a salted digest of what it was.
    """

    platform: str
    id: str
    account: str
    user: str
    credits: int
    amount: int
    currency: str
    created_at: float
    state: PaymentState = PaymentState.PAID
    taken_back: int = 0
    refunded_at: float | None = None


@dataclass(frozen=True)
class Paid:
    """A payment was taken in. ``duplicate``: it had been before, and nothing more was granted."""

    payment: Payment
    balance: int
    duplicate: bool
