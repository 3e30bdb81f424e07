"""Turns a job into the caption of its clip, in one language or two, and the buttons below it."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, SwitchInlineQueryChosenChat

from bots.presenter import engine_label, notes_on, present_note
from bots.telegram.press import Press
from bots.telegram.units import CAPTION
from bots.units import cut, isolated, units
from core.types import Job, Locale
from translation.localiser import Localiser

_LONGEST_PROMPT = 400
_LEAST_PROMPT = 120


def write_caption(job: Job, locales: Sequence[Locale], name: str = "") -> str:
    """Whose it is and what they typed, its code and what made it, and what to know of it, in each of the languages.

    ``name`` is what its user is called, "" where there is nobody else. It always fits.
    """
    localisers = [Localiser(locale) for locale in dict.fromkeys(locales)]
    labels = dict.fromkeys(engine_label(localiser, job.spec) for localiser in localisers)
    about = f"{job.code} · {' / '.join(labels)}"
    notes = [present_note(localiser, note) for localiser in localisers for note in notes_on(localiser, job)]
    below = cut("\n".join((about, *notes)), CAPTION - _LEAST_PROMPT)
    prompt = " ".join(job.prompt.split())
    typed = f"{isolated(name)}: {prompt}" if name else prompt
    return f"{cut(typed, min(_LONGEST_PROMPT, CAPTION - units(below) - 1))}\n{below}" if typed else below


def keyboard_of(localiser: Localiser, job: Job, *, may_share: bool) -> InlineKeyboardMarkup:
    """What can be done with a clip. ``may_share``: it may leave this chat, and Telegram lets the bot be asked there."""
    again, take, longer = (_button(localiser, verb, job) for verb in ("again", "take", "longer"))
    details, report = (_button(localiser, verb, job) for verb in ("details", "report"))
    share = [_share(localiser, job)] if may_share else []
    return InlineKeyboardMarkup([[again, take], [longer, *share], [details, report]])


def _button(localiser: Localiser, verb: str, job: Job) -> InlineKeyboardButton:
    return InlineKeyboardButton(localiser.text(f"button-{verb}"), callback_data=Press(verb, job.code).pack())


def _share(localiser: Localiser, job: Job) -> InlineKeyboardButton:
    anywhere = SwitchInlineQueryChosenChat(
        job.code, allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True
    )
    return InlineKeyboardButton(localiser.text("button-share"), switch_inline_query_chosen_chat=anywhere)
