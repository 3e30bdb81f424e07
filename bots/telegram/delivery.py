"""Turns a finished clip into the message that showed how it stood: the receipt becomes the video.

A large upload is always an edit, which may be done twice without being seen twice. Where there is no receipt to become
the video, or one that will not do, a line that waits for it is sent before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import InlineKeyboardMarkup, InputMediaVideo, Message
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bots.adapter import Delivery
from bots.commands import Commands
from bots.telegram.captions import keyboard_of, write_caption
from bots.telegram.faults import (
    as_delivery_errors,
    has_no_message,
    is_passing,
    is_too_large,
    is_unchanged,
    lacks_method,
    new_chat,
)
from bots.telegram.film import Files, Film, files_of, look_at
from bots.telegram.pace import Rank, ranked
from bots.telegram.post import Board, Post
from bots.telegram.speech import Spot, there
from core.errors import DeliveryDelayed, TooLarge
from core.ports import Clock
from core.preferences import ChatSettings
from core.types import Job
from translation.localiser import Localiser

_UNWATCHED = 60.0
"""Seconds after which nobody looks at the receipt any more. An edit notifies nobody, a new message does."""
_SMALLER, _SMALLEST = 0.75, 4_000_000
"""What Telegram takes is at most this share of what it refused; below that many bytes it is not about the size."""
_ANSWER_TIMEOUT, _UPLOAD_TIMEOUT = 120.0, 900.0
_COVERED, _NO_MEDIA = "covered", "no media in the message"
_OLDER = "update the Bot API server; until then each clip is sent beside its receipt, which is deleted"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Look:
    """How a clip is shown in its chat."""

    caption: str
    keyboard: InlineKeyboardMarkup
    is_covered: bool
    is_protected: bool


class Deliveries:
    """``limit`` are the bytes that a file may have there; it falls where Telegram turns out to take less."""

    def __init__(self, bot: ExtBot[None], commands: Commands, board: Board, clock: Clock, limit: int) -> None:
        self._bot, self._commands, self._board, self._clock = bot, commands, board, clock
        self.limit, self._can_fill, self._takes_words = limit, True, True

    async def deliver(self, delivery: Delivery) -> None:
        """Show the clip, once.

        Raises:
            DeliveryError: it did not arrive, or nobody knows whether it did.
            EngineFault: the file is no clip.
        """
        job, video = delivery.job, delivery.video
        post = await self._board.find(job)
        settings = await self._commands.chat_settings(job.address)
        # Where it was sent, the process died before it could say so.
        if post.clip is None:
            film = await asyncio.to_thread(look_at, video)
            opened = files_of(video, film, f"{job.code}.mp4", is_local=self._bot.local_mode)
            try:
                with as_delivery_errors(), ranked(Rank.FINAL), opened as files:
                    await self._show(job, post, film, files, settings)
            except TooLarge as error:
                raise self._smaller(video.stat().st_size) from error
        with as_delivery_errors(), ranked(Rank.FINAL):
            await self._hand_on(job, settings)

    async def look(self, job: Job, post: Post, settings: ChatSettings) -> Look:
        """Caption, buttons and what the chat wants."""
        locales = [job.locale, *([settings.locale] if settings.locale else [])]
        may_share = not settings.protected and bool(self._bot.bot.supports_inline_queries)
        is_alone = post.chat > 0
        return Look(
            write_caption(job, locales, "" if is_alone else post.name),
            keyboard_of(Localiser(job.locale), job, may_share=may_share),
            settings.covered or any(note.code == _COVERED for note in job.notes),
            settings.protected,
        )

    async def _show(self, job: Job, post: Post, film: Film, files: Files, settings: ChatSettings) -> None:
        look = await self.look(job, post, settings)
        if self._can_fill and (post.receipt is None or (not post.ready and await self._wants_news(job, look))):
            post = await self._stand_in(job, post, look, film)
        try:
            sent = await self._fill(job, post, look, film, files)
        except TelegramError as error:
            moved = new_chat(error)
            if _takes_no_media(error):
                self._takes_words = False
            elif moved or has_no_message(error):
                # Somebody deleted the message, or the group has moved and numbers its messages anew.
                post = await self._board.change(job, chat=moved or post.chat, receipt=None, ready=False)
            else:
                raise
            post = await self._stand_in(job, post, look, film)
            sent = await self._fill(job, post, look, film, files)
        await self._board.change(job, chat=sent.chat_id, clip=sent.message_id, file=_file_of(job, sent))
        if post.receipt != sent.message_id:
            await self._take_away(job, post)

    async def _wants_news(self, job: Job, look: Look) -> bool:
        """Whether the receipt will not do: a message is protected from the start, and only a new one rings.

        An older server lets only a message with media become a video.
        """
        if look.is_protected or not self._takes_words:
            return True
        if self._clock.now() - job.created_at < _UNWATCHED:
            return False
        return not (await self._commands.user_settings(job.address)).quiet

    async def _stand_in(self, job: Job, post: Post, look: Look, film: Film) -> Post:
        """A receipt that the video takes the place of, as an answer to whoever asked, in place of the one there was."""
        text = Localiser(job.locale).text("clip-ready", code=job.code)

        async def send(spot: Spot) -> Message:
            where: dict[str, Any] = {"message_thread_id": spot.thread, "reply_parameters": spot.reply}
            where["protect_content"] = look.is_protected or None
            if self._takes_words:
                return await self._bot.send_message(spot.chat, text, **where)
            covered = look.is_covered or None
            return await self._bot.send_photo(spot.chat, film.thumbnail, text, has_spoiler=covered, **where)

        sent = await there(Spot(post.chat, post.thread, post.asked), send)
        changed = await self._board.change(job, chat=sent.chat_id, receipt=sent.message_id, ready=True)
        await self._take_away(job, post)
        return changed

    async def _fill(self, job: Job, post: Post, look: Look, film: Film, files: Files) -> Message:
        """Put the video in the message that waits for it; where a server cannot, beside it."""
        if not self._can_fill:
            return await self._send(job, post, look, film, files)
        media = InputMediaVideo(
            files.video,
            look.caption,
            film.width,
            film.height,
            film.seconds,
            supports_streaming=True,
            has_spoiler=look.is_covered,
            thumbnail=files.thumbnail,
        )
        try:
            edited = await self._bot.edit_message_media(
                media,
                post.chat,
                post.receipt,
                reply_markup=look.keyboard,
                read_timeout=_ANSWER_TIMEOUT,
                write_timeout=_UPLOAD_TIMEOUT,
            )
        except TelegramError as error:
            if is_unchanged(error):
                return await self._found(post, look)
            if not lacks_method(error):
                raise
            log.warning("telegram.older_server", does_not_know="editMessageMedia", remedy=_OLDER)
            self._can_fill = False
            return await self._send(job, post, look, film, files)
        assert isinstance(edited, Message)
        return edited

    async def _found(self, post: Post, look: Look) -> Message:
        """The message that holds the video already: the answer that said so was lost. Any change brings it back."""
        await self._bot.edit_message_reply_markup(post.chat, post.receipt)
        edited = await self._bot.edit_message_reply_markup(post.chat, post.receipt, reply_markup=look.keyboard)
        assert isinstance(edited, Message)
        return edited

    async def _hand_on(self, job: Job, settings: ChatSettings) -> None:
        """Put the clip in the message elsewhere that waits for it, which takes no upload."""
        post = await self._board.find(job)
        if not post.inline:
            return
        look = await self.look(job, post, settings)
        media = InputMediaVideo(post.file, look.caption, supports_streaming=True, has_spoiler=look.is_covered or None)
        try:
            await self._bot.edit_message_media(media, inline_message_id=post.inline)
        except TelegramError as error:
            if is_passing(error):
                raise
            if not is_unchanged(error):
                # It was deleted, or its chat takes no videos: the clip is in the private chat.
                log.info("telegram.not_handed_on", job=job.id, error=repr(error))
        await self._board.change(job, inline="")

    async def _send(self, job: Job, post: Post, look: Look, film: Film, files: Files) -> Message:
        """A video of its own. Whether an earlier one arrived whose answer was lost, no request can tell."""

        async def send(spot: Spot) -> Message:
            return await self._bot.send_video(
                spot.chat,
                files.video,
                film.seconds,
                look.caption,
                width=film.width,
                height=film.height,
                thumbnail=files.thumbnail,
                supports_streaming=True,
                has_spoiler=look.is_covered or None,
                protect_content=look.is_protected or None,
                message_thread_id=spot.thread,
                reply_parameters=spot.reply,
                reply_markup=look.keyboard,
                filename=f"{job.code}.mp4",
                read_timeout=_ANSWER_TIMEOUT,
                write_timeout=_UPLOAD_TIMEOUT,
            )

        return await there(Spot(post.chat, post.thread, post.asked), send)

    async def _take_away(self, job: Job, post: Post) -> None:
        """The receipt that there was."""
        if post.receipt is None:
            return
        try:
            await self._bot.delete_message(post.chat, post.receipt)
        except TelegramError as error:
            # A line too many does no harm.
            log.info("telegram.receipt_not_deleted", job=job.id, error=repr(error))

    def _smaller(self, size: int) -> TooLarge | DeliveryDelayed:
        """Try again with a smaller file; where even a small one was refused, never."""
        if size <= _SMALLEST:
            return TooLarge(limit_bytes=size)
        self.limit = min(self.limit, max(_SMALLEST, int(size * _SMALLER)))
        log.warning("telegram.limit_lowered", limit=self.limit, refused=size)
        return DeliveryDelayed(retry_after=1.0)


def _file_of(job: Job, sent: Message) -> str:
    """The identifier by which the file can be sent again without an upload."""
    if sent.video is None:
        log.warning("telegram.not_a_video", job=job.id, is_animation=sent.animation is not None)
    file = sent.video or sent.animation or sent.document
    return file.file_id if file else ""


def _takes_no_media(error: TelegramError) -> bool:
    """An older server, which lets a message of words alone become no video."""
    return isinstance(error, BadRequest) and not is_too_large(error) and _NO_MEDIA in error.message.lower()
