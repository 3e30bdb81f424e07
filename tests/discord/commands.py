"""Keeps the application's commands, and refuses those that Discord would not take."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.discord.call import Call
from tests.discord.errors import Refused, invalid, too_long

_LOCALES = """
ar bg cs da de el en-GB en-US es-419 es-ES fi fr he hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi zh-CN
zh-TW
"""
LOCALES = frozenset(_LOCALES.split())
CHAT, USER, MESSAGE = 1, 2, 3
SUB, GROUP, STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 1, 2, 3, 4, 5, 10, 11
_MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")
_CHARACTERS = 8000


def overwrite(call: Call) -> tuple[int, Any]:
    """PUT: all commands at once. One that has the name and type of a known one keeps its id."""
    world = call.world
    if call.params["application_id"] != str(world.app_id):
        raise Refused(10002)
    asked = call.body or []
    for index, command in enumerate(asked):
        _check(command, str(index))
    for kind, count in Counter(command.get("type") or CHAT for command in asked).items():
        if count > _MOST[kind]:
            raise Refused(30032, message=f"Maximum number of application commands reached ({_MOST[kind]}).")
    if len({(command.get("type") or CHAT, command["name"]) for command in asked}) < len(asked):
        raise invalid("0.name", "Application command names must be unique",
                      "APPLICATION_COMMANDS_DUPLICATE_NAME")  # fmt: skip
    known = {(command["type"], command["name"]): number for number, command in world.commands.items()}
    kept = {}
    for command in asked:
        number = known.get((command.get("type") or CHAT, command["name"])) or world.new_id()
        kept[number] = _keep(call, number, command)
    world.commands_created += len(kept.keys() - world.commands.keys())
    if world.commands_created > 200:
        raise Refused(30034)
    world.commands = kept
    return 200, [copy.deepcopy(command) for command in kept.values()]


def listed(call: Call) -> tuple[int, Any]:
    """GET: all commands; the localisations only if they are asked for."""
    if call.params["application_id"] != str(call.world.app_id):
        raise Refused(10002)
    found = copy.deepcopy(list(call.world.commands.values()))
    if not call.flag("with_localizations"):
        for command in found:
            for part in ("name_localizations", "description_localizations"):
                command.pop(part, None)
    return 200, found


def _keep(call: Call, number: int, command: dict[str, Any]) -> dict[str, Any]:
    rights = command.get("default_member_permissions")
    body = {
        "id": str(number), "application_id": str(call.world.app_id), "version": str(call.world.new_id()),
        "type": command.get("type") or CHAT, "description": command.get("description") or "",
        "default_member_permissions": None if rights is None else str(rights), "nsfw": bool(command.get("nsfw")),
        "contexts": command.get("contexts"), "integration_types": command.get("integration_types") or [0],
    }  # fmt: skip
    options = {"options": _answer_options(command["options"])} if command.get("options") else {}
    named = {name: command.get(name) for name in ("name", "name_localizations", "description_localizations")}
    return body | named | options


def _answer_options(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what is empty, as the answer has it."""
    found = []
    for option in copy.deepcopy(options):
        kept = {
            name: value for name, value in option.items() if value not in (None, [], False) or name == "description"
        }
        if "options" in kept:
            kept["options"] = _answer_options(kept["options"])
        found.append(kept)
    return found


def _check(command: dict[str, Any], path: str) -> None:
    kind = command.get("type") or CHAT
    _check_names(command, path, chat=kind == CHAT)
    if kind != CHAT and (command.get("description") or command.get("options")):
        raise invalid(f"{path}.description", "Context menu commands cannot have description",
                      "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_EMPTY")  # fmt: skip
    if kind == CHAT:
        _check_description(command, path)
        _check_options(command.get("options") or [], path)
    if not set(command.get("contexts") or [0]) <= {0, 1, 2} or not set(command.get("integration_types") or [0]) <= {
        0,
        1,
    }:
        raise invalid(f"{path}.contexts", "Value must be one of {0, 1, 2}.", "BASE_TYPE_CHOICES")
    if sum(_lengths(command)) > _CHARACTERS:
        raise invalid(path, f"Command exceeds maximum size ({_CHARACTERS})", "APPLICATION_COMMAND_TOO_LARGE")


def _check_names(named: dict[str, Any], path: str, *, chat: bool) -> None:
    for locale, name in {"": named["name"], **(named.get("name_localizations") or {})}.items():
        where = f"{path}.name_localizations.{locale}" if locale else f"{path}.name"
        if locale and locale not in LOCALES:
            raise invalid(where, f"{locale!r} is no locale.", "BASE_TYPE_CHOICES")
        if not 1 <= len(name) <= 32:
            raise invalid(where, "Must be between 1 and 32 in length.", "BASE_TYPE_BAD_LENGTH")
        if chat and (not _NAME.fullmatch(name) or name != name.lower()):
            raise invalid(where, "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME")


def _check_description(described: dict[str, Any], path: str) -> None:
    texts = {"": described.get("description") or "", **(described.get("description_localizations") or {})}
    for locale, text in texts.items():
        if locale and locale not in LOCALES:
            raise invalid(f"{path}.description_localizations.{locale}", f"{locale!r} is no locale.")
        if not 1 <= len(text) <= 100:
            raise invalid(f"{path}.description", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")


def _check_options(options: list[dict[str, Any]], path: str, depth: int = 0) -> None:
    if len(options) > 25:
        raise too_long(f"{path}.options", 25)
    if len({option["name"] for option in options}) < len(options):
        raise invalid(f"{path}.options", "Option names must be unique", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE")
    wanted = [bool(option.get("required")) for option in options if option["type"] not in {SUB, GROUP}]
    if wanted != sorted(wanted, reverse=True):
        raise invalid(f"{path}.options", "Required options must be placed before non-required options",
                      "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")  # fmt: skip
    nested = [option["type"] in {SUB, GROUP} for option in options]
    if any(nested) and not all(nested):
        raise invalid(f"{path}.options", "Sub-commands and options exclude each other.",
                      "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID")  # fmt: skip
    for index, option in enumerate(options):
        where = f"{path}.options.{index}"
        _check_names(option, where, chat=True)
        _check_description(option, where)
        _check_choices(option, where)
        if option["type"] in {SUB, GROUP}:
            if depth > 1 or (depth and option["type"] == GROUP):
                raise invalid(where, "Nested too deeply.", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID")
            _check_options(option.get("options") or [], where, depth + 1)


def _check_choices(option: dict[str, Any], path: str) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        raise invalid(f"{path}.choices", "Choices and autocomplete exclude each other.",
                      "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE")  # fmt: skip
    if len(choices) > 25:
        raise too_long(f"{path}.choices", 25)
    if len({choice["name"] for choice in choices}) < len(choices):
        raise invalid(f"{path}.choices", "Option choice names must be unique",
                      "APPLICATION_COMMAND_OPTIONS_CHOICES_NAME_DUPLICATE")  # fmt: skip
    for choice in choices:
        names = {"": choice["name"], **(choice.get("name_localizations") or {})}
        if set(names) - LOCALES - {""}:
            raise invalid(f"{path}.choices", f"{sorted(names)} are no locales.")
        if any(not 1 <= len(name) <= 100 for name in names.values()) or len(str(choice["value"])) > 100:
            raise invalid(f"{path}.choices", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
        if option["type"] == STRING and not isinstance(choice["value"], str):
            raise invalid(f"{path}.choices", "Must be a string.")


def _lengths(part: dict[str, Any]) -> Iterator[int]:
    """Characters that count: of each text the longest locale."""
    for field in ("name", "description"):
        texts = [part.get(field) or "", *(part.get(f"{field}_localizations") or {}).values()]
        yield max(len(text) for text in texts)
    if isinstance(part.get("value"), str):
        yield len(part["value"])
    for inner in [*(part.get("options") or []), *(part.get("choices") or [])]:
        yield from _lengths(inner)


ROUTES = {
    "PUT /applications/{application_id}/commands": overwrite,
    "GET /applications/{application_id}/commands": listed,
}
