"""Turns what Telegram has of Star payments and refunds into what the books lack of them, now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from telegram import StarTransaction, TransactionPartnerUser, User
from telegram.error import TelegramError

from bots.telegram.call import PLATFORM
from bots.telegram.desk import Desk
from bots.telegram.packs import CURRENCY, read_payload
from bots.telegram.refunds import finish_refunds
from bots.telegram.stars import thanks
from bots.telegram.units import MESSAGE
from bots.units import cut
from core.payments import Paid, Payment, PaymentState
from core.types import Address
from translation.localiser import Localiser, choose_locale

_PAGE = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rounds:
    """Seconds between two looks at open refunds, and at all that Telegram has."""

    refunds: float = 60.0
    stars: float = 3600.0


class StarsBook:
    """While the bot runs, refunds whose end nobody heard of are asked for again, and lost payments are found."""

    def __init__(self, desk: Desk, rounds: Rounds | None = None) -> None:
        self._desk, self._rounds = desk, rounds or Rounds()
        self._next = 0
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look at once, and then by and by."""
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Look no more."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _keep(self) -> None:
        loop, due = asyncio.get_running_loop(), 0.0
        while True:
            await _log_failure(lambda: finish_refunds(self._desk))
            if loop.time() >= due and self._desk.shop is not None:
                due = loop.time() + self._rounds.stars
                await _log_failure(self.compare)
            await asyncio.sleep(self._rounds.refunds)

    async def compare(self) -> None:
        """Go through Telegram's list, oldest first, from where it ended last time; after a start all of it.

        Raises:
            telegram.error.TelegramError: the rest must wait for the next time.
        """
        while True:
            page = (await self._desk.bot.get_star_transactions(self._next, _PAGE)).transactions
            await self._settle(page)
            self._next += len(page)
            if len(page) < _PAGE:
                return

    async def _settle(self, page: Sequence[StarTransaction]) -> None:
        known = await self._desk.commands.payments_known(PLATFORM, [one.id for one in page])
        returned = {one.id for one in page if isinstance(one.receiver, TransactionPartnerUser)}
        granted: dict[User, list[Paid]] = {}
        for one in page:
            if one.id not in known and one.id not in returned and isinstance(one.source, TransactionPartnerUser):
                took = await self._grant(one, one.source)
                if took and not took.duplicate:
                    log.warning("telegram.payment_found", charge=one.id, credits=took.payment.credits)
                    granted.setdefault(one.source.user, []).append(took)
        for charge in returned:
            await self._record_refund(charge, known)
        for payer, taken in granted.items():
            await self._tell(payer, taken)

    async def _grant(self, one: StarTransaction, payer: TransactionPartnerUser) -> Paid | None:
        pack = read_payload(payer.invoice_payload or "")
        if pack is None or one.amount != pack.stars:
            log.error("telegram.payment_unclear", charge=one.id, amount=one.amount)
            return None
        return await self._desk.commands.pay(
            _address(payer.user), one.id, credits_=pack.credits, amount=pack.stars, currency=CURRENCY
        )

    async def _tell(self, payer: User, taken: Sequence[Paid]) -> None:
        chosen = (await self._desk.commands.user_settings(_address(payer))).locale
        localiser = Localiser(chosen or choose_locale(payer.language_code or ""))
        try:
            await self._desk.bot.send_message(payer.id, cut(thanks(localiser, taken), MESSAGE))
        except TelegramError as error:
            log.info("telegram.payer_not_told", error=repr(error))

    async def _record_refund(self, charge: str, known: Mapping[str, Payment]) -> None:
        payment = known.get(charge)
        if payment is None or payment.state is PaymentState.REFUNDED:
            return
        done = await self._desk.commands.refund_done(PLATFORM, charge)
        log.warning("telegram.refund_found", charge=charge, credits=done.taken_back)


def _address(user: User) -> Address:
    return Address(PLATFORM, str(user.id), str(user.id))


async def _log_failure(look: Callable[[], Awaitable[None]]) -> None:
    try:
        await look()
    except TelegramError as error:
        log.warning("telegram.stars_not_compared", error=type(error).__name__)
    except Exception:
        # A database that is away must not end what looks again in a minute.
        log.exception("telegram.stars_not_compared")
