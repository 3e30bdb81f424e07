"""Turns a job into its one message in the chat, which follows the job until its clip is there."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bots.commands import Commands
from bots.edits import Edits
from bots.presenter import present_receipt
from bots.telegram.call import Call
from bots.telegram.faults import as_delivery_errors, has_no_message, is_passing, is_unchanged
from bots.telegram.pace import Dropped, Pace, Rank, ranked
from bots.telegram.post import Board, Post
from bots.telegram.slip import buttons_of, end_text, standing, write_slip
from bots.telegram.speech import Spot, there
from bots.telegram.units import MESSAGE
from bots.units import cut
from core.intake import Receipt
from core.types import Job, JobState, Progress, QueuePlace
from translation.localiser import Localiser

_EVERY = 3.0
"""Seconds between two edits of a message: more would say little more."""
_SELDOM = 24.0
_AT_ONCE, _LONGEST_PROMPT = 4, 600
"""Messages that may change at each report (several a second)."""
_LATELY = 4096
"""Jobs that ended last are remembered: where much is asked for, a clip may be there before its receipt."""
_LONGEST_WAIT = 5.0
"""Seconds of a flood wait that a receipt waits for; progress, once it may be shown again, makes up for it."""

log = structlog.get_logger(__name__)


class Receipts:
    """Shows each where it was asked for; ``bots.edits`` says when."""

    def __init__(self, bot: ExtBot[None], commands: Commands, board: Board, pace: Pace) -> None:
        self._bot, self._commands, self._board, self._pace = bot, commands, board, pace
        self._edits = Edits(_EVERY, _SELDOM)
        self._over: OrderedDict[str, None] = OrderedDict()

    async def show(self, call: Call, receipt: Receipt, *, instead: bool = False) -> None:
        """Tell that a request was taken. What cannot be told now, progress will tell.

        ``instead``: the message of the pressed button tells it, in place of what it says.
        """
        job = receipt.job
        post = await self._begin(call, receipt, instead=instead)
        while early := self._edits.of(job):
            # Progress is quicker: what it says becomes the receipt.
            await asyncio.wait({early})
            post = await self._board.find(job)
        is_shown = bool(post.receipt or post.inline)
        is_over = job.state.ended or job.id in self._over or post.clip is not None
        if (receipt.duplicate and is_shown) or is_over or self._pace.flood(post.chat) > _LONGEST_WAIT:
            return
        localiser = call.localiser
        text = write_slip(localiser, job, present_receipt(localiser, receipt), self._commands)
        await self._edits.tell(job, self._put(job, post, text))

    async def report(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """Show how unfinished jobs stand, where that keeps nobody waiting."""
        # What begins to be made is news at once, however long it waited.
        due = self._edits.due(reports, lambda job, shown: shown.rest if job.state is JobState.QUEUED else _EVERY)
        may_be_told = [(job, progress) for job, progress in due if self._pace.may_edit(int(job.address.chat))]
        for job, progress in may_be_told[:_AT_ONCE]:
            self._edits.begin(job, self._follow(job, progress))

    async def end(self, job: Job) -> None:
        """Tell that a job failed or was cancelled; the clip of one that succeeded is there.

        Raises:
            DeliveryError: it could not be told.
        """
        await self.settle(job)
        self._over[job.id] = None
        if len(self._over) > _LATELY:
            self._over.popitem(last=False)
        if job.state is not JobState.SUCCEEDED:
            localiser = Localiser(job.locale)
            with as_delivery_errors(), ranked(Rank.FINAL):
                await self._put(job, await self._board.find(job), end_text(localiser, job))
        self._edits.forget(job)
        self._board.forget(job)

    async def settle(self, job: Job) -> None:
        """Nothing is shown of its progress any more: what comes next is its last message."""
        await self._edits.settle(job)

    async def stop(self) -> None:
        """Let go of what is being edited."""
        await self._edits.stop()

    async def _begin(self, call: Call, receipt: Receipt, *, instead: bool) -> Post:
        """Keep where it will be shown, before anything is said. A press on the old job's message makes it the new's."""
        old = receipt.replaced
        is_typed = not (call.query or call.inline or instead)
        if is_typed and call.thread is None and not (old or receipt.duplicate):
            # All but the name stands in the job itself: it need not be kept before the receipt is there.
            return self._board.expect(receipt.job, name=call.name)
        post = await self._board.find(receipt.job)
        if post.receipt or post.inline or (receipt.duplicate and post.thread):
            return post
        asked, message, inline = call.message, call.message if instead else None, call.inline
        if old:
            before = await self._board.find(old)
            inline = inline or before.inline
            if call.query:
                asked, message = before.asked, call.message
                await self._board.change(old, receipt=None, inline="")
            elif before.inline:
                await self._board.change(old, inline="")
        facts = {"chat": call.chat, "thread": call.thread, "asked": asked, "receipt": message, "name": call.name}
        return await self._board.change(receipt.job, **facts, inline=inline)

    async def _follow(self, job: Job, progress: Progress | None) -> None:
        try:
            localiser, place = Localiser(job.locale), await self._place(job)
            text = write_slip(localiser, job, standing(localiser, job, progress, place), self._commands)
            if not self._edits.says(job, text):
                with ranked(Rank.PROGRESS):
                    await self._put(job, await self._board.find(job), text)
        except Dropped:
            log.debug("telegram.progress_dropped", job=job.id)
        except TelegramError as error:
            # The next report is as good.
            log.info("telegram.progress_not_shown", job=job.id, error=repr(error))
            self._edits.show(job)

    async def _place(self, job: Job) -> QueuePlace | None:
        return await self._commands.position(job) if job.state is JobState.QUEUED else None

    async def _put(self, job: Job, post: Post, text: str) -> None:
        """In the job's message; where there is none, or none any more, in a new one."""
        self._edits.show(job, text)
        keyboard = buttons_of(Localiser(job.locale), job, self._commands.rewordings)
        if post.inline:
            # Where it was sent nobody sees what was asked for.
            whole = f"{cut(' '.join(job.prompt.split()), _LONGEST_PROMPT)}\n{text}"
            if await self._edit(cut(whole, MESSAGE), keyboard, inline=post.inline):
                return
            post = await self._board.change(job, inline="")
        if post.receipt and await self._edit(text, keyboard, chat=post.chat, message=post.receipt):
            return

        async def send(spot: Spot) -> int:
            sent = await self._bot.send_message(
                spot.chat, text, message_thread_id=spot.thread, reply_parameters=spot.reply, reply_markup=keyboard
            )
            await self._board.change(job, chat=sent.chat_id, receipt=sent.message_id)
            return sent.message_id

        await there(Spot(post.chat, post.thread, post.asked), send)

    async def _edit(
        self,
        text: str,
        keyboard: InlineKeyboardMarkup,
        *,
        chat: int | None = None,
        message: int | None = None,
        inline: str | None = None,
    ) -> bool:
        """False where the message is not there any more."""
        try:
            await self._bot.edit_message_text(text, chat, message, inline, reply_markup=keyboard)
        except TelegramError as error:
            if is_unchanged(error):
                return True
            if not has_no_message(error) or is_passing(error):
                raise
            return False
        return True
