"""Who may do what in a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from core.publishing.types import Action, Role


class Right(StrEnum):
    """What is done to a channel as a whole, or asked of it."""

    SEE = "see"
    OFFER = "offer"
    QUEUE = "queue"
    PROFILE = "profile"
    PEOPLE = "people"
    DISCONNECT = "disconnect"


Deed = Action | Right

_EDITS = frozenset({Action.CHANGE, Action.AMEND, Action.APPROVE, Action.DECLINE, Action.SCHEDULE, Action.WITHDRAW})
_MEMBER: frozenset[Deed] = frozenset({Right.SEE, Right.OFFER})
_EDITOR: frozenset[Deed] = _MEMBER | _EDITS | {Right.QUEUE}
PERMITTED: Mapping[Role, frozenset[Deed]] = {
    Role.OWNER: _EDITOR | {Right.PROFILE, Right.PEOPLE, Right.DISCONNECT},
    Role.EDITOR: _EDITOR,
    Role.MEMBER: _MEMBER,
    Role.AUTHOR: frozenset({Action.EDIT, Action.SUBMIT, Action.WITHDRAW}),
    Role.OUTSIDER: frozenset(),
    # Whoever runs the bot answers for what it shows, and for nothing else of a channel.
    Role.OPERATOR: frozenset({Right.SEE, Right.QUEUE, Action.WITHDRAW}),
}
"""What is not here is refused. Whoever has several roles may do what any of them may."""


def permitting(roles: Iterable[Role], deed: Deed) -> Role | None:
    """The role, the first of these, by which somebody may do it; None where none permits it."""
    return next((role for role in roles if deed in PERMITTED[role]), None)
