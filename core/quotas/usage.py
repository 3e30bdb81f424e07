"""What a chat and its members have made of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Used:
    """Clips and seconds of video of one ``user`` (the platform's id), counted as limits count them."""

    user: str
    clips: int
    seconds: float


@dataclass(frozen=True)
class ChatUsage:
    """Of a whole chat since its day began; ``members`` who made most come first."""

    since: float
    members: Sequence[Used] = ()

    @property
    def clips(self) -> int:
        """Of all members."""
        return sum(member.clips for member in self.members)

    @property
    def seconds(self) -> float:
        """Of all members."""
        return sum(member.seconds for member in self.members)
