"""What users can ask about channels: to connect one, to publish a clip in it, and to decide what is published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from core.errors import Refusal
from core.jobs.codes import may_be_code, new_code
from core.memos import MEMO_SECONDS, Memo
from core.publishing.captions import Captions, written
from core.publishing.office import LONGEST_TITLE, Membership, Office
from core.publishing.permissions import Right
from core.publishing.studio import Studio, View
from core.publishing.types import Channel, Person, Role
from core.publishing.who import Who, channel_for
from core.types import Address

if TYPE_CHECKING:
    from core.intake import Intake
    from core.ports import Clock, Store
    from core.quotas.rate import Rate
    from core.types import Job, Locale, StoredClip

_OFFER, _INVITATION = "channel-offer", "invitation"
_SHOWN = 50

T = TypeVar("T")


@dataclass(frozen=True)
class Publishing:
    """All that publishing takes; ``platforms`` are those whose adapter can post in channels."""

    studio: Studio
    office: Office
    captions: Captions
    platforms: Collection[str]


class ChannelCommands:
    """A part of ``Commands``; nothing of it is for platforms where ``publishes`` does not hold."""

    _intake: Intake
    _store: Store
    _clock: Clock
    _rate: Rate
    _publishing: Publishing | None = None
    _operator: tuple[str, str] | None

    def publishes(self, platform: str) -> bool:
        """Whether there are channels on this platform."""
        return self._publishing is not None and platform in self._publishing.platforms

    async def offer_channel(self, address: Address, title: str) -> str:
        """A code, good for an hour, by which whoever gets it can make this very chat their channel."""
        facts = {"chat": address.chat, "title": title[:LONGEST_TITLE]}
        return await asyncio.to_thread(self._keep_code, address, _OFFER, facts)

    async def connect_channel(self, address: Address, locale: Locale, code: str) -> Channel:
        """Own the chat that a code was offered in."""
        self._limit(address)
        facts = await asyncio.to_thread(self._take_code, address.platform, _OFFER, code)
        chat = Address(address.platform, facts["chat"], "")
        account = await asyncio.to_thread(self._intake.account, address)
        who, timezone = self._who(address, locale, account.id, blocked=account.blocked), account.timezone
        return await asyncio.to_thread(self._parts.office.connect, who, chat, facts["title"], timezone)

    async def channels(self, address: Address, locale: Locale) -> list[Membership]:
        """Those that this user is of."""
        return await self._do(address, locale, self._parts.office.memberships)

    async def channel(self, address: Address, locale: Locale, code: str) -> Membership:
        """One that this user is of."""
        return await self._do(address, locale, lambda who: self._parts.office.see(who, code))

    async def set_channel(self, address: Address, locale: Locale, code: str, changes: Mapping[str, str]) -> Channel:
        """Its profile, for owners."""
        if changes.get("recipes"):
            for recipe in changes["recipes"].replace(",", " ").split():
                self._intake.require_recipe(recipe)
        return await self._do(address, locale, lambda who: self._parts.office.set_profile(who, code, changes))

    async def disconnect_channel(self, address: Address, locale: Locale, code: str) -> Channel:
        """Forget it, for owners."""
        return await self._do(address, locale, lambda who: self._parts.office.disconnect(who, code))

    async def channel_people(self, address: Address, locale: Locale, code: str) -> tuple[Channel, list[Person]]:
        """Who is what there, for owners."""
        return await self._do(address, locale, lambda who: self._parts.office.people(who, code))

    async def dismiss(self, address: Address, locale: Locale, code: str, number: int) -> Person:
        """Take a role away, for owners."""
        return await self._do(address, locale, lambda who: self._parts.office.dismiss(who, code, number))

    async def invite(self, address: Address, locale: Locale, code: str, role: Role) -> str:
        """A code, good for an hour, by which others get this role; an editor's is good for one."""
        channel, _ = await self.channel_people(address, locale, code)
        facts = {"channel": channel.id, "role": str(role)}
        return await asyncio.to_thread(self._keep_code, address, _INVITATION, facts)

    async def join_channel(self, address: Address, locale: Locale, code: str) -> Membership:
        """Be what somebody was invited to."""
        self._limit(address)
        facts = await asyncio.to_thread(self._take_code, address.platform, _INVITATION, code)
        role = Role(facts["role"])
        return await self._do(address, locale, lambda who: self._parts.office.join(who, facts["channel"], role))

    async def publish(self, address: Address, locale: Locale, job: Job, channel_code: str) -> View:
        """Begin to publish one's own clip."""
        self._limit(address)

        def look(who: Who) -> Channel:
            with self._store.look() as tx:
                return channel_for(tx, who, channel_code, Right.OFFER)

        channel = await self._do(address, locale, look)
        content = await self._parts.captions.begin(job, channel.profile.languages)
        return await self._do(address, locale, lambda who: self._parts.studio.draft(who, job, channel_code, content))

    async def drafts(self, address: Address, locale: Locale) -> tuple[list[View], list[View]]:
        """One's own publications that are under way, and those of others that wait in one's channels."""
        mine = await self._do(address, locale, self._parts.studio.mine)
        codes = {view.publication.code for view in mine}
        waiting = await self._do(address, locale, self._parts.studio.waiting)
        return mine, [view for view in waiting if view.publication.code not in codes]

    async def publication(self, address: Address, locale: Locale, code: str) -> View:
        """One that this user may see."""
        return await self._do(address, locale, lambda who: self._parts.studio.show(who, code))

    async def edit_publication(
        self, address: Address, locale: Locale, code: str, changes: Mapping[str, object]
    ) -> View:
        """Say something else; the policy judges it first."""
        self._limit(address)
        view = await self.publication(address, locale, code)
        await self._parts.captions.check(written(view.publication.content, changes))
        return await self._do(address, locale, lambda who: self._parts.studio.edit(who, code, changes))

    async def submit(self, address: Address, locale: Locale, code: str, at: float | None = None) -> View:
        """Hand it in to those who decide."""
        self._limit(address)
        view = await self.publication(address, locale, code)
        await self._parts.captions.check(view.publication.content)
        return await self._do(address, locale, lambda who: self._parts.studio.submit(who, code, at))

    async def approve(self, address: Address, locale: Locale, code: str, at: float | None = None) -> View:
        """Let it be posted, at another time where it was to be already."""
        view = await self.publication(address, locale, code)
        await self._parts.captions.check(view.publication.content)
        return await self._do(address, locale, lambda who: self._parts.studio.approve(who, code, at))

    async def decline(self, address: Address, locale: Locale, code: str, why: str) -> View:
        """Send it back."""
        return await self._do(address, locale, lambda who: self._parts.studio.decline(who, code, why))

    async def withdraw(self, address: Address, locale: Locale, code: str, why: str = "") -> View:
        """Let it not be posted, or take it away."""
        return await self._do(address, locale, lambda who: self._parts.studio.withdraw(who, code, why))

    async def posts_in(self, address: Address) -> list[View]:
        """What stands in this chat, where it is a channel: the newest, the oldest of them first."""
        return await asyncio.to_thread(self._posts_in, address) if self.publishes(address.platform) else []

    async def post_clip(self, address: Address, code: str) -> StoredClip | None:
        """The clip of a post that stands in this chat; None where there is none."""
        views = await self.posts_in(address)
        found = next((view for view in views if view.publication.code == code.upper()), None)
        return await asyncio.to_thread(self._clip_of, found) if found else None

    async def _do(self, address: Address, locale: Locale, act: Callable[[Who], T]) -> T:
        account = await asyncio.to_thread(self._intake.account, address)
        return await asyncio.to_thread(act, self._who(address, locale, account.id, blocked=account.blocked))

    def _who(self, address: Address, locale: Locale, account: str, *, blocked: bool) -> Who:
        if blocked:
            raise Refusal("account-blocked")
        return Who(account, address, locale, (address.platform, address.user) == self._operator)

    @property
    def _parts(self) -> Publishing:
        if self._publishing is None:
            raise RuntimeError("these commands were made without publishing")
        return self._publishing

    def _posts_in(self, address: Address) -> list[View]:
        with self._store.look() as tx:
            posted = tx.publications.posted_in(address.platform, address.chat, limit=_SHOWN)
            found = [(one, tx.channels.get(one.channel), tx.jobs.get(one.job)) for one in reversed(posted)]
        return [View(one, channel) for one, channel, job in found if channel and job]

    def _clip_of(self, view: View) -> StoredClip | None:
        with self._store.look() as tx:
            job = tx.jobs.get(view.publication.job)
            return job.clip if job and tx.jobs.by_code(job.code) else None

    def _limit(self, address: Address) -> None:
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())

    def _keep_code(self, address: Address, kind: str, facts: Mapping[str, str]) -> str:
        self._limit(address)
        code, now = new_code() + new_code(), self._clock.now()
        with self._store.begin() as tx:
            tx.memos.keep(Memo(address.platform, kind, code, address.user, now + MEMO_SECONDS, facts), now=now)
        return code

    def _take_code(self, platform: str, kind: str, code: str) -> Mapping[str, str]:
        """What it stands for; once it made somebody an owner or an editor, nobody else is."""
        name, now = code.strip().upper(), self._clock.now()
        with self._store.begin() as tx:
            memo = tx.memos.find(platform, kind, name, now=now) if may_be_code(name) else None
            if memo is None:
                raise Refusal("invitation-invalid")
            if memo.facts.get("role") != Role.MEMBER:
                tx.memos.keep(replace(memo, until=now), now=now)
            return dict(memo.facts)
