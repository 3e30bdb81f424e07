"""Turns a moderator's verdict into a refusal, where it is one."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import DeclarationNeeded, PromptBlocked
from core.safety.appeals import Ruling
from core.safety.audit import Grounds
from core.safety.findings import Action
from core.types import Category, Verdict


@dataclass
class Docket:
    """What is decided about the texts of one request: the ``verdicts``, and a ``ruling`` on the same text before.

    A ruling opens and closes what its user wrote, and never opens minors in anything sexual. ``unheard``: a moderator
    that must be heard was not.
    """

    ruling: Ruling | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    unheard: Grounds | None = None

    @property
    def action(self) -> Action | None:
        """What the policy made of the last text; None before any, or where its moderator knows no policy."""
        grounds = self.verdicts[-1].grounds if self.verdicts else None
        return grounds.action if grounds else None

    def begin(self) -> None:
        """Before the text is looked at.

        Raises:
            PromptBlocked: it was ruled on before, and is not allowed.
        """
        if self.ruling and not self.ruling.allows:
            raise PromptBlocked(category=str(self.ruling.category or ""))

    def opens(self, verdict: Verdict) -> bool:
        """Whether what is refused now is allowed by the ruling."""
        is_allowed = self.ruling is not None and self.ruling.allows
        return is_allowed and not verdict.allowed and verdict.category is not Category.MINORS


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
