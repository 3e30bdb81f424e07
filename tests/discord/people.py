"""People who use the bot: what they do becomes interactions and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.discord import asking
from tests.discord.choosing import Choosing, find, visible
from tests.discord.commands import MESSAGE
from tests.discord.content import add_file
from tests.discord.filling import fill_modal
from tests.discord.gateway import Gateway
from tests.discord.interaction import COMMAND, COMPLETE, COMPONENT, MODAL, Interaction
from tests.discord.places import Places
from tests.discord.resolving import Given, Resolving
from tests.discord.state import Channel, Message, User
from tests.discord.world import Complaint, World

Found = TypeVar("Found")


class Town(Places):
    """Servers and the people in them; the API is one."""

    @property
    def complaints(self) -> list[Complaint]:
        """What users would have seen go wrong."""
        return self.world.complaints

    @property
    def violations(self) -> list[Any]:
        """Requests over the rate limits."""
        return self.world.limits.violations

    @property
    def unanswered(self) -> list[Interaction]:
        """What nobody answered: people read that the application did not respond."""
        return [asked for asked in self.world.interactions.values() if not asked.answer]

    @property
    def gateway(self) -> Gateway:
        """The connections of the bot."""
        return self.world.gateway

    async def until(self, seen: Callable[[], Found], seconds: float = 10.0) -> Found:
        """Wait until ``seen`` answers with something true, and return that."""
        return await self.world.until(seen, seconds)

    async def connected(self, shards: int = 1, seconds: float = 10.0) -> None:
        """Wait until the bot listens."""
        await self.world.until(lambda: len(self.world.gateway.connected) >= shards, seconds)

    def transcript(self) -> str:
        """Every channel as text."""
        return self.world.transcript()

    def person(self, name: str, locale: str = "en-US", *, installed: bool = False) -> Person:
        """Somebody new; ``installed`` if they added the app to themselves."""
        user = User(self.world.new_id(), name, locale, installed=installed)
        self.world.users[user.id] = user
        return Person(self, user)


@dataclass
class Person:
    """Somebody. They act in their private chat with the bot if no other channel is named."""

    town: Town
    user: User

    @property
    def world(self) -> World:
        """Where they live."""
        return self.town.world

    @property
    def id(self) -> int:
        """Their id."""
        return self.user.id

    @property
    def dm(self) -> Channel:
        """Their private chat with the bot."""
        return self.world.dm_with(self.user)

    def _ask(self, kind: int, channel: Channel | None, data: dict[str, Any], **more: Any) -> Interaction:
        return asking.ask(self.world, kind, self.user, channel or self.dm, data, **more)

    def runs(self, command: str, channel: Channel | None = None, **options: Any) -> Interaction:
        """Run a slash command; subcommands follow after blanks, files are ``Given``."""
        name, *path = command.split(" ")
        place = channel or self.dm
        found = find(self.world, name, self.user, place)
        return self._ask(COMMAND, place, Choosing(self.world, self.user, place).data(found, path, options))

    def types(self, command: str, option: str, so_far: str, channel: Channel | None = None, **more: Any) -> Interaction:
        """Type into an option that completes; ``choices`` has what is offered."""
        name, *path = command.split(" ")
        place = channel or self.dm
        found = find(self.world, name, self.user, place)
        data = Choosing(self.world, self.user, place).data(found, path, {**more, option: so_far}, option)
        return self._ask(COMPLETE, place, data)

    def uses(self, command: str, message: Message) -> Interaction:
        """Use a command of a message's menu."""
        assert self.sees(message), "they do not see this message"
        found = find(self.world, command, self.user, message.channel, MESSAGE)
        told = {str(message.id): self.world.message(message)}
        data = {"id": found["id"], "name": found["name"], "type": MESSAGE, "target_id": str(message.id),
                "resolved": {"messages": told}}  # fmt: skip
        return self._ask(COMMAND, message.channel, data)

    def presses(self, message: Message, label: str) -> Interaction:
        """Press the button that says ``label``, or that has it in what it says."""
        assert self.sees(message), "they do not see this message"
        said = list(zip(message.labels, message.buttons, strict=True))
        fitting = [b for says, b in said if says == label] or [b for says, b in said if label in says]
        assert fitting, f"no button {label!r} among {message.labels}"
        assert not fitting[0].get("disabled"), f"{label!r} cannot be pressed"
        assert "custom_id" in fitting[0], f"{label!r} asks the bot nothing"
        return self.sends(message, fitting[0]["custom_id"], 2)

    def chooses(self, message: Message, *chosen: Any, menu: str = "") -> Interaction:
        """Choose in a menu, the only one or that whose custom id or placeholder has ``menu`` in it.

        ``chosen`` are labels of options, or channels, roles and people.
        """
        assert self.sees(message), "they do not see this message"
        fitting = [m for m in message.selects if menu in m["custom_id"] + (m.get("placeholder") or "")]
        assert len(fitting) == 1, f"{len(fitting)} menus fit {menu!r}"
        one, resolving = fitting[0], Resolving(self.world, self.user, message.channel)
        assert not one.get("disabled"), "the menu is shut"
        values = [_value(one, label, resolving) for label in chosen]
        assert one["min_values"] <= len(values) <= one["max_values"], "too many or too few"
        data = {"custom_id": one["custom_id"], "component_type": one["type"], "id": 1, "values": values}
        return self._ask(COMPONENT, message.channel, resolving.add_to(data), message=message)

    def sends(self, message: Message, custom_id: str, kind: int = 2, values: list[str] | None = None) -> Interaction:
        """Send a press with any data, as a changed client could."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind, "id": 1}
        data |= {"values": values} if values is not None else {}
        resolving = Resolving(self.world, self.user, message.channel)
        resolving.show(kind, values or [])
        return self._ask(COMPONENT, message.channel, resolving.add_to(data), message=message)

    def submits(self, opened: Interaction, values: dict[str, Any] | None = None) -> Interaction:
        """Send the modal that an interaction opened; ``values`` by custom id or label, the rest as it was."""
        assert opened.modal is not None, "no modal is open"
        resolving = Resolving(self.world, self.user, opened.channel)
        components = fill_modal(opened.modal, values or {}, resolving)
        data = resolving.add_to({"custom_id": opened.modal["custom_id"], "components": components})
        return self._ask(MODAL, opened.channel, data, message=opened.message, source=opened)

    def says(self, text: str, channel: Channel | None = None, *files: Given) -> Message:
        """Write a message. The bot is told of it, but not what it says."""
        place = channel or self.dm
        message = Message(self.world.new_id(), place, self.user, self.world.clock(), text)
        message.files = [add_file(self.world, place, file.name, file.data) for file in files]
        return self.world.add_message(message)

    def again(self, asked: Interaction) -> None:
        """Let the gateway tell the same interaction twice."""
        asking.again(self.world, asked)

    async def answered(self, asked: Interaction, seconds: float = 10.0) -> Interaction:
        """Wait for the first answer."""
        await self.world.until(lambda: asked.answer, seconds)
        return asked

    async def finished(self, asked: Interaction, seconds: float = 10.0) -> Message:
        """Wait for an answer that says something: neither that the app thinks nor nothing, in place of a whisper."""

        def seen() -> list[Message]:
            return [message for message in asked.messages if not message.is_loading and message.text != "…"]

        return (await self.world.until(seen, seconds))[0]

    def sees(self, message: Message) -> bool:
        """Whether they see a message."""
        return not message.gone and (message.reader is None or message.reader is self.user)

    def reads(self, channel: Channel | None = None) -> list[Message]:
        """All that they see in a channel, in order."""
        return [message for message in (channel or self.dm).messages.values() if self.sees(message)]

    def offered(self, channel: Channel | None = None, kind: int = 1) -> list[dict[str, Any]]:
        """The commands that they are offered."""
        return visible(self.world, self.user, channel or self.dm, kind)


def _value(menu: dict[str, Any], label: Any, resolving: Resolving) -> str:
    """What an option of a menu stands for."""
    if menu["type"] != 3:
        return resolving.of_menu(menu["type"], label, menu.get("channel_types"))
    fitting = [o["value"] for o in menu["options"] if label in {o["label"], o["value"]}]
    fitting += [o["value"] for o in menu["options"] if label in o["label"]]
    assert fitting, f"no option {label!r} among {[o['label'] for o in menu['options']]}"
    return str(fitting[0])
