"""What an adapter must remember of somebody for a while, such as a prompt that waits for a button to be pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

MEMO_SECONDS = 3600.0
MOST_MEMOS = 20
"""Of a kind, for each user: the newest stay."""


@dataclass(frozen=True)
class Memo:
    """``facts``, as JSON takes them, of a ``user`` of a platform; it is forgotten after ``until``.

    ``code`` is what leads to it, among those of its ``kind``: short, and nothing that can be guessed.
    """

    platform: str
    kind: str
    code: str
    user: str
    until: float
    facts: Mapping[str, Any] = field(repr=False)


class Memos(Protocol):
    """Memos in one transaction. They are erased with their user."""

    def keep(self, memo: Memo, *, now: float, most: int = MOST_MEMOS) -> None:
        """In place of the one there was of its code, whosever; of its user and kind the newest ``most`` stay."""

    def find(self, platform: str, kind: str, code: str, *, now: float) -> Memo | None: ...
    def remove_before(self, moment: float) -> int:
        """For retention: forget those that were to stay until before the moment; how many."""
