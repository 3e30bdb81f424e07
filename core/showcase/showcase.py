"""Turns what owners, voters and onlookers ask of the showcase into entries, votes and exhibits."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import Refusal
from core.jobs.codes import may_be_code
from core.reports import ReportReason, make_report
from core.safety.casework import storable
from core.safety.review import require_allowed
from core.showcase.exhibits import HIDING, LONGEST_TITLE, REMIX, Entry, Exhibit, Mark, Period
from core.showcase.pictures import make_pictures
from core.types import Address, Job, JobState, Locale, Place

if TYPE_CHECKING:
    from core.ports import ClipStore, Clock, Moderator, Store, Transaction

PUBLIC = Place("channel")
"""What holds for a clip that everybody may see."""
VISITOR = Address("gallery", "", "")
"""Whoever reports a clip without an account."""
_JOINERS = "\u200c\u200d"
"""They hold emoji and letters together."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_MOST_REPORTS = 3
"""Open reports of one clip that are kept of people without an account: the clip is looked at all the same."""
_LONGEST_LINEAGE = 12


class Showcase:
    """Blocking, but for ``show``. Who asks is an account: a person's linked identities are one."""

    def __init__(self, *, store: Store, clips: ClipStore, clock: Clock, moderator: Moderator) -> None:
        self._store, self._clips, self._clock, self._moderator = store, clips, clock, moderator

    def own(self, account: str, code: str) -> tuple[Job, Entry | None]:
        """A clip of the account's, and its entry where there is one.

        Raises:
            Refusal: ``job-unknown``; ``not-yours``.
        """
        with self._store.look() as tx:
            job = _own(tx, account, code)
            return job, tx.exhibits.entry(job.id)

    async def show(self, account: str, code: str, *, title: str, remix: bool) -> Entry:
        """Show a clip to everybody, or show it otherwise than before; its words are judged as what all may read.

        Raises:
            Refusal: ``job-unknown``, ``not-yours``, ``account-blocked``; ``showcase-unmade``: it is not finished.
            Refusal: ``showcase-hidden``: it is behind a cover, or says nowhere that AI made it; ``clip-for-adults``.
            Refusal: ``prompt-blocked``: its words, or the title's, are not for everybody.
        """
        title = one_line(title, LONGEST_TITLE)
        job, before = await asyncio.to_thread(self.own, account, code)
        _require_fit(job)
        await self._review(job, title)
        pictures = (before.card, before.cover) if before else await asyncio.to_thread(make_pictures, self._clips, job)
        return await asyncio.to_thread(self._put, account, job, title, remix, pictures)

    def take_back(self, account: str, code: str) -> Job:
        """Show it to nobody any more; its votes go with it.

        Raises:
            Refusal: ``job-unknown``, ``not-yours``; ``showcase-unknown``: it was not shown.
        """
        with self._store.begin() as tx:
            job = _own(tx, account, code)
            if not tx.exhibits.take_back(job.id):
                raise Refusal("showcase-unknown", job=job.code)
        return job

    def vote(self, account: str, code: str, *, takes_back: bool = False) -> tuple[Exhibit, bool]:
        """Vote for a clip, or take the vote back: the exhibit as it is then, and whether that changed anything.

        Raises:
            Refusal: ``showcase-unknown``, ``account-blocked``; ``vote-own``: nobody votes for what is theirs.
        """
        with self._store.begin() as tx:
            exhibit = _require(tx, code)
            _require_open(tx, account)
            job = exhibit.job
            if account in {job.account, exhibit.entry.account}:
                raise Refusal("vote-own", job=job.code)
            if takes_back:
                changed = tx.exhibits.take_vote_back(job.id, account)
            else:
                changed = tx.exhibits.vote(job.id, account, now=self._clock.now())
            entry = tx.exhibits.entry(job.id)
        return replace(exhibit, entry=entry or exhibit.entry), changed

    def newest(self, *, limit: int, after: Mark | None = None) -> Sequence[Exhibit]:
        """See the port."""
        with self._store.look() as tx:
            return tx.exhibits.newest(limit=limit, after=after)

    def top(self, period: Period | None, *, limit: int, after: Mark | None = None) -> Sequence[Exhibit]:
        """The clips shown in a period that ends now, or ever, most votes first."""
        since = self._clock.now() - period.seconds if period else 0.0
        with self._store.look() as tx:
            return tx.exhibits.top(limit=limit, since=since, after=after)

    def find(self, code: str) -> Exhibit:
        """One that can be seen.

        Raises:
            Refusal: ``showcase-unknown``.
        """
        with self._store.look() as tx:
            return _require(tx, code)

    def lineage(self, job: Job) -> list[tuple[str, Exhibit | None]]:
        """What a clip was made out of, and that in turn: codes, the nearest first, with exhibits that can be seen."""
        found: list[tuple[str, Exhibit | None]] = []
        with self._store.look() as tx:
            ancestor: Job | None = job
            while ancestor and len(found) < _LONGEST_LINEAGE and (code := remix_of(ancestor)):
                found.append((code, tx.exhibits.find(code)))
                ancestor = tx.jobs.by_code(code)
        return found

    def allows_remix(self, code: str) -> bool | None:
        """Whether others may build on a clip; None where it is not in the showcase."""
        with self._store.look() as tx:
            exhibit = tx.exhibits.find(code)
        return exhibit.entry.remix if exhibit else None

    def report(self, code: str, reason: ReportReason, text: str, locale: Locale) -> None:
        """Take in an objection of somebody without an account; the clock of two days begins.

        Raises:
            Refusal: ``showcase-unknown``.
        """
        with self._store.begin() as tx:
            job = _require(tx, code).job
            if sum(one.account is None for one in tx.reports.open_of(job.id)) < _MOST_REPORTS:
                text = storable(text)
                tx.reports.add(make_report(job, None, VISITOR, reason, text, now=self._clock.now(), locale=locale))

    async def _review(self, job: Job, title: str) -> None:
        words = [job.prompt, *([job.wording.english.text] if job.wording else [])]
        for text in filter(None, (*dict.fromkeys(words), title)):
            verdict = await self._moderator.review_text(text, place=PUBLIC)
            require_allowed(verdict)
            if verdict.is_covered:
                raise Refusal("showcase-hidden", job=job.code)

    def _put(self, account: str, job: Job, title: str, remix: bool, pictures: tuple[str, str]) -> Entry:
        with self._store.begin() as tx:
            # It may have been deleted, taken down or given to another account while its words were read.
            _require_fit(_own(tx, account, job.code))
            _require_open(tx, account)
            tx.exhibits.put(Entry(job.id, job.code, account, title, remix, self._clock.now(), *pictures))
            entry = tx.exhibits.entry(job.id)
        assert entry is not None
        return entry


def remix_of(job: Job) -> str | None:
    """The code of the clip that a job was made out of."""
    return next((str(note.details["job"]) for note in job.notes if note.code == REMIX), None)


def one_line(typed: str, longest: int) -> str:
    """At most so many characters, without those that turn or hide what comes after them."""
    line = " ".join(storable(typed).split())
    shown = "".join(char for char in line if char in _JOINERS or unicodedata.category(char) not in _UNSEEN)
    shown = shown.strip()
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"


def _own(tx: Transaction, account: str, code: str) -> Job:
    name = code.strip().upper()
    job = tx.jobs.by_code(name) if may_be_code(name) else None
    if job is None:
        raise Refusal("job-unknown", job=code[:40])
    if job.account != account:
        raise Refusal("not-yours", job=name)
    return job


def _require(tx: Transaction, code: str) -> Exhibit:
    name = code.strip().upper()
    exhibit = tx.exhibits.find(name) if may_be_code(name) else None
    if exhibit is None:
        raise Refusal("showcase-unknown", job=code[:40])
    return exhibit


def _require_open(tx: Transaction, account: str) -> None:
    known = tx.ledger.account(account)
    if known is None or known.blocked:
        raise Refusal("account-blocked")


def _require_fit(job: Job) -> None:
    if job.state is not JobState.SUCCEEDED or job.clip is None:
        raise Refusal("showcase-unmade", job=job.code)
    if job.place.nsfw:
        # Its frames were judged as what adults alone see.
        raise Refusal("clip-for-adults", job=job.code)
    if any(note.code in HIDING for note in job.notes):
        raise Refusal("showcase-hidden", job=job.code)
