"""What users can ask about their account: who pays, what is kept, its day, and to be one with another."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from core.errors import Refusal

if TYPE_CHECKING:
    from core.intake import Intake
    from core.ports import Clock, Store
    from core.quotas.rate import Rate
    from core.reports import Report
    from core.rights import Privacy, Rights
    from core.safety.appeals import Appeal
    from core.safety.casework import Casework
    from core.types import Account, Address

_LINK_SECONDS = 600
_TIMEZONE_SECONDS = 7 * 86400


class AccountCommands:
    """A part of ``Commands``."""

    _intake: Intake
    _store: Store
    _clock: Clock
    _rate: Rate
    _casework: Casework | None
    _given_rights: Rights | None

    async def account(self, address: Address) -> Account:
        """Who pays for this user's clips."""
        return await asyncio.to_thread(self._intake.account, address)

    async def appeal(self, address: Address, code: str) -> Appeal:
        """Have moderators look again at a refusal, by the code in its details (``appeal``)."""
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())
        if self._casework is None:
            raise Refusal("appeal-unknown", appeal=code[:40])
        return await self._casework.appeal(await self.account(address), address, code)

    async def appeals(self, address: Address) -> list[Appeal]:
        """What this user appealed against, newest first."""
        return await self._casework.appeals(await self.account(address)) if self._casework else []

    @property
    def privacy(self) -> Privacy:
        """What is kept, how long, and who else reads prompts."""
        return self._rights.privacy

    async def taken_down(self, address: Address) -> list[Report]:
        """The reports by which clips of this user were removed, newest first."""
        return await asyncio.to_thread(self._rights.taken_down, (await self.account(address)).id)

    async def export(self, address: Address) -> dict[str, Any]:
        """All that is kept of this user's account, as JSON takes it."""
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())
        return await asyncio.to_thread(self._rights.export, (await self.account(address)).id)

    async def forget(self, address: Address) -> int:
        """Erase this user's account, on all its platforms, for good; of how many clips. Credits go with it.

        ``job-delivering`` while a clip is just being sent.
        """
        forgotten = await asyncio.to_thread(self._rights.forget, (await self.account(address)).id)
        await self._rights.finish(forgotten)
        return len(forgotten.jobs)

    async def set_timezone(self, address: Address, timezone: str) -> Account:
        """Choose when the user's day begins (an IANA name); once a week, or a new day could be had at any hour."""
        if timezone not in _known_timezones():
            raise Refusal("timezone-unknown", value=timezone[:40])
        account, now = await self.account(address), self._clock.now()
        if account.timezone_set_at is not None and now - account.timezone_set_at < _TIMEZONE_SECONDS:
            return account
        await asyncio.to_thread(self._set_timezone, account.id, timezone)
        return await self.account(address)

    async def offer_link(self, address: Address) -> str:
        """A one-time code; typed on another platform within ten minutes, it joins that account to this one."""
        account, code = await self.account(address), secrets.token_hex(8)
        await asyncio.to_thread(self._offer_link, account.id, code)
        return code

    async def accept_link(self, address: Address, code: str) -> Account:
        """Join this user's account to the one that offered the code."""
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())
        account = await self.account(address)
        return await asyncio.to_thread(self._accept_link, account.id, code)

    @property
    def _rights(self) -> Rights:
        if self._given_rights is None:
            raise RuntimeError("these commands were made without rights")
        return self._given_rights

    def _set_timezone(self, account: str, timezone: str) -> None:
        with self._store.begin() as tx:
            tx.ledger.set_timezone(account, timezone, now=self._clock.now())

    def _offer_link(self, account: str, code: str) -> None:
        with self._store.begin() as tx:
            tx.ledger.offer_link(account, _hash(code), expires_at=self._clock.now() + _LINK_SECONDS)

    def _accept_link(self, account: str, code: str) -> Account:
        with self._store.begin() as tx:
            return tx.ledger.accept_link(account, _hash(code), now=self._clock.now())


@cache
def _known_timezones() -> frozenset[str]:
    """Reading the list takes long enough to be felt by others on the event loop."""
    return frozenset(available_timezones())


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
