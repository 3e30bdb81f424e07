"""Turns what Discord sold into credits and into a place ahead in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import structlog
from discord import DiscordException, Entitlement, HTTPException, Object
from discord.ui import Button, LayoutView

from bots.discord.answering import panel
from bots.discord.call import PLATFORM
from bots.presenter import present_balance, present_credits
from core.errors import Refusal
from core.types import Address
from translation.localiser import Localiser

if TYPE_CHECKING:
    from discord import Client

    from bots.commands import Commands
    from bots.discord.shop import Shop
    from core.payments import Paid
    from core.ports import Clock

CURRENCY = "DISCORD"
"""Discord tells a bot what was bought and not for how much: that is in its own statements."""
_PAGE = 100
_NEWEST = 2**63 - 1
_EACH = 3600.0
"""Seconds from one look at all that was sold to the next; what happens in between is told at once."""
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0

log = structlog.get_logger(__name__)


class Premium:
    """Grants what is told, and looks again at all that was sold: after each start, each hour, and after a failure.

    An entitlement is consumed at Discord once its credits are granted, so that a pack can be bought again. Whatever
    dies between, it is found unconsumed, and the books grant nothing twice.
    """

    def __init__(self, client: Client, commands: Commands, clock: Clock, shop: Shop) -> None:
        self._client, self._commands, self._clock, self._shop = client, commands, clock, shop
        self._watching: asyncio.Task[None] | None = None
        self._again = asyncio.Event()
        # Who subscribes is set as one list: an event in the middle of it would be undone by what was read before.
        self._looking = asyncio.Lock()
        for hear in (self.on_entitlement_create, self.on_entitlement_update, self.on_entitlement_delete):
            client.event(hear)

    async def begin(self) -> None:
        """Once the bot is known to Discord; done again, it begins anew."""
        await self.stop()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Look no more."""
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def on_entitlement_create(self, entitlement: Entitlement) -> None:
        """Somebody bought, or was given."""
        await self._heed(entitlement)

    async def on_entitlement_update(self, entitlement: Entitlement) -> None:
        """A subscription goes on, or ends."""
        await self._heed(entitlement)

    async def on_entitlement_delete(self, entitlement: Entitlement) -> None:
        """The money was given back, or what was given is taken back."""
        entitlement.deleted = True
        await self._heed(entitlement)

    async def look(self) -> None:
        """At all that was ever sold, the deleted as well.

        Raises:
            discord.HTTPException: Discord does not answer.
        """
        async with self._looking:
            sold = await self._all(self._shop.skus)
            await self._set_subscribers(sold)
        for entitlement in sold:
            if entitlement.sku_id in self._shop.packs:
                await self._pack(entitlement)

    async def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self.look()
            except Exception:
                # Neither a Discord nor a database that is away may end it.
                log.exception("discord.premium_waits", again_in=pause)
                wait, pause = pause, min(_LONGEST_PAUSE, pause * 2)
            else:
                if not self._shop.skus:
                    # Whatever was sold once has ended now, and nothing follows.
                    return
                wait, pause = _EACH, _FIRST_PAUSE
            await self._rest(wait)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._again.wait()
        except TimeoutError:
            return
        self._again.clear()

    async def _heed(self, entitlement: Entitlement) -> None:
        try:
            if entitlement.sku_id in self._shop.subscriptions:
                await self._subscription(entitlement)
            elif entitlement.deleted or entitlement.sku_id in self._shop.packs:
                # What is no longer sold may have been bought, and is given back all the same.
                await self._pack(entitlement)
            else:
                # Somebody paid for what the settings do not name: once they do, the next look finds it.
                log.warning("discord.sku_unknown", sku=entitlement.sku_id, entitlement=entitlement.id)
        except Exception:
            log.exception("discord.entitlement_waits", entitlement=entitlement.id)
            self._again.set()

    async def _all(self, skus: Collection[int]) -> Sequence[Entitlement]:
        """Of these SKUs, the oldest first; page by page, since the library forgets the deleted when it pages itself."""
        found: dict[int, Entitlement] = {}
        before = _NEWEST
        while skus:
            page = [
                one
                async for one in self._client.entitlements(
                    limit=_PAGE,
                    before=Object(before),
                    skus=[Object(sku) for sku in skus],
                    exclude_deleted=False,
                )
            ]
            found.update((one.id, one) for one in page)
            if len(page) < _PAGE:
                break
            before = min(one.id for one in page)
        return [found[number] for number in sorted(found)]

    async def _pack(self, entitlement: Entitlement) -> None:
        """Grant its credits and consume it, or take them back where Discord did."""
        if entitlement.deleted:
            await self._take_back(entitlement)
        elif not entitlement.consumed and entitlement.user_id is not None:
            paid = await self._commands.pay(
                _address(entitlement.user_id),
                str(entitlement.id),
                credits_=self._shop.packs[entitlement.sku_id],
                amount=0,
                currency=CURRENCY,
            )
            await self._consume(entitlement)
            if not paid.duplicate:
                await self._tell(entitlement.user_id, paid)

    async def _consume(self, entitlement: Entitlement) -> None:
        try:
            await entitlement.consume()
        except HTTPException as error:
            # The next look finds it, and grants nothing more.
            log.warning("discord.not_consumed", entitlement=entitlement.id, status=error.status, code=error.code)

    async def _take_back(self, entitlement: Entitlement) -> None:
        try:
            await self._commands.refund_done(PLATFORM, str(entitlement.id))
        except Refusal as refusal:
            # It was deleted before its credits were granted.
            log.info("discord.refund_unknown", entitlement=entitlement.id, error=refusal.code)

    def _is_active(self, entitlement: Entitlement) -> bool:
        now = self._clock.now()
        begun = entitlement.starts_at is None or entitlement.starts_at.timestamp() <= now
        ended = entitlement.ends_at is not None and entitlement.ends_at.timestamp() <= now
        return begun and not ended and not entitlement.deleted

    async def _subscription(self, entitlement: Entitlement) -> None:
        """One that runs is enough; where one ends, another of the same account may go on, also another user's."""
        async with self._looking:
            if not self._is_active(entitlement):
                await self._set_subscribers(await self._all(self._shop.subscriptions))
            elif entitlement.user_id is not None and await self._commands.add_subscriber(_address(entitlement.user_id)):
                log.info("discord.subscribed")

    async def _set_subscribers(self, sold: Iterable[Entitlement]) -> None:
        """Those whose subscription runs, and nobody else: also of what is no longer sold."""
        running = (one for one in sold if one.sku_id in self._shop.subscriptions and self._is_active(one))
        users = {str(one.user_id) for one in running if one.user_id is not None}
        begun, ended = await self._commands.set_subscribers(PLATFORM, users)
        if begun or ended:
            log.info("discord.subscriptions", begun=begun, ended=ended)

    async def _tell(self, user: int, paid: Paid) -> None:
        """In private; where that is closed, ``/credits`` says it."""
        locale = (await self._commands.user_settings(_address(user))).locale
        localiser = Localiser(locale or "en")
        more, balance = present_credits(localiser, paid.payment.credits), present_balance(localiser, paid.balance)
        text = localiser.text("premium-paid", credits=more, balance=balance, payment=paid.payment.id)
        try:
            channel = await self._client.create_dm(Object(user))
            await channel.send(view=panel(text))
        except DiscordException as error:
            log.info("discord.payer_not_told", error=type(error).__name__)


def offers(shop: Shop) -> list[Button[LayoutView]]:
    """A button of Discord's own for each of what is sold: it knows names and prices."""
    return [Button(sku_id=sku) for sku in shop.skus]


def _address(user: int) -> Address:
    return Address(PLATFORM, str(user), str(user))
