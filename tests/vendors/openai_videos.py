"""A server with OpenAI's ``/v1/videos``, in vLLM-Omni's dialect: multipart alone, a failed job polls as an error."""

from __future__ import annotations

from typing import Any, ClassVar

from aiohttp import web

from core.engines.hosted.faults import Kind
from core.engines.hosted.openai_videos import OpenAiVideos
from tests.vendors.server import Reply, Task, VendorServer, Wrong

_KNOWN = {"model", "prompt", "seconds", "size", "seed", "negative_prompt", "input_reference"}
_WORDS = {"queued": "queued", "running": "in_progress", "done": "completed", "failed": "failed"}


def error(status: int, code: str, message: str = "no") -> Reply:
    """OpenAI's envelope."""
    return Reply(status, {"error": {"message": message, "type": "error", "code": code, "param": None}})


class OpenAiVideosServer(VendorServer):
    vendor = OpenAiVideos()
    cards = ("openai-videos",)
    can_find = can_cancel = has_progress = True
    model = "wan"
    create_errors: ClassVar = {
        Kind.PROMPT: (error(400, "moderation_blocked"), error(400, "content_policy_violation")),
        Kind.KEY: (error(401, "invalid_api_key"), error(403, "forbidden")),
        Kind.BALANCE: (error(429, "insufficient_quota"), error(402, "payment_required")),
        Kind.BUSY: (
            Reply(429, error(429, "rate_limit_exceeded").body, {"Retry-After": "1"}),
            error(503, "overloaded"),
        ),
        Kind.REQUEST: (error(400, "invalid_value"), Reply(422, {"detail": [{"loc": ["body", "size"], "msg": "no"}]})),
        Kind.DOWN: (error(500, "internal_error"),),
    }
    task_errors: ClassVar = {Kind.PROMPT: ("moderation_blocked",), Kind.DOWN: ("500", "generation_failed")}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/videos", self.create),
            web.get("/v1/videos", self.list),
            web.get("/v1/videos/{task}", self.poll),
            web.get("/v1/videos/{task}/content", self.content),
            web.delete("/v1/videos/{task}", self.delete),
        ]

    def kind_of(self, request: web.Request) -> str:
        return "file" if request.path.endswith("/content") else super().kind_of(request)

    def let_in(self, request: web.Request) -> None:
        self.expect(
            request.headers.get("Authorization") == f"Bearer {self.key}", "wrong key", error(401, "invalid_api_key")
        )

    async def create(self, request: web.Request) -> web.Response:
        self.let_in(request)
        self.expect(request.content_type == "multipart/form-data", "no form", Reply(422, {"detail": "multipart"}))
        order: dict[str, Any] = dict(await request.post())
        bad = error(400, "invalid_value")
        self.expect(order.keys() <= _KNOWN, f"unknown fields {order.keys() - _KNOWN}", bad)
        self.expect(order.get("model") == self.model and order.get("prompt"), "no model or prompt", bad)
        self.expect(order["seconds"].isdecimal() and order.get("seed", "0").isdecimal(), "numbers", bad)
        picture = order.pop("input_reference", None)
        if picture is not None:
            self.expect(picture.file.read(3) == b"\xff\xd8\xff", "no JPEG", bad)
            order["input_reference"] = picture.filename
        width, _, height = order["size"].partition("x")
        return web.json_response(
            self.job(self.begin(order, (int(width), int(height)), int(order["seconds"])), "queued")
        )

    def job(self, task: Task, state: str) -> dict[str, Any]:
        failed = state == "failed"
        code: object = int(task.error) if task.error and task.error.isdecimal() else task.error
        return {
            "id": task.id, "object": "video", "model": self.model, "status": _WORDS[state],
            "progress": {"queued": 0, "running": 50}.get(state, 100), "created_at": int(task.created_at),
            "size": task.order["size"], "seconds": task.order["seconds"], "prompt": task.order["prompt"],
            "error": {"code": code, "message": "no"} if failed else None,
        }  # fmt: skip

    def find(self, request: web.Request) -> Task:
        self.let_in(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            raise Wrong(f"no task {request.match_info['task']}", error(404, "not_found"))
        return task

    async def poll(self, request: web.Request) -> web.Response:
        task = self.find(request)
        state = self.state(task)
        return web.json_response(self.job(task, state), status=500 if state == "failed" else 200)

    async def list(self, request: web.Request) -> web.Response:
        self.let_in(request)
        jobs = [self.job(task, "queued") for task in reversed(self.tasks.values())]
        return web.json_response({"object": "list", "data": jobs[: int(request.query.get("limit", 20))]})

    async def delete(self, request: web.Request) -> web.Response:
        task = self.find(request)
        del self.tasks[task.id]
        task.is_cancelled = True
        return web.json_response({"id": task.id, "object": "video.deleted", "deleted": True})

    async def content(self, request: web.Request) -> web.StreamResponse:
        task = self.find(request)
        self.expect(task.polls > self.queued + self.running, "not finished", error(404, "not_found"))
        return await self.send_film(request, task)
