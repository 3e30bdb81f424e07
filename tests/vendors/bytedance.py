"""Ark's tasks, as its page on creating one has them, with Seedance 2.x; abroad and in China."""

from __future__ import annotations

import base64
import binascii
import io
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.catalogue.hosted import Region
from core.engines.hosted.bytedance import ByteDance
from core.engines.hosted.faults import Kind
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_KNOWN = {
    "model": str, "content": list, "resolution": str, "ratio": str, "duration": int, "watermark": bool,
    "generate_audio": bool, "callback_url": str, "execution_expires_after": int, "safety_identifier": str,
    "return_last_frame": bool, "service_tier": str, "priority": int, "output_format": str,
}  # fmt: skip
"""``seed``, ``frames`` and ``camera_fixed`` are for Seedance 1.0."""
_SQUARE = {"480p": (640, 640), "720p": (960, 960), "1080p": (1440, 1440)}
_NARROW = {"480p": (752, 560), "720p": (1112, 834), "1080p": (1664, 1248)}
_WIDE = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080)}
_SHAPES = {"16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "3:4": 3 / 4, "9:16": 9 / 16}
_WORDS = {"queued": "queued", "running": "running", "done": "succeeded", "failed": "failed", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Seedance:
    """A model. ``longest`` in seconds; ``is_adaptive``: with pictures it takes no ratio but ``adaptive``."""

    longest: int
    resolutions: tuple[str, ...]
    wide: Mapping[str, tuple[int, int]]
    is_adaptive: bool = False

    def size(self, resolution: str, ratio: str) -> tuple[int, int]:
        """In pixels."""
        if ratio == "1:1":
            return _SQUARE[resolution]
        wide = self.wide[resolution] if ratio in {"16:9", "9:16"} else _NARROW[resolution]
        return wide if ratio in {"16:9", "4:3"} else (wide[1], wide[0])


_MODELS = {
    "seedance-2-5-260628": Seedance(30, ("480p", "720p", "1080p"), {**_WIDE, "480p": (854, 480)}, is_adaptive=True),
    "seedance-2-0-260128": Seedance(15, ("480p", "720p", "1080p"), _WIDE),
    "seedance-2-0-fast-260128": Seedance(15, ("480p", "720p"), _WIDE),
    "seedance-2-0-mini-260615": Seedance(15, ("480p", "720p"), _WIDE),
}


def error(status: int, code: str, message: str = "no") -> Reply:
    """Ark's envelope."""
    return Reply(status, {"error": {"code": code, "message": message, "param": "", "type": "BadRequest"}})


_INVALID = error(400, "InvalidParameter")


class ByteDanceServer(VendorServer):
    vendor = ByteDance()
    cards = ("seedance-2.5", "seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini")
    region: ClassVar[Region] = "international"
    can_find = can_cancel = True
    prefix = "/api/v3"
    brand = "dreamina"
    create_errors: ClassVar = {
        Kind.PROMPT: (
            error(400, "InputTextSensitiveContentDetected"),
            error(400, "InputTextSensitiveContentDetected.PolicyViolation"),
            error(400, "InputImageSensitiveContentDetected"),
            error(400, "InputImageSensitiveContentDetected.PrivacyInformation"),
            error(400, "SensitiveContentDetected.SevereViolation"),
            error(400, "InputTextRiskDetection"),
        ),
        Kind.KEY: (error(401, "AuthenticationError"), error(403, "AccessDenied"), Reply(401, "no")),
        Kind.BALANCE: (
            error(403, "AccountOverdueError"),
            error(429, "QuotaExceeded"),
            error(429, "SetLimitExceeded"),
            error(403, "OperationDenied.ServiceOverdue"),
        ),
        Kind.MODEL: (
            error(404, "ModelNotOpen"),
            error(404, "InvalidEndpointOrModel.NotFound"),
            error(403, "OperationDenied.ServiceNotOpen"),
            error(404, "NotFound"),
        ),
        Kind.BUSY: (
            Reply(429, error(429, "RateLimitExceeded.EndpointRPMExceeded").body, {"Retry-After": "1"}),
            Reply(429, error(429, "ModelAccountRpmRateLimitExceeded").body, {"Retry-After": "1"}),
            Reply(429, error(429, "ServerOverloaded").body, {"Retry-After": "1"}),
            Reply(429, error(429, "ModelLoadingError").body, {"Retry-After": "1"}),
        ),
        Kind.REQUEST: (
            error(400, "MissingParameter"),
            error(400, "InvalidParameter"),
            error(400, "InvalidParameter.UnsupportedImageFormat"),
            Reply(413, "too large"),
        ),
        Kind.DOWN: (error(500, "InternalServiceError"),),
    }
    task_errors: ClassVar = {
        Kind.OUTPUT: (
            "OutputVideoSensitiveContentDetected",
            "OutputVideoSensitiveContentDetected.PolicyViolation",
            "OutputAudioSensitiveContentDetected",
        ),
        Kind.PROMPT: ("InputImageSensitiveContentDetected.PrivacyInformation", "InputTextRiskDetection"),
        Kind.REQUEST: ("InvalidParameter.TaskTypeConstraint",),
        Kind.BUSY: ("ServerOverloaded",),
        Kind.DOWN: ("InternalServiceError", "SomethingNew"),
    }

    def routes(self) -> list[web.RouteDef]:
        tasks = f"{self.prefix}/contents/generations/tasks"
        return [
            web.post(tasks, self.create),
            web.get(tasks, self.list),
            web.get(tasks + "/{task}", self.poll),
            web.delete(tasks + "/{task}", self.delete),
        ]

    def new_id(self) -> str:
        return f"cgt-{time.strftime('%Y%m%d%H%M%S')}-{next(self.numbers):05d}"

    def let_in(self, request: web.Request) -> None:
        right = request.headers.get("Authorization") == f"Bearer {self.key}"
        self.expect(right, "wrong key", error(401, "AuthenticationError"))

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "application/json", "no JSON", _INVALID)
        order = await request.json()
        self._check_types(order)
        model = _MODELS.get(order["model"].removeprefix(f"{self.brand}-"))
        if model is None or not order["model"].startswith(self.brand):
            raise Wrong(f"no model {order['model']}", error(404, "InvalidEndpointOrModel.NotFound"))
        picture = self._check_content(order["content"])
        self.expect("duration" in order, "no duration: the model would choose one", _INVALID)
        self.expect(4 <= order["duration"] <= model.longest, f"{order['duration']} s", _INVALID)
        self.expect(order["resolution"] in model.resolutions, order["resolution"], _INVALID)
        self.expect(3600 <= order.get("execution_expires_after", 3600) <= 259_200, "expiry", _INVALID)
        ratio = self._ratio(order["ratio"], picture, model)
        return web.json_response(
            {"id": self.begin(order, model.size(order["resolution"], ratio), order["duration"]).id}
        )

    def _check_types(self, order: Mapping[str, Any]) -> None:
        self.expect(order.keys() <= _KNOWN.keys(), f"unknown fields {order.keys() - _KNOWN.keys()}", _INVALID)
        wrong = [name for name, value in order.items() if type(value) is not _KNOWN[name]]
        self.expect(not wrong, f"types of {wrong}", _INVALID)
        self.expect(order.keys() >= {"model", "content"}, "no model or content", error(400, "MissingParameter"))

    def _check_content(self, content: list[dict[str, Any]]) -> Image.Image | None:
        """The picture that the video begins with."""
        text, *pictures = content
        self.expect(text.keys() == {"type", "text"} and text["type"] == "text" and text["text"], "text", _INVALID)
        self.expect(not re.search(r"--\w", text["text"]), "fields in the prompt", _INVALID)
        roles = [one.get("role") for one in pictures]
        self.expect(roles in ([], ["first_frame"], ["first_frame", "last_frame"]), f"roles {roles}", _INVALID)
        images = [self._check_picture(one) for one in pictures]
        return images[0] if images else None

    def _check_picture(self, told: dict[str, Any]) -> Image.Image:
        self.expect(told.keys() == {"type", "image_url", "role"} and told["type"] == "image_url", "picture", _INVALID)
        self.expect(told["image_url"].keys() == {"url"}, "picture", _INVALID)
        head, _, data = told["image_url"]["url"].partition(",")
        self.expect(head == "data:image/jpeg;base64", f"picture {head[:40]}", _INVALID)
        try:
            image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)), formats=("JPEG",))
        except (binascii.Error, OSError) as bad:
            raise Wrong("no picture", error(400, "InvalidParameter.UnsupportedImageFormat")) from bad
        self.expect(min(image.size) >= 300 and max(image.size) <= 6000, f"picture {image.size}", _INVALID)
        return image

    def _ratio(self, told: str, picture: Image.Image | None, model: Seedance) -> str:
        if told == "adaptive" and picture:
            shape = picture.width / picture.height
            return min(_SHAPES, key=lambda name: abs(_SHAPES[name] / shape - 1))
        self.expect(not (picture and model.is_adaptive), f"ratio {told} with a picture", _INVALID)
        self.expect(told in _SHAPES, f"ratio {told}", _INVALID)
        return told

    def job(self, task: Task, state: str) -> dict[str, Any]:
        order, (width, height) = task.order, task.size
        done = state == "done"
        return {
            "id": task.id, "model": order["model"], "status": _WORDS[state], "seed": 51221,
            "error": {"code": task.error, "message": "no"} if state == "failed" else None,
            "content": {"video_url": self.link(task)} if done else None,
            "usage": {"completion_tokens": round(width * height * (24 * task.seconds + 1) / 1024)} if done else None,
            "resolution": order["resolution"], "ratio": order["ratio"], "duration": order["duration"],
            "framespersecond": 24, "service_tier": "default", "generate_audio": True, "draft": False,
            "execution_expires_after": order.get("execution_expires_after", 172_800),
            "created_at": int(task.created_at), "updated_at": int(task.created_at),
        }  # fmt: skip

    def find(self, request: web.Request) -> Task:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            raise Wrong(f"no task {request.match_info['task']}", error(404, "ResourceNotFound"))
        return task

    async def poll(self, request: web.Request) -> web.Response:
        task = self.find(request)
        return web.json_response(self.job(task, self.state(task)))

    async def list(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.query.keys() <= {"page_num", "page_size"}, "unknown filters", _INVALID)
        size = int(request.query["page_size"])
        self.expect(1 <= size <= 500, "page size", _INVALID)
        jobs = [self.job(task, "queued") for task in reversed(self.tasks.values())]
        return web.json_response({"total": len(jobs), "items": jobs[:size]})

    async def delete(self, request: web.Request) -> web.Response:
        task = self.find(request)
        if task.polls > self.queued + self.running:
            del self.tasks[task.id]
            return web.json_response({})
        running = error(409, "InvalidAction.RunningTaskDeletion")
        self.expect(task.polls <= self.queued and not task.is_cancelled, "the task runs", running)
        task.is_cancelled = True
        return web.json_response({})


class ByteDanceInChinaServer(ByteDanceServer):
    region: ClassVar[Region] = "china"
    brand = "doubao"
