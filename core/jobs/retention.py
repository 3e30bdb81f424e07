"""Says how long each kind of data is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Retention:
    """In seconds. A job goes with its clip; its prompt, wording and notes may go sooner.

    ``reports`` counts from the decision: an open one stays. Of ``ledger`` entries the sums are left.
    """

    clips: float
    prompts: float
    translations: float
    reports: float
    ledger: float
