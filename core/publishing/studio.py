"""Turns what somebody wants of a publication into a legal move that they may make, on record, or into a refusal."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import Refusal
from core.jobs.codes import may_be_code, new_code
from core.publishing.captions import require_fitting, written
from core.publishing.clips import require_publishable
from core.publishing.moves import after
from core.publishing.permissions import Deed, Right, permitting
from core.publishing.telling import local, tell
from core.publishing.timing import allowed_from
from core.publishing.types import Action, Channel, Content, Publication, Role, State, Step
from core.publishing.who import Who, channel_for, refused, roles_of
from core.types import Job

if TYPE_CHECKING:
    from core.ports import Clock, Store, Transaction

FARTHEST_SECONDS = 366 * 86400.0
_SPARE_SECONDS = 86400.0
LISTED = 20
_OPEN = (
    State.DRAFT, State.SUBMITTED, State.CHANGED, State.APPROVED, State.DECLINED, State.SCHEDULED, State.POSTING,
    State.FAILED, State.MISSED,
)  # fmt: skip
_WAITING = (State.SUBMITTED, State.CHANGED, State.SCHEDULED, State.FAILED, State.MISSED)
_EDITING: Mapping[State, Action] = {
    State.DRAFT: Action.EDIT, State.DECLINED: Action.EDIT, State.SUBMITTED: Action.CHANGE, State.CHANGED: Action.CHANGE,
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """A publication with the channel it is for."""

    publication: Publication
    channel: Channel


class Studio:
    """Every call is one transaction; blocking. ``clips_kept`` is for how many seconds a clip's file stays."""

    def __init__(self, store: Store, clock: Clock, *, clips_kept: float) -> None:
        self._store, self._clock, self._clips_kept = store, clock, clips_kept

    def draft(self, who: Who, job: Job, channel_code: str, content: Content) -> View:
        """Begin a publication of one's own clip; the one there is, where the same clip is on its way there already.

        Raises:
            Refusal: ``channel-unknown``, ``not-permitted``, or why the clip cannot be published.
        """
        with self._store.begin() as tx:
            channel = channel_for(tx, who, channel_code, Right.OFFER)
            known = [one for one in tx.publications.of_account(who.account, _OPEN, limit=500) if one.job == job.id]
            there = next((one for one in known if one.channel == channel.id), None)
            if there:
                return View(there, channel)
            require_publishable(job, who.account, channel.profile)
            now = self._clock.now()
            made = Publication(
                secrets.token_hex(16), new_code(), channel.id, job.id, who.account, who.address, who.locale,
                State.DRAFT, content, created_at=now, changed_at=now,
            )  # fmt: skip
            tx.publications.add(made)
            return View(made, channel)

    def edit(self, who: Who, code: str, changes: Mapping[str, object]) -> View:
        """Write other words; of a draft its author does, of what was submitted whoever decides (see ``written``).

        Raises:
            Refusal: as of ``draft``, and of ``written``.
        """
        with self._store.begin() as tx:
            view = self._find(tx, who, code)
            action = _EDITING.get(view.publication.state, Action.AMEND)
            content = written(view.publication.content, changes)
            if action is not Action.EDIT:
                require_fitting(content, view.channel.profile)
            changed = replace(view.publication, content=content, revision=view.publication.revision + 1)
            return self._move(tx, who, replace(view, publication=changed), action)

    def submit(self, who: Who, code: str, at: float | None = None) -> View:
        """Hand a draft in to those who decide, with a time for it or for as soon as it is approved."""
        with self._store.begin() as tx:
            view = self._find(tx, who, code)
            require_fitting(view.publication.content, view.channel.profile)
            self._permit(tx, who, view, Right.OFFER)
            return self._move(tx, who, view, Action.SUBMIT, at=self._time(tx, view, at))

    def approve(self, who: Who, code: str, at: float | None = None) -> View:
        """Let it be posted at ``at``, when its author wished for, or now; of one's own draft as well.

        What is approved already is given another time.
        """
        with self._store.begin() as tx:
            view = self._find(tx, who, code)
            state = view.publication.state
            if state in {State.DRAFT, State.DECLINED}:
                require_fitting(view.publication.content, view.channel.profile)
                self._permit(tx, who, view, Action.APPROVE)
                view = self._move(tx, who, view, Action.SUBMIT, quietly=True)
            if view.publication.state in {State.SUBMITTED, State.CHANGED}:
                wished = at or view.publication.at
                view = self._move(tx, who, view, Action.APPROVE, quietly=True)
                return self._schedule(tx, who, view, wished, told=Action.APPROVE)
            return self._schedule(tx, who, view, at)

    def decline(self, who: Who, code: str, why: str) -> View:
        """Send it back to its author, who can change it and hand it in again."""
        with self._store.begin() as tx:
            view = self._find(tx, who, code)
            return self._move(tx, who, view, Action.DECLINE, why=why, at=None)

    def withdraw(self, who: Who, code: str, why: str = "") -> View:
        """Let it not be posted, or take the post away."""
        with self._store.begin() as tx:
            view = self._find(tx, who, code)
            # A post that is out is then unlike what it should be, and goes.
            revision = view.publication.revision + 1
            return self._move(tx, who, view, Action.WITHDRAW, why=why, revision=revision)

    def show(self, who: Who, code: str) -> View:
        """A publication that one may see: one's own, or handed in to a channel that one decides for."""
        with self._store.look() as tx:
            return self._find(tx, who, code, for_change=False)

    def mine(self, who: Who) -> list[View]:
        """One's own publications that are under way."""
        with self._store.look() as tx:
            found = tx.publications.of_account(who.account, _OPEN, limit=LISTED)
            return [View(one, _channel(tx, one)) for one in found]

    def waiting(self, who: Who) -> list[View]:
        """What waits for a decision, for its time, or for somebody to look, in the channels that one decides for."""
        with self._store.look() as tx:
            channels = [one for one in tx.channels.of(who.account) if _may(tx, who, one, Right.QUEUE)]
            found = [(one, channel) for channel in channels
                     for one in tx.publications.of_channel(channel.id, _WAITING, limit=LISTED)]  # fmt: skip
            return [View(one, channel) for one, channel in found][:LISTED]

    def _schedule(
        self, tx: Transaction, who: Who, view: View, at: float | None, *, told: Action = Action.SCHEDULE
    ) -> View:
        moment = self._time(tx, view, at if at is not None else self._clock.now())
        moved = replace(view, publication=replace(view.publication, error=None))
        return self._move(tx, who, moved, Action.SCHEDULE, at=moment, told=told)

    def _time(self, tx: Transaction, view: View, at: float | None) -> float | None:
        """Out of the quiet hours, and before the clip's file is gone."""
        if at is None:
            return None
        job = tx.jobs.get(view.publication.job)
        if job is None or job.finished_at is None:
            raise Refusal("job-unknown", job=view.publication.code)
        moment, now = allowed_from(max(at, self._clock.now()), view.channel.profile), self._clock.now()
        last = min(job.finished_at + self._clips_kept - _SPARE_SECONDS, now + FARTHEST_SECONDS)
        if moment > max(last, now + _SPARE_SECONDS):
            raise Refusal("moment-far", until=local(last, view.channel))
        return moment

    def _find(self, tx: Transaction, who: Who, code: str, *, for_change: bool = True) -> View:
        name = code.strip().upper()
        found = tx.publications.by_code(name, for_change=for_change) if may_be_code(name) else None
        if found is None:
            raise Refusal("publication-unknown", publication=code[:40])
        channel = _channel(tx, found)
        is_theirs = found.account == who.account
        # What its author has not handed in is nobody else's to see.
        if not is_theirs and (found.state is State.DRAFT or not _may(tx, who, channel, Right.QUEUE)):
            raise refused(who, channel, Right.QUEUE, Refusal("publication-unknown", publication=code[:40]))
        return View(found, channel)

    def _move(
        self, tx: Transaction, who: Who, view: View, action: Action, *, why: str = "", quietly: bool = False,
        told: Action | None = None, **changes: Any,
    ) -> View:  # fmt: skip
        role = self._permit(tx, who, view, action)
        moved, now = moved_by(action, view.publication, self._clock.now(), **changes), self._clock.now()
        tx.publications.put(moved)
        tx.publications.note(Step(moved.id, action, moved.state, who.account, role, now, why))
        if not quietly:
            tell(tx, view.channel, moved, told or action, who.account, now=now, why=why)
        return replace(view, publication=moved)

    def _permit(self, tx: Transaction, who: Who, view: View, deed: Deed) -> Role:
        roles = roles_of(tx, who, view.channel, view.publication)
        role = permitting(roles, deed)
        if role is None:
            raise refused(who, view.channel, deed, Refusal("not-permitted", channel=view.channel.title))
        return role


def moved_by(action: Action, publication: Publication, now: float, **changes: Any) -> Publication:
    """The publication after the move.

    Raises:
        Refusal: ``publication-move``: not as it stands now.
    """
    state = after(action, publication.state)
    if state is None:
        raise Refusal("publication-move", publication=publication.code, state=str(publication.state))
    return replace(publication, state=state, changed_at=now, **changes)


def _may(tx: Transaction, who: Who, channel: Channel, deed: Deed) -> bool:
    return permitting(roles_of(tx, who, channel), deed) is not None


def _channel(tx: Transaction, publication: Publication) -> Channel:
    found = tx.channels.get(publication.channel)
    if found is None:
        raise LookupError(publication.channel)
    return found
