"""Turns an HTTP request into what was asked for: a route, its parameters, a body, files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.discord.errors import Refused, invalid
from tests.discord.world import World

_FILE = re.compile(r"files\[(\d{1,2})\]")


@dataclass(frozen=True)
class Upload:
    """A file in a request."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """A request. ``body`` is None where there was none."""

    world: World
    method: str
    route: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    uploads: Mapping[int, Upload] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """``METHOD /route``."""
        return f"{self.method} {self.route}"

    def flag(self, name: str) -> bool:
        """Whether a query says so."""
        return self.query.get(name, "").lower() in {"1", "true"}


async def read_body(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    """The JSON of a request, and its files by number.

    Raises:
        Refused: it cannot be read.
    """
    if not request.can_read_body:
        return None, {}
    if request.content_type == "application/json":
        return _parse(await request.text()), {}
    if request.content_type == "multipart/form-data":
        return await _read_parts(request)
    raise Refused(50035, status=415, message="Expected \"Content-Type\" header to be one of {'application/json'}.")


async def _read_parts(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    body: Any = None
    uploads: dict[int, Upload] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        name = part.name or ""
        if name == "payload_json":
            body = _parse(await part.text())
        elif found := _FILE.fullmatch(name):
            uploads[int(found[1])] = Upload(part.filename or "file", bytes(await part.read()))
        else:
            raise invalid(name, "is no part of such a request")
    if body is None:
        raise invalid("payload_json", "This field is required", "BASE_TYPE_REQUIRED")
    return body, uploads


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Refused(50109) from None
