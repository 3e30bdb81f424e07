"""Turns ``@bot words`` in any chat into clips of whoever types it, to send there without an upload."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultCachedVideo,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Message,
    Update,
    User,
)
from telegram.error import BadRequest

from bots.presenter import engine_label
from bots.telegram.call import PLATFORM
from bots.telegram.captions import write_caption
from bots.telegram.desk import Desk, Events
from bots.telegram.offers import article, draft
from bots.telegram.start import bot_link, start_parameter
from bots.units import cut
from core.errors import Refusal
from core.types import Address, Job, JobState
from translation.localiser import Localiser, choose_locale

_PAGE = 20
_CACHE_SECONDS = 5
_TITLE = 64

log = structlog.get_logger(__name__)


async def inline_query(desk: Desk, update: Update) -> None:
    """One's own finished clips by code or words, the newest first; where there are none, the offer to make one."""
    query = update.inline_query
    assert query is not None
    localiser, address = _localiser(query.from_user), _address(query.from_user)
    jobs = await _page(desk, address, query)
    results = [found for job in jobs if (found := await _result(desk, localiser, job))]
    is_none = not results and not query.offset and len(jobs) < _PAGE
    words = query.query.strip()
    offered = await draft(desk, query.from_user, words, query.chat_type) if is_none else None
    parameter = offered.parameter if offered else start_parameter("video")
    make = InlineQueryResultsButton(localiser.text("telegram-inline-make"), start_parameter=parameter)
    try:
        await desk.bot.answer_inline_query(
            query.id,
            [article(desk, localiser, offered)] if offered else results,
            cache_time=_CACHE_SECONDS,
            is_personal=True,
            next_offset=jobs[-1].code if len(jobs) == _PAGE else "",
            button=make if is_none else None,
        )
    except BadRequest as error:
        # Whoever types fast has asked again meanwhile.
        log.info("telegram.inline_not_answered", error=repr(error))


async def _page(desk: Desk, address: Address, query: InlineQuery) -> Sequence[Job]:
    try:
        return await desk.commands.find_clips(address, query.query.strip(), limit=_PAGE, after=query.offset or None)
    except Refusal:
        # The clip after which to go on was forgotten meanwhile, or is nobody's that asks.
        return ()


async def guest_message(desk: Desk, update: Update) -> None:
    """An answer where the bot is no member: the newest of one's clips that fits the words, or the offer to make one."""
    message = update.guest_message
    if message is None or message.guest_query_id is None or message.from_user is None:
        return
    user = message.guest_bot_caller_user or message.from_user
    localiser = _localiser(user)
    words = _without_mention(message, desk.bot.username)
    found = [
        result
        for job in (await desk.commands.find_clips(_address(user), words, limit=1) if words else [])
        if (result := await _result(desk, localiser, job))
    ]
    offered = await draft(desk, user, words, message.chat.type) if not found else None
    answer = found[0] if found else article(desk, localiser, offered) if offered else _invitation(desk, localiser)
    await desk.bot.answer_guest_query(message.guest_query_id, answer)


async def _result(desk: Desk, localiser: Localiser, job: Job) -> InlineQueryResultCachedVideo | None:
    """None for what Telegram does not have, and for what its chat keeps to itself."""
    post = await desk.board.find(job)
    if job.state is not JobState.SUCCEEDED or not post.file:
        return None
    if (await desk.commands.chat_settings(job.address)).protected:
        return None
    return InlineQueryResultCachedVideo(
        job.code,
        post.file,
        cut(" ".join(job.prompt.split()), _TITLE) or job.code,
        description=f"{job.code} · {engine_label(localiser, job.spec)}",
        caption=write_caption(job, [localiser.locale]),
    )


def _invitation(desk: Desk, localiser: Localiser) -> InlineQueryResultArticle:
    make = InlineKeyboardButton(localiser.text("telegram-inline-make"), url=bot_link(desk.bot, "video"))
    text = localiser.text("telegram-guest")
    return InlineQueryResultArticle(
        "make", localiser.text("telegram-inline-make"), InputTextMessageContent(text), InlineKeyboardMarkup([[make]])
    )


def _without_mention(message: Message, username: str) -> str:
    words = (message.text or message.caption or "").split()
    return " ".join(word for word in words if word.casefold() != f"@{username}".casefold())


def _localiser(user: User) -> Localiser:
    return Localiser(choose_locale(user.language_code or ""))


def _address(user: User) -> Address:
    """As of the user's private chat: what is found is theirs in all chats."""
    return Address(PLATFORM, str(user.id), str(user.id))


EVENTS: Events = {"inline_query": inline_query, "guest_message": guest_message}
