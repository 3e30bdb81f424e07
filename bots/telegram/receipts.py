"""Turns a job into its one message in the chat, which follows the job until its clip is there."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bots.commands import Commands
from bots.presenter import is_delivering, present_receipt
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
_ON_ITS_WAY = 1.5
_LONGEST_WAIT = 5.0
"""Seconds of a flood wait that a receipt waits for; progress, once it may be shown again, makes up for it."""

log = structlog.get_logger(__name__)


@dataclass
class _Shown:
    """``rest``: seconds until it is worth a look again; what stays as it is, is looked at less and less."""

    text: str
    at: float
    rest: float = _EVERY


class Receipts:
    """What was shown last is forgotten with the process, and then shown again."""

    def __init__(self, bot: ExtBot[None], commands: Commands, board: Board, pace: Pace) -> None:
        self._bot, self._commands, self._board, self._pace = bot, commands, board, pace
        self._shown: dict[str, _Shown] = {}
        self._editing: dict[str, asyncio.Task[None]] = {}
        self._over: OrderedDict[str, None] = OrderedDict()

    async def show(self, call: Call, receipt: Receipt, *, instead: bool = False) -> None:
        """Tell that a request was taken. What cannot be told now, progress will tell.

        ``instead``: the message of the pressed button tells it, in place of what it says.
        """
        job = receipt.job
        post = await self._begin(call, receipt, instead=instead)
        while early := self._editing.get(job.id):
            # Progress is quicker: what it says becomes the receipt.
            await asyncio.wait({early})
            post = await self._board.find(job)
        is_shown = bool(post.receipt or post.inline)
        is_over = job.state.ended or job.id in self._over or post.clip is not None
        if (receipt.duplicate and is_shown) or is_over or self._pace.flood(post.chat) > _LONGEST_WAIT:
            return
        localiser = call.localiser
        text = write_slip(localiser, job, present_receipt(localiser, receipt), self._commands)
        telling = self._editing[job.id] = asyncio.create_task(self._put(job, post, text))
        try:
            await asyncio.wait({telling})
        finally:
            if self._editing.get(job.id) is telling:
                del self._editing[job.id]
        if not telling.cancelled():
            # Else its clip came first.
            telling.result()

    async def report(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """Show how unfinished jobs stand, where that keeps nobody waiting."""
        now, open_jobs = _now(), {job.id for job, _ in reports}
        self._shown = {job_id: shown for job_id, shown in self._shown.items() if job_id in open_jobs}
        due = [
            (job, progress)
            for job, progress in reports
            if self._is_due(job, now) and not is_delivering(job) and self._pace.may_edit(int(job.address.chat))
        ]
        # What is being made first, then those longest unheard of: each that waits must be looked for in the queue.
        due.sort(key=lambda pair: (pair[0].state is JobState.QUEUED, self._heard(pair[0])))
        for job, progress in due[:_AT_ONCE]:
            self._editing[job.id] = asyncio.create_task(self._follow(job, progress))

    def _is_due(self, job: Job, now: float) -> bool:
        shown = self._shown.get(job.id)
        if shown is None:
            return job.id not in self._editing
        # What begins to be made is news at once, however long it waited.
        rest = shown.rest if job.state is JobState.QUEUED else _EVERY
        return now - shown.at >= rest and job.id not in self._editing

    def _heard(self, job: Job) -> float:
        shown = self._shown.get(job.id)
        return shown.at if shown else 0.0

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
        self._shown.pop(job.id, None)
        self._board.forget(job)

    async def settle(self, job: Job) -> None:
        """Nothing is shown of its progress any more: what comes next is its last message."""
        if editing := self._editing.pop(job.id, None):
            # What is on its way may arrive; what waits for its turn has nothing more to say.
            await asyncio.wait({editing}, timeout=_ON_ITS_WAY)
            editing.cancel()
            await asyncio.gather(editing, return_exceptions=True)

    async def stop(self) -> None:
        """Let go of what is being edited."""
        for task in tuple(self._editing.values()):
            task.cancel()
        await asyncio.gather(*self._editing.values(), return_exceptions=True)

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
            shown = self._shown.get(job.id)
            if shown is not None and shown.text == text:
                self._shown[job.id] = _Shown(text, _now(), min(_SELDOM, 2 * shown.rest))
            else:
                with ranked(Rank.PROGRESS):
                    await self._put(job, await self._board.find(job), text)
        except Dropped:
            log.debug("telegram.progress_dropped", job=job.id)
        except TelegramError as error:
            # The next report is as good.
            log.info("telegram.progress_not_shown", job=job.id, error=repr(error))
            self._shown[job.id] = _Shown("", _now())
        finally:
            if self._editing.get(job.id) is asyncio.current_task():
                del self._editing[job.id]

    async def _place(self, job: Job) -> QueuePlace | None:
        return await self._commands.position(job) if job.state is JobState.QUEUED else None

    async def _put(self, job: Job, post: Post, text: str) -> None:
        """In the job's message; where there is none, or none any more, in a new one."""
        self._shown[job.id] = _Shown(text, _now())
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


def _now() -> float:
    return asyncio.get_running_loop().time()
