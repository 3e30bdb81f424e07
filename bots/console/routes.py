"""Turns HTTP requests into the page, its parts, the clips and the open line to it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from aiohttp import ETag, web

from bots.console.channels import PostRoutes
from bots.console.door import Door, DoorFull
from bots.console.mapping import EXPORT, VERIFY, is_shown, to_address
from bots.console.operator import OperatorPage
from bots.console.room import Room
from bots.console.session import Desk, Session
from bots.console.verifying import VerifyDesk
from bots.console.wire import MAX_BYTES
from bots.presenter import present_error
from core.errors import PiyingError, Refusal
from core.types import Locale
from translation.localiser import Localiser, choose_locale

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_MEDIA = {"mp4": "video/mp4", "jpg": "image/jpeg"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_HEARTBEAT_SECONDS = 20.0
_CLOSE_SECONDS = 2.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Routes:
    """All the console answers over HTTP."""

    def __init__(
        self, *, desk: Desk, door: Door, room: Room, clip_path: Callable[[str], Path], verify: VerifyDesk
    ) -> None:
        self._desk, self._door, self._room, self._clip_path = desk, door, room, clip_path
        self._verify_desk = verify
        self._operator = OperatorPage(desk.commands, self._visitor, clip_path)
        self._posts = PostRoutes(desk.commands, self._visitor, clip_path)
        self._files = _read_files()

    def app(self, extra: Iterable[web.AbstractRouteDef]) -> web.Application:
        """The application; ``extra`` routes are open to whoever reaches the port, token or not."""
        app = web.Application(middlewares=[self._guard], client_max_size=4096)
        app.on_response_prepare.append(_add_headers)
        app.add_routes(extra)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/ws", self._line),
                web.get("/login", self._login_page),
                web.post("/login", self._login),
                web.get("/static/{name}", self._static),
                web.get(EXPORT, self._export),
                web.post(VERIFY, self._verify),
                *self._operator.routes(),
                *self._posts.routes(),
                web.get(r"/previews/{code:[0-9A-Za-z]{1,16}}", self._preview),
                web.get(r"/clips/{code:[0-9A-Za-z]{1,16}}.{kind:mp4|jpg}", self._clip),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._door.knows_host(request):
            raise web.HTTPMisdirectedRequest
        if (request.method != "GET" or request.path == "/ws") and not self._door.same_origin(request):
            raise web.HTTPForbidden
        try:
            return await handler(request)
        except PiyingError as error:
            return _sentence(request, error, status=404)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if self._door.visitor(request) is None:
            raise web.HTTPSeeOther("/login")
        return self._file(request, "index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return self._file(request, request.match_info["name"])

    def _file(self, request: web.Request, name: str) -> web.StreamResponse:
        if name not in self._files or (name.endswith(".html") and request.path != "/"):
            raise web.HTTPNotFound
        body, etag = self._files[name], ETag(hashlib.sha256(self._files[name]).hexdigest()[:16])
        if etag in (request.if_none_match or ()):
            return web.Response(status=304)
        response = web.Response(body=body, content_type=_TYPES[Path(name).suffix], charset="utf-8")
        response.etag = etag
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def _clip(self, request: web.Request) -> web.StreamResponse:
        visitor = self._visitor(request)
        code, kind = request.match_info["code"], request.match_info["kind"]
        job = await self._desk.commands.show(to_address(visitor), code)
        if job.clip is None or not is_shown(job):
            raise Refusal("job-unknown", job=code)
        path = await asyncio.to_thread(self._clip_path, job.clip.video if kind == "mp4" else job.clip.poster)
        headers = {"Content-Type": _MEDIA[kind], "Cache-Control": "private, max-age=86400"}
        if "download" in request.query:
            headers["Content-Disposition"] = f'attachment; filename="piying-{job.code}.{kind}"'
        return web.FileResponse(path, headers=headers)

    async def _export(self, request: web.Request) -> web.StreamResponse:
        told = await self._desk.commands.export(to_address(self._visitor(request)))
        headers = {"Content-Disposition": 'attachment; filename="piying-data.json"', "Cache-Control": "no-store"}
        text = json.dumps(told, ensure_ascii=False, indent=2)
        return web.Response(text=text, content_type="application/json", headers=headers)

    async def _verify(self, request: web.Request) -> web.StreamResponse:
        localiser = Localiser(choose_locale(request.query.get("locale", "")))
        return await self._verify_desk.answer(request, self._visitor(request), localiser)

    async def _preview(self, request: web.Request) -> web.StreamResponse:
        visitor, code = self._visitor(request), request.match_info["code"]
        job = await self._desk.commands.show(to_address(visitor), code)
        progress = (await self._desk.commands.progress([job])).get(job.id)
        if job.state.ended or progress is None or progress.preview is None:
            raise Refusal("job-unknown", job=code)
        path = await asyncio.to_thread(self._clip_path, progress.preview)
        return web.FileResponse(path, headers={"Content-Type": "image/webp", "Cache-Control": "private, no-cache"})

    async def _line(self, request: web.Request) -> web.StreamResponse:
        visitor = self._visitor(request)
        socket = web.WebSocketResponse(
            timeout=_CLOSE_SECONDS, heartbeat=_HEARTBEAT_SECONDS, max_msg_size=MAX_BYTES, compress=False
        )
        session = Session(socket, self._desk, self._room, to_address(visitor), _locale(request))
        if not self._room.enter(session):
            raise web.HTTPTooManyRequests
        try:
            await socket.prepare(request)
            await session.run()
        finally:
            self._room.exit(session)
        return socket

    def _visitor(self, request: web.Request) -> str:
        visitor = self._door.visitor(request)
        if visitor is None:
            raise web.HTTPUnauthorized
        return visitor

    async def _login_page(self, request: web.Request) -> web.StreamResponse:
        if self._door.visitor(request) is not None:
            raise web.HTTPSeeOther("/")
        return self._login_form(request, "", status=200)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        token, localiser = form.get("token", ""), Localiser(_locale(request))
        welcome = web.Response(status=303, headers={"Location": "/"})
        try:
            if isinstance(token, str) and self._door.let_in(request, token, welcome):
                return welcome
        except Refusal as refusal:
            return self._login_form(request, present_error(localiser, refusal), status=429)
        except DoorFull as full:
            problem = localiser.text("login-full", minutes=math.ceil(full.seconds / 60))
            return self._login_form(request, problem, status=429)
        return self._login_form(request, localiser.text("login-wrong"), status=403)

    def _login_form(self, request: web.Request, problem: str, *, status: int) -> web.StreamResponse:
        localiser = Localiser(_locale(request))
        texts = {name: localiser.text(f"login-{name}") for name in ("title", "token", "hint", "enter")}
        values = {"problem": problem, "locale": localiser.locale, **texts}
        page = Template(self._files["login.html"].decode()).substitute({k: escape(v) for k, v in values.items()})
        response = web.Response(text=page, content_type="text/html", status=status)
        # With no-referrer a browser sends the form with the origin "null", which is nobody's.
        response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})
        return response


def _read_files() -> Mapping[str, bytes]:
    folder = files("bots.console") / "static"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if Path(entry.name).suffix in _TYPES}


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Referrer-Policy", "no-referrer")


def _locale(request: web.Request) -> Locale:
    return choose_locale(request.headers.get("Accept-Language", ""))


def _sentence(request: web.Request, error: PiyingError, *, status: int) -> web.Response:
    return web.Response(text=present_error(Localiser(_locale(request)), error), status=status)
