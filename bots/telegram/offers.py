"""Turns words that no clip has yet into an offer to make one: where they were typed, or in private by a link."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import cast

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    User,
)
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bots.telegram.call import PLATFORM, Call
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.faults import delivery_error
from bots.telegram.incoming import OFFER
from bots.telegram.press import Press
from bots.telegram.slip import button, rows
from bots.telegram.speech import acknowledge, change, say, whisper
from bots.telegram.start import bot_link, start_parameter
from bots.units import cut
from core.errors import RecipientGone, Refusal
from core.jobs.codes import ALPHABET, CODE_LENGTH
from core.types import Address, Chat, Place, Request
from translation.localiser import Localiser

_KIND = "draft"
_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
_TITLE, _LONGEST_PROMPT = 64, 600
_CHATS: dict[str, Chat] = {"sender": "private", "private": "private", "channel": "channel"}


@dataclass(frozen=True)
class Draft:
    """A prompt that waits for its user to press a button; ``chat`` is where it was typed.

    ``inline`` is the message in that chat that is to become the clip, as far as one was sent.
    """

    code: str
    user: int
    prompt: str
    chat: Chat
    inline: str = ""

    @property
    def parameter(self) -> str:
        """Of a link that shows the prompt, ready to be made, in private."""
        return start_parameter(OFFER, self.code)


async def draft(desk: Desk, user: User, prompt: str, chat_type: str | None) -> Draft | None:
    """Keep a prompt for a while; None for a clip's code, and where too many come from one user, letter by letter."""
    if not prompt or _CODE.fullmatch(prompt):
        return None
    try:
        desk.drafts.check(str(user.id), desk.clock.now())
    except Refusal:
        return None
    kept = Draft(secrets.token_urlsafe(9), user.id, prompt, _CHATS.get(chat_type or "", "group"))
    await _keep(desk, kept)
    return kept


def article(desk: Desk, localiser: Localiser, offered: Draft) -> InlineQueryResultArticle:
    """The offer as a message: a button makes it there, and another leads to where it is ready to be made."""
    text = localiser.text
    private = InlineKeyboardButton(text("open-private"), url=bot_link(desk.bot, OFFER, offered.code))
    prompt = " ".join(offered.prompt.split())
    return InlineQueryResultArticle(
        f"{OFFER}-{offered.code}",
        text("telegram-inline-make"),
        InputTextMessageContent(f"{cut(prompt, _LONGEST_PROMPT)}\n\n{text('telegram-offer')}"),
        InlineKeyboardMarkup([[_make(localiser, offered)], [private]]),
        description=cut(prompt, _TITLE),
    )


async def ready(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """What a link brought along, with the button that makes it; whoever made the link, only its user sees it."""
    del message
    found = await _find(desk, rest.strip())
    if found is None or found.user != call.user:
        await whisper(desk, call, call.localiser.text("ask-again"))
        return
    text = f"{call.localiser.text('telegram-draft')}\n\n{found.prompt}"
    await say(desk, call, text, rows([_make(call.localiser, found)]))


async def press_make(desk: Desk, call: Call, press: Press) -> None:
    """Make it: the message that was sent becomes the clip; where there is none, the one with the button shows it."""
    found = await _find(desk, press.code)
    if found is None:
        await whisper(desk, call, call.localiser.text("ask-again"))
        return
    if found.user != call.user:
        raise Refusal("not-yours", job="")
    found = replace(found, inline=call.inline or found.inline)
    if call.inline and not await _may_write(desk, call.user):
        await _lead(desk, call, found)
        return
    await _make_it(desk, call, found)


async def _make_it(desk: Desk, call: Call, found: Draft) -> None:
    if found.inline:
        # For a declaration, which is asked for in private.
        await _keep(desk, found)
    which = f"inline:{found.inline}" if found.inline else f"draft:{found.code}"
    request = Request(
        f"{PLATFORM}:{call.user}:{which}",
        call.address,
        found.prompt,
        call.localiser.locale,
        declares=call.declares,
        place=Place(found.chat),
    )
    receipt = await desk.commands.video(request)
    await acknowledge(desk, call)
    if found.inline and call.message:
        await change(desk, call, call.localiser.text("telegram-made-there", code=receipt.job.code))
    await desk.receipts.show(replace(call, inline=found.inline), receipt, instead=not found.inline)


async def _may_write(desk: Desk, user: int) -> bool:
    """Whether the bot may write to somebody: a clip is uploaded there before any other chat can have it."""
    try:
        await desk.bot.send_chat_action(user, ChatAction.TYPING)
    except TelegramError as error:
        if isinstance(delivery_error(error), RecipientGone):
            return False
        raise
    return True


async def _lead(desk: Desk, call: Call, found: Draft) -> None:
    """The message says that its user must open the private chat first; their prompt is ready there."""
    await _keep(desk, found)
    way = InlineKeyboardButton(call.localiser.text("open-private"), url=bot_link(desk.bot, OFFER, found.code))
    text = f"{cut(found.prompt, _LONGEST_PROMPT)}\n\n{call.localiser.text('telegram-offer-private')}"
    await acknowledge(desk, call)
    await change(desk, call, text, InlineKeyboardMarkup([[way]]))


async def _keep(desk: Desk, one: Draft) -> None:
    address = Address(PLATFORM, str(one.user), str(one.user))
    facts = {name: value for name, value in asdict(one).items() if name not in {"code", "user"}}
    await desk.commands.remember(address, _KIND, one.code, facts)


async def _find(desk: Desk, code: str) -> Draft | None:
    memo = await desk.commands.remembered(PLATFORM, _KIND, code)
    if memo is None:
        return None
    told = memo.facts
    return Draft(memo.code, int(memo.user), str(told["prompt"]), cast("Chat", told["chat"]), str(told["inline"]))


def _make(localiser: Localiser, offered: Draft) -> InlineKeyboardButton:
    return button(localiser.text("telegram-make"), Press(OFFER, offered.code))


VERBS: Verbs = {OFFER: ready}
BUTTONS: Buttons = {OFFER: press_make}
