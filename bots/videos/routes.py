"""Turns HTTP requests into calls on Commands, and the answers into the protocol's objects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from bots.commands import Commands
from bots.videos import mapping, problems
from bots.videos.body import read_body
from bots.videos.content import Content
from bots.videos.door import Door
from bots.videos.problems import respond_json
from core.catalogue.catalogue import Catalogue
from core.errors import PiyingError, Refusal, Unsupported
from core.intake import Receipt
from core.ports import ClipStore
from core.quotas.turns import Turns
from core.types import Address, Job, JobState, Locale, Progress, QueuePlace
from translation.localiser import Localiser, choose_locale

_API = "/v1/"
_LONGEST_WISH = 255
_LISTED, _MOST_LISTED = 20, 100
_BODIES = 4
"""Bodies of one key in memory at once; further requests wait with theirs unread."""
_WHO: web.RequestKey[Address] = web.RequestKey("who", Address)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Counter:
    """What all requests share. ``keep_seconds``: how long a clip can be had."""

    commands: Commands
    catalogue: Catalogue
    clips: ClipStore
    keep_seconds: float


class Routes:
    """All the API answers over HTTP."""

    def __init__(self, counter: Counter, door: Door) -> None:
        self._counter, self._commands, self._door = counter, counter.commands, door
        self._content, self._bodies = Content(counter.clips), Turns(_BODIES)

    def app(self, extra: Iterable[web.AbstractRouteDef]) -> web.Application:
        """The application; ``extra`` routes are open to whoever reaches the port, key or not."""
        app = web.Application(middlewares=[self._guard], client_max_size=problems.MAX_BYTES)
        app.add_routes(extra)
        app.add_routes(
            [
                web.get("/v1/models", self._models),
                web.get("/v1/models/{model}", self._model),
                web.post("/v1/videos", self._create),
                web.get("/v1/videos", self._list),
                web.get("/v1/videos/{video}", self._retrieve),
                web.delete("/v1/videos/{video}", self._delete),
                web.get("/v1/videos/{video}/content", self._download),
                web.post("/v1/videos/{video}/remix", self._remix),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.path.startswith(_API):
                # Before a byte of the body is read, and before anything is said of what there is.
                request[_WHO] = await self._door.enter(request)
            return await handler(request)
        except problems.Problem as problem:
            found = problem
        except PiyingError as error:
            found = problems.from_error(error)
        except web.HTTPException as error:
            found = problems.from_http(error)
        except ConnectionError:
            raise
        except Exception:
            log.exception("videos.request_failed", method=request.method)
            found = problems.fault()
        return problems.respond(Localiser(_locale(request)), found)

    async def _models(self, _request: web.Request) -> web.Response:
        recipes = [mapping.model_wire(*self._counter.catalogue.choose(key)) for key in self._counter.catalogue.recipes]
        return respond_json({"object": "list", "data": recipes})

    async def _model(self, request: web.Request) -> web.Response:
        try:
            found = self._counter.catalogue.choose(request.match_info["model"])
        except Unsupported as unknown:
            problem = problems.from_error(unknown)
            # Of a field it would be a bad request; here it is what was asked for that is not there.
            problem.status = 404
            raise problem from unknown
        return respond_json(mapping.model_wire(*found))

    async def _create(self, request: web.Request) -> web.Response:
        async with self._bodies.of(request[_WHO].chat):
            asked = mapping.read_creation(await read_body(request))
            key = mapping.to_key(request[_WHO], _wish(request))
            order = mapping.to_request(request[_WHO], _locale(request), key, asked, self._counter.catalogue)
            receipt = await self._commands.video(order)
        return await self._receive(request, receipt)

    async def _remix(self, request: web.Request) -> web.Response:
        source = await self._find(request)
        async with self._bodies.of(request[_WHO].chat):
            asked = mapping.read_remix(await read_body(request))
        key = mapping.to_key(request[_WHO], _wish(request), remixed=source.code)
        with _known(request):
            receipt = await self._commands.remix(
                request[_WHO], source.code, key, asked.prompt, _locale(request), declares=asked.declares
            )
        return await self._receive(request, receipt)

    async def _receive(self, request: web.Request, receipt: Receipt) -> web.Response:
        if receipt.duplicate:
            try:
                return await self._answer(request, await self._commands.show(request[_WHO], receipt.job.code))
            except Refusal as gone:
                used = problems.own(409, "idempotency_key_used", "idempotency-key-used")
                # To OpenAI's client 409 is a lock that opens in a moment.
                used.headers["X-Should-Retry"] = "false"
                raise used from gone
        # Nothing more is looked up: an error now would have a video that is stored asked for again.
        return self._respond(request, receipt.job, None, receipt.place)

    async def _list(self, request: web.Request) -> web.Response:
        limit, newest_first, after = _paging(request)
        try:
            jobs = await self._commands.page(request[_WHO], limit + 1, after=after, newest_first=newest_first)
        except Refusal as unknown:
            raise problems.video_unknown(request.query["after"], status=400, param="after") from unknown
        shown = jobs[:limit]
        progress = await self._commands.progress([job for job in shown if job.state is JobState.RUNNING])
        localiser = Localiser(_locale(request))
        keep = self._counter.keep_seconds
        videos = [mapping.video_wire(localiser, job, progress.get(job.id), keep) for job in shown]
        return respond_json(mapping.list_wire(videos, has_more=len(jobs) > limit))

    async def _retrieve(self, request: web.Request) -> web.Response:
        return await self._answer(request, await self._find(request))

    async def _delete(self, request: web.Request) -> web.Response:
        job = await self._find(request)
        try:
            with _known(request):
                await self._commands.delete(request[_WHO], job.code)
        except Refusal as refusal:
            if refusal.code != "job-delivering":
                raise
            raise problems.own(409, "video_finishing", "video-finishing", video=mapping.video_id(job.code)) from refusal
        await asyncio.to_thread(self._counter.clips.delete, job.id)
        return respond_json({"id": mapping.video_id(job.code), "object": "video.deleted", "deleted": True})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        return await self._content.answer(await self._find(request), request.query.get("variant", "video"))

    async def _find(self, request: web.Request) -> Job:
        code = mapping.code_in(request.match_info["video"])
        if code is None:
            raise problems.video_unknown(request.match_info["video"])
        with _known(request):
            return await self._commands.show(request[_WHO], code)

    async def _answer(self, request: web.Request, job: Job) -> web.Response:
        progress = (await self._commands.progress([job])).get(job.id) if job.state is JobState.RUNNING else None
        place = await self._commands.position(job) if job.state is JobState.QUEUED else None
        return self._respond(request, job, progress, place)

    def _respond(
        self, request: web.Request, job: Job, progress: Progress | None, place: QueuePlace | None
    ) -> web.Response:
        wire = mapping.video_wire(Localiser(_locale(request)), job, progress, self._counter.keep_seconds)
        response = respond_json(wire)
        if not job.state.ended:
            response.headers["openai-poll-after-ms"] = str(mapping.poll_after(progress, place))
        return response


@contextmanager
def _known(request: web.Request) -> Iterator[None]:
    """The video in the path, which another request may delete at any moment."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code not in {"job-unknown", "not-yours"}:
            raise
        raise problems.video_unknown(request.match_info["video"]) from refusal


def _locale(request: web.Request) -> Locale:
    return choose_locale(request.headers.get("Accept-Language", ""))


def _wish(request: web.Request) -> str | None:
    wish = request.headers.get("Idempotency-Key")
    if wish is not None and not 0 < len(wish) <= _LONGEST_WISH:
        raise problems.own(400, "invalid_value", "idempotency-key-invalid", limit=_LONGEST_WISH)
    return wish


def _paging(request: web.Request) -> tuple[int, bool, str | None]:
    """How many, whether the newest come first, and after which code."""
    limit, order = request.query.get("limit", str(_LISTED)), request.query.get("order", "desc")
    if not (limit.isascii() and limit.isdecimal() and len(limit) <= 3 and 1 <= int(limit) <= _MOST_LISTED):
        raise problems.field_problem("invalid", "limit")
    if order not in {"asc", "desc"}:
        raise problems.field_problem("invalid", "order")
    after = request.query.get("after")
    code = mapping.code_in(after) if after is not None else None
    if after is not None and code is None:
        raise problems.video_unknown(after, status=400, param="after")
    return int(limit), order == "desc", code
