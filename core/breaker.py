"""Turns failures in a row into a rest for the service that failed."""

from __future__ import annotations

from typing import Literal

from core.ports import Clock

Health = Literal["well", "resting", "on-trial"]


class Breaker:
    """Opens after ``failures`` in a row; after ``pause`` seconds lets one request through, whose end decides."""

    def __init__(self, clock: Clock, *, failures: int, pause: float) -> None:
        self._clock, self._failures, self._pause = clock, failures, pause
        self._in_a_row = 0
        self._rest: tuple[float, float] | None = None
        self._on_trial = False

    @property
    def health(self) -> Health:
        """How the service is, as far as is known without asking it."""
        if self._rest is None:
            return "well"
        return "resting" if self._is_resting() else "on-trial"

    def admits(self) -> bool:
        """Whether a request may be made now; it must be followed by one of the three below."""
        if self._rest is None:
            return True
        if self._on_trial or self._is_resting():
            return False
        self._on_trial = True
        return True

    def succeeded(self) -> None:
        """It answered: it is well."""
        self._in_a_row, self._rest, self._on_trial = 0, None, False

    def failed(self, *, rest: float | None = None) -> None:
        """It did not. ``rest`` are seconds that it asked for: it has them at once, however few the failures."""
        self._in_a_row += 1
        if self._on_trial or rest or self._in_a_row >= self._failures:
            self._rest = (self._clock.now(), max(rest or 0.0, self._pause))
        self._on_trial = False

    def given_up(self) -> None:
        """Nobody waited for the answer: nothing is known."""
        self._on_trial = False

    def _is_resting(self) -> bool:
        since, seconds = self._rest or (0.0, 0.0)
        # A clock that was set back must not make the rest longer.
        return 0 <= self._clock.now() - since < seconds
