"""Says how long each kind of data is kept."""

from __future__ import annotations

from dataclasses import dataclass

from core.safety.agreements import KEEP_SECONDS

_DAY = 86400.0


@dataclass(frozen=True)
class Retention:
    """In seconds. A job goes with its clip; its prompt, wording and notes may go sooner.

    ``reports`` counts from the decision: an open one stays. Of ``ledger`` entries the sums are left; what vendors took
    is kept as long as they are, and goes without a trace.
    ``audit`` is for what was decided about prompts and clips, strikes, and appeals after their decision.
    """

    clips: float
    prompts: float
    translations: float
    reports: float
    ledger: float
    audit: float = 365 * _DAY

    @property
    def agreements(self) -> float:
        """What users declared and agreed to: as long as decisions, and as long as the law asks."""
        return max(self.audit, KEEP_SECONDS)

    @classmethod
    def of_days(
        cls, clips: float, prompts: float, translations: float, reports: float, ledger: float, audit: float = 365.0
    ) -> Retention:
        """The same in days."""
        return cls(*(_DAY * days for days in (clips, prompts, translations, reports, ledger, audit)))
