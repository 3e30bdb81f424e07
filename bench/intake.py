"""Turns submissions to a real process on SQLite into the seconds until they were acknowledged."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.fresh import percentile, run
from bench.process import Notebook, address, make_process, play, settings, submit
from bench.report import Row
from piying.wiring import Process

ALONE = 200
TOGETHER = 50
ROUNDS = 5
WATCHED = 10
_REST = 3
"""Seconds in which sagas begun come to rest: they wait for a worker."""


def rows() -> Iterator[Row]:
    alone, together = run("bench.intake", "alone"), run("bench.intake", "together")
    note = f"{ALONE} submissions one after the other, each by another account; SQLite, full sync, no worker"
    at_once = f"{ROUNDS} rounds of {TOGETHER} submissions at the same moment by {TOGETHER} accounts; else as above"
    for name, values, told in (("1 at a time", alone["seconds"], note), ("50 at once", together, at_once)):
        yield Row(f"intake, {name}, p50", percentile(values, 50) * 1000, "ms", note=told)
        yield Row(f"intake, {name}, p99", percentile(values, 99) * 1000, "ms", note=told)
    yield Row("intake, first of the process", alone["first"] * 1000, "ms", note="one; it loads the words of the parser")
    waiting = f"{WATCHED} s without a message, while clips of {ALONE} accounts wait for a worker"
    yield Row("bot, memory while clips wait", alone["mib"], "MiB", note=f"resident, after {waiting}")
    yield Row("bot, CPU while clips wait", alone["cores"], "cores", note=f"CPU-s a second, over {waiting}")


async def measure_alone(folder: Path) -> dict[str, object]:
    """Seconds of each submission, then what the waiting costs."""
    process = await _start(folder)
    first, _ = await submit(process, 0)
    seconds = [(await submit(process, user))[0] for user in range(ALONE)]
    await asyncio.sleep(_REST)
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(WATCHED)
    cores = (time.process_time() - cpu) / (time.monotonic() - wall)
    return {"first": first, "seconds": seconds, "cores": cores, "mib": psutil.Process().memory_info().rss / 2**20}


async def measure_together(folder: Path) -> list[float]:
    """Seconds of each submission."""
    process = await _start(folder)
    await submit(process, 0)
    found: list[float] = []
    for _ in range(ROUNDS):
        await asyncio.sleep(_REST)
        round_ = await asyncio.gather(*(submit(process, user) for user in range(TOGETHER)))
        found += [seconds for seconds, _ in round_]
    return found


async def _start(folder: Path) -> Process:
    """A bot that has seen every account before, as it has most."""
    process = make_process(settings(folder), Notebook(), renders=False)
    await process.start()
    for user in range(ALONE):
        await process.commands.account(address(user))
    return process


if __name__ == "__main__":
    measure = {"alone": measure_alone, "together": measure_together}[sys.argv[2]]
    play(measure(Path(sys.argv[1])))
