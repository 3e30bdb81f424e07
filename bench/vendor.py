"""A vendor on loopback, in a process of its own: whatever is ordered is done after so many seconds.

``python -m bench.vendor SECONDS`` prints its address and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import sys
import time

from aiohttp import web

from tests.vendors.openai_videos import OpenAiVideosServer
from tests.vendors.server import Task


class TimedVendor(OpenAiVideosServer):
    """``/v1/videos``, by the clock."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/done", self.done), *super().routes()]

    def state(self, task: Task) -> str:
        task.polls = self.queued + self.running + 1
        return "done" if time.time() >= task.created_at + self.seconds else "running"

    async def done(self, _: web.Request) -> web.Response:
        """When each task was done, in seconds since the epoch."""
        return web.json_response({task.id: task.created_at + self.seconds for task in self.tasks.values()})


async def serve(seconds: float) -> None:
    async with TimedVendor(seconds) as vendor:
        print(vendor.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
