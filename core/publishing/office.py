"""Turns what owners want of a channel as a whole into its rows: who is of it, and what holds in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import available_timezones

from core.errors import Refusal
from core.jobs.codes import new_code
from core.publishing.clips import RATIOS
from core.publishing.permissions import Right
from core.publishing.timing import parse_quiet
from core.publishing.types import CAPTION_LANGUAGES, Channel, Person, Profile, Role
from core.publishing.who import Who, channel_for, roles_of

if TYPE_CHECKING:
    from core.ports import Clock, Store
    from core.types import Address

LONGEST_TITLE = 60
_MOST_LISTED, _LONGEST_ITEM = 50, 40
_INVITED = (Role.EDITOR, Role.MEMBER)


@dataclass(frozen=True)
class Membership:
    """A channel, and the first of the roles that somebody has there."""

    channel: Channel
    role: Role


class Office:
    """Every call is one transaction; blocking."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def connect(self, who: Who, chat: Address, title: str, timezone: str) -> Channel:
        """Make a chat a channel of this owner, who must have been asked by the chat's own people first.

        Raises:
            Refusal: ``channel-known``.
        """
        now = self._clock.now()
        address = replace(chat, user=who.address.user)
        named = " ".join(title.split())[:LONGEST_TITLE] or chat.chat[:LONGEST_TITLE]
        made = Channel(secrets.token_hex(16), new_code(), address, named, Profile(timezone=timezone), now)
        with self._store.begin() as tx:
            if not tx.channels.add(made):
                raise Refusal("channel-known")
            tx.channels.put_person(Person(made.id, who.account, Role.OWNER, who.address, who.locale, now))
        return made

    def disconnect(self, who: Who, code: str) -> Channel:
        """Forget a channel with all that was to be posted; what is posted stays where it is."""
        with self._store.begin() as tx:
            channel = channel_for(tx, who, code, Right.DISCONNECT)
            tx.channels.remove(channel.id)
        return channel

    def set_profile(self, who: Who, code: str, changes: Mapping[str, str]) -> Channel:
        """What holds in the channel (see ``read_profile``)."""
        with self._store.begin() as tx:
            channel = channel_for(tx, who, code, Right.PROFILE)
            profile = read_profile(channel.profile, changes)
            tx.channels.set_profile(channel.id, profile)
        return replace(channel, profile=profile)

    def join(self, who: Who, channel_id: str, role: Role) -> Membership:
        """Be what an owner invited one to; nobody loses a higher role by it.

        Raises:
            Refusal: ``invitation-invalid``: the channel is gone, or this is no role to be invited to.
        """
        with self._store.begin() as tx:
            channel = tx.channels.get(channel_id)
            if channel is None or role not in _INVITED:
                raise Refusal("invitation-invalid")
            has = roles_of(tx, replace(who, is_operator=False), channel)[0]
            if has not in {Role.OWNER, Role.EDITOR}:
                has = role
                now = self._clock.now()
                tx.channels.put_person(Person(channel.id, who.account, role, who.address, who.locale, now))
        return Membership(channel, has)

    def dismiss(self, who: Who, code: str, number: int) -> Person:
        """Take somebody's role away, by their number among ``people``; owners stay.

        Raises:
            Refusal: ``person-unknown``.
        """
        with self._store.begin() as tx:
            channel = channel_for(tx, who, code, Right.PEOPLE)
            people = tx.channels.people(channel.id)
            person = people[number - 1] if 0 < number <= len(people) else None
            if person is None or person.role is Role.OWNER:
                raise Refusal("person-unknown", number=number)
            tx.channels.drop_person(channel.id, person.account)
        return person

    def people(self, who: Who, code: str) -> tuple[Channel, list[Person]]:
        """Those of a channel, for its owners."""
        with self._store.look() as tx:
            channel = channel_for(tx, who, code, Right.PEOPLE)
            return channel, tx.channels.people(channel.id)

    def memberships(self, who: Who) -> list[Membership]:
        """The channels that somebody is of, the oldest first."""
        with self._store.look() as tx:
            return [Membership(one, roles_of(tx, who, one)[0]) for one in tx.channels.of(who.account)]

    def see(self, who: Who, code: str) -> Membership:
        """A channel that one is of."""
        with self._store.look() as tx:
            channel = channel_for(tx, who, code, Right.SEE)
            return Membership(channel, roles_of(tx, who, channel)[0])


def read_profile(profile: Profile, changes: Mapping[str, str]) -> Profile:
    """A profile with what was typed of it; an empty text sets one back.

    Raises:
        Refusal: ``setting-unknown`` or ``setting-choice``: it says what is possible.
    """
    blank = Profile()
    for name, typed in changes.items():
        if name not in SETTINGS:
            raise Refusal("setting-unknown", setting=name[:_LONGEST_ITEM], known=", ".join(SETTINGS))
        value = _read(name, typed.strip()) if typed.strip() else getattr(blank, name)
        profile = replace(profile, **{name: value})
    return profile


def _read(name: str, typed: str) -> Any:
    if name == "quiet":
        return parse_quiet(typed) or _refuse(name, typed, "22:00-07:30")
    if name == "timezone":
        return typed if typed in available_timezones() else _refuse(name, typed, "Asia/Shanghai", "Europe/London")
    if name in _CHOICES:
        return typed if typed in _CHOICES[name] else _refuse(name, typed, *_CHOICES[name])
    items = tuple(dict.fromkeys(item[:_LONGEST_ITEM] for item in re.split(r"[\s,，、;；]+", typed) if item))
    if len(items) > _MOST_LISTED or (name == "languages" and not set(items) <= set(CAPTION_LANGUAGES)):
        return _refuse(name, typed, *(CAPTION_LANGUAGES if name == "languages" else ()))
    return items


def _refuse(name: str, typed: str, *known: str) -> NoReturn:
    raise Refusal("setting-choice", setting=name, value=typed[:_LONGEST_ITEM], known=", ".join(known))


_CHOICES: Mapping[str, tuple[str, ...]] = {"ratio": RATIOS, "missed": ("post", "ask")}
SETTINGS = ("recipes", "ratio", "languages", "words", "quiet", "timezone", "missed")
"""Names of the fields of a profile, in the order in which they are shown."""
