"""What all vendors' servers have in common: tasks that go from queued to done, files, and faults at will.

A server is strict: what its vendor would refuse is refused in the vendor's own words, and noted in ``wrong``, so that a
test can demand that nothing was.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from aiohttp import web

from core.catalogue.hosted import Region
from core.engines.hosted.faults import Kind
from core.engines.hosted.vendor import Vendor
from tests.vendors.films import film

DROP, RESET = "drop", "reset"


@dataclass(frozen=True)
class Reply:
    """An answer in JSON."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Task:
    """``order`` is the body it was created with, ``size`` and ``seconds`` what its film will be."""

    id: str
    order: Mapping[str, Any]
    size: tuple[int, int]
    seconds: float
    polls: int = 0
    is_cancelled: bool = False
    error: str | None = None
    created_at: float = field(default_factory=time.time)


class Wrong(Exception):
    """The request is not as the vendor's documentation has it; ``reply`` is what the vendor says."""

    def __init__(self, why: str, reply: Reply) -> None:
        super().__init__(why)
        self.reply = reply


class VendorServer:
    """``key`` opens it. ``creates`` are the bodies of all requests that began a task; ``wrong``, what was refused.

    ``queued`` and ``running``: how many polls find a task in that state. ``instead`` are replies given in place of the
    proper ones to the next requests of a kind (``create``, ``poll``, ``cancel``, ``list``); ``DROP`` does the work and
    then cuts the connection, ``RESET`` cuts it at once. ``fail_with``: the code that the next tasks fail with.

    ``held`` are kinds of requests whose work is done and whose answer waits until they are taken out again (a ``file``
    waits in its middle); ``asked`` counts requests of each kind.
    """

    vendor: ClassVar[Vendor]
    cards: ClassVar[tuple[str, ...]]
    """Keys of the cards that the contract suite orders; the first makes a film of words alone, if any does."""
    region: ClassVar[Region] = "international"
    can_find: ClassVar[bool] = False
    can_cancel: ClassVar[bool] = False
    """A task that is queued can be stopped."""
    has_progress: ClassVar[bool] = False
    create_errors: ClassVar[Mapping[Kind, tuple[Reply, ...]]] = {}
    """Every documented refusal of a create, by what it means."""
    task_errors: ClassVar[Mapping[Kind, tuple[str, ...]]] = {}
    """Every documented code of a task that failed, by what it means."""
    prefix: ClassVar[str] = ""
    """The path that the vendor's base address ends with."""
    key = "sk-loopback"

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.creates: list[Mapping[str, Any]] = []
        self.wrong: list[str] = []
        self.seen: list[str] = []
        self.queued = self.running = 1
        self.instead: dict[str, deque[Reply | str]] = {}
        self.fail_with: deque[str] = deque()
        self.cut_files = 0
        """The next so many downloads break off in the middle."""
        self.slow_files = 0.0
        """Seconds that a file waits in the middle."""
        self.file: bytes | None = None
        """Handed out in place of films."""
        self.elsewhere = ""
        """The origin of links to films, where it is another than this server."""
        self.held: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.files_carried_keys: list[str] = []
        self.alerts: list[Kind] = []
        """What operators of our side were told."""
        self.numbers = itertools.count(1)
        self.origin = self.url = ""
        self._runner: web.AppRunner | None = None

    # What a vendor's file has to say.

    def routes(self) -> list[web.RouteDef]:
        """The vendor's paths; files are served already."""
        raise NotImplementedError

    # What they all do alike.

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        app = web.Application(middlewares=[self._answer], client_max_size=64 << 20)
        app.add_routes([*self.routes(), web.get("/files/{task}.mp4", self._file)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        assert site._server is not None
        self.origin = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
        self.url = self.origin + self.prefix

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    def forget(self) -> None:
        """A restart of a server that keeps its tasks in memory."""
        self.tasks.clear()

    def expect(self, condition: object, why: str, reply: Reply) -> None:
        """Refuse what the vendor would refuse."""
        if not condition:
            raise Wrong(why, reply)

    def begin(self, order: Mapping[str, Any], size: tuple[int, int], seconds: float) -> Task:
        """A new task."""
        task = Task(self.new_id(), order, size, seconds)
        if self.fail_with:
            task.error = self.fail_with.popleft()
        self.creates.append(order)
        self.tasks[task.id] = task
        return task

    def new_id(self) -> str:
        """As the vendor's look."""
        return f"task-{next(self.numbers)}"

    def state(self, task: Task) -> str:
        """Queued, running, done, failed or cancelled; asking moves it on."""
        if task.is_cancelled:
            return "cancelled"
        task.polls += 1
        if task.polls <= self.queued:
            return "queued"
        if task.polls <= self.queued + self.running:
            return "running"
        return "failed" if task.error else "done"

    def link(self, task: Task) -> str:
        """Where its film lies; a new link each time."""
        return f"{self.elsewhere or self.origin}/files/{task.id}.mp4?Signature=secret{next(self.numbers)}"

    def film(self, task: Task) -> bytes:
        """What is handed out."""
        return film(*task.size, task.seconds) if self.file is None else self.file

    @web.middleware
    async def _answer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.seen.append(f"{request.method} {request.path}")
        kind = self.kind_of(request)
        self.asked[kind] += 1
        instead = self.instead.get(kind)
        planned = instead.popleft() if instead else None
        if isinstance(planned, Reply):
            return web.json_response(planned.body, status=planned.status, headers=dict(planned.headers))
        if planned == RESET:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        try:
            response = await handler(request)
        except Wrong as wrong:
            self.wrong.append(str(wrong))
            response = web.json_response(wrong.reply.body, status=wrong.reply.status, headers=dict(wrong.reply.headers))
        await self._hold(kind)
        if planned == DROP:
            assert request.transport is not None
            request.transport.abort()
        return response  # type: ignore[no-any-return]

    async def _hold(self, kind: str) -> None:
        while kind in self.held:
            await asyncio.sleep(0.01)

    def kind_of(self, request: web.Request) -> str:
        """``create``, ``poll``, ``cancel``, ``list`` or ``file``."""
        if request.path.startswith("/files/"):
            return "file"
        return {"POST": "create", "DELETE": "cancel"}.get(request.method, "poll" if request.match_info else "list")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            self.files_carried_keys.append(request.path)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="text/xml")
        return await self.send_film(request, task)

    async def send_film(self, request: web.Request, task: Task) -> web.StreamResponse:
        """The film, slowly or not whole where that is wanted."""
        data = self.film(task)
        response = web.StreamResponse(headers={"Content-Type": "video/mp4", "Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        if self.cut_files:
            self.cut_files -= 1
            assert request.transport is not None
            request.transport.abort()
            return response
        await self._hold("file")
        if self.slow_files:
            await asyncio.sleep(self.slow_files)
        await response.write(data[len(data) // 2 :])
        return response
