"""Turns Telegram Stars into credits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LabeledPrice, Message, Update, User

from bots.presenter import present_balance, present_credits
from bots.telegram.call import PLATFORM, Call
from bots.telegram.desk import Buttons, Desk, Events, Verbs
from bots.telegram.packs import CURRENCY, Pack, Shop, read_payload
from bots.telegram.press import Press
from bots.telegram.speech import Spot, acknowledge, say, there, whisper
from bots.telegram.start import bot_link, start_parameter
from core.payments import Paid
from core.types import Address
from translation.localiser import Localiser, choose_locale

BUY = "buy"
_NAMED = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

log = structlog.get_logger(__name__)


async def buy(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """The packs, each on a button; in a group, the way to where they are sold."""
    del message, rest
    text = call.localiser.text
    if desk.shop is None or not desk.shop.packs:
        await whisper(desk, call, text("stars-none"))
    elif not call.is_private:
        way = InlineKeyboardButton(text("open-private"), url=bot_link(desk.bot, BUY))
        await whisper(desk, call, text("stars-alone"), InlineKeyboardMarkup([[way]]))
    else:
        rows = [[_button(call.localiser, pack)] for pack in desk.shop.packs]
        await say(desk, call, text("stars-choose"), InlineKeyboardMarkup(rows))


async def choose(desk: Desk, call: Call, press: Press) -> None:
    """The invoice for a pack; of a button that is older than what is on offer, say so."""
    pack = read_payload(f"credits:{press.code}:{press.extra}")
    if desk.shop is None or pack not in desk.shop.packs or not call.is_private:
        await whisper(desk, call, call.localiser.text("stars-pack-gone"))
        return
    await acknowledge(desk, call)
    title = present_credits(call.localiser, pack.credits)
    await desk.bot.send_invoice(
        call.chat,
        title,
        call.localiser.text("stars-what"),
        pack.payload,
        CURRENCY,
        [LabeledPrice(title, pack.stars)],
        provider_token="",
        # A copy that somebody forwards leads its reader here instead of to this invoice.
        start_parameter=start_parameter(BUY),
        message_thread_id=call.thread,
    )


async def check(desk: Desk, update: Update) -> None:
    """Answer at once whether a payment may go on: Telegram waits ten seconds, and no database is asked."""
    query = update.pre_checkout_query
    assert query is not None
    reason = refusal(desk.shop, query.invoice_payload, query.currency, query.total_amount)
    told = _localiser(query.from_user).text(reason) if reason else None
    await desk.bot.answer_pre_checkout_query(query.id, ok=reason is None, error_message=told)


async def paid(desk: Desk, update: Update) -> None:
    """Grant what was paid for, once for each payment, however often it is told."""
    message = update.message
    assert message is not None
    payment, payer = message.successful_payment, message.from_user
    assert payment is not None
    pack, charge = read_payload(payment.invoice_payload), payment.telegram_payment_charge_id
    # Who pays in private is whose chat it is, said or not.
    address = Address(PLATFORM, str(message.chat.id), str(payer.id if payer else message.chat.id))
    if pack is None or not pack.credits or (payment.currency, payment.total_amount) != (CURRENCY, pack.stars):
        log.error("telegram.payment_unclear", charge=charge, amount=payment.total_amount, currency=payment.currency)
        text = (await _localiser_of(desk, address, payer)).text("stars-paid-unclear")
    else:
        took = await _grant(desk, address, charge, pack)
        localiser = await _localiser_of(desk, address, payer)
        text = thanks(localiser, [took])
    thread = message.message_thread_id if message.is_topic_message else None
    await there(
        Spot(message.chat.id, thread, message.message_id),
        lambda spot: desk.bot.send_message(spot.chat, text, message_thread_id=spot.thread, reply_parameters=spot.reply),
    )


def thanks(localiser: Localiser, taken: Sequence[Paid]) -> str:
    """What their payer reads of payments that were taken in, the latest last."""
    more = present_credits(localiser, sum(one.payment.credits for one in taken))
    names = [one.payment.id for one in taken[-_NAMED:]]
    named = ", ".join([*names, "…"] if len(taken) > _NAMED else names)
    return localiser.text(
        "stars-paid", credits=more, balance=present_balance(localiser, taken[-1].balance), payment=named
    )


async def _grant(desk: Desk, address: Address, charge: str, pack: Pack) -> Paid:
    """The money is taken: ask until the books have it. After a restart, an update that was not handled comes again."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return await desk.commands.pay(address, charge, credits_=pack.credits, amount=pack.stars, currency=CURRENCY)
        except Exception as error:
            if isinstance(error, ValueError):
                raise
            log.exception("telegram.payment_waits", charge=charge)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)


async def terms(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """What holds for bought credits."""
    del message, rest
    await whisper(desk, call, call.localiser.text("stars-terms"))


async def support(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """Who helps with payments."""
    del message, rest
    contact = (desk.shop.contact if desk.shop else "") or call.localiser.text("stars-operator")
    await whisper(desk, call, call.localiser.text("stars-support", contact=contact))


def refusal(shop: Shop | None, payload: str, currency: str, stars: int) -> str | None:
    """Which sentence says why an invoice cannot be paid any more; None where it can."""
    if shop is None or not shop.packs:
        return "stars-none"
    pack = read_payload(payload)
    good = pack is not None and pack in shop.packs and (currency, pack.stars) == (CURRENCY, stars)
    return None if good else "stars-pack-gone"


def _button(localiser: Localiser, pack: Pack) -> InlineKeyboardButton:
    text = localiser.text("stars-pack", credits=present_credits(localiser, pack.credits), stars=pack.stars)
    return InlineKeyboardButton(text, callback_data=Press(BUY, str(pack.credits), str(pack.stars)).pack())


async def _localiser_of(desk: Desk, address: Address, user: User | None) -> Localiser:
    chosen = (await desk.commands.user_settings(address)).locale
    return Localiser(chosen) if chosen else _localiser(user)


def _localiser(user: User | None) -> Localiser:
    return Localiser(choose_locale((user.language_code if user else "") or ""))


VERBS: Verbs = {"buy": buy, "terms": terms, "paysupport": support}
BUTTONS: Buttons = {BUY: choose}
EVENTS: Events = {"pre_checkout_query": check, "successful_payment": paid}
