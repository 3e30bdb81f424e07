"""Zhipu's interface for CogVideoX-3 on loopback: strict about sizes, lengths, modes, and ids of requests."""

from __future__ import annotations

import base64
import io
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.engines.hosted.faults import Kind
from core.engines.hosted.zhipu import Zhipu
from tests.vendors.server import Reply, Task, VendorServer

_WORDS = {"queued": "PROCESSING", "running": "PROCESSING", "done": "SUCCESS", "failed": "FAIL"}
_SIZES = ("1280x720", "720x1280", "1024x1024", "1920x1080", "1080x1920", "2048x1080", "3840x2160")


def error(status: int, code: str, message: str = "no") -> Reply:
    """The vendor's envelope."""
    return Reply(status, {"error": {"code": code, "message": message}})


def _bad(field: str) -> Reply:
    return error(400, "1214", f"Invalid {field} parameter. Please check the documentation")


class ZhipuServer(VendorServer):
    vendor = Zhipu()
    cards = ("cogvideox-3", "cogvideox-3-10s")
    create_errors: ClassVar = {
        Kind.PROMPT: (error(400, "1301"), error(400, "1300"), Reply(200, error(400, "1301").body)),
        Kind.REQUEST: (*(error(400, code) for code in ("1210", "1213", "1214", "1215", "1261")), Reply(413, {})),
        Kind.MODEL: (error(404, "1211"), *(error(400, code) for code in ("1212", "1220", "1221", "1222"))),
        Kind.KEY: (
            *(error(401, code) for code in ("1000", "1001", "1002", "1003", "1004")),
            *(error(429, code) for code in ("1110", "1111", "1112", "1121")),
            Reply(401, {}),
        ),
        Kind.BALANCE: tuple(error(429, code) for code in ("1113", "1304", "1308", "1309")),
        Kind.BUSY: (
            error(429, "1302"),
            error(429, "1303"),
            Reply(429, error(429, "1305").body, {"Retry-After": "1"}),
            Reply(429, {}),
        ),
        Kind.DOWN: tuple(error(500, code) for code in ("500", "1100", "1120", "1200", "1230", "1234", "9999")),
    }
    task_errors: ClassVar = {Kind.PROMPT: ("1301",), Kind.DOWN: ("1234", "FAIL")}

    def __init__(self) -> None:
        super().__init__()
        self.request_ids: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/paas/v4/videos/generations", self.create),
            web.get("/api/paas/v4/async-result/{task}", self.poll),
        ]

    def new_id(self) -> str:
        return f"7116893290{next(self.numbers):02d}-9223190989602"

    def let_in(self, request: web.Request) -> None:
        wrong = error(401, "1002", "Invalid Authentication Token")
        self.expect(request.headers.get("Authorization") == f"Bearer {self.key}", "wrong key", wrong)

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "application/json", "no JSON", _bad("body"))
        # The vendor's own SDK sends null for all that was not given.
        body = {name: value for name, value in (await request.json()).items() if value is not None}
        told = dict(body)
        model, prompt, size, seconds = (told.pop(name, None) for name in ("model", "prompt", "size", "duration"))
        self.expect(model == "cogvideox-3", f"model {model!r}", error(404, "1211"))
        self.expect(isinstance(prompt, str) and 0 < len(prompt) <= 512, "prompt", _bad("prompt"))
        self.expect(size in _SIZES, f"size {size!r}", _bad("size"))
        self.expect(type(seconds) is int and seconds in {5, 10}, f"duration {seconds!r}", _bad("duration"))
        pictures = told.pop("image_url", [])
        self.read_pictures(pictures)
        quality = told.pop("quality", "speed")
        modes = {"speed"} if len(pictures) == 2 else {"speed", "quality"}
        self.expect(quality in modes, f"quality {quality!r}", _bad("quality"))
        self.expect(told.pop("fps", 30) in {30, 60}, "fps", _bad("fps"))
        for name in ("with_audio", "watermark_enabled"):
            self.expect(isinstance(told.pop(name, True), bool), name, _bad(name))
        request_id = told.pop("request_id", "none")
        self.expect(not told, f"unknown fields {told.keys()}", _bad("body"))
        self.expect(request_id not in self.request_ids, "request_id", error(400, "1231", "You already have a request"))
        self.request_ids.add(request_id)
        width, _, height = size.partition("x")
        task = self.begin(body, (int(width), int(height)), seconds)
        return web.json_response(self.record(task, "queued") | {"id": task.id})

    def read_pictures(self, urls: Any) -> None:
        self.expect(isinstance(urls, list) and len(urls) <= 2, "image_url", _bad("image_url"))
        for url in urls:
            header, _, data = url.partition(",")
            self.expect(header in {"data:image/jpeg;base64", "data:image/png;base64"}, header, _bad("image_url"))
            self.expect(len(data) <= 5 << 20, "a large picture", _bad("image_url"))
            with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
                image.load()

    def record(self, task: Task, state: str) -> dict[str, Any]:
        told: dict[str, Any] = {"model": "cogvideox-3", "request_id": task.order.get("request_id", "made")}
        told["task_status"] = _WORDS[state]
        if state == "done":
            told["video_result"] = [{"url": self.link(task), "cover_image_url": f"{self.url}/cover.png"}]
        if state == "failed" and task.error != "FAIL":
            told["error"] = {"code": task.error, "message": "no"}
        return told

    async def poll(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            unknown = _bad("id")
            return web.json_response(unknown.body, status=unknown.status)
        return web.json_response(self.record(task, self.state(task)))
