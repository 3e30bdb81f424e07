"""Turns the state of this process into ``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


def health_routes(ready: Callable[[], bool]) -> list[web.RouteDef]:
    """Whether this process lives, and can take jobs. ``ready`` is asked in a thread; an exception means no."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        try:
            is_ready = await asyncio.wait_for(asyncio.to_thread(ready), 5)
        except Exception as error:  # noqa: BLE001 - the answer is the report; details stay in the log of their origin
            return web.json_response({"status": "not ready", "reason": type(error).__name__}, status=503)
        return web.json_response({"status": "ready" if is_ready else "not ready"}, status=200 if is_ready else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


def metrics_route(registry: CollectorRegistry) -> web.RouteDef:
    """What was counted, in Prometheus's text format."""

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return web.get("/metrics", metrics)


async def serve_operations(routes: list[web.RouteDef], port: int) -> web.AppRunner:
    """Serve the routes on loopback, for a process that has no page of its own."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
