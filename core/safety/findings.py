"""What moderators find in a text or in frames, and what a policy makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.types import Category


class Action(StrEnum):
    """What becomes of a prompt or a clip, mildest first."""

    ALLOW = "allow"
    SPOILER = "spoiler"
    """It is made, and shown behind a cover."""
    ASK = "ask"
    """It is made once its user has declared that they may ask for it."""
    REWRITE = "rewrite"
    """It is not made; a harmless version is offered."""
    DENY = "deny"


@dataclass(frozen=True)
class Finding:
    """One reason against a text or a frame.

    ``score`` is 0 to 1, calibrated so that 0.5 is where its moderator would act. ``moderator`` names who found it,
    ``rule`` what in it (a list's name, a model's version), and ``fragment`` the words, "" where none can be named.
    """

    category: Category
    score: float
    moderator: str
    rule: str = ""
    fragment: str = ""
