"""Turns an update into the command, button or event that answers it, and what goes wrong there into a sentence."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import structlog
from telegram import Update
from telegram.error import TelegramError

from bots.presenter import present_error
from bots.tables import merged
from bots.telegram import (
    admin,
    asks,
    clips,
    inline,
    making,
    mine,
    moving,
    offers,
    pictures,
    refunds,
    refusals,
    settings_menu,
    stars,
    start,
    typed,
)
from bots.telegram.call import Call
from bots.telegram.desk import Buttons, Desk, Events, Verbs
from bots.telegram.incoming import Asked, Me, read, read_message
from bots.telegram.press import Press
from bots.telegram.refusals import DECLARE, refuse
from bots.telegram.speech import acknowledge, whisper
from core.errors import EngineFault, PiyingError
from translation.localiser import Localiser

MODULES: tuple[ModuleType, ...] = (
    making, mine, clips, pictures, inline, offers, typed, start, settings_menu, admin, stars, refunds, refusals, moving,
)  # fmt: skip
"""Each may have VERBS, BUTTONS and EVENTS."""

log = structlog.get_logger(__name__)

VERBS: Verbs = merged(MODULES, "VERBS")
BUTTONS: Buttons = merged(MODULES, "BUTTONS")
EVENTS: Events = merged(MODULES, "EVENTS")


async def handle(desk: Desk, update: Update, me: Me) -> None:
    """Do what an update asks for. What goes wrong is told to whoever asked, or logged; nothing is raised."""
    try:
        await _handle(desk, update, me)
    except TelegramError as error:
        log.warning("telegram.not_answered", error=type(error).__name__, why=error.message)
    except Exception:
        # A bug ends one update, not the bot.
        log.exception("telegram.update_failed", update_id=update.update_id)


async def _handle(desk: Desk, update: Update, me: Me) -> None:
    if event := event_of(update):
        await EVENTS[event](desk, update)
        return
    asked = read(update, me)
    if asked is None:
        return
    try:
        asked = replace(asked, call=await _in_their_language(desk, asked.call))
        await _do(desk, asked)
    except TelegramError:
        raise
    except PiyingError as error:
        await refuse(desk, asked, error)
    except Exception:
        log.exception("telegram.request_failed", verb=asked.verb)
        await whisper(desk, asked.call, present_error(asked.call.localiser, EngineFault()))


async def _in_their_language(desk: Desk, call: Call) -> Call:
    """The one they chose here, before that of their app."""
    chosen = (await desk.commands.user_settings(call.address)).locale
    return replace(call, localiser=Localiser(chosen)) if chosen else call


def event_of(update: Update) -> str | None:
    """Which event an update is, by its own field or its message's; in channels nobody pays, and they do not move."""
    for holder in (update, update.message):
        for name in EVENTS if holder is not None else ():
            if getattr(holder, name, None) is not None:
                return name
    return None


async def _press(desk: Desk, call: Call, press: Press) -> None:
    if press.verb == DECLARE:
        await _declare(desk, call, press)
    elif press.verb in BUTTONS:
        await BUTTONS[press.verb](desk, call, press)
    else:
        # One of an older version of the bot, or of somebody who pretends to be one.
        await acknowledge(desk, call)


async def _declare(desk: Desk, call: Call, press: Press) -> None:
    """What was refused for want of a declaration, once more with it: a press, or a message."""
    if press.extra in BUTTONS:
        await BUTTONS[press.extra](desk, replace(call, declares=True), Press(press.extra, press.code))
        return
    answered = await asks.find(desk, call, press.code)
    asked = read_message(answered, Me(desk.bot.id, desk.bot.username or "")) if answered else None
    if asked is None:
        await whisper(desk, call, call.localiser.text("ask-again"))
        return
    await acknowledge(desk, call)
    await _do(desk, replace(asked, call=replace(asked.call, localiser=call.localiser, declares=True)))


async def _do(desk: Desk, asked: Asked) -> None:
    call, message = asked.call, asked.message
    if asked.press:
        await _press(desk, call, asked.press)
        return
    assert message is not None
    verb, rest = start.follow(asked.verb, asked.rest)
    if verb in VERBS:
        await VERBS[verb](desk, call, message, rest)
    elif call.is_private:
        await VERBS["typed"](desk, call, message, f"/{verb} {rest}".strip())
