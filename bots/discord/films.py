"""Turns ``/continue`` and ``/join`` into a clip that goes on from one's own, or into one film of some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Command

from bots.discord.call import Call
from bots.discord.desk import Desk
from bots.discord.finding import keep_private
from bots.discord.making import Code, Words
from bots.discord.serving import serve
from bots.discord.suggesting import own_jobs
from bots.discord.wishes import Wish, grant
from bots.text_films import codes_in

Codes = app_commands.Range[str, 1, 200]


@app_commands.command(name="continue")
@app_commands.autocomplete(code=own_jobs)
async def go_on(interaction: Interaction[Any], code: Code, prompt: Words, private: bool | None = None) -> None:
    """What happens next, from where a clip ends."""

    async def do(desk: Desk, call: Call) -> None:
        if private is None:
            await keep_private(desk, call, code)
        await grant(desk, call, Wish("continue", code, prompt, is_quiet=call.is_quiet))

    await serve(interaction, do, is_quiet=bool(private))


@app_commands.command()
async def join(interaction: Interaction[Any], codes: Codes, fade: bool = False, private: bool = False) -> None:
    """One film of several clips."""

    async def do(desk: Desk, call: Call) -> None:
        found, fades = codes_in(codes)
        receipt = await desk.commands.join(
            call.address, found, call.job_key, call.localiser.locale, fades=fade or fades, place=call.place
        )
        await desk.receipts.show(call, receipt)

    await serve(interaction, do, is_quiet=private)


COMMANDS: Sequence[Command[Any, ..., Any]] = (go_on, join)
