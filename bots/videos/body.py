"""Turns the body of an HTTP request, JSON or a form, into fields by their names."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError
from aiohttp.web_request import FileField
from pydantic_core import from_json

from bots.videos.problems import Problem, field_problem, own

_NESTED = re.compile(r"(\w+)\[(\w+)\]", re.ASCII)
"""How a form names what is an object in JSON: ``input_reference[image_url]``."""
_UNREADABLE = (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError, RequestPayloadError)
"""What aiohttp raises on a form that is none, or that says it is in an encoding that is none."""

Fields = Mapping[str, object]


async def read_body(request: web.Request) -> Fields:
    """The fields: text, numbers and objects, or bytes where a file was sent.

    Raises:
        Problem: it is neither JSON nor a form, or not a whole one.
        web.HTTPRequestEntityTooLarge: it is longer than the application takes.
    """
    if request.content_type == "application/json":
        return _from_json(await request.read())
    if request.content_type == "multipart/form-data":
        return await _from_form(request)
    raise own(415, "unsupported_media_type", "type-unknown")


def _from_json(data: bytes) -> Fields:
    try:
        fields = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise _unreadable() from error
    if not isinstance(fields, dict):
        raise _unreadable()
    return fields


async def _from_form(request: web.Request) -> Fields:
    try:
        form = await request.post()
    except _UNREADABLE as error:
        raise _unreadable() from error
    fields: dict[str, object] = {}
    for name, value in form.items():
        _put(fields, name, await _plain(value))
    return fields


async def _plain(value: str | bytes | bytearray | FileField) -> str | bytes:
    if isinstance(value, FileField):
        return await asyncio.to_thread(value.file.read)
    return value if isinstance(value, str) else bytes(value)


def _put(fields: dict[str, object], name: str, value: str | bytes) -> None:
    nested = _NESTED.fullmatch(name)
    target: object = fields.setdefault(nested[1], {}) if nested else fields
    inner = nested[2] if nested else name
    if not isinstance(target, dict) or inner in target:
        raise field_problem("invalid", name)
    target[inner] = value


def _unreadable() -> Problem:
    return own(400, "invalid_body", "body-unreadable")
