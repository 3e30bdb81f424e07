"""What the operator can mend: its text says what is wrong and what to do."""

from __future__ import annotations


class Mistake(Exception):
    """One line for whoever typed the command or wrote the settings. It never holds a secret."""
