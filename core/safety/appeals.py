"""What becomes of refusals: the appeals against them, what was ruled on a text, and strikes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.types import Address, Category, Locale

GRAVE = frozenset({Category.MINORS, Category.NON_CONSENT, Category.TERROR, Category.HATE, Category.ILLEGAL})
"""A refusal for one of these is a strike. Who is refused for self-harm needs help, and gets none by being shut out."""


class AppealState(StrEnum):
    """``UPHELD`` and ``OVERTURNED`` are said of the refusal: it stands, or it falls."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True)
class Ruling:
    """What a moderator decided about a text, known by its ``digest`` alone: the same text is decided alike."""

    digest: str
    allows: bool
    category: Category | None
    by: str
    at: float


@dataclass(frozen=True)
class Appeal:
    """A user's objection to a refusal. ``text`` is kept while it is open, and then None; ``id`` is a short code.

    ``why`` is what whoever decided wrote of it.
    """

    id: str
    digest: str
    account: str
    address: Address
    text: str | None = field(repr=False)
    category: Category | None
    fragment: str | None = field(repr=False)
    state: AppealState
    created_at: float
    decided_at: float | None = None
    by: str | None = None
    why: str | None = None
    locale: Locale = "en"


@dataclass(frozen=True)
class Sealed:
    """A refusal that can be appealed against: an Appeal that its code alone opens, and the digest it is found by."""

    digest: str
    account: str
    sealed: str = field(repr=False)
    at: float


@dataclass(frozen=True)
class Strike:
    """A refusal that counts against an account. The same text counts once, however often it is sent."""

    account: str
    category: Category
    digest: str
    at: float


@dataclass(frozen=True)
class StrikeRule:
    """``most`` strikes within so many ``seconds`` shut an account out until one of them has aged; 0 is never."""

    most: int = 3
    seconds: float = 7 * 86400.0

    def blocked_until(self, strikes: list[float], now: float) -> float | None:
        """When an account with strikes at these moments may ask again; None where it may now."""
        standing = sorted(at for at in strikes if at + self.seconds > now)
        if not self.most or len(standing) < self.most:
            return None
        return standing[-self.most] + self.seconds
