"""MiniMax's second video interface on loopback: strict about content, ratios, and what each of its models takes."""

from __future__ import annotations

import base64
import io
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.engines.hosted.faults import Kind
from core.engines.hosted.minimax import MiniMax
from tests.vendors.server import Reply, Task, VendorServer

_WORDS = {
    "queued": "queued",
    "running": "running",
    "done": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}
_RESOLUTIONS = {"MiniMax-H3": ("768P", "2K"), "MiniMax-H3-Max": ("480P", "768P")}
_RATIOS = {"21:9": 21 / 9, "16:9": 1.75, "4:3": 4 / 3, "1:1": 1.0, "3:4": 3 / 4, "9:16": 1 / 1.75}
_PICTURES: tuple[list[str], ...] = ([], ["first_frame"], ["last_frame"], ["first_frame", "last_frame"])


def error(status: int, word: str, message: str) -> Reply:
    """The vendor's envelope; the code is in the message alone."""
    told = {"type": word, "message": message, "http_code": str(status)}
    return Reply(status, {"type": "error", "error": told, "request_id": "021785229015510a2c883cf675b9804d"})


def _bad(what: str) -> Reply:
    return error(400, "bad_request_error", f"invalid params, {what} (2013)")


_WRONG_KEY = error(401, "authorized_error", "login fail: Please carry the API secret key (1004)")
_NOT_FOUND = error(500, "server_error", "record not found (1000)")


class MiniMaxServer(VendorServer):
    vendor = MiniMax()
    cards = ("hailuo-03", "hailuo-03-max")
    can_cancel = True
    create_errors: ClassVar = {
        Kind.PROMPT: (
            error(422, "unprocessable_entity_error", "video description contains sensitive content (1026)"),
            error(422, "unprocessable_entity_error", "no code"),
        ),
        Kind.OUTPUT: (error(422, "unprocessable_entity_error", "generated video contains sensitive content (1027)"),),
        Kind.REQUEST: (_bad("content must include a non-empty text item (prompt is required)"), Reply(413, {})),
        Kind.KEY: (
            _WRONG_KEY,
            error(401, "authorized_error", "invalid api key (2049)"),
            Reply(200, {"base_resp": {"status_code": 1004, "status_msg": "login fail"}}),
        ),
        Kind.BALANCE: (
            error(402, "insufficient_balance_error", "insufficient balance (1008)"),
            error(429, "rate_limit_error", "usage limit exceeded (2056)"),
            Reply(200, {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
        ),
        Kind.MODEL: (error(404, "not_found_error", "no such model"),),
        Kind.BUSY: (
            error(429, "rate_limit_error", "rate limit, please retry later (1002)"),
            error(429, "rate_limit_error", "conn limit (1041)"),
            error(429, "rate_limit_error", "token limit (1039)"),
            error(429, "rate_limit_error", "rate growth limit (2045)"),
            Reply(529, error(529, "overloaded_error", "overloaded").body, {"Retry-After": "1"}),
        ),
        Kind.DOWN: (
            error(500, "server_error", "internal error (1000)"),
            error(500, "server_error", "timeout (1001)"),
            error(500, "server_error", "internal error (1024)"),
            error(500, "server_error", "system error (1033)"),
            error(500, "server_error", "something new"),
        ),
    }
    task_errors: ClassVar = {
        Kind.PROMPT: ("1026",),
        Kind.OUTPUT: ("1027",),
        Kind.REQUEST: ("2013",),
        Kind.DOWN: ("1000", "1001", "1024", "1033", "9999"),
    }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/video_generation", self.create),
            web.get("/v2/query/video_generation", self.list),
            web.get("/v2/query/video_generation/{task}", self.poll),
            web.delete("/v2/video_generation/{task}", self.delete),
        ]

    def new_id(self) -> str:
        return f"4240109857386{next(self.numbers):02d}"

    def let_in(self, request: web.Request) -> None:
        self.expect(request.headers.get("Authorization") == f"Bearer {self.key}", "wrong key", _WRONG_KEY)

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "application/json", "no JSON", _bad("content type"))
        body = await request.json()
        told = dict(body)
        model, resolution, seconds = (told.pop(name, None) for name in ("model", "resolution", "duration"))
        self.expect(model in _RESOLUTIONS, f"model {model!r}", _bad("model"))
        self.expect(resolution in _RESOLUTIONS[model], f"resolution {resolution!r}", _bad("resolution"))
        self.expect(type(seconds) is int and 5 <= seconds <= 15, f"duration {seconds!r}", _bad("duration"))
        picture = self.read_content(told.pop("content", None))
        ratio = told.pop("ratio", "adaptive")
        self.expect(ratio in _RATIOS if picture is None else ratio == "adaptive", f"ratio {ratio!r}", _bad("ratio"))
        if model == "MiniMax-H3":
            self.expect(isinstance(told.pop("aigc_watermark", False), bool), "watermark", _bad("aigc_watermark"))
        self.expect(not told, f"unknown fields {told.keys()}", _bad("fields"))
        task = self.begin(body, _size(resolution, picture[0] / picture[1] if picture else _RATIOS[ratio]), seconds)
        return web.json_response({"task_id": task.id})

    def read_content(self, content: Any) -> tuple[int, int] | None:
        """The size of the first picture."""
        self.expect(isinstance(content, list) and content, "content", _bad("content"))
        words = [item for item in content if item.get("type") == "text"]
        self.expect(
            len(words) == 1 and words[0].keys() == {"type", "text"} and 0 < len(words[0]["text"]) <= 7000,
            "exactly one text",
            _bad("content must include a non-empty text item"),
        )
        pictures = [item for item in content if item not in words]
        self.expect(
            all(item.keys() == {"type", "image_url", "role"} and item["type"] == "image_url" for item in pictures),
            "pictures",
            _bad("content"),
        )
        self.expect([item["role"] for item in pictures] in _PICTURES, "roles", _bad("role"))
        sizes = [self.read_picture(item["image_url"]) for item in pictures]
        return sizes[0] if sizes else None

    def read_picture(self, told: dict[str, str]) -> tuple[int, int]:
        self.expect(told.keys() == {"url"}, "picture", _bad("image_url"))
        header, _, data = told["url"].partition(",")
        self.expect(header in {"data:image/jpeg;base64", "data:image/png;base64"}, header, _bad("image format"))
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            size = image.size
        fits = all(256 <= side <= 5760 for side in size) and 0.4 <= size[0] / size[1] <= 2.5
        self.expect(fits, f"picture of {size}", _bad("image size"))
        return size

    def record(self, task: Task, state: str) -> dict[str, Any]:
        begun = int(task.created_at)
        told: dict[str, Any] = {
            "id": task.id, "model": task.order["model"], "status": _WORDS[state], "created_at": begun,
            "updated_at": begun, "resolution": task.order["resolution"], "duration": task.order["duration"],
            "usage": {}, "ratio": "16:9", "task_type": "generation", "modality": "video",
        }  # fmt: skip
        if state == "failed":
            told["error"] = {"code": task.error, "message": "no"}
        if state == "done":
            seconds = task.order["duration"]
            told["content"] = {"url": self.link(task)}
            told["usage"] = {"total_seconds": seconds, "input_seconds": 0, "output_seconds": seconds}
        return told

    async def poll(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.json_response(_NOT_FOUND.body, status=_NOT_FOUND.status)
        return web.json_response({"task": self.record(task, self.state(task))})

    async def list(self, request: web.Request) -> web.Response:
        self.let_in(request)
        known = {"page_num", "page_size", "filter.status", "filter.task_ids", "filter.model", "filter.task_type"}
        self.expect(request.query.keys() <= known, f"query {request.query.keys()}", _bad("query"))
        return web.json_response({"items": [], "total": 0})

    async def delete(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.json_response(_NOT_FOUND.body, status=_NOT_FOUND.status)
        if task.polls > self.queued + self.running:
            del self.tasks[task.id]
            return web.json_response({"task_id": task.id, "action": "deleted", "status": "deleted"})
        if task.is_cancelled or task.polls > self.queued:
            refused = _bad("task is running or cancelled")
            return web.json_response(refused.body, status=refused.status)
        task.is_cancelled = True
        return web.json_response({"task_id": task.id, "action": "cancelled", "status": "cancelled"})


def _size(resolution: str, ratio: float) -> tuple[int, int]:
    """The shorter side as the name says, both multiples of 32."""
    short = {"480P": 480, "768P": 768, "2K": 1440}[resolution]
    width, height = (short * ratio, short) if ratio >= 1 else (short, short / ratio)
    return round(width / 32) * 32, round(height / 32) * 32
