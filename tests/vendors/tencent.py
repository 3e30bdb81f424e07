"""Tencent's TokenHub: no envelope, no cancelling, and errors in the gateway's own form."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

from aiohttp import web

from core.catalogue.hosted import Region
from core.engines.hosted.faults import Kind
from core.engines.hosted.tencent import Tencent
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_PATH = "/v1/wand/hunyuan-video"
_TYPES: dict[str, type] = {
    "model": str, "prompt": str, "negative_prompt": str, "image": str, "image_url": str, "n": int, "duration": int,
    "resolution": str, "aspect_ratio": str, "revise": bool,
}  # fmt: skip
_SIZES = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960), "4:3": (1104, 832), "3:4": (832, 1104)}
"""Those of the open model; nobody published the service's."""
_WORDS = {"queued": "queued", "running": "running", "done": "succeeded", "failed": "failed"}


def error(status: int, code: str, kind: str = "error", message: str = "no", **more: object) -> Reply:
    """As the gateway tells it."""
    told = {"type": kind, "code": code, "message": message, "source": "gateway", "request_id": "r", **more}
    return Reply(status, {"error": told})


def behind(code: str) -> Reply:
    """A fault of the service behind the gateway."""
    return error(400, "400004", source="upstream", upstream_code=code, upstream_status=400)


BAD = error(400, "400001", "invalid_request_error")


class TencentServer(VendorServer):
    vendor = Tencent()
    cards = ("hunyuan-video-tokenhub",)
    region: ClassVar[Region] = "china"
    create_errors: ClassVar = {
        Kind.PROMPT: (
            error(451, "451001", "content_filter_error"),
            behind("FailedOperation.ModerationFailed"),
            Reply(200, {"error": {"code": "FailedOperation.ModerationFailed", "message": "no"}}),
            error(400, "400004", message="内容审核不通过"),
        ),
        Kind.KEY: (
            error(401, "401002", "authentication_error", "invalid api key"),
            error(403, "403001", "permission_error", "access denied: client IP"),
            error(403, "403002", "permission_error"),
            error(403, "403005", "permission_error"),
        ),
        Kind.BALANCE: (
            error(402, "401007", "permission_error", "endpoint is inactive: FREE_QUOTA_EXHAUSTED"),
            error(402, "401008", "permission_error"),
            error(402, "403004", "permission_error"),
            behind("ResourcesSoldOut.ChargeStatusException"),
        ),
        Kind.BUSY: (
            Reply(429, error(429, "429001", "rate_limit_error").body, {"Retry-After": "1"}),
            behind("RequestLimitExceeded.JobNumExceed"),
        ),
        Kind.REQUEST: (BAD, error(400, "400002"), error(400, "400004"), behind("InvalidParameterValue.UrlIllegal")),
        Kind.MODEL: (error(404, "404001"), behind("InvalidParameterValue.InvalidModel")),
        Kind.DOWN: (error(500, "500001", "internal_error"), behind("FailedOperation.InnerError")),
    }
    task_errors: ClassVar = {
        Kind.PROMPT: ("FailedOperation.ModerationFailed", "content_filter_error", "sensitive_content"),
        Kind.BUSY: ("RequestLimitExceeded.JobNumExceed",),
        Kind.REQUEST: ("InvalidParameterValue.InvalidImageResolution", "FailedOperation.ImageDecodeFailed"),
        Kind.DOWN: ("FailedOperation.InnerError", "FailedOperation.DriverFailed", "what-is-this"),
    }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{_PATH}/generation", self.create),
            web.get(f"{_PATH}/tasks/{{task}}", self.poll),
        ]

    def let_in(self, request: web.Request) -> None:
        self.expect(
            request.headers.get("Authorization") == f"Bearer {self.key}",
            "wrong key",
            error(401, "401002", "authentication_error", "invalid api key"),
        )

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "application/json", "no JSON", BAD)
        order: dict[str, Any] = await request.json()
        self.expect(order.keys() <= _TYPES.keys(), f"unknown fields {order.keys() - _TYPES.keys()}", BAD)
        self.expect(all(type(told) is _TYPES[name] for name, told in order.items()), f"types of {order}", BAD)
        self.expect(order.get("model") == "hy-video-v1.5", "another model", error(404, "404001"))
        self.expect(order.get("prompt") or order.get("image"), "neither words nor a picture", BAD)
        self.expect(len(order.get("prompt", "")) <= 2000, "too long", BAD)
        self.expect(order.get("duration", 5) == 5 and order.get("n", 1) == 1, "5 s, one clip", BAD)
        self.expect(order.get("resolution", "720p") == "720p", "720p alone", BAD)
        if "image" in order:
            self.expect("aspect_ratio" not in order, "a shape beside a picture", BAD)
            self.expect(_is_jpeg(order["image"]), "no picture in base64", BAD)
        self.expect(order.get("aspect_ratio", "16:9") in _SIZES, "no such shape", BAD)
        task = self.begin(order, _SIZES[order.get("aspect_ratio", "16:9")], 5)
        return web.json_response({"task_id": task.id, "created": int(task.created_at), "request_id": "r"})

    async def poll(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            raise Wrong("no such task", error(404, "404002", message="task not found"))
        return web.json_response(self.told(task))

    def told(self, task: Task) -> dict[str, Any]:
        state = self.state(task)
        told: dict[str, Any] = {"task_id": task.id, "status": _WORDS[state], "request_id": "r"}
        if state == "done":
            told |= {"videos": [{"url": self.link(task)}], "usage": {"credits": 1.5}}
        if state == "failed":
            told["error"] = {"code": task.error, "message": "no"}
        return told


def _is_jpeg(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True)[:3] == b"\xff\xd8\xff"
    except binascii.Error:
        return False
