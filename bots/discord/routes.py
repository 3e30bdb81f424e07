"""Turns an interaction with a component or a form into the answer of the module that made it.

Commands and their suggestions go through discord.py's own tree of commands.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

import structlog
from discord import Interaction, InteractionType
from discord.app_commands import Command, ContextMenu, Group

from bots.discord import asking, clips, films, making, mine, person, second_thoughts, server, settings_menu
from bots.discord.call import PRESSES, Call
from bots.discord.desk import Answer, Answers, Desk
from bots.discord.press import Press, unpack
from bots.discord.refusals import DECLARE, QUIET
from bots.discord.serving import open_form, serve_press
from bots.tables import merged

MODULES: tuple[ModuleType, ...] = (making, asking, films, mine, clips, second_thoughts, settings_menu, server, person)
"""Each may have COMMANDS (of discord.py's tree), ANSWERS, and FORMS: answers that open a form, which nothing may
come before."""

log = structlog.get_logger(__name__)

ANSWERS: Answers = merged(MODULES, "ANSWERS")
FORMS: Answers = merged(MODULES, "FORMS")
COMMANDS: tuple[Command[Any, ..., Any] | ContextMenu | Group, ...] = tuple(
    command for module in MODULES for command in getattr(module, "COMMANDS", ())
)


async def handle(interaction: Interaction[Any]) -> None:
    """Answer a component or a form; all else is not ours. Nothing is raised."""
    if interaction.type not in PRESSES:
        return
    press = unpack(str(interaction.custom_id or ""))
    if press and press.verb in FORMS and interaction.type is InteractionType.component:
        await open_form(interaction, press, partial(_answer, FORMS[press.verb], press))
    elif press and press.verb == DECLARE and press.extra.partition(":")[0] in ANSWERS:
        await serve_press(interaction, press, partial(_declared, press))
    elif press and press.verb in ANSWERS:
        await serve_press(interaction, press, partial(_answer, ANSWERS[press.verb], press))
    else:
        # One of an older version of the bot, or of somebody who pretends to be one.
        await serve_press(interaction, press or Press(""), _rest)


async def _answer(answer: Answer, press: Press, desk: Desk, call: Call) -> None:
    await answer(desk, call, press)


async def _declared(press: Press, desk: Desk, call: Call) -> None:
    """What was pressed before, once more with the declaration; its refusal was its user's alone, which it is not."""
    verb, _, quiet = press.extra.partition(":")
    await ANSWERS[verb](desk, replace(call, declares=True, is_quiet=quiet == QUIET), Press(verb, press.code))


async def _rest(desk: Desk, call: Call) -> None:
    """Nothing but that it was heard."""
    del desk, call
