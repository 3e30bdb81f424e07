"""Turns a Request into a queued Job, with the credits held, or into a Refusal."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog

from core.booking import Booking, Prepared
from core.catalogue.catalogue import MAX_SEED, Catalogue
from core.catalogue.snap import snap
from core.errors import Conflict, Refusal
from core.films import Films, film_again
from core.metrics import Metrics
from core.ports import ClipStore, Clock, Engine, Moderator, Queue, Rewriter, Store, Transaction, Translator
from core.quotas.limits import Limits
from core.quotas.turns import Turns
from core.safety.agreements import DECLARED, PICTURE, UNLABELLED
from core.safety.casework import Casework
from core.sequels import CONTINUES, Sequels, continues
from core.showcase.exhibits import REMIX
from core.spoken import NegativeReader, attainable, note_unheeded
from core.standing import Standing, Standings, known_job
from core.types import Account, Address, GenerationSpec, Job, JobState, Note, Place, QueuePlace, Request, Wording
from core.uploads import FIRST, LAST, Uploads, declaring_pictures
from core.wording import PromptReader, Reading, Rewordings, Words

_CODE_TRIES = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Quote:
    """What a request would become and cost; nothing is spent. ``prompt`` is what is left of the one ``typed``."""

    typed: str
    prompt: str
    wording: Wording
    spec: GenerationSpec
    price: int
    balance: int
    seeded: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Receipt:
    """A job is stored. ``duplicate``: it was there before, nothing more was held.

    ``place`` is None where it could not be looked up: the job is stored all the same. ``replaced`` is the job that was
    cancelled for it.
    """

    job: Job
    place: QueuePlace | None
    balance: int
    duplicate: bool
    replaced: Job | None = None


class Intake:
    """Cleans, moderates, translates, prices; then holds, stores and enqueues in one transaction.

    ``films`` and ``sequels`` make requests of finished clips.
    """

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        engines: Mapping[str, Engine],
        catalogue: Catalogue,
        translator: Translator,
        rewriter: Rewriter | None,
        moderator: Moderator,
        read_prompt: PromptReader,
        read_negative: NegativeReader,
        clock: Clock,
        limits: Limits,
        timezone: str,
        metrics: Metrics,
        clips: ClipStore,
        casework: Casework | None = None,
        allows_unlabelled: bool = False,
    ) -> None:
        self._store, self._queue, self._engines, self._catalogue = store, queue, engines, catalogue
        self._words = Words(
            translator=translator,
            rewriter=rewriter,
            moderator=moderator,
            read_prompt=read_prompt,
            read_negative=read_negative,
            catalogue=catalogue,
        )
        self._standings = Standings(store, clock, timezone=timezone, welcome=limits.welcome_credits, casework=casework)
        account_in = self._standings.account_in
        self._booking = Booking(store, queue, account_in=account_in, catalogue=catalogue, clock=clock, limits=limits)
        self._turns, self._casework, self.allows_unlabelled = Turns(), casework, allows_unlabelled
        watched = casework.watch(moderator, "image") if casework else moderator
        self._metrics, self._uploads = metrics, Uploads(watched, clips)
        self.films, self.sequels = Films(store, catalogue), Sequels(store, clips, catalogue)

    @property
    def rewordings(self) -> Rewordings:
        """What users can do about a prompt's words."""
        return self._words.rewordings

    async def quote(self, request: Request) -> Quote:
        """Say what the request would become.

        Raises:
            Refusal: it would not be taken.
        """
        standing = await asyncio.to_thread(self._standings.find, request, submitted=False)
        assert isinstance(standing, Standing)
        prepared = await self._prepare(request, standing, submitted=False)
        return Quote(
            typed=request.prompt,
            prompt=prepared.reading.prompt,
            wording=prepared.reading.wording,
            spec=prepared.spec,
            price=prepared.price,
            balance=standing.account.balance,
            seeded=prepared.reading.seeded,
            notes=prepared.notes,
        )

    def require_recipe(self, recipe: str) -> None:
        """Let only recipes pass that there are.

        Raises:
            Unsupported: it says which those are.
        """
        self._catalogue.choose(recipe)

    def notes_on_cancel(self, job: Job) -> tuple[Note, ...]:
        """What there is to know when a job is stopped: a vendor that cannot be stopped takes its money all the same."""
        facts = self._catalogue.card(job.spec.model).hosted if self._catalogue.knows(job.spec.model) else None
        stands = facts is not None and facts.cancel != "any" and job.state is JobState.RUNNING
        return (Note("cost-stands"),) if stands else ()

    def request_again(self, job: Job, key: str, address: Address, place: Place | None = None) -> Request:
        """A request for a job's clip once more, with its words, options, seed and pictures. Blocking.

        What was declared comes with it where it is the same account's: nobody declares for others. ``place`` is what
        kind of chat ``address`` is; where nobody says, and it is not the job's own, others may look on.

        Raises:
            Refusal: its recipe is gone or has changed, or a picture is gone.
        """
        place = place or (job.place if address.chat == job.address.chat else Place("group"))
        if job.spec.clips:
            return film_again(job, key, address, place)
        options = self._catalogue.options_of(job.spec)
        pictures = self._uploads.of(job.spec)
        revised = job.wording.revised if job.wording else None
        declared = {note.details.get("category") for note in job.notes if note.code == DECLARED}
        is_own = self.account(address).id == job.account
        declared = declared if is_own else set()
        request = Request(key, address, job.prompt, job.locale, options, *pictures, revised=revised, place=place)
        remix_of = next((str(note.details["job"]) for note in job.notes if note.code == REMIX), None)
        declares, pictures_declared = bool(declared - {PICTURE}), PICTURE in declared
        request = replace(request, declares=declares, pictures_declared=pictures_declared, remix_of=remix_of)
        return replace(request, continues=continues(job) if is_own else None)

    async def submit(self, request: Request) -> Receipt:
        """Take the request: the hold, the job and its place in the queue are stored together, or nothing is.

        Raises:
            Refusal: it is not taken; nothing was held.
        """
        with self._metrics.intake_seconds.time():
            try:
                # Sent twice at once, it has one place for its pictures: one after the other.
                async with self._turns.of(request.key):
                    receipt = await self._submit(request)
            except Refusal as refusal:
                self._metrics.refused.labels(refusal.code).inc()
                raise
        if not receipt.duplicate:
            self._metrics.submitted.labels(receipt.job.spec.recipe).inc()
        return receipt

    async def _submit(self, request: Request) -> Receipt:
        found = await asyncio.to_thread(self._standings.find, request, submitted=True)
        if isinstance(found, Job):
            return await self._duplicate(found)
        prepared = await self._prepare(request, found, submitted=True)
        try:
            if prepared.pictures:
                prepared = await asyncio.to_thread(self._keep_pictures, request, prepared)
            return await self._enqueue(request, prepared)
        except Exception:
            if prepared.pictures:
                await asyncio.to_thread(self._drop_pictures, request)
            raise

    async def _enqueue(self, request: Request, prepared: Prepared) -> Receipt:
        for _ in range(_CODE_TRIES):
            try:
                job, balance, replaced = await asyncio.to_thread(self._booking.book, request, prepared)
            except Conflict:
                winner = await asyncio.to_thread(self._known, request)
                if winner is not None:
                    return await self._duplicate(winner)
                # Not the key, then: the short code is taken, and the next one will not be.
            else:
                return Receipt(job, await self._place(job), balance, duplicate=False, replaced=replaced)
        raise Conflict

    async def _duplicate(self, job: Job) -> Receipt:
        account = await asyncio.to_thread(self.account, job.address)
        return Receipt(job, await self._place(job), account.balance, duplicate=True)

    async def _place(self, job: Job) -> QueuePlace | None:
        try:
            return await self._queue.position(job)
        except Exception as error:  # noqa: BLE001 - the job is stored: an error now would have it asked for again
            log.warning("intake.no_place", error=type(error).__name__)
            return None

    async def _read(self, request: Request, standing: Standing, *, submitted: bool) -> Reading:
        read = partial(self._words.read, chosen=standing.chosen)
        if self._casework is None:
            return await read(request)
        return await self._casework.hear(request, standing.account, standing.docket, read, submitted=submitted)

    async def _prepare(self, request: Request, standing: Standing, *, submitted: bool) -> Prepared:
        if request.unlabelled and not self.allows_unlabelled:
            raise Refusal("unlabelled-off")
        if request.clips:
            return await asyncio.to_thread(self.films.prepare, request, standing.account.id)
        reading = await self._read(declaring_pictures(request), standing, submitted=submitted)
        card, _ = self._catalogue.choose(reading.options.recipe)
        options, snapped = snap(attainable(reading.options, card), card)
        spec = self._catalogue.complete(
            options,
            reading.wording.revised.text,
            secrets.randbelow(MAX_SEED + 1),
            image=None if request.image is None else FIRST,
            last_image=None if request.last_image is None else LAST,
        )
        checked = self._engines[card.engine].check(spec)
        notes = (*reading.notes, *note_unheeded(reading.options, card), *snapped, *checked)
        pictures = await self._uploads.read(request, spec)
        is_declared = bool(pictures) and (request.pictures_declared or not request.continues)
        notes += (Note(DECLARED, {"category": PICTURE}),) if is_declared else ()
        notes += (Note(UNLABELLED),) if request.unlabelled else ()
        notes += (Note(REMIX, {"job": request.remix_of}),) if request.remix_of else ()
        notes += (Note(CONTINUES, {"job": request.continues}),) if request.continues else ()
        return Prepared(reading, spec, self._catalogue.price(spec), notes, pictures)

    def _keep_pictures(self, request: Request, prepared: Prepared) -> Prepared:
        return replace(prepared, spec=self._uploads.keep(request, prepared.spec, prepared.pictures))

    def _drop_pictures(self, request: Request) -> None:
        """Unless the request was sent twice, and the other one was taken."""
        with self._store.look() as tx:
            known = tx.jobs.by_key(request.key)
        if known is None:
            self._uploads.drop(request)

    def _known(self, request: Request) -> Job | None:
        with self._store.look() as tx:
            return known_job(tx, request)

    def account(self, address: Address) -> Account:
        """The account behind an address; made when first seen. Blocking."""
        return self._standings.account(address)

    def account_in(self, tx: Transaction, address: Address) -> Account:
        """The same, within a transaction."""
        return self._standings.account_in(tx, address)
