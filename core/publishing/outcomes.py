"""Turns what became of a post into moves on record: all that the machine does to a publication by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.publishing.studio import moved_by
from core.publishing.telling import tell
from core.publishing.types import MACHINE, Action, Channel, Publication, State, Step

if TYPE_CHECKING:
    from core.ports import Store, Transaction
    from core.types import Job

_UNSURE = "post-unsure"


@dataclass(frozen=True)
class Turn:
    """A publication with its channel and the job of its clip; None where that is gone or deleted."""

    publication: Publication
    channel: Channel
    job: Job | None


def record(
    tx: Transaction, channel: Channel, publication: Publication, action: Action, *, now: float, quietly: bool = False,
    **changes: Any,
) -> Publication:  # fmt: skip
    """Make the machine's move, and tell whom it concerns."""
    moved = moved_by(action, publication, now, **changes)
    tx.publications.put(moved)
    tx.publications.note(Step(moved.id, action, moved.state, MACHINE, None, now, moved.error or ""))
    if not quietly:
        tell(tx, channel, moved, action, MACHINE, now=now)
    return moved


def find_turn(store: Store, publication_id: str, turn: int | None = None) -> Turn | None:
    """What is to be posted; with a ``turn``, None where that one is over. Blocking, as all of these."""
    with store.look() as tx:
        publication = tx.publications.get(publication_id)
        channel = tx.channels.get(publication.channel) if publication else None
        if publication is None or channel is None or (turn is not None and not _is_on(publication, turn)):
            return None
        job = tx.jobs.get(publication.job)
        return Turn(publication, channel, job and tx.jobs.by_code(job.code))


def note_begun(store: Store, publication_id: str, turn: int, *, begun: bool) -> None:
    """Write down, before anything is sent, that it may be out; or afterwards that it is not."""
    with store.begin() as tx:
        publication = tx.publications.get(publication_id, for_change=True)
        if publication and _is_on(publication, turn):
            tx.publications.put(replace(publication, begun=begun))


def posted(store: Store, publication_id: str, turn: int, message: str, revision: int, *, now: float) -> None:
    """It is out, and shows that revision."""
    with store.begin() as tx:
        publication = tx.publications.get(publication_id, for_change=True)
        channel = tx.channels.get(publication.channel) if publication else None
        if publication and channel and _is_on(publication, turn):
            made = record(
                tx, channel, publication, Action.POST, now=now, message=message, shown=revision, at=now, error=None
            )  # fmt: skip
            if not made.address.user:
                # Its author was forgotten while it was being sent.
                record(tx, channel, made, Action.WITHDRAW, now=now, revision=made.revision + 1)


def unposted(store: Store, publication_id: str, turn: int, code: str, *, now: float) -> None:
    """It failed for good; where nobody knows whether it is out, that is what is told."""
    with store.begin() as tx:
        publication = tx.publications.get(publication_id, for_change=True)
        channel = tx.channels.get(publication.channel) if publication else None
        if publication and channel and _is_on(publication, turn):
            error = _UNSURE if publication.begun else code
            record(tx, channel, publication, Action.FAIL, now=now, error=error)


def withdraw_gone(store: Store, publication_id: str, *, now: float) -> None:
    """Its clip is deleted, so the post must go."""
    with store.begin() as tx:
        publication = tx.publications.get(publication_id, for_change=True)
        channel = tx.channels.get(publication.channel) if publication else None
        if publication and channel and publication.state is State.POSTED:
            record(tx, channel, publication, Action.WITHDRAW, now=now, revision=publication.revision + 1)


def settled(store: Store, publication_id: str, *, shown: int | None) -> None:
    """The post shows that revision now, or is taken away (None)."""
    with store.begin() as tx:
        publication = tx.publications.get(publication_id, for_change=True)
        if publication is None:
            return
        change = {"message": None} if shown is None else {"shown": shown}
        tx.publications.put(replace(publication, **change))


def _is_on(publication: Publication, turn: int) -> bool:
    return publication.state is State.POSTING and publication.turn == turn
