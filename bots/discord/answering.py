"""Turns what is to be said into the answer to an interaction: at once that it was heard, and then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from discord import File, HTTPException, Interaction, InteractionCallbackResponse, NotFound
from discord.ui import ActionRow, Button, Container, LayoutView, Modal, TextDisplay
from discord.utils import MISSING

from bots.discord.call import Call
from bots.discord.faults import is_answered
from bots.discord.gallery import sent
from bots.discord.plain import MESSAGE, plain
from bots.units import cut

_IN_A_ROW = 5
_NOTHING = "…"
"""What all see for a moment, in place of what is for one of them."""
_QUOTED = MESSAGE - 400
"""Characters that leave room for what stands beside them."""

log = structlog.get_logger(__name__)


async def hear(call: Call, *, is_quiet: bool = False) -> Call:
    """Let Discord know within its three seconds; before any other work. ``is_quiet`` cannot be changed afterwards.

    A press is answered by its own message, which stays as it is for now.

    Raises:
        discord.HTTPException: it came too late.
    """
    response = await _defer(call, is_quiet=is_quiet)
    if call.is_press:
        return call
    # Of a guest Discord may show its user alone what was meant for all.
    is_quiet = response.is_ephemeral() if response else is_quiet
    return replace(call, message=response.message_id if response else None, is_quiet=is_quiet)


async def _defer(call: Call, *, is_quiet: bool) -> InteractionCallbackResponse[Any] | None:
    interaction = call.interaction
    try:
        return await interaction.response.defer(ephemeral=is_quiet and not call.is_press, thinking=not call.is_press)
    except HTTPException as error:
        if not is_answered(error):
            raise
        # The request was repeated, or the interaction came twice: what follows is done once by its key.
        log.info("discord.heard_before", interaction=interaction.id)
        return None


async def say(call: Call, view: LayoutView, files: Sequence[File] = ()) -> int:
    """Answer where it was asked; of a press in a new message. Which message it is.

    Raises:
        discord.HTTPException: it could not be said.
    """
    interaction = call.interaction
    if call.is_press:
        told = await interaction.followup.send(
            view=view, files=list(files) or MISSING, ephemeral=call.is_quiet, wait=True
        )
        return told.id
    edited = await interaction.edit_original_response(view=view, attachments=list(files))
    return edited.id


async def whisper(call: Call, view: LayoutView, files: Sequence[File] = ()) -> None:
    """Answer whoever asked, alone, whatever was announced to all."""
    interaction = call.interaction
    if not call.is_press and call.is_quiet:
        await say(call, view, files)
        return
    if not call.is_press:
        await _take_away(interaction)
    await interaction.followup.send(view=view, files=list(files) or MISSING, ephemeral=True, wait=True)


async def _take_away(interaction: Interaction[Any]) -> None:
    """The message that says the bot thinks, which all see: whatever followed now would take its place."""
    try:
        # Nothing can follow one that was deleted while it said so.
        await interaction.edit_original_response(view=panel(_NOTHING))
        await interaction.delete_original_response()
    except NotFound:
        log.info("discord.answer_taken_away", interaction=interaction.id)


async def change(call: Call, view: LayoutView) -> None:
    """Let the message of the pressed component say something else."""
    await call.interaction.edit_original_response(view=view, attachments=[])


async def ask(call: Call, modal: Modal) -> None:
    """Open a form; only as the first answer to a command or a press.

    The library keeps nothing of it: what is sent comes back as a press, also after a restart.
    """
    modal.stop()
    await call.interaction.response.send_modal(modal)


def panel(text: str, buttons: Sequence[Button[LayoutView]] = (), *more: Any, above: str = "") -> LayoutView:
    """A message of words that somebody may have typed, and buttons below. ``more`` comes before the buttons."""
    box: Container[LayoutView] = Container(TextDisplay(plain_text(text)), *more, *rows(buttons))
    return sent(*([TextDisplay[LayoutView](above)] if above else []), box)


def plain_text(text: str) -> str:
    """As it is, as far as a message holds it."""
    shown = plain(cut(text, _QUOTED))
    return shown if len(shown) <= _QUOTED else plain(cut(text, _QUOTED // 2))


def rows(buttons: Sequence[Button[LayoutView]]) -> list[ActionRow[LayoutView]]:
    """As many in a row as there is room for."""
    return [ActionRow(*buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW)]
