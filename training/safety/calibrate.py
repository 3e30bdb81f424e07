"""Turns logits on harmless texts into a threshold for each output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from core.safety.heads import ANY

ALLOWED = 0.008
"""Share of harmless texts on which some output may act, in either language: less than the hundredth to be kept."""
ANY_SHARE = 3
"""The output for all harm may act so much more often than each category's."""

FLOOR = 0.0
"""No category acts on a logit below, whatever the rate: one that is seldom learnt is not sure of anything."""

Floats = npt.NDArray[np.float32]


def thresholds(harmless: Mapping[str, Floats], outputs: Sequence[str], allowed: float = ALLOWED) -> Floats:
    """The lowest that keep to ``allowed`` together, each output at the same rate. ``harmless``: logits by language."""
    low, high = 0.0, allowed
    for _ in range(40):
        rate = (low + high) / 2
        if _alarms(harmless, _at(harmless, outputs, rate)) <= allowed:
            low = rate
        else:
            high = rate
    return _at(harmless, outputs, low)


def _at(harmless: Mapping[str, Floats], outputs: Sequence[str], rate: float) -> Floats:
    columns = []
    for place, name in enumerate(outputs):
        kept = 1 - rate * (ANY_SHARE if name == ANY else 1)
        quantiles = (float(np.quantile(logits[:, place], max(0.0, kept))) for logits in harmless.values())
        columns.append(max(FLOOR, *quantiles) + 1e-4)
    return np.array(columns, np.float32)


def _alarms(harmless: Mapping[str, Floats], limits: Floats) -> float:
    return max(float((logits > limits).any(1).mean()) for logits in harmless.values())
