"""Turns a message that is ready into one of a channel, a thread, a forum or a person, by what still leads there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from discord import (
    AllowedMentions,
    Client,
    File,
    ForumChannel,
    ForumTag,
    HTTPException,
    MessageReference,
    Object,
    Webhook,
    WebhookType,
)
from discord.ui import LayoutView
from discord.utils import MISSING

from bots.discord import earlier
from bots.discord.faults import has_no_message, is_closed
from bots.discord.gallery import Look, gallery
from bots.discord.plain import alt_text
from bots.discord.post import Post
from bots.discord.uploads import moving
from bots.units import cut
from core.types import Job

_NO_ONE = AllowedMentions.none()
_NOT_FOR_WORDS = 50008
_NOWHERE = frozenset({_NOT_FOR_WORDS, 160005, 200000, 200001, 40067, 40094})
"""A channel that holds no messages, a locked thread, words that a server's own filter stops, a forum of tags that the
bot may not give, and one answer too many."""
_LONGEST_TITLE = 100
_MOST_TAGS = 5
_TAGS = ("video", "videos", "ai", "视频", "影片", "生成")
"""What those who keep a forum call the tag for clips."""


@dataclass(frozen=True)
class Parcel:
    """A clip's file, and how its message looks. Every attempt opens the file anew: the library closes it.

    ``mark`` tells one sending of a clip from another, where it is sent more than once on purpose.
    """

    job: Job
    video: Path
    look: Look
    mark: str = ""

    def open(self) -> tuple[LayoutView, File]:
        """The message and what goes with it."""
        file = File(self.video, self.name, description=alt_text(self.job.prompt))
        return gallery(self.job, file, self.look), file

    @property
    def name(self) -> str:
        """Of the file."""
        return f"{self.job.code}.mp4"

    @property
    def title(self) -> str:
        """Of a post in a forum."""
        return cut(" ".join(self.job.prompt.split()), _LONGEST_TITLE) or self.job.code

    @property
    def nonce(self) -> str:
        """By which Discord knows a message that it was sent before, for some minutes."""
        return self.mark or f"clip-{self.job.code}"


@dataclass(frozen=True)
class Shown:
    """Where the clip is; ``is_new``: in a message that was not there before, which its user hears of."""

    channel: int
    message: int
    is_new: bool = False


def leads_nowhere(error: HTTPException) -> bool:
    """Another way may still lead there."""
    return error.code in _NOWHERE or error.status == 404 or is_closed(error) or has_no_message(error)


def hook_of(client: Client, post: Post) -> Webhook:
    """What answers the interaction."""
    assert client.application_id is not None
    hook = Webhook.partial(client.application_id, post.token, client=client)
    # One that the library made itself would know that it may speak to one person alone.
    hook.type = WebhookType.application
    return hook


async def edit_by_token(client: Client, post: Post, parcel: Parcel) -> Shown:
    """The receipt becomes the clip."""
    assert post.receipt is not None
    view, file = parcel.open()
    async with moving():
        edited = await hook_of(client, post).edit_message(
            post.receipt, view=view, attachments=[file], allowed_mentions=_NO_ONE
        )
    return Shown(post.channel, edited.id)


async def say_by_token(client: Client, post: Post, parcel: Parcel) -> Shown:
    """A further answer."""
    view, file = parcel.open()
    async with moving():
        told = await hook_of(client, post).send(
            view=view, file=file, ephemeral=post.is_quiet, allowed_mentions=_only(parcel), wait=True
        )
    return Shown(post.channel, told.id, is_new=True)


async def edit_as_bot(client: Client, post: Post, parcel: Parcel) -> Shown:
    """The receipt becomes the clip, also after the interaction's time."""
    assert post.receipt is not None
    view, file = parcel.open()
    message = client.get_partial_messageable(post.channel, guild_id=post.guild).get_partial_message(post.receipt)
    async with moving():
        edited = await message.edit(view=view, attachments=[file], allowed_mentions=_NO_ONE)
    return Shown(post.channel, edited.id)


async def say_as_bot(client: Client, post: Post, parcel: Parcel) -> Shown:
    """A message of the bot's own, that calls whoever asked."""
    return await say_in(client, post.channel, parcel)


async def say_in(client: Client, channel: int, parcel: Parcel) -> Shown:
    """A message in any channel or thread, or a post in a forum."""
    view, file = parcel.open()
    where = client.get_partial_messageable(channel)
    try:
        async with moving():
            sent = await where.send(view=view, file=file, allowed_mentions=_only(parcel), nonce=parcel.nonce)
    except HTTPException as error:
        if error.code != _NOT_FOR_WORDS:
            raise
        return await _post_in_forum(client, channel, parcel)
    return Shown(channel, sent.id, is_new=True)


async def say_to_person(client: Client, user: int, parcel: Parcel) -> Shown:
    """A private message."""
    channel = await client.create_dm(Object(user))
    view, file = parcel.open()
    async with moving():
        sent = await channel.send(view=view, file=file, allowed_mentions=_NO_ONE, nonce=parcel.nonce)
    return Shown(channel.id, sent.id, is_new=True)


async def call_for(client: Client, post: Post, user: int, text: str, *, by_token: bool) -> None:
    """A line that its user hears, for the clip took the place of a message that was there."""
    assert post.clip is not None
    only = AllowedMentions(everyone=False, roles=False, users=[Object(user)], replied_user=False)
    if by_token:
        await hook_of(client, post).send(text, ephemeral=post.is_quiet, allowed_mentions=only, wait=True)
        return
    answered = MessageReference(message_id=post.clip, channel_id=post.channel, fail_if_not_exists=False)
    where = client.get_partial_messageable(post.channel, guild_id=post.guild)
    await where.send(text, reference=answered, allowed_mentions=only, nonce=f"done-{post.clip}")


async def _post_in_forum(client: Client, channel: int, parcel: Parcel) -> Shown:
    """A forum and a media channel hold posts, which may have to have a tag."""
    forum = await client.fetch_channel(channel)
    if not isinstance(forum, ForumChannel):
        raise TypeError(f"neither messages nor posts can be in a {type(forum).__name__}")
    if not parcel.mark and (before := await earlier.posted(client, forum, parcel.title, parcel.name)):
        return Shown(before.channel.id, before.id, is_new=True)
    view, file = parcel.open()
    async with moving():
        made = await forum.create_thread(
            name=parcel.title,
            view=view,
            file=file,
            applied_tags=_tags(forum) or MISSING,
            allowed_mentions=_only(parcel),
        )
    return Shown(made.thread.id, made.message.id, is_new=True)


def _tags(forum: ForumChannel) -> list[ForumTag]:
    """Those for clips; where one must be, the first that everybody may give."""
    free = [tag for tag in forum.available_tags if not tag.moderated]
    fitting = [tag for tag in free if tag.name.casefold() in _TAGS]
    chosen = fitting or (free[:1] if forum.flags.require_tag else [])
    return chosen[:_MOST_TAGS]


def _only(parcel: Parcel) -> AllowedMentions:
    return AllowedMentions(everyone=False, roles=False, users=[Object(parcel.look.user)] if parcel.look.user else False)
