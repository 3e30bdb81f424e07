"""Turns findings into what becomes of a prompt or a clip, by a table that the operator can change, but for one row.

That row is minors in anything sexual. It is in no table: ``Policy.decide`` answers it before it looks into one, a table
that names it is no ``Policy``, and no file, setting or command leads around that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import final

from core.safety.findings import Action, Finding
from core.types import Category, Place

ACTS = 0.5
"""The score from which a moderator would act, and the threshold of a category that has no other."""
SECTIONS = ("everywhere", "private", "group", "channel", "nsfw")
"""The parts of a table. A later one wins: the kind of chat over everywhere, a place for adults over both."""
OPEN = tuple(category for category in Category if category is not Category.MINORS)
"""The categories that a policy decides about."""

_SEVERITY = {action: rank for rank, action in enumerate(Action)}
_GRAVITY = {category: rank for rank, category in enumerate(Category)}

Row = Mapping[Category, Action]


@dataclass(frozen=True)
class Decision:
    """What becomes of it, and the gravest finding that led there; None where nothing did."""

    action: Action
    finding: Finding | None = None

    @property
    def category(self) -> Category | None:
        """The category of the finding."""
        return self.finding.category if self.finding else None


@final
@dataclass(frozen=True)
class Policy:
    """``actions`` by section and category, ``thresholds`` by category; both are read-only copies.

    Raises:
        ValueError: it has a row for minors, lacks another everywhere, or has a threshold outside 0 to 1.
    """

    actions: Mapping[str, Row]
    thresholds: Mapping[Category, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """See the class."""
        rows = {section: MappingProxyType(dict(row)) for section, row in self.actions.items()}
        if any(Category.MINORS in row for row in (*rows.values(), self.thresholds)):
            raise ValueError("minors are in no policy")
        if set(rows.get("everywhere", ())) != set(OPEN) or not set(rows) <= set(SECTIONS):
            raise ValueError("a policy needs every category everywhere, and no section but those of SECTIONS")
        if not all(0 < threshold <= 1 for threshold in self.thresholds.values()):
            raise ValueError("a threshold is above 0 and at most 1")
        object.__setattr__(self, "actions", MappingProxyType(rows))
        object.__setattr__(self, "thresholds", MappingProxyType(dict(self.thresholds)))

    def decide(self, findings: Iterable[Finding], place: Place) -> Decision:
        """The gravest that any finding leads to. Minors first, whatever the policy says.

        What is sexual and shows a real person is decided as done without consent: no place for adults opens that.
        """
        findings = tuple(findings)
        minors = [finding for finding in findings if finding.category is Category.MINORS and _acts(finding, ACTS)]
        if minors:
            return Decision(Action.DENY, max(minors, key=lambda finding: finding.score))
        acting = [finding for finding in findings if self._acts(finding)]
        decisions = [Decision(self.action(finding.category, place), finding) for finding in _of_real_people(acting)]
        found = [decision for decision in decisions if decision.action is not Action.ALLOW]
        return max(found, key=_weight, default=Decision(Action.ALLOW))

    def action(self, category: Category, place: Place) -> Action:
        """What the category leads to in the place."""
        if category is Category.MINORS:
            return Action.DENY
        sections = ("nsfw", place.chat, "everywhere") if place.nsfw else (place.chat, "everywhere")
        return next(self.actions[name][category] for name in sections if category in self.actions.get(name, {}))

    def _acts(self, finding: Finding) -> bool:
        return finding.category is not Category.MINORS and _acts(finding, self.thresholds.get(finding.category, ACTS))


def _acts(finding: Finding, threshold: float) -> bool:
    """A score that is no number acts: who cannot count is not believed that all is well."""
    return not finding.score < threshold


def _of_real_people(acting: list[Finding]) -> list[Finding]:
    categories = {finding.category for finding in acting}
    if not {Category.SEXUAL, Category.REAL_PERSON} <= categories:
        return acting
    return [_without_consent(one) if one.category is Category.SEXUAL else one for one in acting]


def _without_consent(finding: Finding) -> Finding:
    return Finding(Category.NON_CONSENT, finding.score, finding.moderator, finding.rule, finding.fragment)


def _weight(decision: Decision) -> tuple[int, int, float]:
    assert decision.finding
    return _SEVERITY[decision.action], -_GRAVITY[decision.finding.category], decision.finding.score
