"""Turns "so many in so many seconds" into the moment at which one more may go."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

_ON_ITS_WAY = 2.0
"""Seconds after which a request has reached the server for sure, whatever it is still uploading."""


@dataclass
class Turn:
    """A request's place: when it began, and when its answer came."""

    began: float
    ended: float | None = None

    def seen(self, now: float) -> float:
        """The latest moment at which the server may have counted it."""
        latest = self.began + _ON_ITS_WAY
        return min(latest, now if self.ended is None else self.ended)


@dataclass
class Window:
    """At most ``most`` in any ``seconds``, as the server counts them, however long they are on their way."""

    most: int
    seconds: float
    _turns: deque[Turn] = field(default_factory=deque)

    def opens(self, now: float, keep: int = 0) -> float:
        """When one more may go, so that ``keep`` could still follow at once; now, or later."""
        self._drop(now)
        room = max(1, self.most - keep)
        if len(self._turns) < room:
            return now
        ends = sorted(turn.seen(now) + self.seconds for turn in self._turns)
        return max(now, ends[len(ends) - room])

    def used(self, now: float) -> int:
        """How many are counted."""
        self._drop(now)
        return len(self._turns)

    def add(self, turn: Turn) -> None:
        """Count one more."""
        self._turns.append(turn)

    def _drop(self, now: float) -> None:
        self._turns = deque(self._counted(now))

    def _counted(self, now: float) -> Iterator[Turn]:
        return (turn for turn in self._turns if turn.seen(now) + self.seconds > now)
