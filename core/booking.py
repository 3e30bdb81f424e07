"""Turns a request that was read and judged into a stored Job, with its credits held and its work enqueued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.catalogue.catalogue import Catalogue
from core.defaults import require_open, require_recipe
from core.errors import Conflict, Refusal
from core.jobs import settlement
from core.jobs.codes import new_code, new_id
from core.ports import Clock, Queue, Store, Transaction
from core.quotas.limits import Limits, check_limits, ruling_chat
from core.safety.agreements import agreements_of, picture_digest
from core.safety.casework import storable
from core.types import Account, Address, GenerationSpec, Job, JobState, Note, Place, Request
from core.uploads import Pictures
from core.wording import Reading


@dataclass(frozen=True)
class Prepared:
    """All that a request has become before it is stored."""

    reading: Reading
    spec: GenerationSpec
    price: int
    notes: tuple[Note, ...]
    pictures: Pictures


class Booking:
    """One transaction: all of it exists, or none. ``account_in`` finds who pays, and makes who is new."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        *,
        account_in: Callable[[Transaction, Address], Account],
        catalogue: Catalogue,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._store, self._queue, self._account_in = store, queue, account_in
        self._catalogue, self._clock, self._limits = catalogue, clock, limits

    def book(self, request: Request, prepared: Prepared) -> tuple[Job, int, Job | None]:
        """The job, what is left to spend, and the job that was cancelled for it. Blocking.

        Raises:
            Conflict: the request's key is taken, or the job's new code.
            Refusal: a limit, the account or the chat forbids it.
        """
        now, digest = self._clock.now(), picture_digest(request)
        with self._store.begin() as tx:
            account = self._account_in(tx, request.address)
            if account.blocked:
                raise Refusal("account-blocked")
            job = self._job(request, prepared, account, now)
            replaced = _make_room(tx, request.replaces, job, now)
            if replaced:
                account = self._account_in(tx, request.address)
            self._check(tx, account, request, prepared.spec, now)
            tx.jobs.add(job)
            for agreement in agreements_of(job, digest):
                tx.agreements.add(agreement)
            tx.ledger.hold(account.id, job.id, job.price, now=now)
            self._queue.submit(tx, job)
        return job, account.balance - job.price, replaced

    def _check(self, tx: Transaction, account: Account, request: Request, spec: GenerationSpec, now: float) -> None:
        """The chat may have been paused, and its recipes or limits changed, since the request was read."""
        address, place = request.address, request.place
        chat = tx.preferences.chat(address.platform, ruling_chat(address, place))
        try:
            require_open(chat, request)
            if not spec.clips:  # a film is of clips that the chat's recipes made
                require_recipe(chat, spec.recipe)
            check_limits(tx.jobs, self._limits, account, address, spec.seconds, now, chat, place)
        except Refusal:
            if tx.jobs.by_key(request.key):
                # It was taken in meanwhile, and counts against itself.
                raise Conflict from None
            raise

    def _job(self, request: Request, prepared: Prepared, account: Account, now: float) -> Job:
        return Job(
            id=new_id(request.key),
            code=new_code(),
            key=request.key,
            account=account.id,
            address=request.address,
            locale=request.locale,
            prompt=storable(request.prompt),
            spec=prepared.spec,
            worker_class=self._catalogue.card(prepared.spec.model).worker_class,
            tier=account.tier,
            price=prepared.price,
            state=JobState.QUEUED,
            created_at=now,
            seeded=prepared.reading.seeded,
            notes=prepared.notes,
            wording=prepared.reading.wording,
            place=_kept(request.place),
        )


def _kept(place: Place) -> Place:
    """Without the roles: they are their member's matter, and may be others tomorrow."""
    return replace(place, server=replace(place.server, roles=())) if place.server else place


def _make_room(tx: Transaction, job_id: str | None, successor: Job, now: float) -> Job | None:
    """Cancel the job that the successor takes the place of; None where it has ended or its clip is on its way."""
    if job_id is None or not settlement.cancel(tx, job_id, now=now):
        return None
    tx.jobs.add_notes(job_id, [Note("replaced", {"job": successor.code})])
    return tx.jobs.get(job_id)
