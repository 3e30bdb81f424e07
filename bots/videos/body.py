"""Turns the body of an HTTP request, JSON or a form, into fields by their names."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError
from pydantic_core import from_json

from bots.videos.problems import MAX_BYTES, field_problem, own

_NESTED = re.compile(r"(\w+)\[(\w+)\]", re.ASCII)
"""How a form names what is an object in JSON: ``input_reference[image_url]``."""
_MOST_FIELDS = 100
"""Far more than there are: each is checked."""
_UNREADABLE = (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError, RequestPayloadError)
"""What is raised on JSON or a form that is none, or that says it is in an encoding that is none."""

_MOST_MARKS = 100_000
"""A value costs Python some 60 bytes, however short it was; a picture in base64 has no comma and no bracket."""

SLOWEST = 300.0
"""Seconds in which the longest body comes at 700 kbit/s."""

Fields = Mapping[str, object]


async def read_body(request: web.Request) -> Fields:
    """The fields: text, numbers and objects, or bytes where a file was sent.

    Raises:
        Problem: it is neither JSON nor a form, or not a whole one, or does not come to an end.
        web.HTTPRequestEntityTooLarge: it is longer than the application takes.
    """
    readers = {"application/json": _from_json, "multipart/form-data": _from_form}
    if request.content_type not in readers:
        raise own(415, "unsupported_media_type", "type-unknown")
    try:
        async with asyncio.timeout(SLOWEST):
            return await readers[request.content_type](request)
    except TimeoutError as error:
        raise own(408, "request_timeout", "body-slow", seconds=SLOWEST) from error
    except _UNREADABLE as error:
        raise own(400, "invalid_body", "body-unreadable") from error


async def _from_json(request: web.Request) -> Fields:
    data = await request.read()
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_MARKS:
        raise ValueError("too many values")
    fields = from_json(data, allow_inf_nan=False)
    if not isinstance(fields, dict) or len(fields) > _MOST_FIELDS:
        raise ValueError("no object, or one of too many fields")
    return fields


async def _from_form(request: web.Request) -> Fields:
    """In memory: aiohttp's own reading leaves open files behind where a form breaks off."""
    fields: dict[str, object] = {}
    parts = await request.multipart()
    for _ in range(_MOST_FIELDS):
        part = await parts.next()
        if part is None:
            return fields
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ValueError("a part that is no field")
        # The names are repeated in answers: one of bytes that are no text raises here.
        part.name.encode()
        data = bytes(await part.read(decode=True))
        if request.content.total_bytes > MAX_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BYTES)
        _put(fields, part.name, data if part.filename else data.decode())
    raise ValueError("a form of too many fields")


def _put(fields: dict[str, object], name: str, value: str | bytes) -> None:
    nested = _NESTED.fullmatch(name)
    target: object = fields.setdefault(nested[1], {}) if nested else fields
    inner = nested[2] if nested else name
    if not isinstance(target, dict) or inner in target:
        raise field_problem("invalid", name)
    target[inner] = value
