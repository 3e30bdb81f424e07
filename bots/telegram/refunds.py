"""Turns ``/refund PAYMENT`` of an operator into Stars that Telegram gives back, and credits that are taken back."""

from __future__ import annotations

import structlog
from telegram import Message, Update
from telegram.error import BadRequest, TelegramError

from bots.presenter import present_credits
from bots.telegram.call import PLATFORM, Call
from bots.telegram.desk import Desk, Events, Verbs
from bots.telegram.speech import whisper
from core.errors import Refusal
from core.payments import Payment, PaymentState
from core.types import Address
from translation.localiser import Localiser

_BEFORE = "charge_already_refunded"
_EXAMPLE = "stxK7QM2XD…"

log = structlog.get_logger(__name__)


async def refund(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """Give a payment's Stars back. Asked again it goes on where it stopped, and gives nothing back twice.

    Raises:
        Refusal: ``payment-unknown``.
    """
    del message
    text, (charge, _, payer) = call.localiser.text, rest.strip().partition(" ")
    if desk.shop is None or call.user not in desk.shop.operators:
        await whisper(desk, call, text("stars-operators-only"))
        return
    if not charge:
        await whisper(desk, call, text("stars-needs-payment", example=_EXAMPLE))
        return
    payment = await desk.commands.refund_payment(PLATFORM, charge)
    if payment.state is PaymentState.REFUNDED:
        await whisper(desk, call, text("stars-refunded-before", payment=charge))
        return
    # Of a payer who was forgotten only Telegram knows who it was; an operator can look there.
    user = payment.user or payer.strip()
    if not user.isdecimal():
        await desk.commands.refund_refused(PLATFORM, charge)
        await whisper(desk, call, text("stars-refund-nobody", payment=charge))
        return
    payment, why = await give_back(desk, payment, charge, int(user))
    await whisper(desk, call, _outcome(call.localiser, payment, charge, why))
    if payment.state is PaymentState.REFUNDED:
        await _tell_payer(desk, payment, charge, int(user))


async def give_back(desk: Desk, payment: Payment, charge: str, user: int) -> tuple[Payment, str]:
    """The second half of a refund: how the payment stands then, and what Telegram said against it.

    Where nobody knows whether it was done, the payment stays ``refunding``, and is asked for again.
    """
    try:
        await desk.bot.refund_star_payment(user, charge)
    except BadRequest as error:
        if _BEFORE not in error.message.lower():
            log.warning("telegram.refund_refused", error=repr(error))
            return await desk.commands.refund_refused(PLATFORM, charge), error.message
    except TelegramError as error:
        log.warning("telegram.refund_unclear", error=repr(error))
        return payment, error.message
    return await desk.commands.refund_done(PLATFORM, charge), ""


async def finish_refunds(desk: Desk) -> None:
    """Ask Telegram again for the refunds whose end nobody heard of, and for those that an operator began elsewhere."""
    for payment in await desk.commands.open_refunds(PLATFORM):
        if payment.user.isdecimal():
            await give_back(desk, payment, payment.id, int(payment.user))


async def refunded(desk: Desk, update: Update) -> None:
    """Telegram gave Stars back, asked by us or by itself."""
    message = update.message
    assert message is not None
    assert message.refunded_payment is not None
    try:
        await desk.commands.refund_done(PLATFORM, message.refunded_payment.telegram_payment_charge_id)
    except Refusal as refusal:
        log.warning("telegram.refund_unknown", error=repr(refusal))


def _outcome(localiser: Localiser, payment: Payment, charge: str, why: str) -> str:
    if payment.state is PaymentState.REFUNDED:
        return _told(localiser, "stars-refunded", payment, charge)
    waits = payment.state is PaymentState.REFUNDING
    return localiser.text("stars-refund-waits" if waits else "stars-refund-refused", payment=charge, why=why)


def _told(localiser: Localiser, message_id: str, payment: Payment, charge: str) -> str:
    taken = present_credits(localiser, payment.taken_back)
    return localiser.text(message_id, payment=charge, stars=payment.amount, credits=taken)


async def _tell_payer(desk: Desk, payment: Payment, charge: str, user: int) -> None:
    """In their private chat, where they paid."""
    locale = (await desk.commands.user_settings(Address(PLATFORM, str(user), str(user)))).locale
    text = _told(Localiser(locale or "en"), "stars-refund-told", payment, charge)
    try:
        await desk.bot.send_message(user, text)
    except TelegramError as error:
        # They may have blocked the bot; Telegram itself tells them of the Stars.
        log.info("telegram.payer_not_told", error=repr(error))


VERBS: Verbs = {"refund": refund}
EVENTS: Events = {"refunded_payment": refunded}
