"""What can be wrong with weights, for whoever pulls them."""

from __future__ import annotations


class WeightsError(Exception):
    """One line that says what is wrong and what to do. It never holds a token."""
