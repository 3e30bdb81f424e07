"""OpenRouter's ``/videos``: jobs in JSON, signed links and such as take the key, and a key that can be asked after."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from aiohttp import web
from PIL import Image

from core.engines.hosted.faults import Kind
from core.engines.hosted.openrouter import OpenRouter
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_KNOWN = {
    "model": str, "prompt": str, "duration": int, "resolution": str, "aspect_ratio": str, "seed": int,
    "generate_audio": bool, "frame_images": list, "size": str, "callback_url": str, "session_id": str, "user": str,
    "provider": dict,
}  # fmt: skip
_RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4}
_LINES = {"480p": 480, "720p": 720, "1080p": 1080}
_WORDS = {"queued": "pending", "running": "in_progress", "done": "completed", "failed": "failed"}


@dataclass(frozen=True)
class Listed:
    """A model of the list, as far as it matters."""

    durations: range
    resolutions: tuple[str, ...]
    ratios: tuple[str, ...]
    frames: tuple[str, ...]
    has_seed: bool


_FIVE = tuple(_RATIOS)
_BOTH = ("first_frame", "last_frame")
_MODELS = {
    "alibaba/wan-3.0": Listed(range(2, 31), ("480p", "720p", "1080p"), _FIVE, ("first_frame",), has_seed=True),
    "bytedance/seedance-2.5": Listed(range(4, 31), ("480p", "720p"), _FIVE, _BOTH, has_seed=True),
    "bytedance/seedance-2.0-fast": Listed(range(4, 16), ("480p", "720p"), _FIVE, _BOTH, has_seed=True),
    "kwaivgi/kling-v3.0-std": Listed(range(3, 16), ("720p",), ("16:9", "9:16", "1:1"), _BOTH, has_seed=False),
}


def error(status: int, message: str = "no", metadata: object = None) -> Reply:
    """OpenRouter's envelope: the code is the status."""
    return Reply(status, {"error": {"code": status, "message": message, "metadata": metadata}, "user_id": "u"})


_INVALID = error(400, "invalid")


class OpenRouterServer(VendorServer):
    vendor = OpenRouter()
    cards = (
        "openrouter-wan-3.0",
        "openrouter-seedance-2.5",
        "openrouter-seedance-2.0-fast",
        "openrouter-kling-3.0-std",
    )
    prefix = "/api/v1"
    create_errors: ClassVar = {
        Kind.PROMPT: (
            error(403, "Your input was flagged", {"reasons": ["violence"], "flagged_input": "a red fox"}),
            error(403, "Input was flagged by moderation"),
            error(400, "provider error", {"raw": "InputTextSensitiveContentDetected", "provider_name": "Seed"}),
        ),
        Kind.KEY: (error(401, "No auth credentials found"), error(403, "The key may not use this model")),
        Kind.BALANCE: (error(402, "Insufficient credits"),),
        Kind.MODEL: (error(404, "No such model"), Reply(404, "Not found"), Reply(200, error(404, "No model").body)),
        Kind.BUSY: (
            Reply(429, error(429, "Rate limited").body, {"Retry-After": "1"}),
            Reply(503, error(503, "No provider available").body, {"Retry-After": "1"}),
            Reply(200, error(429, "Rate limited").body, {"Retry-After": "1"}),
        ),
        Kind.REQUEST: (error(400, "duration is not supported"), error(413, "too large"), error(422, "no")),
        Kind.DOWN: (error(500, "Internal error"), Reply(200, error(500, "odd").body)),
    }
    task_errors: ClassVar = {
        Kind.PROMPT: ("InputTextSensitiveContentDetected", "The prompt violates the content policy"),
        Kind.OUTPUT: ("OutputVideoSensitiveContentDetected", "Blocked for copyright"),
        Kind.DOWN: ("Provider returned an error", "upstream timed out"),
    }

    def __init__(self) -> None:
        super().__init__()
        self.has_copy = True
        """There is a stored copy, and so a signed link."""
        self.left: float | None = None
        """What the key may still spend."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/videos", self.create),
            web.get("/api/v1/videos/models", self.models),
            web.get("/api/v1/videos/{task}", self.poll),
            web.get("/api/v1/videos/{task}/content", self.content),
            web.get("/api/v1/key", self.about_key),
        ]

    def kind_of(self, request: web.Request) -> str:
        return "file" if request.path.endswith("/content") else super().kind_of(request)

    def new_id(self) -> str:
        return f"gen-vid-1790000000-{next(self.numbers):020d}"

    def let_in(self, request: web.Request) -> None:
        right = request.headers.get("Authorization") == f"Bearer {self.key}"
        self.expect(right, "wrong key", error(401, "No auth credentials found"))

    async def models(self, request: web.Request) -> web.Response:
        """For everybody."""
        return web.json_response({"data": [{"id": name} for name in _MODELS]})

    async def about_key(self, request: web.Request) -> web.Response:
        self.let_in(request)
        return web.json_response({"data": {"label": "sk-or-v1-abc", "limit": None, "limit_remaining": self.left}})

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "application/json", "no JSON", _INVALID)
        order = await request.json()
        self.expect(order.keys() <= _KNOWN.keys(), f"unknown fields {order.keys() - _KNOWN.keys()}", _INVALID)
        wrong = [name for name, value in order.items() if type(value) is not _KNOWN[name]]
        self.expect(not wrong, f"types of {wrong}", _INVALID)
        model = _MODELS.get(order["model"])
        if model is None:
            raise Wrong(f"no model {order['model']}", error(404, "No such model"))
        self._check_values(order, model)
        task = self.begin(order, self._size(order, model), order["duration"])
        return web.json_response(self.job(task, "queued"), status=202)

    def _check_values(self, order: Mapping[str, Any], model: Listed) -> None:
        self.expect(order["prompt"] and not re.search(r"--\w", order["prompt"]), "prompt", _INVALID)
        self.expect(order["duration"] in model.durations, f"{order['duration']} s", _INVALID)
        self.expect(order["resolution"] in model.resolutions, order["resolution"], _INVALID)
        self.expect(model.has_seed or "seed" not in order, "seed", _INVALID)

    def _size(self, order: Mapping[str, Any], model: Listed) -> tuple[int, int]:
        pictures = [self._picture(told) for told in order.get("frame_images", ())]
        frames = tuple(told["frame_type"] for told in order.get("frame_images", ()))
        self.expect(frames == model.frames[: len(frames)], f"frames {frames}", _INVALID)
        if not pictures:
            self.expect(order["aspect_ratio"] in model.ratios, f"ratio {order['aspect_ratio']}", _INVALID)
        shape = pictures[0] if pictures else _RATIOS[order["aspect_ratio"]]
        pixels = _LINES[order["resolution"]] ** 2 * 16 / 9
        if order["model"].startswith("kwaivgi/"):
            lines = _LINES[order["resolution"]]
            return round(max(lines, lines * shape)), round(max(lines, lines / shape))
        return round((pixels * shape) ** 0.5), round((pixels / shape) ** 0.5)

    def _picture(self, told: Mapping[str, Any]) -> float:
        """Its shape."""
        self.expect(
            told.keys() == {"type", "image_url", "frame_type"} and told["type"] == "image_url", "frame", _INVALID
        )
        head, _, data = told["image_url"]["url"].partition(",")
        self.expect(head == "data:image/jpeg;base64", f"picture {head[:40]}", _INVALID)
        try:
            image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)), formats=("JPEG",))
        except (binascii.Error, OSError) as bad:
            raise Wrong("no picture", _INVALID) from bad
        return image.width / image.height

    def job(self, task: Task, state: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": task.id,
            "polling_url": f"/api/v1/videos/{task.id}",
            "status": _WORDS[state],
        }
        if state == "failed":
            told["error"] = task.error
        if state == "done":
            told["unsigned_urls"] = [f"{self.url}/videos/{task.id}/content?index=0"]
            told["usage"] = {"cost": 0.0617, "is_byok": False}
            told["generation_id"] = task.id
            told |= {"urls": [self.link(task)], "expires_at": 1_900_000_000} if self.has_copy else {}
        return told

    def find(self, request: web.Request) -> Task:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            raise Wrong(f"no job {request.match_info['task']}", error(404, "Job not found"))
        return task

    async def poll(self, request: web.Request) -> web.Response:
        task = self.find(request)
        return web.json_response(self.job(task, self.state(task)))

    async def content(self, request: web.Request) -> web.StreamResponse:
        task = self.find(request)
        self.expect(task.polls > self.queued + self.running, "not finished", error(404, "not ready"))
        return await self.send_film(request, task)
