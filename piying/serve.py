"""Runs a process until it is told to stop: ``piying run``, ``piying bot``, ``piying worker``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import structlog

from piying.settings import Settings
from piying.wiring import CONSOLE, EngineFactory, Process, Role, built_in_engines

log = structlog.get_logger(__name__)


def run_role(settings: Settings, role: Role, make_engines: EngineFactory = built_in_engines) -> None:
    """Serve until SIGTERM or SIGINT, then stop gracefully. Does not return.

    Raises:
        AlreadyRunning: another process has this role's name.
        SchemaOutdated: ``piying migrate`` first.
    """
    asyncio.run(_serve(settings, role, make_engines))


async def _serve(settings: Settings, role: Role, make_engines: EngineFactory) -> None:
    await run_until_stopped(Process(settings, role, make_engines), lambda: _say_where(settings, role))


async def run_until_stopped(process: Process, started: Callable[[], None]) -> None:
    """Start the process, call ``started``, and stop gracefully on a signal, at once on a second. Does not return."""
    stop = asyncio.Event()

    def asked_to_stop() -> None:
        if stop.is_set():
            # Asked twice: what is in hand is taken up again at the next start.
            os._exit(130)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop)
    try:
        await process.start()
    except BaseException:
        await process.stop()
        raise
    log.info("process.started", platforms=process.role.platforms, worker_class=process.role.worker_class)
    started()
    await stop.wait()
    log.info("process.stopping")
    await process.stop()
    log.info("process.stopped")
    leave()


def leave() -> None:
    """End the process here and now, with success.

    Sagas that wait for other processes are still suspended in this event loop; cancelling them, as a normal exit does,
    would record them as failed. They are taken up again at the next start.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _say_where(settings: Settings, role: Role) -> None:
    if CONSOLE in role.platforms:
        print(f"http://{settings.console.host}:{settings.console.port}/", flush=True)
