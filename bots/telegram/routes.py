"""Turns an update into the command, button or event that answers it, and what goes wrong there into a sentence."""

from __future__ import annotations

from types import ModuleType
from typing import TypeVar

import structlog
from telegram import Update
from telegram.error import TelegramError

from bots.presenter import present_error
from bots.telegram import admin, clips, inline, making, mine, pictures, refunds, settings_menu, stars, start, typed
from bots.telegram.desk import Buttons, Desk, Events, Verbs
from bots.telegram.incoming import Asked, Me, read
from bots.telegram.refusals import refuse
from bots.telegram.speech import acknowledge, whisper
from core.errors import EngineFault, PiyingError

MODULES: tuple[ModuleType, ...] = (
    making, mine, clips, pictures, inline, typed, start, settings_menu, admin, stars, refunds,
)  # fmt: skip
"""Each may have VERBS, BUTTONS and EVENTS."""

Handler = TypeVar("Handler")
log = structlog.get_logger(__name__)


def _merged(name: str) -> dict[str, Handler]:
    merged: dict[str, Handler] = {}
    for module in MODULES:
        merged.update(getattr(module, name, {}))
    return merged


VERBS: Verbs = _merged("VERBS")
BUTTONS: Buttons = _merged("BUTTONS")
EVENTS: Events = _merged("EVENTS")


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
        await _do(desk, asked)
    except TelegramError:
        raise
    except PiyingError as error:
        await refuse(desk, asked, error)
    except Exception:
        log.exception("telegram.request_failed", verb=asked.verb)
        await whisper(desk, asked.call, present_error(asked.call.localiser, EngineFault()))


def event_of(update: Update) -> str | None:
    """Which event an update is, by its own field or its message's."""
    message = update.message or update.channel_post
    for holder in (update, message):
        for name in EVENTS if holder is not None else ():
            if getattr(holder, name, None) is not None:
                return name
    return None


async def _do(desk: Desk, asked: Asked) -> None:
    call, message = asked.call, asked.message
    if asked.press:
        button = BUTTONS.get(asked.press.verb)
        # One of an older version of the bot, or of somebody who pretends to be one.
        await (button(desk, call, asked.press) if button else acknowledge(desk, call))
        return
    assert message is not None
    verb, rest = start.follow(asked.verb, asked.rest)
    if verb in VERBS:
        await VERBS[verb](desk, call, message, rest)
    elif call.is_private:
        await VERBS["typed"](desk, call, message, f"/{verb} {rest}".strip())
