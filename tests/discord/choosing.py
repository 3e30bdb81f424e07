"""Turns a command and its options, as somebody types them, into what Discord sends; refuses what its clients would."""

from __future__ import annotations

from typing import Any

from tests.discord.asking import context_of
from tests.discord.commands import ATTACHMENT, BOOLEAN, CHAT, GROUP, INTEGER, NUMBER, STRING, SUB
from tests.discord.permissions import ADMINISTRATOR, in_channel
from tests.discord.resolving import Resolving
from tests.discord.state import Channel, User
from tests.discord.world import World


def visible(world: World, person: User, channel: Channel, kind: int = CHAT) -> list[dict[str, Any]]:
    """The commands that somebody is offered in a channel."""
    return [c for c in world.commands.values() if c["type"] == kind and _is_offered(world, c, person, channel)]


def _is_offered(world: World, command: dict[str, Any], person: User, channel: Channel) -> bool:
    context = context_of(world, channel)
    contexts = command["contexts"]
    if contexts is not None and context not in contexts:
        return False
    here = bool(channel.guild and channel.guild.has_bot) or context == 1
    if not (0 in command["integration_types"] and here) and not (
        1 in command["integration_types"] and person.installed
    ):
        return False
    need = command["default_member_permissions"]
    if need is None or channel.guild is None:
        return True
    has = in_channel(channel, person.id)
    return bool(has & ADMINISTRATOR) or (need != "0" and has & int(need) == int(need))


def find(world: World, name: str, person: User, channel: Channel, kind: int = CHAT) -> dict[str, Any]:
    """The command of a name, by itself or in somebody's language.

    Raises:
        AssertionError: they are offered none of it there.
    """
    offered = visible(world, person, channel, kind)
    for command in offered:
        if name in {command["name"], localised(command, person.locale)}:
            return command
    raise AssertionError(f"{person.name} is offered no {name!r} here, only {[c['name'] for c in offered]}")


def localised(part: dict[str, Any], locale: str, field: str = "name") -> str:
    """A text as somebody with a locale reads it; all English falls back to en-US."""
    texts = part.get(f"{field}_localizations") or {}
    return str(texts.get(locale) or part[field])


class Choosing(Resolving):
    """Reads the options of one command."""

    def data(self, command: dict[str, Any], path: list[str], values: dict[str, Any], focus: str = "") -> dict[str, Any]:
        """As ``data`` of an interaction. ``path`` names subcommands, ``focus`` the option that is being typed."""
        body: dict[str, Any] = {"id": command["id"], "name": command["name"], "type": command["type"]}
        options = self._descend(command.get("options", []), path, values, focus)
        return self.add_to(body | ({"options": options} if options else {}))

    def _descend(
        self, declared: list[dict[str, Any]], path: list[str], values: dict[str, Any], focus: str
    ) -> list[dict[str, Any]]:
        if not path:
            return self._options(declared, values, focus)
        inner = next((o for o in declared if o["type"] in {SUB, GROUP}
                      and path[0] in {o["name"], localised(o, self.person.locale)}), None)  # fmt: skip
        assert inner, f"no subcommand {path[0]!r} among {[o['name'] for o in declared]}"
        options = self._descend(inner.get("options", []), path[1:], values, focus)
        return [{"name": inner["name"], "type": inner["type"], "options": options}]

    def _options(self, declared: list[dict[str, Any]], values: dict[str, Any], focus: str) -> list[dict[str, Any]]:
        assert all(o["type"] not in {SUB, GROUP} for o in declared), "a subcommand is to be chosen"
        names = {name: o for o in declared for name in (o["name"], localised(o, self.person.locale))}
        unknown = [name for name in values if name not in names]
        assert not unknown, f"no options {unknown} among {[o['name'] for o in declared]}"
        given = {names[name]["name"]: value for name, value in values.items()}
        missing = [o["name"] for o in declared if o.get("required") and o["name"] not in given]
        assert focus or not missing, f"options {missing} are required"
        found = []
        for option in declared:
            if option["name"] not in given:
                continue
            one = {"name": option["name"], "type": option["type"]}
            is_focus = names.get(focus) is option
            one |= {"value": given[option["name"]] if is_focus else self._value(option, given[option["name"]])}
            found.append(one | ({"focused": True} if is_focus else {}))
        return found

    def _value(self, option: dict[str, Any], value: Any) -> Any:
        kind, where = option["type"], option["name"]
        if kind == ATTACHMENT:
            return self.file(value)
        if kind in {6, 7, 8, 9}:
            return self.of_option(kind, value)
        if choices := option.get("choices"):
            fitting = [
                c["value"] for c in choices if value in {c["value"], c["name"], localised(c, self.person.locale)}
            ]
            assert fitting, f"{value!r} is no choice of {where}: {[c['name'] for c in choices]}"
            return fitting[0]
        if kind == STRING:
            low, high = option.get("min_length", 0), option.get("max_length", 6000)
            assert isinstance(value, str), where
            assert low <= len(value) <= high, f"{where} must have {low} to {high} characters"
        elif kind in {INTEGER, NUMBER}:
            wanted: tuple[type, ...] = (int,) if kind == INTEGER else (int, float)
            assert isinstance(value, wanted), where
            assert option.get("min_value", value) <= value <= option.get("max_value", value), f"{where} is out of range"
        elif kind == BOOLEAN:
            assert isinstance(value, bool), where
        return value
