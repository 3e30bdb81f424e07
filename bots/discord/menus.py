"""Turns the tree of commands into what Discord shows of them, in every language that it has of ours; told once.

A command's sentences are ``command-name-NAME`` and ``discord-about-NAME``, or ``command-about-NAME`` where other
platforms say the same; an option's ``option-name-OPTION`` and ``option-about-COMMAND-OPTION`` or
``option-about-OPTION``. What has no name of its own, a choice or a message command, says its sentence (``label``).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from discord import DiscordException
from discord.app_commands import Command, ContextMenu, Group, Translator, describe, locale_str
from discord.app_commands import TranslationContextLocation as At

from bots.command_texts import DISCORD_LANGUAGES, in_all_languages
from core.types import Locale as OurLocale

if TYPE_CHECKING:
    from pathlib import Path

    from discord import Locale
    from discord.app_commands import CommandTree, TranslationContext

Kind = TypeVar("Kind", bound="Command[Any, ..., Any] | ContextMenu | Group")
_KEY = "key"
_MENUS = ("menu-animate", "menu-video")
"""The sentences of message commands."""

log = structlog.get_logger(__name__)


class Texts(Translator):
    """The sentences of ours, as Discord's own languages have them; in all others it shows the English ones."""

    async def translate(self, string: locale_str, locale: Locale, context: TranslationContext[Any, Any]) -> str | None:
        """None where it is the same in every language, as the name of a model is."""
        language = DISCORD_LANGUAGES.get(locale.value)
        message_id = _message_id(string, context.location, context.data)
        return in_all_languages(message_id)[language] if language and message_id else None


def label(message_id: str) -> locale_str:
    """The name of a choice or of a message command, by its sentence."""
    return locale_str(in_all_languages(message_id)["en"], **{_KEY: message_id})


def described(command: Kind) -> Kind:
    """The command with its sentences in English, which are for every language that is none of ours."""
    if isinstance(command, Command):
        command.description = _english(_about_command(command.name))
        options = {one.name: locale_str(_english(_about_option(command.name, one.name))) for one in command.parameters}
        describe(**options)(command)
    return command


def name_in(command: Command[Any, ..., Any] | ContextMenu | Group, locale: OurLocale) -> str:
    """What its users call a command."""
    if not isinstance(command, ContextMenu):
        return in_all_languages(f"command-name-{command.name}")[locale]
    known = {in_all_languages(message_id)["en"]: message_id for message_id in _MENUS}
    return in_all_languages(known[command.name])[locale]


def about_in(command: Command[Any, ..., Any], locale: OurLocale) -> str:
    """What it says of itself."""
    return in_all_languages(_about_command(command.name))[locale]


async def publish(tree: CommandTree[Any], notes: Path | None) -> bool:
    """Show Discord what the bot can do, where that is not what it was told last; whether it was told.

    ``notes`` is a file of its own, which remembers. What cannot be told now is told at the next start: commands that
    are known already still work.
    """
    texts = Texts()
    await tree.set_translator(texts)
    try:
        menu = [await command.get_translated_payload(tree, texts) for command in tree.get_commands()]
        print_ = fingerprint(tree.client.application_id, menu)
        if notes and await asyncio.to_thread(_read, notes) == print_:
            return False
        told = await tree.sync()
    except DiscordException as error:
        log.warning("discord.menu_not_set", error=type(error).__name__, why=str(error)[:300])
        return False
    if notes:
        await asyncio.to_thread(_write, notes, print_)
    log.info("discord.menu_set", commands=len(told))
    return True


def fingerprint(application: int | None, menu: Sequence[Mapping[str, Any]]) -> str:
    """What tells one menu of one bot from another, in whatever order it is."""
    commands = sorted(json.dumps(command, sort_keys=True) for command in menu)
    return hashlib.sha256(json.dumps([application, commands]).encode()).hexdigest()


def _read(notes: Path) -> str:
    return notes.read_text("utf-8").strip() if notes.exists() else ""


def _write(notes: Path, text: str) -> None:
    try:
        notes.write_text(f"{text}\n", "utf-8")
    except OSError as error:
        # It is told once more at the next start, which does no harm.
        log.warning("discord.menu_not_noted", error=repr(error))


def _message_id(string: locale_str, at: At, data: Any) -> str | None:
    """By where it is said; None where it has no sentence."""
    if key := string.extras.get(_KEY):
        return str(key)
    if at is At.command_name:
        return f"command-name-{data.name}"
    if at is At.command_description:
        return _about_command(data.name)
    if at is At.parameter_name:
        return f"option-name-{data.name}"
    return _about_option(data.command.name, data.name) if at is At.parameter_description else None


def _about_command(name: str) -> str:
    return _first(f"discord-about-{name}", f"command-about-{name}")


def _about_option(command: str, option: str) -> str:
    return _first(f"option-about-{command}-{option}", f"option-about-{option}")


def _first(special: str, usual: str) -> str:
    try:
        in_all_languages(special)
    except LookupError:
        return usual
    return special


def _english(message_id: str) -> str:
    return in_all_languages(message_id)["en"]
