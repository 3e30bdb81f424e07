"""Turns a small video model of random weights into what the engine for open models costs beside its pipeline."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from bench.fresh import percentile, run
from bench.report import Row, Skipped

OVERHEAD_MS, OVERHEAD_SHARE = 50.0, 0.05
PACKAGING_REACH, PREVIEW_REACH = 1.05, 10.0
STARTS = 3

_MODEL = "a Wan of 8 layers, 128x128, 17 frames, 6 steps, random weights, one thread"


def rows() -> Iterator[Row]:
    if not find_spec("torch"):
        raise Skipped("torch is not installed (the extra `local`)")
    if not Path("/proc/self/status").exists():
        raise Skipped("peak memory is read from /proc (Linux)")
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as house:
        run("bench.local_work", "build", house)
        yield from _overhead(run("bench.local_work", "overhead", house))
        yield from _packaging(run("bench.local_work", "packaging", house))
        yield from _preview(run("bench.local_work", "preview", house))
        yield from _layout(run("bench.local_layout"))
        yield from _worker([run("bench.local_work", "worker", house) for _ in range(STARTS)])


def _overhead(pairs: list[dict[str, float]]) -> Iterator[Row]:
    bare, cpu = (median(one[name] for one in pairs) for name in ("bare", "bare cpu"))
    wall = 1000 * median(one["ours"] - one["bare"] for one in pairs)
    used = 1000 * median(one["ours cpu"] - one["bare cpu"] for one in pairs)
    reach = max(OVERHEAD_MS, 1000 * OVERHEAD_SHARE * cpu)
    note = (
        f"{_MODEL}: {bare:.2f} s ({cpu:.2f} CPU-s) by the bare pipeline; the same frames, {len(pairs)} times in turn; "
        f"from the job's arrival to its frames; median of the differences"
    )
    yield Row("local, a job less the bare pipeline", wall, "ms", reach, note)
    yield Row("local, a job less the bare pipeline, CPU", used, "CPU-ms", reach, note)
    after = f"{_MODEL}: from its frames to its file, in a process of its own; median of {len(pairs)}"
    yield Row("local, packaging a job", 1000 * median(one["package"] for one in pairs), "ms", note=after)


def _packaging(found: dict[str, list[float]]) -> Iterator[Row]:
    name, states = "local, a step while a clip is packaged / alone", ("quiet", "beside")
    note = (
        "the denoiser's forward on one thread, while x264 encodes 81 frames of 832x480 on one thread of another "
        f"process, which takes a core, and without; {len(found['quiet'])} of each, in turn"
    )
    quiet, beside = (1000 * percentile(found[state], 10) for state in states)
    middle = median(found["beside"]) / median(found["quiet"])
    told = (
        f"{note}; tenth percentiles, {beside:.1f} ms and {quiet:.1f} ms: both had a core then (medians: {middle:.2f} x)"
    )
    yield Row(name, beside / quiet, "x", PACKAGING_REACH, told)
    quiet, beside = (1000 * median(found[f"{state} cpu"]) for state in states)
    told = f"{note}; medians of the denoiser's thread, {beside:.1f} and {quiet:.1f} CPU-ms"
    yield Row(f"{name}, CPU", beside / quiet, "x", PACKAGING_REACH, told)


def _preview(found: dict[str, list[float]]) -> Iterator[Row]:
    note = f"latents of 81 frames of 832x480, on one thread; median of {len(found['waits'])}"
    yield Row("local, a step waits for its preview", median(found["waits"]), "ms", PREVIEW_REACH, note)
    yield Row("local, preview, until it is a file", median(found["files"]), "ms", note=note)


def _layout(found: dict[str, dict[str, dict[str, list[float]]]]) -> Iterator[Row]:
    """On the processor: the engine lays them out so on a GPU alone, where ``bench.gpu``'s arm ``vae`` measures it."""
    for name, types in found.items():
        for dtype, taken in types.items():
            first, last = (median(taken[layout]) for layout in ("first", "last"))
            note = (
                "real widths, small frames, random weights, one thread of the processor; "
                f"medians of {len(taken['last'])} in turn: {last:.3f} and {first:.3f} CPU-s"
            )
            yield Row(f"local, {name}, channels last / first, {dtype}", last / first, "x", note=note)


def _worker(found: list[dict[str, Any]]) -> Iterator[Row]:
    note = f"{_MODEL}; the engine's own child process, imports and loading included; median of {len(found)}"
    yield Row("local, start of the process to the first clip", median(one["first"] for one in found), "s", note=note)
    yield Row("local, its next clip", median(one["next"] for one in found), "s", note=note)
    peak = f"{_MODEL}; resident, the most of {len(found)} runs"
    yield Row("local, peak memory of the engine", max(one["child"] for one in found), "MiB", note=peak)
    yield Row("local, peak memory of its packager", max(one["packager"] for one in found), "MiB", note=peak)
