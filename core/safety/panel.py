"""Turns the votes of several moderators into one opinion. One that must be heard and is not stops everything."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from core.breaker import Breaker
from core.errors import ModerationUnavailable
from core.safety.apart import may_be_pinyin
from core.safety.findings import Finding
from core.safety.rules.moderator import Rules
from core.safety.windows import windows
from core.types import Category

AT_ONCE = 4
"""Windows of a long text that one moderator reads at a time."""
_RETRY_AFTER = 30
_LOG = structlog.get_logger(__name__)


class ModeratorDown(Exception):
    """A moderator gave no verdict, for a ``reason`` (a short code)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unheard(ModerationUnavailable):
    """A moderator that must be heard was not; ``opinion`` is what there is without it."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__(retry_after=_RETRY_AFTER)
        self.opinion = opinion


class TextModerator(Protocol):
    """Judges a text. ``version`` changes whenever the same text may be judged otherwise; ``limit`` is in characters."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def limit(self) -> int | None: ...

    async def review(self, text: str) -> tuple[Finding, ...]:
        """What it has against a text of at most ``limit`` characters.

        Raises:
            ModeratorDown: it has no verdict.
        """


@dataclass(frozen=True)
class Seat:
    """A moderator with ``timeout`` seconds for ``AT_ONCE`` windows. One that is not ``required`` may be missing.

    One with a ``breaker`` rests after failures in a row: nobody waits for it then, and it counts as missing.
    """

    moderator: TextModerator
    timeout: float = 5.0
    required: bool = True
    breaker: Breaker | None = None


@dataclass(frozen=True)
class Opinion:
    """All findings; who was heard, with versions, and who was not, with reasons."""

    findings: tuple[Finding, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def scores(self) -> dict[Category, float]:
        """The highest of each category."""
        found: dict[Category, float] = {}
        for finding in self.findings:
            found[finding.category] = max(finding.score, found.get(finding.category, 0.0))
        return found


class Panel:
    """Asks all at once. The rules come first: they cost nothing and read the texts together."""

    def __init__(self, seats: Sequence[Seat], *, rules: Rules) -> None:
        names = [seat.moderator.name for seat in seats]
        if len({*names, rules.name}) <= len(names):
            raise ValueError("two moderators have one name")
        self._seats, self._rules = tuple(seats), rules

    @property
    def versions(self) -> Mapping[str, str]:
        """All that are asked, by their names."""
        return {one.name: one.version for one in (self._rules, *(seat.moderator for seat in self._seats))}

    async def review(self, texts: Sequence[str]) -> Opinion:
        """What there is against texts that say the same, such as a prompt and its English.

        Raises:
            Unheard: a moderator that must be heard was down, late or resting, or said what is no verdict.
        """
        texts = tuple(dict.fromkeys(texts))
        # Pinyin is read by lists that have to be opened once.
        is_slow = any(map(may_be_pinyin, texts))
        by_rules = await asyncio.to_thread(self._rules.find, texts) if is_slow else self._rules.find(texts)
        heard = {self._rules.name: self._rules.version}
        if any(finding.category is Category.MINORS for finding in by_rules):
            # Nobody's vote can open this any more, and it goes to no service.
            return Opinion(by_rules, heard)
        votes = await asyncio.gather(*(_heard(seat, texts) for seat in self._seats))
        missing = {vote.name: vote.reason for vote in votes if vote.reason}
        heard |= {vote.name: vote.version for vote in votes if not vote.reason}
        findings = (*by_rules, *(finding for vote in votes for finding in vote.findings))
        opinion = Opinion(findings, heard, missing)
        if lost := [seat.moderator.name for seat in self._seats if seat.required and seat.moderator.name in missing]:
            _LOG.warning("moderation.unavailable", moderators=lost, reasons=[missing[name] for name in lost])
            raise Unheard(opinion)
        return opinion

    async def close(self) -> None:
        """Close the connections of those that have one."""
        for seat in self._seats:
            if close := getattr(seat.moderator, "close", None):
                await close()


@dataclass(frozen=True)
class _Vote:
    name: str
    version: str = ""
    findings: tuple[Finding, ...] = ()
    reason: str = ""


async def _heard(seat: Seat, texts: Sequence[str]) -> _Vote:
    breaker = seat.breaker
    if breaker is None:
        return await _asked(seat, texts)
    if not breaker.admits():
        return _Vote(seat.moderator.name, reason="resting")
    try:
        vote = await _asked(seat, texts)
    except BaseException:
        breaker.given_up()
        raise
    if vote.reason:
        breaker.failed()
    else:
        breaker.succeeded()
    return vote


async def _asked(seat: Seat, texts: Sequence[str]) -> _Vote:
    name = seat.moderator.name
    try:
        return _Vote(name, seat.moderator.version, await _in_time(seat, texts))
    except ModeratorDown as down:
        return _Vote(name, reason=down.reason)
    except TimeoutError:
        return _Vote(name, reason="timed-out")
    except Exception as error:  # noqa: BLE001 - a bug is no verdict; its words may hold the text
        _LOG.error("moderation.crashed", moderator=name, error=type(error).__name__)
        return _Vote(name, reason="crashed")


async def _in_time(seat: Seat, texts: Sequence[str]) -> tuple[Finding, ...]:
    parts = [part for text in texts for part in windows(text, seat.moderator.limit)]
    gate = asyncio.Semaphore(AT_ONCE)

    async def read(part: str) -> tuple[Finding, ...]:
        async with gate:
            return _checked(await seat.moderator.review(part))

    async with asyncio.timeout(seat.timeout * math.ceil(len(parts) / AT_ONCE)):
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(part)) for part in parts]
        except ExceptionGroup as several:
            raise _first(several) from several
    return tuple(finding for task in tasks for finding in task.result())


def _first(group: ExceptionGroup[Exception]) -> Exception:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found


def _checked(findings: object) -> tuple[Finding, ...]:
    """Only what is a verdict.

    Raises:
        ModeratorDown: it is none.
    """
    if not isinstance(findings, tuple) or not all(map(_is_finding, findings)):
        raise ModeratorDown("unreadable")
    return findings


def _is_finding(finding: object) -> bool:
    return (
        isinstance(finding, Finding)
        and isinstance(finding.category, Category)
        and isinstance(finding.score, (int, float))
        and 0 <= finding.score <= 1
    )
