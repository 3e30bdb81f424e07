"""The legal moves of a publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.publishing.types import Action, State

_UNPOSTED = frozenset({
    State.DRAFT, State.SUBMITTED, State.CHANGED, State.APPROVED, State.DECLINED, State.SCHEDULED, State.FAILED,
    State.MISSED,
})  # fmt: skip


@dataclass(frozen=True)
class Move:
    """From one of some states to another; ``to`` is None where the state stays."""

    sources: frozenset[State]
    to: State | None


MOVES: Mapping[Action, Move] = {
    Action.EDIT: Move(frozenset({State.DRAFT, State.DECLINED}), None),
    Action.SUBMIT: Move(frozenset({State.DRAFT, State.DECLINED}), State.SUBMITTED),
    Action.CHANGE: Move(frozenset({State.SUBMITTED, State.CHANGED}), State.CHANGED),
    Action.AMEND: Move(
        frozenset({State.APPROVED, State.SCHEDULED, State.POSTED, State.FAILED, State.MISSED}), None
    ),
    Action.APPROVE: Move(frozenset({State.SUBMITTED, State.CHANGED}), State.APPROVED),
    Action.DECLINE: Move(
        frozenset({State.SUBMITTED, State.CHANGED, State.APPROVED, State.SCHEDULED, State.MISSED}), State.DECLINED
    ),
    Action.SCHEDULE: Move(
        frozenset({State.APPROVED, State.SCHEDULED, State.FAILED, State.MISSED}), State.SCHEDULED
    ),
    Action.WITHDRAW: Move(_UNPOSTED | {State.POSTED}, State.WITHDRAWN),
    Action.BEGIN: Move(frozenset({State.SCHEDULED}), State.POSTING),
    Action.POST: Move(frozenset({State.POSTING}), State.POSTED),
    Action.FAIL: Move(frozenset({State.POSTING, State.SCHEDULED}), State.FAILED),
    Action.MISS: Move(frozenset({State.SCHEDULED}), State.MISSED),
    Action.PUT_OFF: Move(frozenset({State.SCHEDULED}), None),
}  # fmt: skip
"""By what is done. Whoever may do it: ``core.publishing.permissions``."""


def after(action: Action, state: State) -> State | None:
    """The state that the action leads to; None where it may not be done in ``state``."""
    move = MOVES[action]
    return (move.to or state) if state in move.sources else None


def possible(state: State) -> tuple[Action, ...]:
    """What people can do with a publication in this state."""
    return tuple(action for action in MOVES if action not in MACHINE_ACTIONS and after(action, state))


MACHINE_ACTIONS = frozenset({Action.BEGIN, Action.POST, Action.FAIL, Action.MISS, Action.PUT_OFF})
