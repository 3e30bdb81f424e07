"""Counts what the bot sends against Telegram's flood limits, and shuts a chat that gets too much.

Telegram tells no exact limits. The numbers are the ones it names (a message a second in a chat, 20 a minute in a group,
30 a second in all), 20 edits a minute in a group as a TDLib developer told, and a burst of three, which is known from
use alone.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.telegram.clock import Clock
from tests.telegram.errors import flood


@dataclass(frozen=True)
class Violation:
    """A request over a limit. ``rule`` is ``chat``, ``group``, ``edits``, ``overall``, or ``wait``: sent in spite of
    a flood wait."""

    chat: int | None
    rule: str
    at: float


@dataclass
class _Window:
    """At most ``most`` in ``seconds``."""

    most: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        return self.times[0] + self.seconds - now if len(self.times) >= self.most else 0.0


@dataclass
class _Bucket:
    """One in each ``interval``, and ``burst`` at once after a rest."""

    interval: float
    burst: int
    due: float = 0.0

    def wait(self, now: float) -> float:
        return max(0.0, self.due - now - (self.burst - 1) * self.interval)

    def take(self, now: float) -> None:
        self.due = max(self.due, now) + self.interval


@dataclass
class Numbers:
    """The limits; a test may loosen them."""

    overall: int = 30
    group: int = 20
    group_edits: int = 20
    interval: float = 1.0
    burst: int = 3


class Limits:
    """The flood limits of one bot."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.numbers = Numbers()
        self.violations: list[Violation] = []
        self.shut: dict[int, float] = {}
        """Until when a chat takes nothing."""
        self._overall = deque[float]()
        self._buckets: dict[tuple[int, bool], _Bucket] = {}
        self._windows: dict[tuple[int, bool], _Window] = {}

    def shut_chat(self, chat: int, seconds: float) -> None:
        """Let a chat take nothing for a while."""
        self.shut[chat] = max(self.shut.get(chat, 0.0), self.clock() + seconds)

    def take(self, chat: int | None, *, group: bool, edit: bool) -> None:
        """Count a message or an edit; ``chat`` is None for an inline message.

        Raises:
            Refused: 429; the chat is shut until ``retry_after`` has passed.
        """
        now = self.clock()
        if chat is not None and (left := self.shut.get(chat, 0.0) - now) > 0:
            self._refuse(chat, "wait", left)
        overall = _Window(self.numbers.overall, 1.0, self._overall)
        waits = {"overall": overall.wait(now)}
        if chat is not None:
            bucket, window = self._bucket(chat, edit), self._window(chat, edit)
            waits["chat"] = bucket.wait(now)
            waits["edits" if edit else "group"] = window.wait(now) if group else 0.0
        rule, wait = max(waits.items(), key=lambda item: item[1])
        if wait > 1e-6:
            self._refuse(chat, rule, wait)
        overall.times.append(now)
        if chat is not None:
            bucket.take(now)
            window.times.append(now)

    def _refuse(self, chat: int | None, rule: str, wait: float) -> None:
        self.violations.append(Violation(chat, rule, self.clock()))
        seconds = max(1, math.ceil(wait))
        if chat is not None:
            self.shut_chat(chat, seconds if rule != "wait" else 0)
        raise flood(seconds)

    def _bucket(self, chat: int, edit: bool) -> _Bucket:
        fresh = _Bucket(self.numbers.interval, self.numbers.burst)
        return self._buckets.setdefault((chat, edit), fresh)

    def _window(self, chat: int, edit: bool) -> _Window:
        fresh = _Window(self.numbers.group_edits if edit else self.numbers.group, 60.0)
        return self._windows.setdefault((chat, edit), fresh)

    def counts(self) -> dict[str, int]:
        """Violations by rule."""
        found: dict[str, int] = defaultdict(int)
        for violation in self.violations:
            found[violation.rule] += 1
        return dict(found)
