"""Answers Discord's REST API and gateway on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import ClientError, web

from tests.discord import answering, channels, commands, following, premium, profile, table
from tests.discord.call import Call, read_body
from tests.discord.errors import Refused, invalid
from tests.discord.faults import Faults
from tests.discord.people import Town
from tests.discord.spec import load
from tests.discord.state import User
from tests.discord.world import World
from tests.telegram.clock import Clock, wall

TOKEN = "MTAw.loopback.token"
_ROUTES: dict[str, Callable[[Call], tuple[int, Any]]] = {
    **profile.ROUTES, **commands.ROUTES, **answering.ROUTES, **following.ROUTES, **channels.ROUTES, **premium.ROUTES,
}  # fmt: skip
_FREE = ("/interactions/", "/webhooks/")
"""Routes whose token is in the path."""


@dataclass(frozen=True)
class Request:
    """What the bot asked for, and the code of the answer; 0 where the connection was cut."""

    method: str
    route: str
    params: dict[str, str]
    body: Any
    at: float
    status: int
    error: int = 0

    @property
    def rule(self) -> str:
        """``METHOD /route``."""
        return f"{self.method} {self.route}"


class DiscordApi(Town):
    """``async with DiscordApi() as api``: a running server; ``api.url`` and ``api.gateway_url`` are for the bot."""

    def __init__(self, clock: Clock = wall, *, name: str = "Piying", token: str = TOKEN) -> None:
        super().__init__(World(token, User(100_000_000_000_000_000, name, is_bot=True), clock))
        self.faults = Faults()
        self.requests: list[Request] = []
        self.misfits: list[str] = []
        """Where the server's own answers do not fit Discord's document."""
        self._spec = load()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=600_000_000)
        for rule, do in _ROUTES.items():
            method, route = rule.split(" ")
            app.router.add_route(method, f"/api/v10{route}", self._handler(route, do))
        app.router.add_get("/gateway", self.world.gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._file)
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.world.cdn.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self.world.gateway.drop(1001)
        assert self._runner
        await self._runner.cleanup()

    @property
    def token(self) -> str:
        """The bot's; another one is refused."""
        return self.world.token

    @property
    def url(self) -> str:
        """For ``discord.http.Route.BASE``."""
        return f"{self.world.cdn.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        """For ``DiscordWebSocket.DEFAULT_GATEWAY``."""
        return self.world.cdn.base.replace("http", "ws", 1) + "/gateway"

    def calls(self, part: str) -> list[Request]:
        """The requests with a text in their ``METHOD /route``."""
        return [request for request in self.requests if part in request.rule]

    async def _file(self, request: web.Request) -> web.Response:
        file = self.world.cdn.open(request.match_info["id"], request.query)
        if file is None or file.name != request.match_info["name"]:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.mime)

    async def _nothing(self, request: web.Request) -> web.Response:
        self.misfits.append(f"{request.method} {request.path} is no route of this server")
        return _answer(404, {"message": "404: Not Found", "code": 0}, {})

    def _handler(self, route: str, do: Callable[[Call], tuple[int, Any]]) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route, do)

        return handle

    async def _serve(
        self, request: web.Request, route: str, do: Callable[[Call], tuple[int, Any]]
    ) -> web.StreamResponse:
        rule = f"{request.method} {route}"
        call = Call(self.world, request.method, route, dict(request.match_info), dict(request.query))
        headers: dict[str, str] = {}
        error = 0
        try:
            if slow := self.faults.take(rule, "slow"):
                await self._pause(slow.seconds)
            if self.world.limits.banned:
                return web.Response(status=429, text="error code: 1015", content_type="text/html")
            self._allow(request, route)
            headers |= self._count(call)
            body, uploads = await read_body(request)
            call = Call(self.world, request.method, route, call.params, call.query, body, uploads)
            status, answer = await self._do(call, do)
        except Refused as refused:
            status, error, answer = refused.status, refused.code, refused.json()
            headers |= self._flooded(refused)
        except (_CutError, ConnectionError, ClientError):  # asked for by a test, or the bot itself has gone
            self._note(call, 0)
            return _cut(request)
        except Exception:  # noqa: BLE001 - a fault of this server: the library would try 500 again for half a minute
            self.misfits.append(f"{rule}: {traceback.format_exc()}")
            status, answer = 418, {"message": "The loopback server failed; see its misfits.", "code": 0}
        self._note(call, status, error)
        self._judge(call, status, answer)
        return _answer(status, answer, headers)

    def _allow(self, request: web.Request, route: str) -> None:
        given = request.headers.get("Authorization")
        if route.startswith(_FREE) and given is None:
            return
        if given != f"Bot {self.world.token}":
            raise Refused(0)

    def _count(self, call: Call) -> dict[str, str]:
        for way, scope in (("flood", "user"), ("crowded", "shared"), ("global", "global")):
            if fault := self.faults.take(call.rule, way):  # type: ignore[arg-type]
                raise _TooManyError(fault.seconds, scope, {})
        denied, headers = self.world.limits.take(call.rule, call.params)
        if denied:
            raise _TooManyError(denied.seconds, denied.scope, headers)
        return headers

    def _flooded(self, refused: Refused) -> dict[str, str]:
        self.world.limits.count_invalid(refused.status, getattr(refused, "scope", "user"))
        return refused.headers if isinstance(refused, _TooManyError) else {}

    async def _do(self, call: Call, do: Callable[[Call], tuple[int, Any]]) -> tuple[int, Any]:
        if self.faults.take(call.rule, "reset_before"):
            raise _CutError
        if fault := self.faults.take(call.rule, "status"):
            raise Refused(fault.error, status=fault.code, message="" if fault.error else f"{fault.code}: Failed")
        self._validate(call)
        status, answer = do(call)
        self.world.changed()
        if self.faults.take(call.rule, "reset_after"):
            raise _CutError
        if fault := self.faults.take(call.rule, "hang_after"):
            await self._pause(fault.seconds)
        return status, answer

    def _validate(self, call: Call) -> None:
        """Hold a request to the table, and to Discord's own document where it is at hand."""
        for name, value in call.params.items():
            if name.endswith("_id") and not value.isdigit():
                raise invalid(name, f'Value "{value}" is not snowflake.', "NUMBER_TYPE_COERCE")
        for judge in [table.load(), *([self._spec] if self._spec else [])]:
            for where, why in judge.request(call.method, call.route, call.body):
                raise invalid(where.removeprefix("."), why)

    def _judge(self, call: Call, status: int, answer: Any) -> None:
        """Hold the server's own answer to the document."""
        if self._spec is None or status == 204:
            return
        if status >= 400:  # the codes of single fields are words, whatever the document says
            answer = {name: value for name, value in answer.items() if name != "errors"}
        for where, why in self._spec.answer(call.method, call.route, status, answer):
            self.misfits.append(f"{call.rule} {status} {where}: {why}")

    def _note(self, call: Call, status: int, error: int = 0) -> None:
        now = self.world.clock()
        self.requests.append(Request(call.method, call.route, dict(call.params), call.body, now, status, error))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return


class _CutError(Exception):
    """The connection is to be cut."""


class _TooManyError(Refused):
    """429, with the headers that go with it."""

    def __init__(self, seconds: float, scope: str, headers: dict[str, str]) -> None:
        super().__init__(0, status=429, message="You are being rate limited.")
        self.seconds, self.scope = round(seconds, 3), scope
        whole = {"X-RateLimit-Global": "true"} if scope == "global" else {}
        self.headers = headers | whole | {"Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope}

    def json(self) -> dict[str, Any]:
        return {"message": str(self), "retry_after": self.seconds, "global": self.scope == "global", "code": 0}


def _answer(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    """The library knows JSON by this exact content type, and Discord by ``Via``."""
    found = web.Response(status=status, headers={**headers, "Via": "1.1 google"})
    if status != 204:
        found.body = json.dumps(body).encode()
        found.headers["Content-Type"] = "application/json"
    return found


def _cut(request: web.Request) -> web.Response:
    """End the connection with a reset instead of an answer."""
    if request.transport:
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
