"""Turns an interaction into what it asks for, and what goes wrong there into a sentence for whoever asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from discord import HTTPException, Interaction

from bots.discord.answering import hear, panel, whisper
from bots.discord.call import Call, call_of
from bots.discord.desk import Desk, desk_of
from bots.discord.faults import FAULTS, is_late
from bots.discord.press import Press
from bots.discord.refusals import refusal
from bots.presenter import present_error
from core.errors import EngineFault, PiyingError
from translation.localiser import Localiser

FOR_ALL = "all"
"""What a form says (``Press.extra``) that is answered for all; any other, of no message, is answered for its user."""
_PATIENCE = 0.7
Do = Callable[[Desk, Call], Awaitable[None]]
log = structlog.get_logger(__name__)


async def serve(interaction: Interaction[Any], do: Do, *, is_quiet: bool = False) -> None:
    """Answer a command: at once that it was heard, and then with what it asks for. Nothing is raised."""
    await _serve(desk_of(interaction), call_of(interaction), do, None, is_quiet=is_quiet)


async def serve_press(interaction: Interaction[Any], press: Press, do: Do) -> None:
    """The same for a component or a form."""
    await _serve(desk_of(interaction), call_of(interaction), do, press, is_quiet=press.extra != FOR_ALL)


async def open_form(interaction: Interaction[Any], press: Press | None, do: Do) -> None:
    """The same for what answers with a form, which must be its first answer: nothing is announced before."""
    desk, call = desk_of(interaction), call_of(interaction)
    try:
        with desk.holding(), desk.hearing.first():
            await do(desk, await _soon_in_their_language(desk, call))
    except PiyingError as error:
        await _serve(desk, call, _raising(error), press, is_quiet=True)
    except FAULTS as error:
        _tell(error)
    except Exception:
        # A bug ends one interaction, not the bot.
        log.exception("discord.form_failed", verb=press.verb if press else None)
        await _serve(desk, call, _raising(EngineFault()), press, is_quiet=True)


async def _serve(desk: Desk, call: Call, do: Do, press: Press | None, *, is_quiet: bool) -> None:
    with desk.holding():
        try:
            with desk.hearing.first():
                call = await hear(call, is_quiet=is_quiet)
            async with desk.hearing.then():
                await _do(desk, call, do, press)
        except FAULTS as error:
            _tell(error)
        except Exception:
            # A bug ends one interaction, not the bot.
            log.exception("discord.interaction_failed", interaction=call.interaction.id)


async def _do(desk: Desk, call: Call, do: Do, press: Press | None) -> None:
    try:
        call = await _in_their_language(desk, call)
        await do(desk, call)
    except FAULTS:
        raise
    except PiyingError as error:
        await whisper(call, refusal(call, error, press))
    except Exception:
        log.exception("discord.request_failed", verb=press.verb if press else None)
        await whisper(call, panel(present_error(call.localiser, EngineFault())))


async def _soon_in_their_language(desk: Desk, call: Call) -> Call:
    """The same, where that is known in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _in_their_language(desk, call)
    except TimeoutError:
        return call


async def _in_their_language(desk: Desk, call: Call) -> Call:
    """The one they chose here, before that of their app."""
    chosen = (await desk.commands.user_settings(call.address)).locale
    return replace(call, localiser=Localiser(chosen)) if chosen else call


def _raising(error: PiyingError) -> Do:
    async def do(desk: Desk, call: Call) -> None:
        del desk, call
        raise error

    return do


def _tell(error: BaseException) -> None:
    name = "discord.answered_late" if is_late(error) else "discord.not_answered"
    why = {"status": error.status, "code": error.code} if isinstance(error, HTTPException) else {}
    log.warning(name, error=type(error).__name__, **why)
