"""Turns a finished clip into the message that showed how it stood: the receipt becomes the video.

While the interaction can be answered, by its token; afterwards as the bot, in the channel, or else in private. An edit
may be done twice without being seen twice, so it comes first.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import structlog
from discord import Client, HTTPException

from bots.adapter import Delivery
from bots.commands import Commands
from bots.discord import earlier, ways
from bots.discord.faults import FAULTS, as_delivery_errors, has_no_message, has_no_token
from bots.discord.gallery import Look
from bots.discord.places import lacking, permission_names
from bots.discord.post import MOST_FOLLOW_UPS, Board, Post
from bots.discord.ways import Parcel, Shown
from core.errors import DeliveryDelayed, RecipientGone, TooLarge
from core.ports import Clock
from core.quotas.limits import ruling_chat
from core.types import Address, Job
from translation.localiser import Localiser

_UNWATCHED = 60.0
"""Seconds after which nobody looks at the receipt any more. An edit notifies nobody, a new message does."""
_SMALLER, _SMALLEST = 0.75, 1_000_000
"""What Discord takes is at most this share of what it refused; below that many bytes it is not about the size."""
_KNOWN_CHATS = 10_000
_COVERED = "covered"

Way = Callable[[Client, Post, Parcel], Awaitable[Shown]]
log = structlog.get_logger(__name__)


class Deliveries:
    """``floor`` are the bytes that a file may have wherever nothing else is known."""

    def __init__(self, client: Client, commands: Commands, board: Board, clock: Clock, floor: int) -> None:
        self._client, self._commands, self._board, self._clock = client, commands, board, clock
        self._floor = floor
        self._told: OrderedDict[str, int] = OrderedDict()
        self._lowered: dict[Address, int] = {}

    def learn(self, chat: str, limit: int) -> None:
        """What an interaction says of the files that its channel takes."""
        self._told[chat] = limit
        self._told.move_to_end(chat)
        if len(self._told) > _KNOWN_CHATS:
            self._told.popitem(last=False)

    def limit(self, address: Address) -> int:
        """Bytes of a file there, by the last interaction or its server; less where it turned out to take less."""
        usual = max(self._floor, self._told.get(address.chat) or self._of_server(address))
        return min(usual, self._lowered.get(address, usual))

    async def deliver(self, delivery: Delivery) -> None:
        """Show the clip, once, and let its user know.

        Raises:
            DeliveryError: it did not arrive, or nobody knows whether it did.
        """
        job = delivery.job
        post = await self._board.find(job)
        if post.clip is None:
            post = await self._show(job, post, delivery)
        # Else it was sent, and the process died before it could say so.
        await self._ring(job, post)

    async def look(self, job: Job, post: Post) -> Look:
        """How the clip is shown where it was asked for."""
        settings = await self._commands.chat_settings(replace(job.address, chat=ruling_chat(job.address, job.place)))
        return Look(
            [job.locale, *([settings.locale] if settings.locale else [])],
            user=0 if _is_alone(post) else int(job.address.user),
            is_covered=settings.covered or any(note.code == _COVERED for note in job.notes),
            may_publish=post.is_news and not post.is_quiet,
        )

    def smaller(self, address: Address, size: int) -> TooLarge | DeliveryDelayed:
        """What it means that a file of so many bytes was refused: a smaller one next time; after a small one, never."""
        if size <= _SMALLEST:
            return TooLarge(limit_bytes=size)
        self._lowered[address] = min(self.limit(address), max(_SMALLEST, int(size * _SMALLER)))
        log.warning("discord.limit_lowered", limit=self._lowered[address], refused=size)
        return DeliveryDelayed(retry_after=1.0)

    async def _show(self, job: Job, post: Post, delivery: Delivery) -> Post:
        parcel = Parcel(job, delivery.video, await self.look(job, post))
        size = (await asyncio.to_thread(delivery.video.stat)).st_size
        try:
            with as_delivery_errors():
                shown = await self._somewhere(job, post, parcel)
        except TooLarge as error:
            raise self.smaller(job.address, size) from error
        if shown.channel != post.channel:
            self._lowered.pop(job.address, None)
        return await self._board.change(
            job, clip=shown.message, clip_channel=shown.channel, rung=post.rung or shown.is_new
        )

    async def _somewhere(self, job: Job, post: Post, parcel: Parcel) -> Shown:
        """The first way that leads there."""
        has_token = True
        for way in self._ways(post):
            if way in _BY_TOKEN and not has_token:
                continue
            try:
                return await self._counted(job, way, parcel)
            except HTTPException as error:
                if not _is_shut(way, error):
                    raise
                # A token that is good has been seen to be answered with a bare 404: it is good no more.
                is_over = way in _BY_TOKEN and not has_no_message(error)
                has_token = has_token and not is_over
                log.info("discord.way_closed", job=job.id, way=way.__name__, code=error.code)
        return await self._in_private(job, post, parcel)

    def _ways(self, post: Post) -> Iterator[Way]:
        if post.has_token(self._clock.now()):
            if post.receipt:
                yield ways.edit_by_token
            if _may_say_more(post):
                yield ways.say_by_token
        if post.is_quiet or post.is_guest:
            return
        if post.receipt:
            yield ways.edit_as_bot
        yield ways.say_as_bot
        if post.parent:
            yield _say_in_parent

    async def _counted(self, job: Job, way: Way, parcel: Parcel) -> Shown:
        """A further answer is counted before it is given: one too many is refused, and none is given twice."""
        post = await self._board.find(job)
        if way is ways.say_by_token:
            if post.told and (before := await earlier.said(self._client, post, parcel.name)):
                return Shown(post.channel, before.id, is_new=True)
            post = await self._board.change(job, told=post.told + 1)
        return await way(self._client, post, parcel)

    async def _in_private(self, job: Job, post: Post, parcel: Parcel) -> Shown:
        """With a word of why it is not where it was asked for."""
        if _is_alone(post):
            # That was in private already.
            raise RecipientGone
        look = replace(parcel.look, user=0, may_publish=False, before=self._why(job, post))
        try:
            return await ways.say_to_person(self._client, int(job.address.user), replace(parcel, look=look))
        except HTTPException as error:
            if not ways.leads_nowhere(error):
                raise
            log.warning("discord.nowhere_to_deliver", job=job.id, code=error.code)
            raise RecipientGone from error

    def _why(self, job: Job, post: Post) -> str:
        localiser = Localiser(job.locale)
        if post.is_quiet or post.is_guest:
            return localiser.text("discord-came-late")
        lacks = lacking(self._client, post.channel, post.guild)
        where = f"<#{post.channel}>"
        if not lacks:
            return localiser.text("discord-channel-closed", channel=where)
        return localiser.text("discord-channel-lacks", channel=where, permissions=permission_names(localiser, lacks))

    async def _ring(self, job: Job, post: Post) -> None:
        """Call whoever asked to a clip that took long, unless they want quiet. Told once at most, even if we die."""
        if post.rung or self._clock.now() - job.created_at < _UNWATCHED:
            return
        if (await self._commands.user_settings(job.address)).quiet:
            return
        by_token = post.has_token(self._clock.now()) and _may_say_more(post)
        if not by_token and (post.is_quiet or post.is_guest):
            return
        post = await self._board.change(job, rung=True, told=post.told + by_token)
        user = "" if _is_alone(post) else f"<@{job.address.user}>"
        text = Localiser(job.locale).text("discord-done", code=job.code)
        try:
            await ways.call_for(
                self._client, post, int(job.address.user), f"{user} {text}".strip(), by_token=bool(by_token)
            )
        except FAULTS as error:
            # The clip is there; a call that nobody hears costs nothing.
            log.info("discord.not_called", job=job.id, error=type(error).__name__)

    def _of_server(self, address: Address) -> int:
        channel = self._client.get_channel(int(address.chat))
        guild = getattr(channel, "guild", None)
        return guild.filesize_limit if guild else 0


async def _say_in_parent(client: Client, post: Post, parcel: Parcel) -> Shown:
    """The thread is gone: in its channel, or as a new post of its forum."""
    assert post.parent is not None
    return await ways.say_in(client, post.parent, parcel)


def _is_alone(post: Post) -> bool:
    """A private chat with the bot."""
    return post.guild is None and not post.is_guest


def _is_shut(way: Way, error: HTTPException) -> bool:
    """Another way may still lead there. Where the bot's own token is refused, none does."""
    return ways.leads_nowhere(error) or (way in _BY_TOKEN and has_no_token(error))


def _may_say_more(post: Post) -> bool:
    return not post.is_guest or post.told < MOST_FOLLOW_UPS


_BY_TOKEN: tuple[Way, ...] = (ways.edit_by_token, ways.say_by_token)
