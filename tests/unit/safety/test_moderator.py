"""Verdicts by the panel, the look at frames and the policy, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from core.errors import DeclarationNeeded, ModerationUnavailable, PromptBlocked
from core.safety.findings import Finding
from core.safety.moderator import PolicyModerator
from core.safety.panel import ModeratorDown, Panel, Seat
from core.safety.policy_file import shipped_policy
from core.safety.review import require_allowed
from core.safety.rules.moderator import Rules
from core.types import Category, Verdict

FRAMES = [np.zeros((4, 4, 3), np.uint8)]


class Says:
    """A moderator that finds the same in everything, or is down."""

    name, version, limit = "says", "1", None

    def __init__(self, *findings: Finding, down: bool = False) -> None:
        self.findings, self.down = findings, down
        self.seen: list[object] = []

    async def review(self, text: object) -> tuple[Finding, ...]:
        self.seen.append(text)
        if self.down:
            raise ModeratorDown("unavailable")
        return self.findings


class Looks:
    name, version = "looks", "2"

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings

    async def review(self, frames: Sequence[np.ndarray]) -> tuple[Finding, ...]:
        assert len(frames) == 1
        return self.findings


def found(category: Category, score: float = 0.9, fragment: str = "") -> Finding:
    return Finding(category, score, "says", "a list", fragment)


def moderator(*findings: Finding, down: bool = False, frames: tuple[Finding, ...] = ()) -> PolicyModerator:
    panel = Panel([Seat(Says(*findings, down=down))], rules=Rules())
    return PolicyModerator(panel, Looks(*frames), shipped_policy())


async def test_nothing_found_is_allowed() -> None:
    assert await moderator().review_text("a cat", "一只猫") == Verdict(allowed=True)
    assert await moderator(found(Category.GORE, 0.4)).review_text("a cat") == Verdict(allowed=True)


async def test_what_is_found_is_refused_with_its_words() -> None:
    verdict = await moderator(found(Category.SEXUAL, fragment="nude")).review_text("a nude")
    assert verdict == Verdict(allowed=False, category=Category.SEXUAL, fragment="nude")
    with pytest.raises(PromptBlocked) as blocked:
        require_allowed(verdict)
    assert blocked.value.details == {"category": "sexual", "fragment": "nude"}


async def test_some_things_want_a_declaration() -> None:
    verdict = await moderator(found(Category.REAL_PERSON)).review_text("somebody known")
    assert (verdict.allowed, verdict.asks) == (True, True)
    require_allowed(verdict, declared=True)
    with pytest.raises(DeclarationNeeded) as needed:
        require_allowed(verdict, declared=False)
    assert needed.value.details == {"category": "real-person"}


async def test_minors_are_refused_whatever_is_declared() -> None:
    with pytest.raises(PromptBlocked):
        require_allowed(await moderator(found(Category.MINORS)).review_text("…"), declared=True)


async def test_both_texts_are_read_together() -> None:
    verdict = await moderator().review_text("一个小女孩", "a naked little girl")
    assert (verdict.allowed, verdict.category) == (False, Category.MINORS)


async def test_a_moderator_that_is_down_opens_nothing() -> None:
    with pytest.raises(ModerationUnavailable):
        await moderator(down=True).review_text("a cat")


async def test_frames_are_judged_by_the_same_policy() -> None:
    assert await moderator().review_frames(FRAMES) == Verdict(allowed=True)
    verdict = await moderator(frames=(found(Category.SEXUAL),)).review_frames(FRAMES)
    assert (verdict.allowed, verdict.category, verdict.reviewed) == (False, Category.SEXUAL, True)
