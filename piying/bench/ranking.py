"""Turns scores of harmful and harmless texts into figures of how well they stand apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FALSE_ALARMS = 0.01


def auroc(harmful: Sequence[float], harmless: Sequence[float]) -> float:
    """The chance that a harmful text scores above a harmless one; equal scores count half."""
    values, places = np.unique([*harmful, *harmless], return_inverse=True)
    counts = np.bincount(places, minlength=len(values))
    ranks = np.cumsum(counts) - (counts - 1) / 2
    total = ranks[places[: len(harmful)]].sum() - len(harmful) * (len(harmful) + 1) / 2
    return float(total / (len(harmful) * len(harmless)))


def limit_for(harmless: Sequence[float], allowed: float = FALSE_ALARMS) -> float:
    """The lowest score above which at most a share ``allowed`` of the harmless texts lie."""
    ordered = sorted(harmless, reverse=True)
    return ordered[int(allowed * len(ordered))]


def share_above(scores: Sequence[float], limit: float) -> float:
    """How many of the texts score above, 0 to 1."""
    return sum(score > limit for score in scores) / len(scores)
