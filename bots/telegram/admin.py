"""Turns ``/admin`` into a menu of what a group's administrators decide for everybody in it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bots.choices import Field, chat_fields, yes_or_no
from bots.telegram.call import Call
from bots.telegram.choices import chosen, overview, values_of
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.press import Press
from bots.telegram.speech import acknowledge, change, whisper

VERB, CLOSE = "adm", "admx"
OPEN_SECONDS = 600.0

log = structlog.get_logger(__name__)


def fields(recipes: Sequence[str]) -> tuple[Field, ...]:
    """What administrators can choose; ``recipes`` are those there are."""
    return (*chat_fields(recipes), yes_or_no("protected"))


async def show(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """The menu, for an administrator; it goes away by itself."""
    del rest
    if call.is_private:
        await whisper(desk, call, call.localiser.text("admin-in-groups"))
    elif _is_anonymous(message) or await is_administrator(desk, call):
        keyboard = await _keyboard(desk, call)
        text = await _text(desk, call)
        await desk.quiet.tell_for_a_while(call, text, keyboard, seconds=OPEN_SECONDS)
    else:
        await whisper(desk, call, call.localiser.text("admins-only"))


async def press(desk: Desk, call: Call, press_: Press) -> None:
    """Open a setting, choose a value, or close the menu; whoever presses is looked up each time."""
    if call.is_private or not await is_administrator(desk, call):
        await whisper(desk, call, call.localiser.text("admins-only"))
        return
    settings = await desk.commands.chat_settings(call.address)
    field = next((one for one in fields(desk.recipes) if one.name == press_.code), None)
    changes = chosen(field, press_, settings) if field else None
    if changes is not None:
        settings = await desk.commands.set_chat_settings(call.address, **changes)
    # Only now: a press is answered once, and a refusal is an answer.
    await acknowledge(desk, call)
    if field is None or (changes is not None and not field.several):
        await change(desk, call, await _text(desk, call), await _keyboard(desk, call))
    else:
        title = call.localiser.text(f"{field.title}-why")
        await change(desk, call, title, values_of(call.localiser, VERB, field, settings))


async def close(desk: Desk, call: Call, press_: Press) -> None:
    """Take the menu away."""
    del press_
    if not await is_administrator(desk, call):
        await whisper(desk, call, call.localiser.text("admins-only"))
    elif call.message is not None:
        await desk.bot.delete_message(call.chat, call.message)


async def is_administrator(desk: Desk, call: Call) -> bool:
    """Whether Telegram says so now; where it does not answer, nobody is."""
    try:
        member = await desk.bot.get_chat_member(call.chat, call.user)
    except TelegramError as error:
        log.warning("telegram.member_unknown", error=repr(error))
        return False
    return member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


def _is_anonymous(message: Message) -> bool:
    """Written in the name of the chat itself, which only administrators can."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


async def _text(desk: Desk, call: Call) -> str:
    used = await desk.commands.usage(call.address)
    told = call.localiser.text("admin-usage", clips=used.clips, seconds=f"{round(used.seconds, 1):g}")
    return "\n".join((call.localiser.text("admin"), told))


async def _keyboard(desk: Desk, call: Call) -> InlineKeyboardMarkup:
    settings = await desk.commands.chat_settings(call.address)
    menu = overview(call.localiser, VERB, fields(desk.recipes), settings)
    close_ = InlineKeyboardButton(call.localiser.text("choice-close"), callback_data=Press(CLOSE).pack())
    return InlineKeyboardMarkup([*menu.inline_keyboard, [close_]])


VERBS: Verbs = {"admin": show}
BUTTONS: Buttons = {VERB: press, CLOSE: close}
