"""Turns a picture that somebody sent to Discord into its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from discord import HTTPException

from core.errors import Refusal

if TYPE_CHECKING:
    from discord import Message

    from bots.discord.call import Call
    from bots.discord.desk import Desk

PICTURE_BYTES = 20_000_000
"""What the intake reads."""
_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


async def fetch(desk: Desk, url: str) -> bytes:
    """The picture at an address that Discord gave.

    Raises:
        Refusal: it is not there any more, or too large.
    """
    try:
        content = await desk.client.http.get_from_cdn(url)
    except HTTPException as error:
        raise Refusal("image-invalid") from error
    if len(content) > PICTURE_BYTES:
        raise Refusal("image-invalid")
    return content


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
