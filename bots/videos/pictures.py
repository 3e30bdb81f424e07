"""Turns what a request says of a picture into the picture's bytes."""

from __future__ import annotations

import base64
import binascii
import re

from bots.videos.problems import own

_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)


def read_picture(field: str, value: object) -> bytes | None:
    """A file as it was sent, or what a data URL holds; None where nothing was given. Nothing is ever fetched.

    Raises:
        Problem: it is somewhere else, or no data URL.
    """
    if value is None or isinstance(value, bytes):
        return value
    url = value.get("image_url") if isinstance(value, dict) and value.keys() == {"image_url"} else value
    head = _DATA_URL.match(url) if isinstance(url, str) else None
    if head is None or not isinstance(url, str):
        raise own(400, "picture_elsewhere", "picture-elsewhere", param=field, field=field)
    try:
        return base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise own(400, "picture_unreadable", "picture-unreadable", param=field, field=field) from error
