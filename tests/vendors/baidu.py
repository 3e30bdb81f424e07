"""Baidu's Qianfan: two paths, four bodies, three shapes of answers, and codes in Baidu's own spelling."""

from __future__ import annotations

import base64
import io
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.catalogue.hosted import Region
from core.engines.hosted.baidu import Baidu
from core.engines.hosted.faults import Kind
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_OWN, _RESOLD = "/video/generations", "/beta/video/generations/qianfan-video"
_SIZES = {
    "720p": {"16:9": (1280, 704), "9:16": (704, 1280), "1:1": (960, 960), "4:3": (1104, 832), "3:4": (832, 1104)},
    "1080p": {
        "16:9": (1920, 1080),
        "9:16": (1080, 1920),
        "1:1": (1440, 1440),
        "4:3": (1440, 1080),
        "3:4": (1080, 1440),
    },
}
_RATIOS = {1.78: "16:9", 0.56: "9:16", 1.0: "1:1", 1.33: "4:3", 0.75: "3:4"}
_MUSE = {
    "musesteamer-air-i2v": (5,),
    "musesteamer-2.1-turbo-i2v": (5,),
    "musesteamer-2.1-lite-i2v": (5,),
    "musesteamer-2.0-pro-i2v": (5,),
    "musesteamer-2.0-turbo-i2v-audio": (5, 10),
}


def error(status: int, code: str | int, kind: str = "error", message: str = "no") -> Reply:
    """As the pages on videos have it; those on language models put the same into ``error``."""
    return Reply(status, {"id": "as-1", "type": kind, "code": code, "message": message})


def nested(status: int, code: str, kind: str = "invalid_request_error") -> Reply:
    return Reply(status, {"id": "as-1", "error": {"code": code, "type": kind, "message": "no"}})


ARGUMENT = error(400, "invalid_video_genration_argument", "invalid_request_error")
KEY = nested(401, "invalid_iam_token")

ERRORS = {
    Kind.PROMPT: (
        error(403, "video_genration_prompt_unsafe", "unsafe_request"),
        error(403, "video_generation_prompt_unsafe", "unsafe_request"),
        nested(403, "video_genration_prompt_unsafe", "unsafe_request"),
        error(200, 1026),
        error(200, 1301),
    ),
    Kind.OUTPUT: (error(403, "video_generation_output_unsafe", "unsafe_request"), error(200, 1027)),
    Kind.KEY: (KEY, error(401, "AccessDenied"), error(403, "no_permission")),
    Kind.BALANCE: (
        error(200, 1008),
        nested(403, "account_overdue", "access_denied"),
        error(429, "BILLING_INSUFFICIENT_BALANCE"),
    ),
    Kind.BUSY: (
        error(429, "video_genration_concurrency_exceeded", "rate_limit_exceeded"),
        error(429, "video_generation_concurrency_exceeded", "rate_limit_exceeded"),
        error(200, 1002),
        error(200, 1302),
        error(200, 1303),
        nested(429, "rpm_rate_limit_exceeded", "rate_limit_exceeded"),
    ),
    Kind.REQUEST: (
        ARGUMENT,
        error(400, "invalid_video_generation_argument", "invalid_request_error"),
        error(400, "BadRequest"),
        *(error(200, number) for number in (1200, 1201, 1202, 1203, 1042, 2013)),
    ),
    Kind.MODEL: (nested(400, "invalid_model"), error(404, "NotFound")),
    Kind.DOWN: (
        error(500, "video_genration_interal_error", "internal_error"),
        error(500, "video_generation_internal_error", "internal_error"),
        error(501, "video_generation_risk_system_error", "internal_error"),
        *(error(200, number) for number in (5000, 5001, 5002, 1000, 1001, 1024, 1033)),
    ),
}
"""Of creates, in every family."""


class _Qianfan(VendorServer):
    """All of it; each family below has the cards and the states of its own."""

    vendor = Baidu()
    region: ClassVar[Region] = "china"
    key = "bce-v3/ALTAK-loopback/secret"
    words: ClassVar[dict[str, str]]
    create_errors: ClassVar = {kind: ERRORS[kind][:1] for kind in (Kind.PROMPT, Kind.BALANCE, Kind.BUSY, Kind.DOWN)}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(_OWN, self.create),
            web.get(_OWN, self.poll),
            web.get(f"{_OWN}/list", self.list),
            web.delete(_OWN, self.delete),
            web.post(_RESOLD, self.create),
            web.get(_RESOLD, self.poll),
        ]

    def kind_of(self, request: web.Request) -> str:
        return "poll" if request.method == "GET" and "task_id" in request.query else super().kind_of(request)

    def new_id(self) -> str:
        return f"6a7b2b4c20e153ebae37{next(self.numbers):04x}"

    def let_in(self, request: web.Request) -> None:
        self.expect(request.headers.get("Authorization") == f"Bearer {self.key}", "wrong key", KEY)

    def refuse_unless(self, condition: object, why: str) -> None:
        self.expect(condition, why, ARGUMENT)

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.refuse_unless(request.content_type == "application/json", "no JSON")
        order: dict[str, Any] = await request.json()
        size, seconds = self.read(request.path, order)
        return web.json_response(self.begun(self.begin(order, size, seconds)))

    def read(self, path: str, order: dict[str, Any]) -> tuple[tuple[int, int], int]:
        """The size and the length of what was ordered."""
        raise NotImplementedError

    def begun(self, task: Task) -> dict[str, Any]:
        return {"id": "as-2", "task_id": task.id}

    def find(self, request: web.Request, known: set[str]) -> Task:
        self.let_in(request)
        self.refuse_unless(request.query.keys() == known, f"asked with {sorted(request.query)}")
        task = self.tasks.get(request.query["task_id"])
        if task is None:
            raise Wrong("no such task", error(404, "NotFound"))
        return task

    async def poll(self, request: web.Request) -> web.Response:
        task = self.find(request, {"task_id"} if request.path == _OWN else {"task_id", "model"})
        return web.json_response(self.told(task, self.state(task)))

    def told(self, task: Task, state: str) -> dict[str, Any]:
        raise NotImplementedError

    async def list(self, request: web.Request) -> web.Response:
        self.let_in(request)
        return web.json_response({"id": "as-3", "total": 0, "items": []})

    async def delete(self, request: web.Request) -> web.Response:
        task = self.find(request, {"task_id"})
        self.refuse_unless(task.polls <= self.queued, "it has begun")
        task.is_cancelled = True
        return web.json_response({"id": "as-4", "task_id": task.id, "status": "Terminated"})

    def picture(self, data: str) -> str:
        """The ratio of a picture in base64."""
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            self.refuse_unless(min(image.size) >= 300, "too small a picture")
            return _RATIOS[round(image.width / image.height, 2)]

    def types(self, told: dict[str, Any], known: dict[str, type]) -> None:
        self.refuse_unless(told.keys() <= known.keys(), f"unknown fields {told.keys() - known.keys()}")
        self.refuse_unless(all(type(value) is known[name] for name, value in told.items()), f"types of {told}")


class BaiduServer(_Qianfan):
    """The V series: Vidu."""

    cards = ("vq3-turbo", "vq3-pro")
    create_errors: ClassVar = ERRORS
    words: ClassVar = {"queued": "queueing", "running": "processing", "done": "success", "failed": "failed"}
    task_errors: ClassVar = {
        Kind.PROMPT: ("TaskPromptPolicyViolation", "AuditSubmitIllegal"),
        Kind.OUTPUT: ("CreationPolicyViolation",),
        Kind.BALANCE: ("CreditInsufficient",),
        Kind.BUSY: ("SystemThrottling",),
        Kind.DOWN: ("Whatever", "video_genration_interal_error"),
    }

    def read(self, path: str, order: dict[str, Any]) -> tuple[tuple[int, int], int]:
        self.refuse_unless(path == _RESOLD and order.keys() == {"type", "model", "model_parameters"}, "another body")
        self.refuse_unless(
            order["type"] == "text2video" and order["model"] in {"VQ3-Turbo", "VQ3-Pro"}, "no such model"
        )
        told = order["model_parameters"]
        known = {"prompt": str, "duration": int, "seed": int, "aspect_ratio": str, "resolution": str}
        self.types(told, known | {"bgm": bool, "audio": bool})
        self.refuse_unless(0 < len(told["prompt"]) <= 1500 and 1 <= told["duration"] <= 16, "words or length")
        return _SIZES[told["resolution"]][told["aspect_ratio"]], told["duration"]

    def told(self, task: Task, state: str) -> dict[str, Any]:
        files = [{"id": "1", "url": self.link(task), "cover_url": "https://x/y.jpeg"}] if state == "done" else []
        code = task.error if state == "failed" else ""
        return {"log_id": "as-5", "id": task.id, "status": self.words[state], "err_code": code, "creations": files}


class BaiduKlingServer(_Qianfan):
    """k3.0-turbo: everything under ``data``, and good news with the number 0."""

    cards = ("kling-3.0-turbo-qianfan",)
    words: ClassVar = {"queued": "submitted", "running": "processing", "done": "succeed", "failed": "failed"}
    task_errors: ClassVar = {Kind.PROMPT: ("触发平台的内容风控", "1301"), Kind.DOWN: ("生成失败", "5000")}

    def read(self, path: str, order: dict[str, Any]) -> tuple[tuple[int, int], int]:
        self.refuse_unless(path == _RESOLD and order.keys() == {"type", "model", "model_parameters"}, "another body")
        told = order["model_parameters"]
        self.types(told, {"prompt": str, "contents": list, "settings": dict, "options": dict})
        self.types(told["settings"], {"resolution": str, "duration": int, "aspect_ratio": str})
        self.refuse_unless(order["model"] == "k3.0-turbo" and 3 <= told["settings"]["duration"] <= 15, "model, length")
        if order["type"] == "img2video":
            self.refuse_unless("prompt" not in told and "aspect_ratio" not in told["settings"], "words or shape")
            words, frame = told["contents"]
            self.refuse_unless(words.keys() == {"type", "text"} and words["type"] == "prompt", "words")
            self.refuse_unless(frame["type"] == "first_frame", "frame")
            ratio = self.picture(frame["url"])
        else:
            self.refuse_unless(0 < len(told["prompt"]) <= 3072 and "contents" not in told, "words")
            ratio = told["settings"].get("aspect_ratio", "16:9")
        self.refuse_unless(ratio in {"16:9", "9:16", "1:1"}, "shape")
        return _SIZES[told["settings"]["resolution"]][ratio], told["settings"]["duration"]

    def begun(self, task: Task) -> dict[str, Any]:
        data = {"task_id": task.id, "task_status": "submitted", "created_at": 1}
        return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": data}

    def told(self, task: Task, state: str) -> dict[str, Any]:
        data: dict[str, Any] = {"task_id": task.id, "task_status": self.words[state], "task_status_msg": ""}
        number = 0
        if state == "done":
            data["task_result"] = {"videos": [{"id": "1", "url": self.link(task), "duration": "5.354"}]}
        if state == "failed" and task.error:
            number = int(task.error) if task.error.isdecimal() else 0
            data["task_status_msg"] = "" if number else task.error
        return {"code": number, "message": "SUCCEED", "request_id": "r", "data": data}


class BaiduMuseServer(_Qianfan):
    """Baidu's own: with a picture alone."""

    cards = tuple(_MUSE)
    can_cancel = True
    words: ClassVar = {
        "queued": "pending", "running": "running", "done": "succeeded", "failed": "failed", "cancelled": "Terminated",
    }  # fmt: skip
    task_errors: ClassVar = {
        Kind.PROMPT: ("video_genration_prompt_unsafe", "video_generation_prompt_unsafe"),
        Kind.OUTPUT: ("video_generation_output_unsafe",),
        Kind.DOWN: ("video_generation_risk_system_error", "Whatever"),
    }

    def read(self, path: str, order: dict[str, Any]) -> tuple[tuple[int, int], int]:
        self.refuse_unless(path == _OWN, "another path")
        self.types(order, {"model": str, "content": list, "duration": int, "watermark": bool})
        self.refuse_unless(order["duration"] in _MUSE.get(order["model"], ()), "model or length")
        words, image = order["content"]
        self.refuse_unless(words.keys() == {"type", "text"} and words["type"] == "text", "words")
        self.refuse_unless(image.keys() == {"type", "image_url"} and image["type"] == "image_url", "picture")
        ratio = self.picture(image["image_url"]["url"].removeprefix("data:image/jpeg;base64,"))
        return _SIZES["1080p" if "-pro-" in order["model"] else "720p"][ratio], order["duration"]

    def told(self, task: Task, state: str) -> dict[str, Any]:
        told = {"id": "as-6", "task_id": task.id, "model": task.order["model"], "status": self.words[state]}
        if state == "failed":
            return {**told, "error": {"code": task.error, "message": "no"}}
        content = {"content": {"video_url": self.link(task)}} if state == "done" else {}
        return {**told, **content, "duration": task.seconds, "width": task.size[0], "height": task.size[1]}


class BaiduWanServer(BaiduMuseServer):
    """The open Wan that Qianfan runs: the same path, flat fields."""

    cards = ("wan-2.1-14b-qianfan",)

    def read(self, path: str, order: dict[str, Any]) -> tuple[tuple[int, int], int]:
        self.refuse_unless(path == _OWN, "another path")
        known = {"model": str, "prompt": str, "negative_prompt": str, "ratio": str, "duration": int, "seed": int}
        self.types(order, known | {"prompt_extend": bool, "model_parameters": dict})
        self.refuse_unless(order["model"] == "wan-2.1-t2v-14b" and order["prompt"], "model or words")
        self.refuse_unless(order["duration"] == 5 and order["ratio"] in {"16:9", "9:16"}, "length or shape")
        return _SIZES["720p"][order["ratio"]], order["duration"]
