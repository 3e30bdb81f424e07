"""Turns ``/settings`` into menus of what its user chose for good, and a choice there into another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Command
from discord.ui import Container, LayoutView, TextDisplay

from bots.choices import user_fields
from bots.discord.answering import change, say
from bots.discord.call import Call
from bots.discord.choosing import change_of, menu, picked
from bots.discord.desk import Answers, Desk
from bots.discord.gallery import sent
from bots.discord.press import Press
from bots.discord.serving import serve
from core.errors import Refusal
from core.preferences import UserSettings
from translation.localiser import Localiser

VERB = "set"


@app_commands.command()
async def settings(interaction: Interaction[Any]) -> None:
    """The menus, for nobody else to see."""

    async def do(desk: Desk, call: Call) -> None:
        await say(call, _view(desk, call, await desk.commands.user_settings(call.address)))

    await serve(interaction, do, is_quiet=True)


async def press(desk: Desk, call: Call, press_: Press) -> None:
    """Choose a value; only whoever opened the menus can."""
    if press_.extra != _sign(call):
        raise Refusal("not-yours", job="")
    chosen = await desk.commands.user_settings(call.address)
    field = next((one for one in user_fields(desk.recipes, desk.ratios) if one.name == press_.code), None)
    changes = change_of(field, picked(call), getattr(chosen, field.name)) if field else None
    if changes is not None:
        chosen = await desk.commands.set_user_settings(call.address, **changes)
    await change(call, _view(desk, call, chosen))


def _view(desk: Desk, call: Call, chosen: UserSettings) -> LayoutView:
    """In the language that was chosen just now."""
    localiser = Localiser(chosen.locale) if chosen.locale else call.localiser
    parts: list[Any] = [TextDisplay(localiser.text("settings"))]
    for field in user_fields(desk.recipes, desk.ratios):
        parts.append(TextDisplay(f"**{localiser.text(field.title)}**"))
        parts.append(menu(localiser, field, getattr(chosen, field.name), Press(VERB, field.name, _sign(call))))
    return sent(Container[LayoutView](*parts))


def _sign(call: Call) -> str:
    """Whose menus they are. It grants nothing: everybody changes their own."""
    return format(int(call.address.user), "x")


COMMANDS: Sequence[Command[Any, ..., Any]] = (settings,)
ANSWERS: Answers = {VERB: press}
