"""What one transaction leaves to be told to people who asked for nothing just now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.types import Address, Notice


@dataclass(frozen=True)
class Untold:
    """A notice on its way: how often it was tried, and since when."""

    id: int
    address: Address
    notice: Notice
    created_at: float
    tries: int


class Notices(Protocol):
    """Written with what they tell of, all or nothing; each is told once at least."""

    def add(self, account: str, address: Address, notice: Notice, *, now: float) -> None:
        """It is due at once."""

    def due(self, platform: str, *, now: float, limit: int) -> list[Untold]:
        """Those of the platform that may be tried now, the oldest first."""

    def told(self, notice_id: int, *, now: float) -> None:
        """It arrived, or never will."""

    def put_off(self, notice_id: int, *, until: float) -> None:
        """It is tried again then."""

    def remove_before(self, moment: float) -> int:
        """For retention: forget those of before the moment, told or not; how many."""
