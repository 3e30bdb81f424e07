"""Turns the table of commands into the menus, the name and the descriptions that Telegram shows of the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bots.command_texts import TELEGRAM_LANGUAGES, command_text, in_all_languages, telegram_descriptions

GROUP = (
    "video", "animate", "again", "queue", "cancel", "my", "show", "credits", "settings", "help", "privacy", "report",
    "verify", "remix", "continue", "join", "showcase", "vote", "top",
)  # fmt: skip
PRIVATE = (*GROUP, "export", "forget_me", "link", "appeals")
"""What concerns one person alone is offered where nobody else reads it."""
ADMINISTRATORS = ("admin",)
WITH_STARS = ("buy", "terms", "paysupport")
NAME, DESCRIPTION, SHORT_DESCRIPTION = 64, 512, 120
"""The most characters of each (Bot API)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Line:
    """One text of the bot's page, how it is read, and how it is set."""

    message_id: str
    read: Callable[[str | None], Awaitable[str]]
    write: Callable[[str, str | None], Awaitable[bool]]


def menus(*, sells: bool) -> Mapping[BotCommandScope, Sequence[str]]:
    """The commands of each kind of chat, in their order; ``sells``: credits can be bought."""
    private = (*PRIVATE, *WITH_STARS) if sells else PRIVATE
    return {
        BotCommandScopeAllPrivateChats(): private,
        BotCommandScopeAllGroupChats(): GROUP,
        BotCommandScopeAllChatAdministrators(): (*GROUP, *ADMINISTRATORS),
    }


async def publish(bot: ExtBot[None], *, sells: bool, profile: bool = True) -> None:
    """Show Telegram what the bot can do, where it does not know yet; ``profile``: its name and descriptions as well.

    Telegram allows few such changes a day: what is there already is left alone, and what cannot be set now is set at
    the next start.
    """
    for scope, keys in menus(sells=sells).items():
        for language in TELEGRAM_LANGUAGES:
            await _try("menu", _set_menu(bot, scope, language, keys))
    for line in _lines(bot) if profile else ():
        for code, language in TELEGRAM_LANGUAGES.items():
            await _try(line.message_id, _set_line(line, code or None, in_all_languages(line.message_id)[language]))


def _lines(bot: ExtBot[None]) -> Iterator[_Line]:
    async def name(code: str | None) -> str:
        return (await bot.get_my_name(code)).name

    async def description(code: str | None) -> str:
        return (await bot.get_my_description(code)).description

    async def short(code: str | None) -> str:
        return (await bot.get_my_short_description(code)).short_description

    yield _Line("telegram-name", name, bot.set_my_name)
    yield _Line("telegram-description", description, bot.set_my_description)
    yield _Line("telegram-short-description", short, bot.set_my_short_description)


async def _set_menu(bot: ExtBot[None], scope: BotCommandScope, language: str, keys: Sequence[str]) -> None:
    wanted = tuple(BotCommand(key, telegram_descriptions(command_text(key))[language]) for key in keys)
    if await bot.get_my_commands(scope, language or None) != wanted:
        await bot.set_my_commands(wanted, scope, language or None)


async def _set_line(line: _Line, code: str | None, text: str) -> None:
    if await line.read(code) != text:
        await line.write(text, code)


async def _try(what: str, setting: Awaitable[None]) -> None:
    try:
        await setting
    except TelegramError as error:
        log.warning("telegram.menu_not_set", what=what, error=repr(error))
