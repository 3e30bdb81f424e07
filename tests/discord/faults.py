"""Failures that a test asks for: the next requests of a route go wrong in a chosen way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["status", "flood", "crowded", "global", "reset_before", "reset_after", "hang_after", "slow"]


@dataclass
class Fault:
    """One way to fail.

    ``status`` answers with ``code`` (and the JSON error ``error``); ``flood``, ``crowded`` (a limit shared
    with others) and ``global`` with 429 and ``seconds``;
    ``reset_before`` cuts the connection and does nothing; ``reset_after`` does it and cuts; ``hang_after`` does it and
    answers ``seconds`` later or never; ``slow`` reads the request ``seconds`` late, as a slow upload. ``part`` is
    found in ``"METHOD /route"``.
    """

    part: str
    way: Way
    times: int = 1
    code: int = 500
    error: int = 0
    seconds: float = 1.0

    def fits(self, rule: str) -> bool:
        """Whether it strikes a request."""
        return self.times > 0 and self.part in rule


class Faults:
    """The failures that are still to come."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self.struck: list[tuple[str, Way]] = []

    def add(
        self, part: str, way: Way, times: int = 1, *, code: int = 500, error: int = 0, seconds: float = 1.0
    ) -> None:
        """Let the next ``times`` requests fail whose ``"METHOD /route"`` has ``part`` in it."""
        self._coming.append(Fault(part, way, times, code, error, seconds))

    def take(self, rule: str, *ways: Way) -> Fault | None:
        """The failure of this request, if it has one of these ways."""
        for fault in self._coming:
            if fault.way in ways and fault.fits(rule):
                fault.times -= 1
                self.struck.append((rule, fault.way))
                return fault
        return None

    def clear(self) -> None:
        """Nothing more goes wrong."""
        self._coming.clear()
