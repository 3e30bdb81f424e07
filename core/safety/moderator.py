"""Turns what a panel and the look at frames find into verdicts, by the policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.safety.audit import Grounds, without_words
from core.safety.findings import Action, Finding
from core.safety.panel import Opinion, Panel
from core.safety.policy import Decision, Policy
from core.types import PRIVATE, Place, Verdict

if TYPE_CHECKING:
    import numpy as np

_MADE = frozenset({Action.ALLOW, Action.SPOILER, Action.ASK})


class FrameReviewer(Protocol):
    """Looks at frames, each HxWx3 uint8 RGB. ``version`` is for the record."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    async def review(self, frames: Sequence[np.ndarray]) -> tuple[Finding, ...]: ...


class PolicyModerator:
    """``core.ports.Moderator``. An error of a moderator that must be heard is raised: nothing passes unheard."""

    def __init__(self, panel: Panel, frames: FrameReviewer, policy: Policy) -> None:
        self._panel, self._frames, self._policy = panel, frames, policy

    async def review_text(self, text: str, *same: str, place: Place = PRIVATE) -> Verdict:
        """See the port.

        Raises:
            ModerationUnavailable: a moderator that must be heard is not there.
        """
        opinion = await self._panel.review((text, *same))
        return self._verdict(opinion, place)

    async def review_frames(self, frames: Sequence[np.ndarray], *, place: Place = PRIVATE) -> Verdict:
        """See the port."""
        versions = {self._frames.name: self._frames.version}
        return self._verdict(Opinion(await self._frames.review(frames), versions), place)

    async def close(self) -> None:
        """Close the connections of moderators on the network."""
        await self._panel.close()

    def _verdict(self, opinion: Opinion, place: Place) -> Verdict:
        decision = self._policy.decide(opinion.findings, place)
        scores = without_words(opinion.findings)
        grounds = Grounds(place, decision.action, decision.category, scores, opinion.versions, opinion.missing)
        return _verdict(decision, grounds)


def _verdict(decision: Decision, grounds: Grounds) -> Verdict:
    return Verdict(
        allowed=decision.action in _MADE,
        category=decision.category,
        fragment=decision.finding.fragment if decision.finding else "",
        asks=decision.action is Action.ASK,
        is_covered=decision.action is Action.SPOILER,
        grounds=grounds,
    )
