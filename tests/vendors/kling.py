"""Kling's ``/v1/videos``: text2video and image2video, an envelope with a code, and two kinds of keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.engines.hosted.faults import Kind
from core.engines.hosted.kling import Kling
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_KNOWN = {
    "model_name": str, "prompt": str, "negative_prompt": str, "mode": str, "duration": str, "sound": str,
    "watermark_info": dict, "callback_url": str, "external_task_id": str,
}  # fmt: skip
_SHAPE = {"text2video": {"aspect_ratio": str}, "image2video": {"image": str, "image_tail": str}}
_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (9, 9)}
_WORDS = {"queued": "submitted", "running": "processing", "done": "succeed", "failed": "failed"}


def error(status: int, code: int, message: str = "no") -> Reply:
    """Kling's envelope."""
    return Reply(status, {"code": code, "message": message, "request_id": "r-1"})


_INVALID = error(400, 1201)


class KlingServer(VendorServer):
    vendor = Kling()
    cards = ("kling-v3", "kling-v3-pro")
    can_find = True
    pair = "ak-loopback:sk-of-the-pair"
    create_errors: ClassVar = {
        Kind.PROMPT: (error(400, 1300), error(400, 1301), error(200, 1301)),
        Kind.KEY: (
            error(401, 1000), error(401, 1001), error(401, 1002), error(401, 1003), error(401, 1004),
            error(429, 1100), error(429, 1304), Reply(401, {}),
        ),
        Kind.BALANCE: (error(429, 1102), error(429, 1101), error(200, 1102)),
        Kind.MODEL: (error(403, 1103), error(404, 1203), Reply(404, "no such page")),
        Kind.BUSY: (
            Reply(429, error(429, 1302).body, {"Retry-After": "1"}),
            Reply(429, error(429, 1303).body, {"Retry-After": "1"}),
        ),
        Kind.REQUEST: (error(400, 1200), error(400, 1201), error(404, 1202), Reply(413, None)),
        Kind.DOWN: (error(500, 5000), error(503, 5001)),
    }  # fmt: skip
    task_errors: ClassVar = {
        Kind.OUTPUT: ("Failure to pass the risk control system", "The content is sensitive", "内容违规"),
        Kind.DOWN: ("Task failed, try again",),
    }

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        kind = "/v1/videos/{kind:text2video|image2video}"
        return [
            web.post(kind, self.create),
            web.get(kind, self.list),
            web.get(kind + "/{task}", self.poll),
        ]

    def kind_of(self, request: web.Request) -> str:
        if request.method == "GET" and request.path.startswith("/v1/"):
            return "poll" if "task" in request.match_info else "list"
        return super().kind_of(request)

    def new_id(self) -> str:
        return f"8672837417591{next(self.numbers):05d}"

    def let_in(self, request: web.Request) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        right = scheme == "Bearer" and (key == self.key or self._is_signed(key))
        self.expect(right, "wrong key", error(401, 1002))

    def _is_signed(self, token: str) -> bool:
        access, _, secret = self.pair.partition(":")
        head, _, rest = token.partition(".")
        claims, _, signature = rest.partition(".")
        try:
            told = [_decoded(part) for part in (head, claims, signature)]
        except (binascii.Error, ValueError):
            return False
        self.tokens.append(token)
        wanted = hmac.digest(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256)
        if not hmac.compare_digest(wanted, told[2]):
            return False
        header, payload = json.loads(told[0]), json.loads(told[1])
        return (header["alg"], payload["iss"]) == ("HS256", access) and self._is_in_time(payload)

    def _is_in_time(self, claims: Mapping[str, float]) -> bool:
        now = time.time()
        return claims["nbf"] <= now < claims["exp"] <= now + 1801

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "application/json", "no JSON", _INVALID)
        order, kind = await request.json(), request.match_info["kind"]
        known = _KNOWN | _SHAPE[kind]
        self.expect(order.keys() <= known.keys(), f"unknown fields {order.keys() - known.keys()}", _INVALID)
        wrong = [name for name, value in order.items() if type(value) is not known[name]]
        self.expect(not wrong, f"types of {wrong}", _INVALID)
        self._check_values(order)
        size = self._size(order, kind)
        return self._reply(self.job(self.begin(order, size, int(order["duration"])), "queued", is_new=True))

    def _check_values(self, order: Mapping[str, Any]) -> None:
        self.expect(order.get("model_name") == "kling-v3", f"model {order.get('model_name')}", error(404, 1203))
        self.expect(0 < len(order["prompt"]) <= 2500 and "<<<" not in order["prompt"], "prompt", _INVALID)
        self.expect(len(order.get("negative_prompt", "")) <= 2500, "negative prompt", _INVALID)
        self.expect(order["mode"] in {"std", "pro"}, f"mode {order['mode']}", _INVALID)
        self.expect(order["duration"] in {str(n) for n in range(3, 16)}, f"{order['duration']} s", _INVALID)
        self.expect(order.get("sound", "off") in {"on", "off"}, "sound", _INVALID)
        mark = order.get("watermark_info", {"enabled": False})
        self.expect(mark.keys() == {"enabled"} and type(mark["enabled"]) is bool, "watermark", _INVALID)
        taken = {task.order["external_task_id"] for task in self.tasks.values()}
        self.expect(order["external_task_id"] not in taken, "an id of ours twice", _INVALID)

    def _size(self, order: Mapping[str, Any], kind: str) -> tuple[int, int]:
        lines = {"std": 720, "pro": 1080}[order["mode"]]
        if kind == "text2video":
            self.expect(order["aspect_ratio"] in _RATIOS, f"ratio {order['aspect_ratio']}", _INVALID)
            wide, high = _RATIOS[order["aspect_ratio"]]
            return lines * wide // min(wide, high), lines * high // min(wide, high)
        sizes = [self._picture(order[name]) for name in ("image", "image_tail") if name in order]
        self.expect("image" in order, "no first picture", _INVALID)
        scale = lines / min(sizes[0])
        return round(sizes[0][0] * scale), round(sizes[0][1] * scale)

    def _picture(self, data: str) -> tuple[int, int]:
        try:
            image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)), formats=("JPEG", "PNG"))
        except (binascii.Error, OSError) as bad:
            raise Wrong(f"picture {data[:20]}", _INVALID) from bad
        self.expect(min(image.size) >= 300 and len(data) <= 10_000_000, f"picture {image.size}", _INVALID)
        return image.size

    def job(self, task: Task, state: str, *, is_new: bool = False) -> dict[str, Any]:
        at = int(task.created_at * 1000)
        told = {
            "task_id": task.id, "task_status": _WORDS[state], "created_at": at, "updated_at": at,
            "task_info": {"external_task_id": task.order["external_task_id"]},
        }  # fmt: skip
        if is_new:
            return told
        marked = task.order.get("watermark_info", {"enabled": False})
        video = {"id": "v-1", "url": self.link(task), "duration": f"{task.seconds:.3f}"}
        if marked["enabled"]:
            video["watermark_url"] = self.link(task) + "&marked=1"
        return told | {
            "task_status_msg": task.error or "" if state == "failed" else "",
            "watermark_info": marked,
            "final_unit_deduction": "3",
            "task_result": {"videos": [video]} if state == "done" else {},
        }

    def _reply(self, data: object) -> web.Response:
        return web.json_response({"code": 0, "message": "SUCCEED", "request_id": "r-1", "data": data})

    def find(self, request: web.Request) -> Task:
        """By Kling's id or by ours."""
        name, is_picture = request.match_info["task"], request.match_info["kind"] == "image2video"
        for task in self.tasks.values():
            if name in {task.id, task.order["external_task_id"]} and ("image" in task.order) == is_picture:
                return task
        raise Wrong(f"no task {name}", error(400, 1201, "Task not found"))

    async def poll(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.find(request)
        return self._reply(self.job(task, self.state(task)))

    async def list(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.query.keys() <= {"pageNum", "pageSize"}, "unknown filters", _INVALID)
        return self._reply([self.job(task, "queued") for task in self.tasks.values()][: int(request.query["pageSize"])])


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
