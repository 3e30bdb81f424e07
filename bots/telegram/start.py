"""Turns the parameter of a link such as t.me/BOT?start=show_K7QM2XD into a command, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bots.telegram.call import Call
from bots.telegram.desk import Desk, Verbs
from bots.telegram.incoming import OFFER
from bots.telegram.speech import Spot, there
from core.jobs.codes import may_be_code

if TYPE_CHECKING:
    from telegram import Message
    from telegram.ext import ExtBot

_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LINK = re.compile(r"[0-9a-f]{16}")
_COMMANDS = ("settings", "buy", "help", "credits")
"""Those that a link may give by themselves: they change nothing."""


def start_parameter(verb: str, rest: str = "") -> str:
    """What a link to the bot carries so that its user gives a command by it.

    Raises:
        ValueError: Telegram would not take it.
    """
    parameter = f"{verb}_{rest}" if rest else verb
    if not _PARAMETER.fullmatch(parameter):
        raise ValueError(f"no link can hold {parameter!r}")
    return parameter


def bot_link(bot: ExtBot[None], verb: str, rest: str = "") -> str:
    """A link that gives the command in a private chat with the bot."""
    return f"https://t.me/{bot.username}?start={start_parameter(verb, rest)}"


def follow(verb: str, rest: str) -> tuple[str, str]:
    """The command that ``/start PARAMETER`` stands for, with what comes after it; any other command as it is.

    Whoever made the link may not be who follows it: no link makes, spends or joins anything.
    """
    if verb != "start":
        return verb, rest
    name, _, value = rest.strip().partition("_")
    if name == "show" and may_be_code(value.upper()):
        return "show", value.upper()
    if name == OFFER and value:
        return OFFER, value
    return (name, "") if name in _COMMANDS and not value else (verb, rest)


async def start(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """Greet; of a link that joins accounts, ask first: it may have come from somebody else."""
    del message
    name, _, value = rest.strip().partition("_")
    if name == "link" and _LINK.fullmatch(value):
        text = call.localiser.text("telegram-link-sure", code=value)
    else:
        parts = ("command-hello", "command-help", "telegram-start")
        text = "\n\n".join(call.localiser.text(part) for part in parts)

    async def send(spot: Spot) -> Message:
        return await desk.bot.send_message(spot.chat, text, message_thread_id=spot.thread)

    await there(Spot(call.chat, call.thread), send)


VERBS: Verbs = {"start": start}
