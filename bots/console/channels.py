"""Turns a visitor's chat into a channel: what is posted there is a fact that its pages read, as clips are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiohttp import web

from bots.adapter import Post
from bots.commands import Commands
from bots.console.mapping import to_address
from bots.console.post_wires import gone_wire, post_wire
from bots.console.room import Room
from core.errors import Refusal
from core.publishing.types import Channel, Publication

_MEDIA = {"mp4": "video/mp4", "jpg": "image/jpeg"}


class ConsoleChannels:
    """``bots.adapter.Publisher`` for pages: sent again, a post is the same post, so none is ever shown twice."""

    _room: Room

    async def publish(self, post: Post) -> str:
        """See the protocol."""
        self._show(post.channel, post.publication.code, post.text)
        return post.publication.code

    async def seek(self, post: Post) -> str | None:  # noqa: ARG002
        """See the protocol. Pages may not have heard of it, and no harm is done by telling them once more."""
        return None

    async def amend(self, channel: Channel, publication: Publication, text: str) -> None:
        """See the protocol."""
        self._show(channel, publication.code, text)

    async def remove(self, channel: Channel, publication: Publication) -> None:
        """See the protocol."""
        self._room.tell(channel.address.chat, f"post:{publication.code}", partial(gone_wire, code=publication.code))

    def _show(self, channel: Channel, code: str, text: str) -> None:
        self._room.tell(channel.address.chat, f"post:{code}", partial(post_wire, code=code, text=text))


class PostRoutes:
    """The files of what is posted, for the visitors whose chat is the channel, and for who may see it before."""

    def __init__(
        self, commands: Commands, visitor: Callable[[web.Request], str], clip_path: Callable[[str], Path]
    ) -> None:
        self._commands, self._visitor, self._clip_path = commands, visitor, clip_path

    def routes(self) -> list[web.RouteDef]:
        """Both files of a post."""
        return [web.get(r"/posts/{code:[0-9A-Za-z]{1,16}}.{kind:mp4|jpg}", self._file)]

    async def _file(self, request: web.Request) -> web.StreamResponse:
        code, kind = request.match_info["code"], request.match_info["kind"]
        clip = await self._commands.post_clip(to_address(self._visitor(request)), code)
        if clip is None:
            raise Refusal("publication-unknown", publication=code)
        path = await asyncio.to_thread(self._clip_path, clip.video if kind == "mp4" else clip.poster)
        # It may be taken away at any moment.
        return web.FileResponse(path, headers={"Content-Type": _MEDIA[kind], "Cache-Control": "private, no-cache"})
