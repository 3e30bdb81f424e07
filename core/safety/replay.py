"""Turns past decisions and a changed policy into what would have been decided otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.safety.audit import AuditLine
from core.safety.policy import Decision, Policy


@dataclass(frozen=True)
class Change:
    """A past decision, and what it would have been."""

    line: AuditLine
    now: Decision

    @property
    def differs(self) -> bool:
        """Whether the action is another."""
        return self.line.action is not self.now.action


def replay(lines: Iterable[AuditLine], policy: Policy) -> Iterator[Change]:
    """What the policy makes of what was found then, one for each line that a policy decided."""
    for line in lines:
        if line.is_policys:
            yield Change(line, policy.decide(line.findings, line.place))
