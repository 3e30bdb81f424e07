"""Turns an update into who asks for what: a command, a prompt, a picture, an answer to our question, or a press."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from telegram import CallbackQuery, Chat, ChosenInlineResult, Message, Update, User
from telegram.constants import ChatType

from bots.telegram.call import PLATFORM, Call
from bots.telegram.press import Press, unpack
from bots.text_commands import is_command
from core.types import Address
from translation.localiser import Localiser, choose_locale

OFFER = "make"
"""The button, the link and the inline result that make what somebody typed."""
TYPED, PROMPT, PICTURE = "typed", "video", "animate"
"""Verbs of what is no command: words that the text commands know, a prompt, a picture."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,40}))?(?:\s+(.*))?", re.DOTALL)
_QUESTION = re.compile(r"/(edit) ([A-Z0-9]{5,12})")


@dataclass(frozen=True)
class Me:
    """The bot as Telegram knows it; ``username`` is "" where a server does not tell."""

    id: int
    username: str


@dataclass(frozen=True)
class Asked:
    """``verb`` with what comes after it; ``message`` holds it. Of a press there is ``press``, and no message."""

    call: Call
    verb: str
    rest: str = ""
    message: Message | None = None
    press: Press | None = None


def read(update: Update, me: Me) -> Asked | None:
    """What is asked of the bot; None where nothing is.

    An edited message asks for nothing: what it asked for at first is done already.
    """
    if update.callback_query:
        return _read_press(update.callback_query)
    if update.chosen_inline_result:
        return _read_choice(update.chosen_inline_result)
    message = update.message or update.channel_post
    return read_message(message, me) if message else None


def read_message(message: Message, me: Me) -> Asked | None:
    """What a message asks of the bot; None where it is not meant for it."""
    call = _call_of(message)
    if call is None or (message.via_bot and message.via_bot.id == me.id):
        return None
    text = (message.text or message.caption or "").strip()
    if found := _COMMAND.fullmatch(text):
        name, bot, rest = found.groups(default="")
        is_ours = not bot or bot.casefold() == me.username.casefold()
        return Asked(call, name.casefold(), rest.strip(), message) if is_ours else None
    if question := _question(message, me):
        return Asked(call, question[1], f"{question[2]} {text}", message) if text else None
    return _read_words(call, message, text, me)


def _read_words(call: Call, message: Message, text: str, me: Me) -> Asked | None:
    """Words to the bot: all of them in private, elsewhere those that begin with its name."""
    mention = f"@{me.username}".casefold()
    if me.username and text.casefold().startswith(mention) and not text[len(mention) : len(mention) + 1].isalnum():
        text = text[len(mention) :].strip(" ,:，：\n")
    elif not call.is_private:
        return None
    if message.photo or message.document:
        return Asked(call, PICTURE, text, message)
    if not text:
        return None
    return Asked(call, TYPED if is_command(text) else PROMPT, text, message)


def _question(message: Message, me: Me) -> re.Match[str] | None:
    """The command at the end of a question of ours that the message answers."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != me.id:
        return None
    return _QUESTION.fullmatch((asked.text or "").rpartition("\n")[2])


def _call_of(message: Message) -> Call | None:
    """Anonymous administrators and channels write as a chat; what a channel's group copies is no request."""
    user, chat = message.sender_chat or message.from_user, message.chat
    if user is None or message.is_automatic_forward or (message.from_user and _is_another_bot(message)):
        return None
    language = message.from_user.language_code if message.from_user else None
    name = user.title if isinstance(user, Chat) else user.full_name
    call = _call(chat, user.id, language, name or "", f"{PLATFORM}:{chat.id}:{message.message_id}")
    return replace(call, thread=topic_of(message), message=message.message_id)


def _is_another_bot(message: Message) -> bool:
    return bool(message.from_user and message.from_user.is_bot and not message.sender_chat)


def _read_press(query: CallbackQuery) -> Asked | None:
    message, user = query.message, query.from_user
    if query.data is None:
        return None
    press = unpack(query.data)
    if message is None:
        call = _call_inline(user, f"press:{query.id}", query.inline_message_id)
        return Asked(replace(call, query=query.id), press.verb, press=press)
    key = f"{PLATFORM}:{message.chat.id}:press:{query.id}"
    call = _call(message.chat, user.id, user.language_code, user.full_name, key)
    thread = topic_of(message) if isinstance(message, Message) else None
    held = message if isinstance(message, Message) else None
    call = replace(call, thread=thread, message=message.message_id, query=query.id, held=held)
    return Asked(call, press.verb, press=press)


def _read_choice(choice: ChosenInlineResult) -> Asked | None:
    """An offer that somebody sent to a chat is as good as a press on its button; Telegram tells it if it is set to."""
    verb, _, code = choice.result_id.partition("-")
    if verb != OFFER or not choice.inline_message_id:
        return None
    call = _call_inline(choice.from_user, f"choice:{choice.inline_message_id}", choice.inline_message_id)
    return Asked(call, OFFER, press=Press(OFFER, code))


def _call_inline(user: User, key: str, inline: str | None) -> Call:
    """Of a message that was sent through the bot into a chat that it does not know."""
    chat = Chat(user.id, ChatType.PRIVATE)
    call = _call(chat, user.id, user.language_code, user.full_name, f"{PLATFORM}:{user.id}:{key}")
    return replace(call, inline=inline or "")


def topic_of(message: Message) -> int | None:
    """Its topic. Other groups give the number of a reply's thread, which is no place to send to."""
    return message.message_thread_id if message.is_topic_message else None


def _call(chat: Chat, user: int, language: str | None, name: str, key: str) -> Call:
    return Call(
        Address(PLATFORM, str(chat.id), str(user)),
        Localiser(choose_locale(language or "")),
        key,
        chat.id,
        user,
        is_private=chat.type == ChatType.PRIVATE,
        name=name,
        is_channel=chat.type == ChatType.CHANNEL,
    )
