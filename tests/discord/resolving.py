"""Turns files, channels, roles and people that somebody names into ids, and into the ``resolved`` that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.discord.content import add_file
from tests.discord.permissions import VIEW_CHANNEL, in_channel
from tests.discord.shapes import channel_json
from tests.discord.state import Channel, Role, User
from tests.discord.world import World

USERS, ROLES, ANY, CHANNELS = {5}, {6}, {7}, {8}
"""Menus of people, roles, both, channels."""
_OPTIONS = {6: 5, 7: 8, 8: 6, 9: 7}
"""Which menu an option of a command is like."""


@dataclass(frozen=True)
class Given:
    """A file that somebody gives."""

    name: str
    data: bytes


class Resolving:
    """What one interaction names."""

    def __init__(self, world: World, person: User, channel: Channel) -> None:
        self.world, self.person, self.channel = world, person, channel
        self._told: dict[str, dict[str, Any]] = {}

    def add_to(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data of an interaction, with what it names."""
        return data | ({"resolved": self._told} if self._told else {})

    def file(self, given: Given) -> str:
        """Send a file; its id."""
        file = add_file(self.world, self.channel, given.name, given.data, ephemeral=True)
        return self._tell("attachments", str(file.id), file.json(self.world.cdn))

    def of_option(self, kind: int, named: Any) -> str:
        """The id of what an option of a command names."""
        return self.of_menu(_OPTIONS[kind], named)

    def of_menu(self, kind: int, named: Any, kinds: list[int] | None = None) -> str:
        """The id of what is chosen in a menu: a channel, role or person, its id, or its name."""
        offered = self.offered(kind, kinds)
        wanted = {str(getattr(named, "id", named)), str(named)}
        fitting = [one for one in offered if {str(one.id), one.name} & wanted]
        assert fitting, f"{named!r} is not among {[one.name for one in offered]}"
        return self._show(fitting[0])

    def show(self, kind: int, numbers: list[str]) -> None:
        """Tell of those ids that a menu could have offered, as of a changed client."""
        for one in self.offered(kind):
            if str(one.id) in numbers:
                self._show(one)

    def offered(self, kind: int, kinds: list[int] | None = None) -> list[Channel | Role | User]:
        """What a menu has to choose from."""
        guild = self.channel.guild
        found: list[Channel | Role | User] = []
        if guild and kind in CHANNELS:
            seen = [c for c in guild.channels.values() if in_channel(c, self.person.id) & VIEW_CHANNEL and not c.gone]
            found += [channel for channel in seen if not kinds or channel.kind in kinds]
        if guild and kind in ROLES | ANY:
            found += guild.roles.values()
        if kind in USERS | ANY:
            found += [member.user for member in guild.members.values()] if guild else self.channel.people
        return found

    def _show(self, one: Channel | Role | User) -> str:
        if isinstance(one, Channel):
            return self._channel(one)
        return self._tell("roles", str(one.id), one.json()) if isinstance(one, Role) else self._user(one)

    def _channel(self, channel: Channel) -> str:
        body = channel_json(channel, self.person.id)
        names = ("id", "type", "name", "permissions", "parent_id", "thread_metadata", "flags", "guild_id")
        return self._tell("channels", str(channel.id), {name: body[name] for name in names if name in body})

    def _user(self, user: User) -> str:
        guild = self.channel.guild
        if guild:
            member = guild.members[user.id].json() | {"permissions": str(in_channel(self.channel, user.id))}
            member = {name: value for name, value in member.items() if name not in {"user", "deaf", "mute"}}
            self._tell("members", str(user.id), member)
        return self._tell("users", str(user.id), user.json())

    def _tell(self, kind: str, number: str, body: dict[str, Any]) -> str:
        self._told.setdefault(kind, {})[number] = body
        return number
