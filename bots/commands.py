"""What users can ask of Piying on any platform: each method is one thing they can do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bots.account_commands import AccountCommands
from bots.channel_commands import ChannelCommands, Publishing
from bots.chat_commands import HISTORY_PAGE, ChatCommands
from bots.film_commands import FilmCommands, require_words
from bots.moderation_commands import ModerationCommands
from bots.payment_commands import PaymentCommands
from bots.showcase_commands import ShowcaseCommands
from core.errors import Refusal
from core.intake import Intake, Quote, Receipt
from core.jobs.codes import may_be_code
from core.jobs.settlement import Settlement
from core.ports import Clock, Queue, Store
from core.quotas.rate import Rate
from core.reports import Report, ReportReason
from core.rights import Rights
from core.safety.cases import Cases
from core.safety.casework import Casework
from core.showcase.showcase import Showcase
from core.types import (
    ORIGINAL,
    USER,
    Address,
    Job,
    JobState,
    Locale,
    Place,
    Progress,
    QueuePlace,
    Request,
    Translation,
)
from core.wording import Rewordings


class Commands(
    AccountCommands, ChannelCommands, ChatCommands, FilmCommands, ModerationCommands, PaymentCommands, ShowcaseCommands
):
    """Every method raises ``Refusal`` where the user may not or cannot; nothing is held or lost then."""

    def __init__(
        self,
        *,
        intake: Intake,
        store: Store,
        queue: Queue,
        settlement: Settlement,
        clock: Clock,
        rate: Rate,
        casework: Casework | None = None,
        rights: Rights | None = None,
        cases: Cases | None = None,
        moderators: Iterable[tuple[str, str]] = (),
        operator: tuple[str, str] | None = None,
        publishing: Publishing | None = None,
        showcase: Showcase | None = None,
        gallery_url: str | None = None,
    ) -> None:
        self._intake, self._store, self._queue = intake, store, queue
        self._settlement, self._clock, self._rate = settlement, clock, rate
        self._casework, self._given_rights = casework, rights
        self._cases, self._operator = cases, operator
        self._given_showcase, self.gallery_url = showcase, gallery_url
        self._publishing = publishing
        self._moderators = frozenset(moderators) | ({operator} if operator else set())

    @property
    def now(self) -> float:
        """What time it is here."""
        return self._clock.now()

    async def quote(self, request: Request) -> Quote:
        """Chips, price and notes for a prompt; nothing is spent."""
        return await self._intake.quote(request)

    async def video(self, request: Request) -> Receipt:
        """A new clip."""
        self._rate.check(f"{request.address.platform}:{request.address.user}", self._clock.now())
        return await self._intake.submit(request)

    async def again(
        self,
        address: Address,
        code: str,
        key: str,
        *,
        another_take: bool,
        declares: bool = False,
        seconds: float | None = None,
        place: Place | None = None,
    ) -> Receipt:
        """The same prompt once more: with the same seed (the same frames), as another take, or of another length.

        ``place`` is what kind of chat it is asked for in, where a user's jobs of one chat can be named in another.
        """
        request = await self._request_again(address, code, key, place)
        if another_take or seconds is not None:
            require_words(request)
        if seconds is not None:
            request = replace(request, options=replace(request.options, seconds=seconds))
        request = replace(request, declares=request.declares or declares)
        if another_take:
            request = replace(request, options=replace(request.options, seed=secrets.randbelow(2**32)))
        return await self.video(request)

    async def remix(
        self,
        address: Address,
        code: str,
        key: str,
        prompt: str,
        locale: Locale,
        *,
        declares: bool = False,
        place: Place | None = None,
    ) -> Receipt:
        """Another prompt with the options, the seed and the pictures of a job; what was declared of those holds.

        It may be a clip of the showcase whose owner allows it: its pictures are then left out. Of a clip that is
        somebody else's the new one says so.
        """
        request = require_words(await self._request_to_remix(address, code, key, place))
        return await self.video(replace(request, prompt=prompt, locale=locale, revised=None, declares=declares))

    async def may_unlabel(self, address: Address, code: str) -> Job:
        """One's own finished clip, where the operator gives out copies without a visible label."""
        if not self._intake.allows_unlabelled:
            raise Refusal("unlabelled-off")
        job = await self._own(address, code)
        if job.state is not JobState.SUCCEEDED:
            raise Refusal("unlabelled-unmade", job=job.code)
        return job

    async def unlabelled(self, address: Address, code: str, key: str, *, place: Place | None = None) -> Receipt:
        """A clip made again without its visible label, for whoever just agreed to the terms; that goes on record."""
        job = await self.may_unlabel(address, code)
        request = await asyncio.to_thread(self._intake.request_again, job, key, address, place)
        return await self.video(replace(request, unlabelled=True))

    @property
    def rewordings(self) -> Rewordings:
        """What ``translate_again`` and ``rewrite`` can do here."""
        return self._intake.rewordings

    async def use_original(self, address: Address, code: str, key: str, *, place: Place | None = None) -> Receipt:
        """A job's prompt as it was typed, untranslated, for the engine; as of ``edit``."""
        job = await self._own(address, code)
        return await self._reword(job, key, place, revised=Translation(job.prompt, "", ORIGINAL, translated=False))

    async def edit(
        self, address: Address, code: str, key: str, words: str, *, declares: bool = False, place: Place | None = None
    ) -> Receipt:
        """Other words for the engine, with all else as it is; what was declared of the old ones does not hold for them.

        A job that is unfinished gives way, in one transaction with the new one: either both happen or nothing does.
        The new one stays in its chat: of ``place``, where it is asked for, the roles count alone.
        """
        job, revised = await self._own(address, code), Translation(words, "", USER, translated=False)
        return await self._reword(job, key, place, revised=revised, declares=declares)

    async def translate_again(
        self, address: Address, code: str, key: str, translator: str | None = None, *, place: Place | None = None
    ) -> Receipt:
        """A job's prompt by another translator, the next one after its own where none is named; as of ``edit``."""
        job = await self._own(address, code)
        return await self._reword(job, key, place, revised=None, translator=translator or self._next_translator(job))

    async def rewrite(self, address: Address, code: str, key: str, *, place: Place | None = None) -> Receipt:
        """A job's prompt written out as a director would; as of ``edit``."""
        return await self._reword(await self._own(address, code), key, place, revised=None, rewrite=True)

    async def cancel(self, address: Address, code: str) -> Job:
        """Stop a waiting or running job and give its credits back; once its clip is being sent, it is too late."""
        job = await self._own(address, code)
        notes = self._intake.notes_on_cancel(job)
        if job.state.ended or await asyncio.to_thread(self._settlement.cancel, job.id, *notes) is None:
            job = await self.show(address, code)
            raise Refusal("job-finished" if job.state.ended else "job-delivering", job=code)
        await self._queue.cancel(job.id)
        return await self.show(address, code)

    async def delete(self, address: Address, code: str) -> Job:
        """Let nobody see a job again; an unfinished one is stopped and its credits come back.

        Once its clip is being sent it is too late for the moment (``job-delivering``).
        """
        job = await self._own(address, code)
        if not job.state.ended:
            try:
                job = await self.cancel(address, code)
            except Refusal as refusal:
                if refusal.code != "job-finished":
                    raise
        await asyncio.to_thread(self._delete, job.id)
        return job

    async def show(self, address: Address, code: str) -> Job:
        """One of the chat's jobs by its code, or one of the user's own from elsewhere on the platform."""
        name = code.strip().upper()
        job = await asyncio.to_thread(self._by_code, name) if may_be_code(name) else None
        if job is None:
            raise Refusal("job-unknown", job=code)
        here, theirs = job.address.chat == address.chat, job.address.user == address.user
        if job.address.platform != address.platform or not (here or theirs):
            raise Refusal("not-yours", job=code)
        return job

    async def history(self, address: Address, before: float | None = None) -> list[Job]:
        """The chat's jobs, newest first, a page at a time (50)."""
        return await asyncio.to_thread(self._history, address, before)

    async def page(
        self, address: Address, limit: int, *, after: str | None = None, newest_first: bool = True
    ) -> list[Job]:
        """The chat's jobs by their age, those after the one of a code; ``job-unknown`` where there was none."""
        return await asyncio.to_thread(self._page, address, limit, after, newest_first)

    async def progress(self, jobs: Sequence[Job]) -> dict[str, Progress]:
        """The last report of each job that made one, by job id."""
        return await asyncio.to_thread(self._store.read_progress, [job.id for job in jobs])

    async def position(self, job: Job) -> QueuePlace:
        """Where a waiting job stands."""
        return await self._queue.position(job)

    async def report(
        self, address: Address, code: str, reason: ReportReason, text: str, *, locale: Locale = "en"
    ) -> Report:
        """Object to a clip of this chat; somebody decides within two days, and they are told in this language."""
        self._rate.check(f"{address.platform}:{address.user}", self._clock.now())
        job, account = await self.show(address, code), await self.account(address)
        return await asyncio.to_thread(self._rights.report, job, account.id, address, reason, text, locale)

    async def _request_again(self, address: Address, code: str, key: str, place: Place | None = None) -> Request:
        job = await self.show(address, code)
        return await asyncio.to_thread(self._intake.request_again, job, key, address, place)

    async def _reword(self, job: Job, key: str, place: Place | None, **words: Any) -> Receipt:
        standing = job.place.for_who_stands_in(place) if place else job.place
        request = require_words(await asyncio.to_thread(self._intake.request_again, job, key, job.address, standing))
        receipt = await self.video(replace(request, replaces=job.id, **words))
        if receipt.replaced:
            self._settlement.tell(receipt.replaced)
            await self._queue.cancel(receipt.replaced.id)
        return receipt

    def _next_translator(self, job: Job) -> str | None:
        names = self.rewordings.translators
        by = job.wording.revised.translator if job.wording else ""
        after = names.index(by) + 1 if by in names else 0
        return names[after % len(names)] if names else None

    async def _own(self, address: Address, code: str) -> Job:
        job = await self.show(address, code)
        if job.address.user != address.user:
            # Of the same chat, but another member's.
            raise Refusal("not-yours", job=code)
        return job

    def _by_code(self, code: str) -> Job | None:
        with self._store.look() as tx:
            return tx.jobs.by_code(code)

    def _history(self, address: Address, before: float | None) -> list[Job]:
        with self._store.look() as tx:
            return tx.jobs.of_chat(address.platform, address.chat, limit=HISTORY_PAGE, before=before)

    def _page(self, address: Address, limit: int, after: str | None, newest_first: bool) -> list[Job]:
        with self._store.look() as tx:
            return tx.jobs.page(address.platform, address.chat, limit=limit, after=after, newest_first=newest_first)

    def _delete(self, job_id: str) -> None:
        with self._store.begin() as tx:
            tx.jobs.delete(job_id, now=self._clock.now())
