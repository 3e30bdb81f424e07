"""Alibaba's DashScope on loopback: strict about headers, types, and the fields that each of its models has."""

from __future__ import annotations

import base64
import io
import time
from dataclasses import dataclass
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.engines.hosted.alibaba import Alibaba
from core.engines.hosted.faults import Kind
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_WORDS = {
    "queued": "PENDING",
    "running": "RUNNING",
    "done": "SUCCEEDED",
    "failed": "FAILED",
    "cancelled": "CANCELED",
}
_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
_PIXELS = {
    "480P": ("832*480", "480*832", "624*624", "640*480", "480*640"),
    "720P": ("1280*720", "720*1280", "960*960", "1088*832", "832*1088"),
    "1080P": ("1920*1080", "1080*1920", "1440*1440", "1632*1248", "1248*1632"),
}


@dataclass(frozen=True)
class Model:
    """What one of the vendor's models takes. ``pictures`` are the lists of media that it has."""

    resolutions: tuple[str, ...]
    seconds: range
    prompt: int
    pictures: tuple[tuple[str, ...], ...] = ((),)
    negative: bool = False
    is_legacy: bool = False
    adaptive: bool = False


_WAN3 = Model(
    ("480P", "720P", "1080P"),
    range(2, 31),
    20_000,
    ((), ("first_frame",), ("first_frame", "last_frame")),
    adaptive=True,
)
_MODELS = {
    "wan3.0-video": _WAN3,
    "wan3.0-video-prime": _WAN3,
    "wan2.7-t2v": Model(("720P", "1080P"), range(2, 16), 5000, negative=True),
    "wan2.7-i2v": Model(
        ("720P", "1080P"), range(2, 16), 5000, (("first_frame",), ("first_frame", "last_frame")), negative=True
    ),
    "happyhorse-1.1-t2v": Model(("480P", "720P", "1080P"), range(3, 16), 2500),
    "happyhorse-1.1-i2v": Model(("480P", "720P", "1080P"), range(3, 16), 2500, (("first_frame",),)),
    "wan2.6-t2v": Model(("720P", "1080P"), range(2, 16), 1500, negative=True, is_legacy=True),
    "wan2.6-i2v": Model(("720P", "1080P"), range(2, 16), 1500, (("img_url",),), negative=True, is_legacy=True),
}


def error(status: int, code: str, message: str = "no") -> Reply:
    """The vendor's envelope."""
    return Reply(status, {"code": code, "message": message, "request_id": "31a80745-990d-958b"})


def _bad(message: str) -> Reply:
    return error(400, "InvalidParameter", message)


class AlibabaServer(VendorServer):
    vendor = Alibaba()
    cards = (
        "wan3.0-video",
        "wan3.0-video-prime",
        "wan2.7-t2v",
        "wan2.7-i2v",
        "happyhorse-1.1-t2v",
        "happyhorse-1.1-i2v",
    )
    can_find = can_cancel = True
    create_errors: ClassVar = {
        Kind.PROMPT: (
            error(400, "DataInspectionFailed", "Input data may contain inappropriate content."),
            error(400, "InvalidParameter.DataInspection"),
            error(400, "IPInfringementSuspect"),
        ),
        Kind.REQUEST: (
            error(400, "InvalidParameter"),
            error(400, "InvalidParameter.Duration"),
            error(400, "InvalidURL"),
            error(400, "BadRequest.TooLarge"),
            Reply(413, {}),
        ),
        Kind.BALANCE: (
            error(400, "Arrearage"),
            error(429, "Throttling.AllocationQuota"),
            error(403, "AllocationQuota.FreeTierOnly"),
        ),
        Kind.KEY: (
            error(401, "InvalidApiKey"),
            error(403, "AccessDenied"),
            error(403, "AccessDenied.Unpurchased"),
            Reply(200, {"code": "InvalidApiKey", "message": "refused within a success", "request_id": "x"}),
        ),
        Kind.MODEL: (error(404, "ModelNotFound"), error(403, "Model.AccessDenied")),
        Kind.BUSY: (
            error(429, "Throttling"),
            error(429, "Throttling.RateQuota"),
            Reply(429, error(429, "Throttling.BurstRate").body, {"Retry-After": "1"}),
        ),
        Kind.DOWN: (
            error(500, "InternalError"),
            error(500, "InternalError.Algo"),
            error(503, "ModelServingError"),
            error(408, "RequestTimeOut"),
        ),
    }
    task_errors: ClassVar = {
        Kind.PROMPT: ("DataInspectionFailed", "IPInfringementSuspect"),
        Kind.OUTPUT: ("DataInspectionFailed:Output data may contain inappropriate content.",),
        Kind.REQUEST: ("InvalidParameter", "InvalidURL"),
        Kind.DOWN: ("InternalError.Algo", "SomethingNew"),
    }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/services/aigc/video-generation/video-synthesis", self.create),
            web.get("/api/v1/tasks", self.list),
            web.get("/api/v1/tasks/", self.list),
            web.get("/api/v1/tasks/{task}", self.poll),
            web.post("/api/v1/tasks/{task}/cancel", self.cancel),
        ]

    def kind_of(self, request: web.Request) -> str:
        return "cancel" if request.path.endswith("/cancel") else super().kind_of(request)

    def new_id(self) -> str:
        return f"0385dc79-5ff8-4d82-bcb6-{next(self.numbers):012d}"

    def let_in(self, request: web.Request) -> None:
        told = request.headers.get("Authorization")
        self.expect(told == f"Bearer {self.key}", "wrong key", error(401, "InvalidApiKey", "Invalid API-key provided."))

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(
            request.headers.get("X-DashScope-Async") == "enable",
            "not asynchronous",
            error(403, "AccessDenied", "current user api does not support synchronous calls"),
        )
        self.expect(request.content_type == "application/json", "no JSON", _bad("content type"))
        body = await request.json()
        self.expect(body.keys() == {"model", "input", "parameters"}, f"fields {body.keys()}", _bad("fields"))
        if body["model"] not in _MODELS:
            raise Wrong(f"model {body['model']}", error(404, "ModelNotFound"))
        model = _MODELS[body["model"]]
        picture = self.read_input(body["input"], model)
        size = self.read_parameters(body["parameters"], model, picture)
        task = self.begin(body, size, body["parameters"]["duration"])
        return web.json_response({"output": {"task_id": task.id, "task_status": "PENDING"}, "request_id": "4909100c"})

    def read_input(self, told: dict[str, Any], model: Model) -> tuple[int, int] | None:
        """The size of the first picture."""
        told = dict(told)
        prompt = told.pop("prompt", None)
        self.expect(isinstance(prompt, str) and 0 < len(prompt) <= model.prompt, "prompt", _bad("prompt"))
        if model.negative:
            negative = told.pop("negative_prompt", "")
            self.expect(isinstance(negative, str) and len(negative) <= 500, "negative prompt", _bad("negative_prompt"))
        media = [{"type": "img_url", "url": told.pop("img_url")}] if "img_url" in told else told.pop("media", [])
        self.expect(not told, f"unknown in input: {told.keys()}", _bad("input"))
        self.expect(all(item.keys() == {"type", "url"} for item in media), "media", _bad("media"))
        types = tuple(item["type"] for item in media)
        self.expect(types in model.pictures, f"media {types}", _bad("media"))
        sizes = [self.read_picture(item["url"]) for item in media]
        return sizes[0] if sizes else None

    def read_picture(self, url: str) -> tuple[int, int]:
        header, _, data = url.partition(",")
        self.expect(header in {"data:image/jpeg;base64", "data:image/png;base64"}, header, error(400, "InvalidURL"))
        self.expect(len(data) <= 10 << 20, "a large picture", _bad("image too large"))
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            size = image.size
        self.expect(all(360 <= side <= 2000 for side in size), f"picture of {size}", _bad("image size"))
        return size

    def read_parameters(self, told: dict[str, Any], model: Model, picture: tuple[int, int] | None) -> tuple[int, int]:
        """The size of the video."""
        told = dict(told)
        seconds = told.pop("duration", None)
        self.expect(type(seconds) is int and seconds in model.seconds, f"duration {seconds!r}", _bad("duration"))
        seed = told.pop("seed", 0)
        self.expect(type(seed) is int and 0 <= seed < 2**31, f"seed {seed!r}", _bad("seed"))
        for name in ("watermark", "prompt_extend", "audio"):
            self.expect(isinstance(told.pop(name, True), bool), name, _bad(name))
        size = self.read_shape(told, model, picture)
        self.expect(not told, f"unknown in parameters: {told.keys()}", _bad("parameters"))
        return size

    def read_shape(self, told: dict[str, Any], model: Model, picture: tuple[int, int] | None) -> tuple[int, int]:
        if model.is_legacy and picture is None:
            pixels = told.pop("size", None)
            known = [size for resolution in model.resolutions for size in _PIXELS[resolution]]
            self.expect(pixels in known, f"size {pixels!r}", _bad("size"))
            return _pair(pixels)
        resolution = told.pop("resolution", None)
        self.expect(resolution in model.resolutions, f"resolution {resolution!r}", _bad("resolution"))
        if picture is None:
            ratio = told.pop("ratio", None)
            self.expect(ratio in _RATIOS, f"ratio {ratio!r}", _bad("ratio"))
            return _pair(_PIXELS[resolution][_RATIOS.index(ratio)])
        if model.adaptive:
            self.expect(told.pop("ratio", None) == "adaptive", "ratio beside a picture", _bad("ratio"))
        width, height = picture
        scale = int(resolution[:-1]) / min(picture)
        return round(width * scale), round(height * scale)

    def output(self, task: Task, state: str) -> dict[str, Any]:
        """As documented: the prompt is told of a task that is done, not before."""
        told: dict[str, Any] = {"task_id": task.id, "task_status": _WORDS[state]}
        told["submit_time"] = "2026-11-28 12:00:00.123"
        if state == "done":
            told |= {"orig_prompt": task.order["input"]["prompt"], "video_url": self.link(task)}
        if state == "failed":
            code, _, message = (task.error or "").partition(":")
            told |= {"code": code, "message": message or "Input data may contain inappropriate content."}
        return told

    async def poll(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            told = {"task_id": request.match_info["task"], "task_status": "UNKNOWN"}
            return web.json_response({"output": told, "request_id": "x"})
        state = self.state(task)
        body: dict[str, Any] = {"output": self.output(task, state), "request_id": "x"}
        if state == "done":
            body["usage"] = {"duration": task.seconds, "output_video_duration": task.seconds, "video_count": 1}
        return web.json_response(body)

    async def list(self, request: web.Request) -> web.Response:
        self.let_in(request)
        known = {"page_no", "page_size", "start_time", "end_time", "model_name", "api_key_id", "region", "status"}
        self.expect(request.query.keys() <= known, f"query {request.query.keys()}", _bad("query"))
        model = request.query.get("model_name")
        rows = [self.row(task) for task in self.tasks.values() if model in {None, task.order["model"]}]
        size = int(request.query.get("page_size", 10))
        told = {"total": len(rows), "data": rows[::-1][:size], "total_page": 1, "page_no": 1, "page_size": size}
        return web.json_response(told | {"request_id": "x"})

    def row(self, task: Task) -> dict[str, Any]:
        begun = int(task.created_at * 1000)
        model = task.order["model"]
        return {
            "api_key_id": "15", "caller_parent_id": "2", "caller_uid": "3", "gmt_create": begun, "model_name": model,
            "region": "ap-southeast-1", "request_id": "5ddcdba0", "start_time": begun + 28, "status": "RUNNING",
            "task_id": task.id, "user_api_unique_key": f"apikey:v1:aigc:video-generation:video-synthesis:{model}",
        }  # fmt: skip

    async def cancel(self, request: web.Request) -> web.Response:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        is_queued = task is not None and not task.is_cancelled and task.polls <= self.queued
        refused = error(400, "UnsupportedOperation", "Failed to cancel the task, only PENDING tasks can be canceled.")
        if task is None or not is_queued:
            return web.json_response(refused.body, status=refused.status)
        task.is_cancelled = True
        return web.json_response({"request_id": "45ac7f13"})

    def add_anothers(self, order: dict[str, Any]) -> Task:
        """A task that another program of the same account has just begun."""
        task = Task(self.new_id(), order, (832, 480), 2.0, created_at=time.time())
        self.tasks[task.id] = task
        return task


def _pair(pixels: str) -> tuple[int, int]:
    width, _, height = pixels.partition("*")
    return int(width), int(height)
