"""Turns a refusal of a longer clip into the length that there is instead."""

from __future__ import annotations

from core.errors import Unsupported


def longer_than(seconds: float, error: Unsupported) -> float | None:
    """The longest that there is, or of fixed lengths the next; None where it is no longer than so many seconds."""
    known = [float(one) for one in str(error.details.get("known", "")).split(", ") if one.isdecimal()]
    most = [float(error.details["maximum"])] if error.code == "option-seconds" else known
    return min((one for one in most if one > seconds + 0.5), default=None)
