"""Turns a text into a verdict by the built-in rules and the policy that comes with Piying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.safety.findings import Action
from core.safety.policy_file import shipped_policy
from core.safety.rules.moderator import Rules
from core.types import PRIVATE, Place, Verdict

if TYPE_CHECKING:
    import numpy as np


class ListModerator:
    """``core.ports.Moderator``: the rules alone, and no look at frames.

    What the policy makes a declaration or a cover for passes here: this port can say no more than yes or no.
    """

    name = "built-in rules"

    def __init__(self, read: Callable[[str], str] = str) -> None:
        self._rules = Rules(read)

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        """Minors and sex before all else, then what the policy holds against the text."""
        decision = shipped_policy().decide(self._rules.find((text, *same)), place)
        if decision.action in {Action.DENY, Action.REWRITE}:
            return Verdict(allowed=False, category=decision.category)
        return Verdict(allowed=True)

    async def review_frames(
        self,
        frames: Sequence[np.ndarray],  # noqa: ARG002 - nothing here can look at them
        *,
        place: Place = PRIVATE,  # noqa: ARG002
    ) -> Verdict:
        """Let all frames pass, and say that nobody looked."""
        return Verdict(allowed=True, reviewed=False)
