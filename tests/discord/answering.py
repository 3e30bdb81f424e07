"""Answers the first response to an interaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.discord import components as parts
from tests.discord.call import Call
from tests.discord.content import change, fill
from tests.discord.errors import Refused, invalid, too_long
from tests.discord.interaction import COMMAND, COMPLETE, COMPONENT, MODAL, Interaction
from tests.discord.state import EPHEMERAL, LOADING, Message, walk

PONG, SAY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, OPEN = 1, 4, 5, 6, 7, 8, 9


def _may(asked: Interaction) -> set[int]:
    """The answers that an interaction takes."""
    if asked.kind == MODAL:
        return {SAY, DEFER} | ({DEFER_UPDATE, UPDATE} if asked.message else set())
    return {COMMAND: {SAY, DEFER, OPEN}, COMPONENT: {SAY, DEFER, DEFER_UPDATE, UPDATE, OPEN}, COMPLETE: {CHOICES}}[
        asked.kind
    ]


def respond(call: Call) -> tuple[int, Any]:
    """POST /interactions/…/callback."""
    world = call.world
    asked = world.interactions.get(call.params["interaction_token"])
    if asked is None or str(asked.id) != call.params["interaction_id"]:
        raise Refused(10062)
    try:
        _respond(call, asked)
    except Refused as refused:
        asked.refusals.append(refused.code)
        raise
    world.changed()
    return (200, _told(call, asked)) if call.flag("with_response") else (204, None)


def _respond(call: Call, asked: Interaction) -> None:
    if asked.answer:
        raise Refused(40060)
    if call.world.clock() - asked.at > call.world.answer_seconds:
        raise Refused(10062)
    kind, data = call.body["type"], call.body.get("data") or {}
    if kind not in _may(asked):
        raise invalid("type", f"Value must be one of {sorted(_may(asked))}.", "BASE_TYPE_CHOICES")
    asked.original = _DO[kind](call, asked, data)
    asked.answer, asked.answered_after = kind, time.monotonic() - asked.sent


def new_message(call: Call, asked: Interaction, body: Mapping[str, Any], *, flags: int = 0) -> Message:
    """A message of the bot that answers an interaction; it is not yet in its channel."""
    world = call.world
    private = bool((body.get("flags") or 0) & EPHEMERAL) or not asked.may_be_public
    message = Message(world.new_id(), asked.channel, world.bot, world.clock(), flags=flags)
    message.interaction = asked.metadata(world.app_id)
    if private:
        message.reader, message.flags = asked.person, message.flags | EPHEMERAL
    return message


def _say(call: Call, asked: Interaction, data: Mapping[str, Any]) -> Message:
    message = new_message(call, asked, data)
    fill(call, message, data, asked.file_limit, ephemeral=True)
    return call.world.add_message(message)


def _defer(call: Call, asked: Interaction, data: Mapping[str, Any]) -> Message:
    if set(data) - {"flags"} or (data.get("flags") or 0) & ~EPHEMERAL:
        raise invalid("data", "A deferred answer takes the EPHEMERAL flag and nothing else.")
    return call.world.add_message(new_message(call, asked, data, flags=LOADING))


def _defer_update(call: Call, asked: Interaction, data: Mapping[str, Any]) -> Message | None:
    if data:
        raise invalid("data", "A deferred change holds nothing.")
    return asked.message


def _update(call: Call, asked: Interaction, data: Mapping[str, Any]) -> Message:
    assert asked.message
    if asked.message.gone:
        raise Refused(10008)
    change(call, asked.message, data, asked.file_limit)
    call.world.publish("MESSAGE_UPDATE", asked.message)
    return asked.message


def _choices(call: Call, asked: Interaction, data: Mapping[str, Any]) -> None:
    choices = data.get("choices")
    if choices is None or len(choices) > 25:
        raise too_long("data.choices", 25)
    kind = next(o["type"] for o in walk_options(asked.data["options"]) if o.get("focused"))
    wanted = {3: str, 4: int, 10: float | int}[kind]
    for index, choice in enumerate(choices):
        if choice is None:
            raise invalid(f"data.choices.{index}", "This field is required", "BASE_TYPE_REQUIRED")
        if not 1 <= len(choice["name"]) <= 100 or len(str(choice["value"])) > 100:
            raise invalid(f"data.choices.{index}", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
        if not isinstance(choice["value"], wanted):
            raise invalid(f"data.choices.{index}.value", f"Must be {wanted}.")
    asked.choices = list(choices)


def walk_options(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every option given, those of subcommands too."""
    return [found for option in options for found in (option, *walk_options(option.get("options", [])))]


def _open(call: Call, asked: Interaction, data: Mapping[str, Any]) -> None:
    if not 1 <= len(data["title"]) <= 45:
        raise too_long("data.title", 45)
    if not 1 <= len(data["custom_id"]) <= 100:
        raise too_long("data.custom_id", 100)
    components = data["components"]
    if not 1 <= len(components) <= 5:
        raise invalid("data.components", "Must be between 1 and 5 in length.", "BASE_TYPE_BAD_LENGTH")
    for index, component in enumerate(components):
        _check_field(component, f"data.components.{index}")
    parts.check_ids(list(walk(components)))
    asked.modal = dict(data)


def _check_field(component: Mapping[str, Any], path: str) -> None:
    if component["type"] == parts.TEXT:
        return
    if component["type"] == parts.ROW:
        field, label = component["components"][0], component["components"][0].get("label") or ""
    else:
        field, label = component["component"], component["label"]
    if not 1 <= len(label) <= 45:
        raise too_long(f"{path}.label", 45)
    if len(component.get("description") or "") > 100 or len(field.get("placeholder") or "") > 150:
        raise too_long(f"{path}.description", 100)
    if field["type"] in parts.MENUS:
        parts.check_menu(dict(field), path)
    elif field["type"] == parts.INPUT:
        value = field.get("value") or ""
        if len(field.get("placeholder") or "") > 100:
            raise too_long(f"{path}.placeholder", 100)
        if len(value) > (field.get("max_length") or 4000) or 0 < len(value) < (field.get("min_length") or 0):
            raise too_long(f"{path}.value", field.get("max_length") or 4000)
    elif field["type"] == parts.UPLOADER and not 1 <= (field.get("max_values") or 1) <= 10:
        raise invalid(f"{path}.max_values", "Must be between 1 and 10.")


_DO: Mapping[int, Callable[[Call, Interaction, Mapping[str, Any]], Message | None]] = {
    SAY: _say, DEFER: _defer, DEFER_UPDATE: _defer_update, UPDATE: _update, CHOICES: _choices, OPEN: _open,
}  # fmt: skip


def _told(call: Call, asked: Interaction) -> dict[str, Any]:
    """As ``with_response`` has it."""
    head: dict[str, Any] = {"id": str(asked.id), "type": asked.kind, "channel_id": str(asked.channel.id)}
    if asked.channel.guild:
        head["guild_id"] = str(asked.channel.guild.id)
    if asked.answer in {SAY, DEFER} and asked.original:
        head |= {"response_message_id": str(asked.original.id), "response_message_loading": asked.original.is_loading,
                 "response_message_ephemeral": asked.is_private}  # fmt: skip
    body: dict[str, Any] = {"interaction": head}
    if asked.answer in {SAY, UPDATE} and asked.original:
        body["resource"] = {"type": asked.answer, "message": call.world.message(asked.original)}
    return body


ROUTES = {"POST /interactions/{interaction_id}/{interaction_token}/callback": respond}
