"""One figure of a bench, with what it should reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure of a ``system`` on a set or at a length (``of``); ``reach`` is the most it should be, or the least."""

    system: str
    of: str
    name: str
    value: float
    unit: str = ""
    reach: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """None where there is nothing to reach."""
        if self.reach is None:
            return None
        return self.value >= self.reach if self.at_least else self.value <= self.reach
