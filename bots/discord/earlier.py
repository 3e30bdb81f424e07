"""Turns a clip's file name into the message that an attempt left whose own answer was lost.

Only a message of the bot's own in a channel has a nonce (OpenAPI, ``MessageCreateRequest``): a further answer to an
interaction and a forum's post would be there twice, so whoever sends again looks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from discord import HTTPException

from bots.discord.faults import has_no_message, is_closed

if TYPE_CHECKING:
    from discord import Client, ForumChannel, Message

    from bots.discord.post import Post

_LOOKED_AT, _POSTS = 100, 5
"""The newest messages of a channel, and the newest posts of that title in a forum."""


async def said(client: Client, post: Post, name: str) -> Message | None:
    """The further answer to an interaction; None also where the bot may not read.

    Raises:
        discord.HTTPException: Discord does not answer.
    """
    if post.is_quiet or post.is_guest:
        return None
    try:
        async for message in client.get_partial_messageable(post.channel).history(limit=_LOOKED_AT):
            if _holds(client, message, name):
                return message
    except HTTPException as error:
        if not is_closed(error):
            raise
    return None


async def posted(client: Client, forum: ForumChannel, title: str, name: str) -> Message | None:
    """The first message of a post in a forum, of those that the gateway has told of.

    Raises:
        discord.HTTPException: Discord does not answer.
    """
    ours = [one for one in forum.threads if one.name == title and one.owner_id in _ourselves(client)]
    for thread in sorted(ours, key=lambda one: -one.id)[:_POSTS]:
        try:
            message = await thread.fetch_message(thread.id)
        except HTTPException as error:
            if not (is_closed(error) or has_no_message(error)):
                raise
        else:
            if _holds(client, message, name):
                return message
    return None


def _holds(client: Client, message: Message, name: str) -> bool:
    names = [file.filename for file in message.attachments]
    shown = (url.partition("?")[0].rpartition("/")[2] for url in _urls(message.components))
    return message.author.id in _ourselves(client) and name in {*names, *shown}


def _urls(components: Iterable[Any]) -> Iterator[str]:
    """Of the videos in a message's galleries."""
    for one in components:
        yield from (item.media.url for item in getattr(one, "items", ()))
        yield from _urls(getattr(one, "children", ()))


def _ourselves(client: Client) -> set[int | None]:
    """An answer to an interaction is the application's, which may have another number than its bot."""
    return {client.user.id if client.user else None, client.application_id}
