"""Answers the Bot API over HTTP on loopback."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.telegram import answering, editing, profile, receiving, sending
from tests.telegram.call import Call
from tests.telegram.clock import Clock, wall
from tests.telegram.errors import Refused, flood
from tests.telegram.faults import Faults
from tests.telegram.files import LOCAL_LIMIT
from tests.telegram.people import Town
from tests.telegram.schema import load
from tests.telegram.state import User
from tests.telegram.validation import Raw, Upload, read_request
from tests.telegram.world import World

TOKEN = "123456:loopback-token"
_METHODS = {**sending.METHODS, **editing.METHODS, **answering.METHODS, **profile.METHODS, **receiving.METHODS}
_SCHEMA = load().with_newer()


@dataclass(frozen=True)
class Request:
    """What the bot asked for, and the code of the answer."""

    method: str
    given: dict[str, Any]
    at: float
    code: int


class BotApi(Town):
    """``async with BotApi() as api``: a running server; ``api.base_url`` and ``api.base_file_url`` are for the bot."""

    def __init__(
        self,
        clock: Clock = wall,
        *,
        name: str = "piying_bot",
        upload_limit: int | None = None,
        local: Path | None = None,
    ) -> None:
        flags = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True,
                 "supports_guest_queries": True}  # fmt: skip
        world = World(User(123456, "Piying", name, is_bot=True, extra=flags), clock)
        if local is not None:
            world.local, world.upload_limit = local, LOCAL_LIMIT
        if upload_limit is not None:
            world.upload_limit = upload_limit
        super().__init__(world)
        self.token = TOKEN
        self.faults = Faults()
        self.requests: list[Request] = []
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._address = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=self.world.upload_limit + 10_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, keepalive_timeout=3600)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self._address = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self.world.updates.stop()
        assert self._runner
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """For ``ApplicationBuilder.base_url``."""
        return f"{self._address}/bot"

    @property
    def base_file_url(self) -> str:
        """For ``ApplicationBuilder.base_file_url``."""
        return f"{self._address}/file/bot"

    def calls(self, method: str) -> list[Request]:
        """The requests of one method."""
        return [request for request in self.requests if request.method == method]

    async def _file(self, request: web.Request) -> web.Response:
        stored = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or stored is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=stored.data, content_type="application/octet-stream")

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if slow := self.faults.take(method, "slow"):
            await self._pause(slow.seconds)
        given: dict[str, Any] = {}
        try:
            raw = await self._read(request, method)
            given = read_request(_SCHEMA, method, raw)
            body = await self._do(request, Call(self.world, method, given, raw))
            code = 200
        except Refused as refused:
            body, code = refused.json(), refused.code
        except _CutError:
            self.requests.append(Request(method, given, self.world.clock(), 0))
            return _cut(request)
        finally:
            self.world.changed()
        self.requests.append(Request(method, given, self.world.clock(), code))
        return web.json_response(body, status=code)

    async def _read(self, request: web.Request, method: str) -> Raw:
        if request.match_info["token"] != self.token:
            raise Refused(401, "Unauthorized")
        if method not in _SCHEMA.methods or method not in _METHODS:
            raise Refused(404, "Not Found")
        if (request.content_length or 0) > self.world.upload_limit + 1_000_000:
            raise Refused(413, "Request Entity Too Large")
        if request.content_type == "application/json":
            values = await request.json()
            return {name: v if isinstance(v, str) else json.dumps(v) for name, v in values.items()}
        form = {**request.query, **await request.post()}
        return {name: _upload(value) if isinstance(value, web.FileField) else str(value)
                for name, value in form.items()}  # fmt: skip

    async def _do(self, request: web.Request, call: Call) -> dict[str, Any]:
        chat = call.get("chat_id")
        if self.faults.take(call.method, "reset_before", chat=chat):
            raise _CutError
        if fault := self.faults.take(call.method, "status", chat=chat):
            raise Refused(fault.code, {500: "Internal Server Error", 502: "Bad Gateway"}.get(fault.code, "Failed"))
        if fault := self.faults.take(call.method, "flood", chat=chat):
            if isinstance(chat, int):
                self.world.limits.shut_chat(chat, fault.seconds)
            raise flood(int(fault.seconds))
        found = _METHODS[call.method](call)
        result = await found if inspect.isawaitable(found) else found
        if self.faults.take(call.method, "reset_after", chat=chat):
            raise _CutError
        if fault := self.faults.take(call.method, "hang_after", chat=chat):
            self.world.changed()
            await self._pause(fault.seconds)
        return {"ok": True, "result": result}

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return


class _CutError(Exception):
    """The connection is to be cut."""


def _upload(field: web.FileField) -> Upload:
    with field.file as file:
        return Upload(field.filename, file.read(), field.content_type)


def _cut(request: web.Request) -> web.Response:
    """End the connection with a reset instead of an answer."""
    assert request.transport
    sock = request.transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return web.Response()
