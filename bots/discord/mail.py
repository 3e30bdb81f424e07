"""Turns a message for whoever asked into one that arrives: by the interaction, by the bot there, or in private."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from discord import AllowedMentions, HTTPException, Object, Webhook

from bots.discord.faults import has_no_message, has_no_token, is_closed
from bots.discord.post import Board, Post
from core.errors import RecipientGone

if TYPE_CHECKING:
    from discord import Client
    from discord.ui import LayoutView

    from core.ports import Clock
    from core.types import Job

Build = Callable[[str], "LayoutView"]
"""A message, of what is said above it: who is meant, where the message is a new one."""
log = structlog.get_logger(__name__)


class Mail:
    """``client`` speaks for the bot."""

    def __init__(self, client: Client, board: Board, clock: Clock) -> None:
        self._client, self._board, self._clock = client, board, clock

    async def edit(self, post: Post, view: LayoutView) -> None:
        """Let the job's message say something else.

        Raises:
            discord.HTTPException: it cannot.
        """
        assert post.receipt is not None
        if post.has_token(self._clock.now()):
            await self.answers(post.token).edit_message(post.receipt, view=view, attachments=[])
        else:
            channel = self._client.get_partial_messageable(post.channel)
            await channel.get_partial_message(post.receipt).edit(view=view, attachments=[])

    async def put(self, job: Job, build: Build) -> None:
        """Say it in the job's message; where that cannot be, in a new one that tells its user, there or in private.

        Raises:
            RecipientGone: nowhere.
            discord.HTTPException: not now.
        """
        post = await self._board.find(job)
        if await self._edited(job, post, build("")):
            return
        user = int(job.address.user)
        mention = AllowedMentions(users=[Object(user)])
        if not (post.is_quiet or post.is_guest):
            try:
                sent = await self._client.get_partial_messageable(post.channel).send(
                    view=build(f"<@{user}>"), allowed_mentions=mention
                )
            except HTTPException as error:
                if not is_closed(error):
                    raise
            else:
                await self._board.change(job, receipt=sent.id)
                return
        await self._in_private(user, build(""))

    async def _edited(self, job: Job, post: Post, view: LayoutView) -> bool:
        if post.receipt is None:
            return False
        try:
            if post.has_token(self._clock.now()):
                await self.answers(post.token).edit_message(post.receipt, view=view, attachments=[])
                return True
        except HTTPException as error:
            if has_no_message(error):
                return False
            if not has_no_token(error):
                raise
            await self._board.change(job, token="", token_until=0.0)
        if post.is_quiet or post.is_guest:
            return False
        try:
            channel = self._client.get_partial_messageable(post.channel)
            await channel.get_partial_message(post.receipt).edit(view=view, attachments=[])
        except HTTPException as error:
            if has_no_message(error) or is_closed(error):
                return False
            raise
        return True

    async def _in_private(self, user: int, view: LayoutView) -> None:
        try:
            channel = await self._client.create_dm(Object(user))
            await channel.send(view=view)
        except HTTPException as error:
            if is_closed(error):
                raise RecipientGone from error
            raise

    def answers(self, token: str) -> Webhook:
        """What answers an interaction, as long as its token is good."""
        return Webhook.partial(self._client.application_id or 0, token, client=self._client)
