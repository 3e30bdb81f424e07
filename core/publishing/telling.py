"""Turns a move of a publication into notices to the people whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.publishing.types import Action, Channel, Person, Publication, Role, State
from core.types import Notice

if TYPE_CHECKING:
    from core.ports import Transaction

_TO_EDITORS = frozenset({Action.SUBMIT, Action.FAIL, Action.MISS})
_TO_AUTHOR = frozenset({
    Action.CHANGE, Action.APPROVE, Action.DECLINE, Action.WITHDRAW, Action.POST, Action.FAIL, Action.MISS,
    Action.PUT_OFF,
})  # fmt: skip
_DECIDING = (Role.OWNER, Role.EDITOR)


def local(moment: float, channel: Channel) -> str:
    """A moment as the channel's clocks show it."""
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(channel.profile.timezone)).strftime(
        "%Y-%m-%d %H:%M %Z"
    )  # fmt: skip


def tell(
    tx: Transaction, channel: Channel, publication: Publication, action: Action, by: str, *, now: float, why: str = ""
) -> None:
    """Leave a notice to everybody whom the move concerns, but to whoever made it (the account ``by``)."""
    details: dict[str, str | int | float] = {"publication": publication.code, "channel": channel.title}
    if publication.at is not None and publication.state in {State.SCHEDULED, State.MISSED}:
        details["at"] = local(publication.at, channel)
    if action is Action.FAIL:
        details["error"] = publication.error or ""
    if why:
        details["why"] = why
    code = f"publication-{action}"
    for person in _concerned(tx.channels.people(channel.id), publication, action):
        if person.account != by and person.address.chat:
            tx.notices.add(person.account, person.address, Notice(code, details, person.locale), now=now)


def _concerned(people: Iterable[Person], publication: Publication, action: Action) -> list[Person]:
    found = {one.account: one for one in people if action in _TO_EDITORS and one.role in _DECIDING}
    if action in _TO_AUTHOR:
        mine = publication
        found[mine.account] = Person(
            mine.channel, mine.account, Role.AUTHOR, mine.address, mine.locale, mine.created_at
        )  # fmt: skip
    return list(found.values())
