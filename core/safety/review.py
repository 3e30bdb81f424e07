"""Turns a moderator's verdict into a refusal, where it is one."""

from __future__ import annotations

from core.errors import DeclarationNeeded, PromptBlocked
from core.types import Verdict


def require_allowed(verdict: Verdict, *, declared: bool = True) -> None:
    """Go on only with what may be shown; ``declared``: who asks for it has said that they may.

    Raises:
        PromptBlocked: it may not.
        DeclarationNeeded: it may once that is declared.
    """
    told = {"category": str(verdict.category or "")}
    if verdict.fragment:
        told["fragment"] = verdict.fragment
    if not verdict.allowed:
        raise PromptBlocked(**told)
    if verdict.asks and not declared:
        raise DeclarationNeeded(**told)
