"""Turns prompts sent to the one-process mode into clips a minute, and into seconds from request to clip."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench.fresh import run
from bench.process import PROMPTS, Notebook, make_process, play, settings, submit
from bench.report import Row
from piying.wiring import Process

CLIPS = 12
SINGLES = 5


def rows() -> Iterator[Row]:
    found = run("bench.path")
    first, others = found["singles"][0], found["singles"][1:]
    note = f"one-process mode, {found['lanes']} lanes, SQLite; {CLIPS} clips of 4 s at 480p, each of another account"
    minutes = found["seconds"] / 60
    yield Row("clips a minute", CLIPS / minutes, "1/min", note=f"{note}; from first submission to last charge")
    idle = f"nothing else to do, warm engine; median of {len(others)} clips of 4 s at 480p, one after the other"
    yield Row("request to clip", median(one["total"] for one in others), "s", note=idle)
    waits = f"request to clip less the render: queue, worker, checks of the bot, delivery; {idle}"
    yield Row(
        "request to clip, without the render", median(one["total"] - one["render"] for one in others), "s", note=waits
    )
    yield Row("request to first progress", median(one["progress"] for one in others), "s", note=idle)
    yield Row("request to clip, first of the process", first["total"], "s", note="one clip; the engine has to start")


async def measure(folder: Path) -> dict[str, object]:
    """Single clips first, then the rush."""
    notebook = Notebook()
    process = make_process(settings(folder), notebook, renders=True)
    await process.start()
    singles = [await _single(process, notebook, number) for number in range(SINGLES)]
    started = time.monotonic()
    asked = islice(cycle(PROMPTS), CLIPS)
    receipts = await asyncio.gather(*(submit(process, 100 + user, prompt) for user, prompt in enumerate(asked)))
    ids = [receipt.job.id for _, receipt in receipts]
    await notebook.wait_ended(ids, 600)
    assert all(notebook.ended[job_id][1].clip and not notebook.ended[job_id][1].error for job_id in ids)
    seconds = max(notebook.ended[job_id][0] for job_id in ids) - started
    return {"singles": singles, "seconds": seconds, "lanes": process.settings.jobs.lanes}


async def _single(process: Process, notebook: Notebook, number: int) -> dict[str, float]:
    # Whole poll intervals apart they would all meet the queue at the same phase.
    await asyncio.sleep(1 + 0.13 * number)
    rendered, started = _rendered(process), time.monotonic()
    _, receipt = await submit(process, number, PROMPTS[number % len(PROMPTS)])
    job_id = receipt.job.id
    await notebook.wait_ended([job_id], 120)
    return {
        "total": notebook.delivered[job_id] - started,
        "render": _rendered(process) - rendered,
        "progress": notebook.first_progress[job_id] - started,
    }


def _rendered(process: Process) -> float:
    """Seconds spent rendering so far, from the product's own metric."""
    samples = (sample for metric in process.metrics.render_seconds.collect() for sample in metric.samples)
    return sum(sample.value for sample in samples if sample.name.endswith("_sum"))


if __name__ == "__main__":
    play(measure(Path(sys.argv[1])))
