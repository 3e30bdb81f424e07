"""Turns a moderator's verdict into a refusal, where it is one."""

from __future__ import annotations

from core.errors import PromptBlocked
from core.types import Verdict


def require_allowed(verdict: Verdict) -> None:
    """Go on only with what may be shown.

    Raises:
        PromptBlocked: it may not.
    """
    if not verdict.allowed:
        raise PromptBlocked(category=str(verdict.category or ""))
