"""Turns a picture that somebody sent to Discord into its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import aiohttp
import structlog
from discord.http import Route

from bots.discord.faults import FAULTS
from core.errors import Refusal

if TYPE_CHECKING:
    from discord import Message

    from bots.discord.call import Call

PICTURE_BYTES = 20_000_000
"""What the intake reads."""
_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_PATIENCE = 30.0
"""Seconds for a whole picture."""
_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
log = structlog.get_logger(__name__)


async def fetch(url: str) -> bytes:
    """The picture at an address that Discord gave, which said before how large it is.

    Raises:
        Refusal: it is not Discord's, not there any more, or too large, or it does not come.
    """
    if not _is_discords(url):
        raise Refusal("image-invalid")
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _download(url)
    except FAULTS as error:
        log.info("discord.picture_not_fetched", error=type(error).__name__)
        raise Refusal("image-invalid") from error


async def _download(url: str) -> bytes:
    """By hand: discord.py would follow redirects to anywhere, and read whatever there is before it can be counted."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as session,
        session.get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as response,
    ):
        if response.status != 200:
            log.info("discord.picture_not_there", status=response.status)
            raise Refusal("image-invalid")
        read = bytearray()
        async for chunk in response.content.iter_any():
            read += chunk
            if len(read) > PICTURE_BYTES:
                raise Refusal("image-invalid")
        return bytes(read)


def _is_discords(url: str) -> bool:
    """Of Discord's own servers of files, or of the one that stands in for Discord."""
    try:
        found, ours = urlsplit(url), urlsplit(Route.BASE)
    except ValueError:
        return False
    is_ours = (found.scheme, found.netloc) == (ours.scheme, ours.netloc)
    return is_ours or (found.scheme == "https" and found.netloc in _HOSTS)


def require_picture(size: int, kind: str | None, name: str) -> None:
    """That it can be one, before it is fetched; what it is, its bytes will tell.

    Raises:
        Refusal: it is none, or too large.
    """
    is_one = (kind or "").partition(";")[0] in _TYPES if kind else name.lower().endswith(_ENDINGS)
    if not is_one or size > PICTURE_BYTES:
        raise Refusal("image-invalid")


def picture_in(message: Message) -> str:
    """The address of the first picture of a message, or of the one that it passes on; "" where there is none."""
    passed_on = [one for snapshot in message.message_snapshots for one in snapshot.attachments]
    for one in (*message.attachments, *passed_on):
        if (one.content_type or "").partition(";")[0] in _TYPES and one.size <= PICTURE_BYTES:
            return one.url
    return ""


def sent_with(call: Call) -> str:
    """The address of the picture that was sent with a form.

    Raises:
        Refusal: there is none, or it is none.
    """
    data = cast("dict[str, Any]", call.interaction.data or {})
    files: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    for one in files.values():
        require_picture(int(one["size"]), one.get("content_type"), str(one["filename"]))
        return str(one["url"])
    raise Refusal("image-invalid")
