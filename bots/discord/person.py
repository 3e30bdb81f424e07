"""Turns what people ask about their credits, their data and the bot itself into answers for nobody else to see."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from discord import ButtonStyle, File, Interaction, TextStyle, app_commands
from discord.app_commands import Command, ContextMenu, Group
from discord.ui import Container, Label, LayoutView, Modal, TextDisplay, TextInput
from discord.ui import File as Shown

from bots import text_rights
from bots.discord.answering import ask, panel, plain_text, say
from bots.discord.call import Call
from bots.discord.desk import Answers, Desk
from bots.discord.forms import typed
from bots.discord.gallery import button, sent
from bots.discord.menus import about_in, name_in
from bots.discord.premium import offers
from bots.discord.press import Press
from bots.discord.server import may_rule
from bots.discord.serving import serve
from bots.text_commands import answer
from core.errors import TooLarge

EXPORT, ERASE = "export", "erase"
_WORD = "word"
_LONGEST_WORD = 40
_FILE = "piying.json"


@app_commands.command()
async def credits(interaction: Interaction[Any]) -> None:  # noqa: A001 - the command's name
    """What can still be spent."""
    await serve(interaction, _credits, is_quiet=True)


@app_commands.command()
async def help(interaction: Interaction[Any]) -> None:  # noqa: A001 - the command's name
    """Every command there is."""
    await serve(interaction, _help, is_quiet=True)


@app_commands.command()
async def privacy(interaction: Interaction[Any]) -> None:
    """What is kept of whoever asks, and the ways to have it or to have it erased."""
    await serve(interaction, _privacy, is_quiet=True)


@app_commands.command()
async def link(interaction: Interaction[Any], code: app_commands.Range[str, 1, 64] | None = None) -> None:
    """Join the accounts of two platforms."""

    async def do(desk: Desk, call: Call) -> None:
        told = await answer(desk.commands, call.localiser, call.address, f"/link {code or ''}", call.key)
        await say(call, panel(told.text))

    await serve(interaction, do, is_quiet=True)


async def _credits(desk: Desk, call: Call) -> None:
    told = await answer(desk.commands, call.localiser, call.address, "/credits", call.key)
    sold = offers(desk.shop) if desk.shop else []
    lines = (told.text, *([call.localiser.text("premium-offers")] if sold else []))
    await say(call, panel("\n".join(lines), sold))


async def _help(desk: Desk, call: Call) -> None:
    del desk
    text = call.localiser.text
    commands = [one for one in call.interaction.client.tree.get_commands() if may_rule(call) or not _is_for_rulers(one)]
    lines = [_line(call, one) for one in commands if isinstance(one, Command)]
    menus = [
        text("discord-help-menu", name=name_in(one, call.localiser.locale))
        for one in commands
        if isinstance(one, ContextMenu)
    ]
    await say(call, panel("\n".join((text("discord-help"), "", *lines, *menus, "", text("discord-help-reads")))))


async def _privacy(desk: Desk, call: Call) -> None:
    text = call.localiser.text
    told = await text_rights.privacy(desk.commands, call.localiser, rights="discord-privacy-rights")
    buttons = [
        button(text("discord-export"), Press(EXPORT)),
        button(text("discord-erase"), Press(ERASE), ButtonStyle.danger),
    ]
    await say(call, panel(told.text, buttons))


async def press_export(desk: Desk, call: Call, press: Press) -> None:
    """All that is kept of whoever pressed, as a file."""
    del press
    told = await text_rights.export(desk.commands, call.localiser, call.address)
    data, name = await asyncio.to_thread(_packed, told.document or {}, call.interaction.filesize_limit)
    file = File(io.BytesIO(data), name)
    box: Container[LayoutView] = Container(TextDisplay(plain_text(told.text)), Shown(file))
    await say(call, sent(box), [file])


async def open_erase(desk: Desk, call: Call, press: Press) -> None:
    """Ask for the word, and say what goes with it."""
    del desk, press
    text = call.localiser.text
    modal = Modal(title=text("discord-erase-title"), custom_id=Press(ERASE).pack(), timeout=None)
    modal.add_item(TextDisplay(text("discord-erase-sure")))
    field: TextInput[Modal] = TextInput(custom_id=_WORD, style=TextStyle.short, max_length=_LONGEST_WORD)
    modal.add_item(Label(text=text("discord-erase-word", word=text("forget-word")), component=field))
    await ask(call, modal)


async def take_erase(desk: Desk, call: Call, press: Press) -> None:
    """Erase, where the word is right."""
    del press
    word = typed(call).get(_WORD, "")
    if not text_rights.is_forget_word(word):
        await say(call, panel(call.localiser.text("discord-erase-not", word=call.localiser.text("forget-word"))))
        return
    told = await text_rights.forget_me(desk.commands, call.localiser, call.address, word)
    await say(call, panel(told.text))


def _line(call: Call, command: Command[Any, ..., Any]) -> str:
    """A command by both of its names, and what it does."""
    text, locale = call.localiser.text, call.localiser.locale
    typed_ = [f"/{name}" for name in dict.fromkeys((command.name, name_in(command, locale)))]
    shown = typed_[0] if len(typed_) == 1 else text("command-either", one=typed_[0], other=typed_[1])
    return text("command-line", command=shown, about=about_in(command, locale))


def _is_for_rulers(command: Command[Any, ..., Any] | ContextMenu | Group) -> bool:
    return command.default_permissions is not None


def _packed(document: Mapping[str, Any], limit: int) -> tuple[bytes, str]:
    """JSON, and where that is too large a ZIP of it.

    Raises:
        TooLarge: both are.
    """
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    if len(data) <= limit:
        return data, _FILE
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_FILE, data)
    if packed.tell() > limit:
        raise TooLarge
    return packed.getvalue(), f"{_FILE}.zip"


COMMANDS: Sequence[Command[Any, ..., Any]] = (credits, help, privacy, link)
FORMS: Answers = {ERASE: open_erase}
ANSWERS: Answers = {EXPORT: press_export, ERASE: take_erase}
