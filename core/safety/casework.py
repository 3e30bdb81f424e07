"""Turns what is decided about requests into records of it, strikes, and appeals that moderators can decide."""

from __future__ import annotations

import asyncio
import math
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.errors import PromptBlocked, Refusal
from core.jobs.codes import may_be_code, new_code
from core.ports import Clock, Moderator, Softener, Store, Transaction
from core.reports import LONGEST_TEXT
from core.safety.appeals import GRAVE, Appeal, AppealState, Ruling, Strike, StrikeRule
from core.safety.audit import AuditLine, Grounds, Scored, Subject, salted, without_words
from core.safety.findings import Action
from core.safety.panel import Opinion, Unheard
from core.safety.review import Docket
from core.safety.sealed import refusal_digest, seal, unseal
from core.safety.softer import without
from core.safety.watched import Watched
from core.types import ORIGINAL, PRIVATE, USER, Account, Address, Category, Notice, Place, Request

APPEALABLE_SECONDS = 86400.0
_APPEALABLE = 20
"""Refusals of one account that can be appealed about, and for how long."""
_SHOWN, _OPEN = 20, 10
"""Appeals of one account that it is shown, and that it may have open: people read them."""
_BY_RULING = "ruling"
_SOFTENED = 4
"""Fragments that are taken out of a prompt at most, one after the other."""

Read = TypeVar("Read")
Reader = Callable[[Request, Docket], Awaitable[Read]]


class Casework:
    """``salt`` is what digests of texts are made with: who lacks it cannot try out what a digest is of."""

    def __init__(
        self, store: Store, clock: Clock, *, salt: bytes, rule: StrikeRule, softener: Softener | None = None
    ) -> None:
        self._store, self._clock, self._salt, self._rule = store, clock, salt, rule
        self._softener = softener

    def watch(self, moderator: Moderator, subject: Subject) -> Watched:
        """The moderator, whose verdicts on frames go on record from then on."""
        return Watched(moderator, self._store, self._clock, salt=self._salt, subject=subject)

    def docket(self, tx: Transaction, request: Request, account: Account, *, submitted: bool) -> Docket:
        """What was ruled on the request's text before.

        Raises:
            Refusal: ``account-paused`` after too many strikes, for what is ``submitted``.
        """
        now = self._clock.now()
        strikes = tx.records.strikes_since(account.id, now - self._rule.seconds) if submitted else []
        until = self._rule.blocked_until(strikes, now)
        if until is not None:
            raise Refusal("account-paused", until=_local(until, account.timezone), retry_after=math.ceil(until - now))
        return Docket(tx.appeals.ruling(self.digest(request)))

    async def hear(
        self, request: Request, account: Account, docket: Docket, read: Reader[Read], *, submitted: bool
    ) -> Read:
        """What ``read`` makes of the request, with what was ruled on its text (``docket``); what it decides is kept.

        A refusal of what was ``submitted`` can be appealed against, and may be a strike.

        Raises:
            Refusal: as of ``read``.
        """
        digest = self.digest(request)
        try:
            return await read(request, docket)
        except PromptBlocked as blocked:
            if submitted:
                await asyncio.to_thread(self._strike, account, digest, docket, blocked)
                await asyncio.to_thread(self._offer_appeal, request, account, digest, docket, blocked)
                if docket.action is Action.REWRITE and (softer := await self._softer(request, blocked, read)):
                    blocked.details["suggestion"] = softer
            raise
        except Unheard as unheard:
            if submitted:
                docket.unheard = _of_unheard(unheard.opinion, request.place)
            raise
        finally:
            if told := _told(request, docket):
                await asyncio.to_thread(self._record, account, digest, told)

    async def appeal(self, account: Account, address: Address, appeal_id: str) -> Appeal:
        """Have moderators look at a refusal again. Asked twice, it is one appeal.

        Raises:
            Refusal: ``appeal-unknown``: there was none of that code, it is too long ago, or it is somebody else's.
            Refusal: ``appeals-many``: others of this account wait already.
        """
        name = appeal_id.strip().upper()
        refused = await asyncio.to_thread(self._recall, name)
        if refused is not None and refused.address == address:
            appeal = replace(refused, account=account.id, created_at=self._clock.now())
            return await asyncio.to_thread(self._add, appeal)
        known = await asyncio.to_thread(self._get, name)
        if known is None or known.account != account.id:
            raise Refusal("appeal-unknown", appeal=appeal_id[:40])
        return known

    async def appeals(self, account: Account) -> list[Appeal]:
        """The account's, newest first."""
        return await asyncio.to_thread(self._of, account.id)

    def digest(self, request: Request) -> str:
        """The same for what says the same letter for letter, but for case, width and blanks."""
        return salted(self._salt, _canonical(_written(request)))

    def _strike(self, account: Account, digest: str, docket: Docket, blocked: PromptBlocked) -> None:
        category = _category(blocked)
        # What is refused with a harmless version at hand is no offence, nor is what nobody can point at: a classifier
        # errs often enough to shut out people who did nothing.
        is_named = category is Category.MINORS or bool(blocked.details.get("fragment"))
        if category not in GRAVE or docket.action is Action.REWRITE or not is_named:
            return
        with self._store.begin() as tx:
            tx.records.add_strike(Strike(account.id, category, digest, self._clock.now()))
            if category is Category.MINORS:
                tx.ledger.set_blocked(account.id, blocked=True)

    def _offer_appeal(
        self, request: Request, account: Account, digest: str, docket: Docket, blocked: PromptBlocked
    ) -> None:
        """Unless it was ruled on before, or is never allowed."""
        category = _category(blocked)
        if docket.ruling or category is Category.MINORS:
            return
        fragment = storable(str(blocked.details.get("fragment", ""))) or None
        appeal = Appeal(
            new_code(),
            digest,
            account.id,
            request.address,
            storable(_written(request)),
            category,
            fragment,
            AppealState.OPEN,
            self._clock.now(),
            locale=request.locale,
        )
        with self._store.begin() as tx:
            tx.appeals.keep_refusal(seal(self._salt, appeal), most=_APPEALABLE)
        blocked.details["appeal"] = appeal.id

    def _recall(self, code: str) -> Appeal | None:
        if not may_be_code(code):
            return None
        with self._store.look() as tx:
            kept = tx.appeals.refusal(refusal_digest(self._salt, code))
        if kept is None or kept.at < self._clock.now() - APPEALABLE_SECONDS:
            return None
        return unseal(self._salt, code, kept)

    def _record(self, account: Account, digest: str, told: Iterable[Grounds]) -> None:
        with self._store.begin() as tx:
            for grounds in told:
                tx.records.add_line(grounds.line("prompt", digest, self._clock.now()), account.id)

    def _add(self, appeal: Appeal) -> Appeal:
        with self._store.begin() as tx:
            added = tx.appeals.add(appeal)
            mine = tx.appeals.of(appeal.account, limit=_OPEN + 1)
            if len([one for one in mine if one.state is AppealState.OPEN]) > _OPEN:
                # Raised within the transaction: it is not added.
                raise Refusal("appeals-many", limit=_OPEN)
            return added

    def _get(self, appeal_id: str) -> Appeal | None:
        with self._store.look() as tx:
            return tx.appeals.get(appeal_id)

    def _of(self, account: str) -> list[Appeal]:
        with self._store.look() as tx:
            return tx.appeals.of(account, limit=_SHOWN)

    async def _softer(self, request: Request, blocked: PromptBlocked, read: Reader[Read]) -> str | None:
        """A harmless version by a language model, or else the prompt without the words that are held against it.

        What is offered has been read as any prompt is; when it is sent, it is read again.
        """
        if request.revised:
            return None
        return await self._written_anew(request, blocked, read) or await self._cut_out(request, blocked, read)

    async def _written_anew(self, request: Request, blocked: PromptBlocked, read: Reader[Read]) -> str | None:
        if self._softener is None:
            return None
        softer = await self._softener.soften(request.prompt, category=str(blocked.details.get("category", "")))
        if softer is None:
            return None
        try:
            await read(replace(request, prompt=softer), Docket())
        except Refusal:
            return None
        return softer

    async def _cut_out(self, request: Request, blocked: PromptBlocked, read: Reader[Read]) -> str | None:
        """Until nothing is held against it; None where too little would be left."""
        text, refusal = request.prompt, blocked
        for _ in range(_SOFTENED):
            softer = without(text, str(refusal.details.get("fragment", "")))
            if softer is None:
                return None
            try:
                await read(replace(request, prompt=softer), Docket())
            except PromptBlocked as again:
                text, refusal = softer, again
            except Refusal:
                return None
            else:
                return softer
        return None


def decide_appeal(tx: Transaction, appeal: Appeal, *, allows: bool, by: str, now: float, why: str = "") -> bool:
    """Decide it, and all later prompts of the same text; False where it was decided before.

    A refusal that falls takes its strike with it. Who appealed is told, and who decided goes on record.
    """
    ruling, why = Ruling(appeal.digest, allows, appeal.category, by[:100], now), why.strip()[:LONGEST_TEXT]
    if appeal.category is Category.MINORS or not tx.appeals.decide(appeal, ruling, why=why):
        return False
    if allows:
        tx.records.take_strike_back(appeal.account, appeal.digest)
    action, state = (Action.ALLOW, AppealState.OVERTURNED) if allows else (Action.DENY, AppealState.UPHELD)
    line = AuditLine(now, "prompt", appeal.digest, PRIVATE, action, appeal.category, by=ruling.by, why=why)
    tx.records.add_line(line, appeal.account)
    details = {"appeal": appeal.id, **({"why": why} if why else {})}
    tx.notices.add(appeal.account, appeal.address, Notice(f"appeal-{state}", details, appeal.locale), now=now)
    return True


def storable(text: str) -> str:
    """As typed, but for what no database takes: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _written(request: Request) -> str:
    """All that its user wrote: the prompt, and words of their own for the engine."""
    revised = request.revised
    is_own = revised is not None and revised.translator in {ORIGINAL, USER}
    return "\n".join(dict.fromkeys((request.prompt, *([revised.text] if revised and is_own else []))))


def _canonical(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _category(blocked: PromptBlocked) -> Category | None:
    name = blocked.details.get("category")
    return Category(str(name)) if name else None


def _told(request: Request, docket: Docket) -> list[Grounds]:
    """All but what is plainly allowed."""
    all_grounds = [verdict.grounds for verdict in docket.verdicts if verdict.grounds]
    told = [grounds for grounds in all_grounds if grounds.action is not Action.ALLOW]
    if docket.ruling:
        told.append(_of_ruling(docket.ruling, request.place))
    if docket.unheard:
        told.append(docket.unheard)
    return told


def _of_ruling(ruling: Ruling, place: Place) -> Grounds:
    scores = (Scored(ruling.category, 1.0, _BY_RULING, ruling.by),) if ruling.category else ()
    action = Action.ALLOW if ruling.allows else Action.DENY
    return Grounds(place, action, ruling.category, scores, by=ruling.by)


def _of_unheard(opinion: Opinion, place: Place) -> Grounds:
    scores = without_words(opinion.findings)
    return Grounds(place, Action.DENY, None, scores, opinion.versions, opinion.missing, unheard=True)


def _local(moment: float, timezone: str) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M %Z")
