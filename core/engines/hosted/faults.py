"""Turns what goes wrong at a vendor into the error that says who must act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import EngineBusy, EngineError, EngineFault, EngineRefused, EngineUnavailable


class Kind(StrEnum):
    """What went wrong. A request that was answered with one of these made no clip."""

    PROMPT = "prompt"
    """Its rules forbid the prompt or the picture."""
    OUTPUT = "output"
    """Its rules forbid the clip that it had made: partly chance."""
    REQUEST = "request"
    """It finds a fault with a field: a card of ours is wrong."""
    MODEL = "model"
    """It has no such model, or the key may not use it."""
    KEY = "key"
    """It does not know the key, or the key is of another region."""
    BALANCE = "balance"
    """No money, or the free quota is used up."""
    BUSY = "busy"
    """Too many requests, or too many clips at once."""
    DOWN = "down"
    """A fault of its own."""
    GONE = "gone"
    """It does not know the task: too old, or it forgot it."""


RESTS = frozenset({Kind.KEY, Kind.BALANCE})
"""Faults of one key, which rests for them: another one may do."""
ALERTS = RESTS | {Kind.MODEL, Kind.REQUEST}
"""What the operator must mend."""
_LONGEST_CODE = 100


@dataclass(frozen=True)
class Fault:
    """``code`` is the vendor's own; ``retry_after`` the seconds that it asks to wait. Its text may hold the prompt.

    Of a code as much is kept as can be shown: operators read it in logs and terminals.
    """

    kind: Kind
    code: str = ""
    retry_after: float | None = None

    def __post_init__(self) -> None:
        """Cut the code."""
        known = "".join(letter for letter in self.code[:_LONGEST_CODE] if letter.isprintable())
        object.__setattr__(self, "code", known)

    def error(self) -> EngineError:
        """As the rest of Piying knows it."""
        match self.kind:
            case Kind.PROMPT:
                return EngineRefused("prompt-refused")
            case Kind.OUTPUT:
                return EngineRefused("clip-refused")
            case Kind.BUSY:
                return EngineBusy(retry_after=self.retry_after or 60.0)
            case Kind.KEY | Kind.BALANCE | Kind.MODEL | Kind.DOWN:
                return EngineUnavailable()
            case Kind.GONE:
                return EngineFault("clip-lost")
            case Kind.REQUEST:
                return EngineFault()


class VendorFault(Exception):
    """A vendor said no; ``fault`` is what it said. ``has_begun``: of a task that it had taken."""

    def __init__(self, fault: Fault, *, has_begun: bool = False) -> None:
        super().__init__(f"{fault.kind} {fault.code}")
        self.fault, self.has_begun = fault, has_begun


class NotSent(Exception):
    """The request never reached the vendor."""


class AnswerLost(Exception):
    """The request may have reached the vendor, and no answer came that makes sense."""
