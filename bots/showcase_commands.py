"""What users can ask about clips that everybody may see: to show one, to vote, and to build on somebody's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import Refusal
from core.jobs.codes import may_be_code

if TYPE_CHECKING:
    from core.intake import Intake
    from core.ports import Clock, Store
    from core.quotas.rate import Rate
    from core.showcase.exhibits import Entry, Exhibit, Period
    from core.showcase.showcase import Showcase
    from core.types import Address, Job, Place, Request


class ShowcaseCommands:
    """A part of ``Commands``. ``gallery_url`` is where the public gallery is, None where there is none."""

    _intake: Intake
    _store: Store
    _clock: Clock
    _rate: Rate
    _given_showcase: Showcase | None
    gallery_url: str | None

    async def exhibit(self, address: Address, code: str) -> tuple[Job, Entry | None]:
        """One's own clip, made on whichever platform, and whether it is shown."""
        return await asyncio.to_thread(self._showcase.own, await self._payer(address), code)

    async def show_off(self, address: Address, code: str, *, title: str = "", remix: bool = False) -> Entry:
        """Let everybody see one's own clip with its prompt, as of ``Showcase.show``."""
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())
        return await self._showcase.show(await self._payer(address), code, title=title, remix=remix)

    async def take_off(self, address: Address, code: str) -> Job:
        """Let nobody see it there any more."""
        return await asyncio.to_thread(self._showcase.take_back, await self._payer(address), code)

    async def vote(self, address: Address, code: str, *, takes_back: bool = False) -> tuple[Exhibit, bool]:
        """Vote for a clip of the showcase, once; the exhibit, and whether that changed anything."""
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())
        account = await self._payer(address)
        return await asyncio.to_thread(self._showcase.vote, account, code, takes_back=takes_back)

    async def top(self, period: Period, *, limit: int) -> Sequence[Exhibit]:
        """The clips that have most votes of those shown in a period."""
        return await asyncio.to_thread(self._showcase.top, period, limit=limit)

    @property
    def _showcase(self) -> Showcase:
        assert self._given_showcase, "nobody gave a showcase"
        return self._given_showcase

    async def _payer(self, address: Address) -> str:
        return (await asyncio.to_thread(self._intake.account, address)).id

    async def _request_to_remix(self, address: Address, code: str, key: str, place: Place | None) -> Request:
        return await asyncio.to_thread(self._may_remix, address, code, key, place)

    def _may_remix(self, address: Address, code: str, key: str, place: Place | None) -> Request:
        name = code.strip().upper()
        job = self._job_of(name) if may_be_code(name) else None
        if job is None:
            raise Refusal("job-unknown", job=code[:40])
        account, at, by = self._intake.account(address).id, job.address, address
        is_here = at.platform == by.platform and (at.chat == by.chat or at.user == by.user)
        if job.account == account:
            # A person's own, also from another platform: whom it was made out of is said as before.
            return self._intake.request_again(job, key, address, place)
        allows = self._given_showcase.allows_remix(job.code) if self._given_showcase else None
        if allows is False:
            raise Refusal("remix-not-allowed", job=job.code)
        if not (is_here or allows):
            raise Refusal("not-yours", job=code)
        request = replace(self._intake.request_again(job, key, address, place), remix_of=job.code)
        return request if is_here else replace(request, image=None, last_image=None)

    def _job_of(self, code: str) -> Job | None:
        with self._store.look() as tx:
            return tx.jobs.by_code(code)
