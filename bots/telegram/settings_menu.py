"""Turns ``/settings`` into a menu of what its user chose for good, and a press on it into another choice."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bots.choices import user_fields
from bots.telegram.call import Call
from bots.telegram.choices import chosen, overview, values_of
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.press import Press
from bots.telegram.speech import acknowledge, change, say, whisper
from bots.telegram.start import bot_link
from translation.localiser import Localiser

VERB = "set"


async def show(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """The menu; in a group, the way to the private chat, where nobody looks on."""
    del message, rest
    text = call.localiser.text
    if not call.is_private:
        way = InlineKeyboardButton(text("open-private"), url=bot_link(desk.bot, "settings"))
        await whisper(desk, call, text("settings-alone"), InlineKeyboardMarkup([[way]]))
        return
    keyboard = overview(
        call.localiser, VERB, user_fields(desk.recipes, desk.ratios), await desk.commands.user_settings(call.address)
    )
    await say(desk, call, text("settings"), keyboard)


async def press(desk: Desk, call: Call, press_: Press) -> None:
    """Open a setting, or choose a value and go back to them all."""
    if not call.is_private:
        await acknowledge(desk, call)
        return
    settings = await desk.commands.user_settings(call.address)
    field = next((one for one in user_fields(desk.recipes, desk.ratios) if one.name == press_.code), None)
    changes = chosen(field, press_, settings) if field else None
    if changes is not None:
        settings = await desk.commands.set_user_settings(call.address, **changes)
    # Only now: a press is answered once, and a refusal is an answer.
    await acknowledge(desk, call)
    localiser = Localiser(settings.locale) if settings.locale else call.localiser
    if field is None or changes is not None:
        keyboard = overview(localiser, VERB, user_fields(desk.recipes, desk.ratios), settings)
        await change(desk, call, localiser.text("settings"), keyboard)
    else:
        title = localiser.text(f"{field.title}-why")
        await change(desk, call, title, values_of(localiser, VERB, field, settings))


VERBS: Verbs = {"settings": show}
BUTTONS: Buttons = {VERB: press}
