"""Turns ``/server`` into what a server's administrators decide for everybody in all its channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from discord import Interaction, app_commands
from discord.app_commands import Command
from discord.ui import LayoutView

from bots.discord.answering import change, panel, say, whisper
from bots.discord.call import Call
from bots.discord.choosing import change_of, picked
from bots.discord.desk import Answers, Desk
from bots.discord.places import rulebook
from bots.discord.press import Press
from bots.discord.server_menus import CHANNELS, EACH_ROLE, ROLES, SETS, VERB, fields, overview, page, role_page
from bots.discord.serving import serve
from core.preferences import ChatSettings, OneRole
from core.types import Address


@app_commands.command()
@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def server(interaction: Interaction[Any]) -> None:
    """The menus, for an administrator, and for nobody else to see."""

    async def do(desk: Desk, call: Call) -> None:
        if may_rule(call):
            await say(call, await _overview(desk, call))
        else:
            await say(call, panel(call.localiser.text("server-administrators-only")))

    await serve(interaction, do, is_quiet=True)


async def press(desk: Desk, call: Call, press_: Press) -> None:
    """Open a setting, or choose a value; what whoever presses may do is looked at each time."""
    if not may_rule(call):
        await whisper(call, panel(call.localiser.text("server-administrators-only")))
        return
    chosen, name = picked(call), press_.code
    if not name:
        await change(call, await _opened(desk, call, chosen[0] if chosen else ""))
    elif name == ROLES and not press_.extra and chosen and chosen[0].isdecimal():
        settings = await desk.commands.chat_settings(_address(call))
        await change(call, role_page(call.localiser, chosen[0], settings))
    else:
        await _choose(desk, call, press_, chosen)
        await change(call, await _overview(desk, call))


def may_rule(call: Call) -> bool:
    """Whether Discord says in this very interaction that they may manage the server."""
    allowed = call.interaction.permissions
    return call.guild is not None and (allowed.manage_guild or allowed.administrator)


async def _opened(desk: Desk, call: Call, name: str) -> LayoutView:
    """The page of a setting; what is on or off is set at once."""
    settings = await desk.commands.chat_settings(_address(call))
    name, _, key = name.partition(SETS)
    field = fields(desk.recipes).get(name)
    if field and isinstance(getattr(settings, name), bool):
        if changes := change_of(field, [key], None):
            await desk.commands.set_chat_settings(_address(call), **changes)
    elif name in {CHANNELS, ROLES, *fields(desk.recipes)}:
        return page(call.localiser, name, settings, desk.recipes, call.interaction.guild)
    return await _overview(desk, call)


async def _overview(desk: Desk, call: Call) -> LayoutView:
    settings = await desk.commands.chat_settings(_address(call))
    return overview(call.localiser, settings, await desk.commands.usage(_address(call)), desk.recipes)


async def _choose(desk: Desk, call: Call, press_: Press, chosen: Sequence[str]) -> None:
    settings = await desk.commands.chat_settings(_address(call))
    changes = _changes(press_, chosen, settings, desk.recipes)
    if changes is not None:
        await desk.commands.set_chat_settings(_address(call), **changes)


def _changes(
    press_: Press, chosen: Sequence[str], settings: ChatSettings, recipes: Sequence[str]
) -> Mapping[str, object] | None:
    """What a choice means; None where there is no such setting or value."""
    if press_.code == CHANNELS:
        return {CHANNELS: [one for one in chosen if one.isdecimal()]}
    if press_.code == ROLES:
        return _of_role(press_.extra, chosen, settings)
    field = fields(recipes).get(press_.code)
    return change_of(field, chosen, getattr(settings, field.name)) if field else None


def _of_role(role: str, chosen: Sequence[str], settings: ChatSettings) -> Mapping[str, object] | None:
    """Of this role alone: another administrator may be choosing for another one just now."""
    choice = change_of(EACH_ROLE, chosen, settings.role_clips_a_day.get(role))
    if choice is None or not role.isdecimal():
        return None
    return {ROLES: OneRole(role, cast("int | None", choice[ROLES]))}


def _address(call: Call) -> Address:
    """Where the server's settings are kept."""
    return replace(call.address, chat=rulebook(call.guild or 0))


COMMANDS: Sequence[Command[Any, ..., Any]] = (server,)
ANSWERS: Answers = {VERB: press}
