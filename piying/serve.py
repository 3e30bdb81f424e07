"""Runs a process until it is told to stop: ``piying run``, ``piying serve``, ``piying bot``, ``piying worker``."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

import structlog

from bots.console.adapter import ConsoleAdapter
from bots.videos.adapter import VideosAdapter
from piying.engines import EngineFactory, make_engines
from piying.settings import Settings
from piying.warming import warm
from piying.wiring import Process, Role

log = structlog.get_logger(__name__)


def run_role(settings: Settings, role: Role, engines: EngineFactory = make_engines) -> None:
    """Serve until SIGTERM or SIGINT, then stop gracefully. Does not return.

    Raises:
        AlreadyRunning: another process has this role's name.
        Mistake: the settings do not fit what is there, or the schema is old.
        OSError: the port is taken.
    """
    asyncio.run(_serve(settings, role, engines))


async def _serve(settings: Settings, role: Role, engines: EngineFactory) -> None:
    process = Process(settings, role, engines)
    await run_until_stopped(process, lambda: _say_where(process))


async def run_until_stopped(process: Process, started: Callable[[], None]) -> None:
    """Start the process, call ``started``, and stop gracefully on a signal, at once on a second. Does not return."""
    stop = stop_on_signals()
    try:
        await process.start()
    except BaseException:
        await process.stop()
        raise
    log.info("process.started", platforms=process.role.platforms, worker_classes=process.role.worker_classes)
    started()
    warming = asyncio.create_task(_warm(process)) if process.role.platforms else None
    await stop.wait()
    if warming:
        warming.cancel()
    log.info("process.stopping")
    await process.stop()
    log.info("process.stopped")
    leave()


async def _warm(process: Process) -> None:
    """What the first prompt would hold the loop up for is read beside it, before anybody asks."""
    await asyncio.to_thread(warm, process.read_prompt)
    # All that is there stays. Looking through it for garbage would hold up every chat for a tenth of a second.
    gc.freeze()


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; a second signal ends the process at once."""
    stop = asyncio.Event()

    def asked_to_stop() -> None:
        if stop.is_set():
            # Asked twice: what is in hand is taken up again at the next start.
            os._exit(130)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop)
    return stop


def leave(status: int = 0) -> NoReturn:
    """End the process here and now.

    Sagas that wait for other processes are still suspended in this event loop; cancelling them, as a normal exit does,
    would record them as failed. They are taken up again at the next start.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _say_where(process: Process) -> None:
    for adapter in process.adapters.values():
        if isinstance(adapter, ConsoleAdapter | VideosAdapter):
            print(adapter.url, flush=True)
