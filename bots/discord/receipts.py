"""Turns a job into its one message in the chat, which follows the job until its clip is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from bots.commands import Commands
from bots.discord.answering import say
from bots.discord.call import Call
from bots.discord.faults import FAULTS, as_delivery_errors, has_no_message, has_no_token, is_closed
from bots.discord.mail import Mail
from bots.discord.post import TOKEN_SECONDS, Board, Post
from bots.discord.slip import end_slip, slip, standing_of
from bots.edits import Edits
from bots.presenter import present_receipt
from core.intake import Receipt
from core.types import Job, JobState, Progress, QueuePlace
from translation.localiser import Localiser

if TYPE_CHECKING:
    from core.ports import Clock

_EVERY, _EVERY_BY_BOT = 2.5, 5.0
"""Seconds between two edits of a message: by its interaction, and by the bot, whose edits have limits in a channel."""
_SELDOM, _HARDLY_EVER = 24.0, 600.0
"""After what failed: Discord shuts out a bot that asks ten thousand times in vain in ten minutes."""
_AT_ONCE = 6
"""Messages that may change at each report (several a second)."""

log = structlog.get_logger(__name__)


class Receipts:
    """Shows each where it was asked for; ``bots.edits`` says when."""

    def __init__(self, mail: Mail, commands: Commands, board: Board, clock: Clock) -> None:
        self._mail, self._commands, self._board, self._clock = mail, commands, board, clock
        self._edits = Edits(_EVERY, _SELDOM)
        self._by_bot: dict[int, float] = {}

    async def show(self, call: Call, receipt: Receipt) -> None:
        """Tell that a request was taken. What cannot be told now, progress will tell."""
        await self._edits.tell(receipt.job, self._tell(call, receipt))

    async def _tell(self, call: Call, receipt: Receipt) -> None:
        job = receipt.job
        post = await self._begin(call, receipt)
        if (receipt.duplicate and post.receipt and post.receipt != call.message) or job.state.ended:
            return
        if post.clip:
            # It was made at once, and is there: that the bot thinks is no longer true.
            if not call.is_press:
                await call.interaction.delete_original_response()
            return
        text = present_receipt(call.localiser, receipt)
        view = slip(call.localiser, job, text, self._commands)
        self._edits.show(job, text)
        if post.receipt and post.receipt == call.message:
            await call.interaction.edit_original_response(view=view, attachments=[])
        else:
            told = await say(call, view)
            await self._board.change(job, receipt=told, told=post.told + call.is_press)

    async def _begin(self, call: Call, receipt: Receipt) -> Post:
        """Keep where it will be shown, before anything is said. A press on the old job's message makes it the new's."""
        post, old = await self._board.find(receipt.job), receipt.replaced
        if post.receipt or (receipt.duplicate and post.token):
            return post
        message = None if call.is_press else call.message
        if old and call.is_press:
            message = call.message
            await self._board.change(old, receipt=None, token="")
        return await self._board.change(
            receipt.job,
            channel=call.channel,
            guild=call.guild,
            parent=call.parent,
            receipt=message,
            **_token_of(call),
            is_quiet=call.is_quiet,
            is_guest=call.is_guest,
            is_news=call.is_news,
            told=0,
        )

    async def renew(self, call: Call, job: Job) -> None:
        """The interaction of a press on the job's message can edit it for as long again."""
        post = await self._board.find(job)
        if call.is_press and post.receipt == call.message:
            await self._board.change(job, **_token_of(call))

    async def report(self, reports: Sequence[tuple[Job, Progress | None]]) -> None:
        """Show how unfinished jobs stand, where that keeps nobody waiting."""
        due = self._edits.due(reports, lambda _, shown: shown.rest)
        for job, progress in due[: max(0, _AT_ONCE - len(self._edits))]:
            self._edits.begin(job, self._follow(job, progress))

    async def end(self, job: Job) -> None:
        """Tell that a job failed or was cancelled; the clip of one that succeeded is there.

        Raises:
            DeliveryError: it could not be told.
        """
        await self.settle(job)
        if job.state is not JobState.SUCCEEDED:
            localiser = Localiser(job.locale)
            with as_delivery_errors():
                await self._mail.put(job, lambda above: end_slip(localiser, job, above))
        post = await self._board.find(job)
        if post.token:
            # Nobody needs the secret any more.
            await self._board.change(job, token="", token_until=0.0)
        self._edits.forget(job)
        self._board.forget(job)

    async def settle(self, job: Job) -> None:
        """Nothing is shown of its progress any more: what comes next is its last message."""
        await self._edits.settle(job)

    async def stop(self) -> None:
        """Let go of what is being edited."""
        await self._edits.stop()

    async def _follow(self, job: Job, progress: Progress | None) -> None:
        try:
            await self._show_progress(job, progress)
        except FAULTS as error:
            # The next report is as good.
            log.info("discord.progress_not_shown", job=job.id, error=type(error).__name__)
            is_gone = is_closed(error) or has_no_message(error)
            self._edits.show(job, rest=_HARDLY_EVER if is_gone else _SELDOM)
            if has_no_token(error):
                await self._board.change(job, token="", token_until=0.0)

    async def _show_progress(self, job: Job, progress: Progress | None) -> None:
        post, localiser = await self._board.find(job), Localiser(job.locale)
        by_bot = not post.has_token(self._clock.now())
        if post.receipt is None or (by_bot and not self._may_edit(post)):
            self._edits.show(job)
            return
        text = standing_of(localiser, job, progress, await self._place(job))
        if self._edits.says(job, text):
            return
        self._edits.show(job, text, _EVERY_BY_BOT if by_bot else _EVERY)
        await self._mail.edit(post, slip(localiser, job, text, self._commands))

    def _may_edit(self, post: Post) -> bool:
        """By the bot in its channel, so seldom that its limit there has room for what is no progress."""
        if post.is_quiet or post.is_guest:
            return False
        now = _now()
        if now - self._by_bot.get(post.channel, -_EVERY_BY_BOT) < _EVERY_BY_BOT / 2:
            return False
        self._by_bot = {channel: at for channel, at in self._by_bot.items() if now - at < _EVERY_BY_BOT}
        self._by_bot[post.channel] = now
        return True

    async def _place(self, job: Job) -> QueuePlace | None:
        return await self._commands.position(job) if job.state is JobState.QUEUED else None


def _token_of(call: Call) -> dict[str, Any]:
    until = call.interaction.created_at.timestamp() + TOKEN_SECONDS
    return {"token": call.interaction.token, "token_until": until}


def _now() -> float:
    return asyncio.get_running_loop().time()
