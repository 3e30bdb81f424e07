"""Turns prompts, and what is asked of clips that there are, into jobs with receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Command, ContextMenu

from bots.discord.call import Call
from bots.discord.desk import Answers, Desk
from bots.discord.press import Press
from bots.discord.serving import serve
from core.types import Request


@app_commands.command()
async def video(interaction: Interaction[Any], prompt: str) -> None:
    """Make a clip."""

    async def do(desk: Desk, call: Call) -> None:
        request = Request(
            call.key, call.address, prompt, call.localiser.locale, declares=call.declares, place=call.place
        )
        await desk.receipts.show(call, await desk.commands.video(request))

    await serve(interaction, do)


async def press_again(desk: Desk, call: Call, press: Press) -> None:
    """The same clip once more."""
    await _once_more(desk, call, press.code, another_take=False)


async def press_take(desk: Desk, call: Call, press: Press) -> None:
    """The same prompt with another seed."""
    await _once_more(desk, call, press.code, another_take=True)


async def _once_more(desk: Desk, call: Call, code: str, *, another_take: bool) -> None:
    receipt = await desk.commands.again(
        call.address, code, call.key, another_take=another_take, declares=call.declares, place=call.place
    )
    await desk.receipts.show(call, receipt)


async def press_cancel(desk: Desk, call: Call, press: Press) -> None:
    """Stop a job; its message says so."""
    await desk.receipts.end(await desk.commands.cancel(call.address, press.code))


COMMANDS: Sequence[Command[Any, ..., Any] | ContextMenu] = (video,)
ANSWERS: Answers = {"again": press_again, "take": press_take, "cancel": press_cancel}
