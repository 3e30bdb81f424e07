"""Turns submissions to a real process on SQLite into the seconds until they were acknowledged."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.fresh import percentile, run
from bench.process import Notebook, address, make_process, play, settings, submit
from bench.report import Row

ALONE = 200
TOGETHER = 50
ROUNDS = 5


def rows() -> Iterator[Row]:
    found = run("bench.intake")
    alone = f"{ALONE} submissions one after the other, each by another account; SQLite, full sync, no worker"
    together = f"{ROUNDS} rounds of {TOGETHER} submissions at the same moment by {TOGETHER} accounts; else as above"
    for name, values, note in (("1 at a time", found["alone"], alone), ("50 at once", found["together"], together)):
        yield Row(f"intake, {name}, p50", percentile(values, 50) * 1000, "ms", note=note)
        yield Row(f"intake, {name}, p99", percentile(values, 99) * 1000, "ms", note=note)
    yield Row("intake, first of the process", found["first"] * 1000, "ms", note="one; it loads the words of the parser")
    after = f"resident, after {ALONE + ROUNDS * TOGETHER} submissions that wait for a worker"
    yield Row("bot, memory in use", found["mib"], "MiB", note=after)


async def measure(folder: Path) -> dict[str, object]:
    """Seconds of each submission; every account has been seen before, as most have."""
    process = make_process(settings(folder), Notebook(), renders=False)
    await process.start()
    for user in range(ALONE):
        await process.commands.account(address(user))
    first, _ = await submit(process, 0)
    alone = [(await submit(process, user))[0] for user in range(ALONE)]
    together: list[float] = []
    for _ in range(ROUNDS):
        # The sagas of the round before come to rest: they wait for a worker.
        await asyncio.sleep(3)
        round_ = await asyncio.gather(*(submit(process, user) for user in range(TOGETHER)))
        together += [seconds for seconds, _ in round_]
    mib = psutil.Process().memory_info().rss / 2**20
    return {"first": first, "alone": alone, "together": together, "mib": mib}


if __name__ == "__main__":
    play(measure(Path(sys.argv[1])))
