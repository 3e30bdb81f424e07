"""Answers the methods that say who the bot is: its commands, name and descriptions, by language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.telegram.call import Call
from tests.telegram.errors import bad


def _key(call: Call) -> tuple[str, str]:
    language = call.get("language_code", "")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("invalid language code specified")
    scope = call.get("scope") or {"type": "default"}
    if "chat_id" in scope:
        call.world.seat(call.world.find_chat(scope["chat_id"]))
    return json.dumps(scope, sort_keys=True), language


def set_commands(call: Call) -> Any:
    commands = call.given["commands"]
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    if any(not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) for command in commands):
        raise bad("BOT_COMMAND_INVALID")
    call.world.commands[_key(call)] = commands
    return True


def delete_commands(call: Call) -> Any:
    call.world.commands.pop(_key(call), None)
    return True


def _setter(field: str) -> Callable[[Call], Any]:
    def store(call: Call) -> Any:
        call.world.texts[field, _key(call)[1]] = call.get(field, "")
        return True

    return store


def _getter(field: str) -> Callable[[Call], Any]:
    def read(call: Call) -> Any:
        texts, language = call.world.texts, _key(call)[1]
        return {field: texts.get((field, language)) or texts.get((field, ""), "")}

    return read


def set_menu(call: Call) -> Any:
    call.world.menu_buttons[call.get("chat_id", 0)] = call.get("menu_button", {"type": "default"})
    return True


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "setMyCommands": set_commands,
    "getMyCommands": lambda call: call.world.commands.get(_key(call), []),
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu,
    "getChatMenuButton": lambda call: call.world.menu_buttons.get(call.get("chat_id", 0), {"type": "default"}),
}
