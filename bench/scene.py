"""Turns prompts given to the scene engine's own child process into CPU seconds and peak memory a clip."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import psutil

from bench.fresh import ROOT, clean_environment
from bench.process import PROMPTS
from bench.report import Row, Skipped
from core.types import GenerationSpec

CPU_REACH = 2.5
MEMORY_REACH = 350
REPEATS = 3
MEASURED = PROMPTS[:3]


@dataclass(frozen=True)
class Cost:
    """CPU seconds of a fresh child for one clip, of the same child for one more, and its peak memory in MiB."""

    fresh: float
    warm: float
    peak: float


def rows() -> Iterator[Row]:
    if not Path("/proc/self/status").exists():
        raise Skipped("peak memory is read from /proc (Linux)")
    found = {prompt: [_measure(prompt) for _ in range(REPEATS)] for prompt in MEASURED}
    note = f"user + system of a fresh engine process, start and imports included, 4 s at 480p; median of {REPEATS}"
    for prompt, costs in found.items():
        yield Row(f"clip, CPU: {prompt}", median(cost.fresh for cost in costs), "CPU-s", CPU_REACH, note)
    every = [cost for costs in found.values() for cost in costs]
    warm = f"the same process's next clip (the same prompt, another seed); median over {len(MEASURED)} prompts"
    yield Row("clip, CPU of one more", median(cost.warm for cost in every), "CPU-s", note=warm)
    peak = f"resident, of the engine process; the highest of {len(every)} runs"
    yield Row("clip, peak memory", max(cost.peak for cost in every), "MiB", MEMORY_REACH, peak)


def _measure(prompt: str) -> Cost:
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as folder, _child() as child:
        watched = psutil.Process(child.pid)
        _make(child, prompt, 1, Path(folder))
        fresh, peak = _cpu(watched), _peak(child.pid)
        _make(child, prompt, 2, Path(folder))
        return Cost(fresh, _cpu(watched) - fresh, peak)


@contextmanager
def _child() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "core.engines.scene"]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment(), cwd=ROOT
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _make(child: subprocess.Popen[str], prompt: str, seed: int, folder: Path) -> None:
    spec = GenerationSpec("scene", "standard", 1, prompt, seed, width=854, height=480, num_frames=96, fps=24)
    assert child.stdin
    assert child.stdout
    child.stdin.write(json.dumps({"spec": asdict(spec), "folder": str(folder), "resume_token": None}) + "\n")
    child.stdin.flush()
    for line in child.stdout:
        answer = json.loads(line)
        if "clip" in answer:
            return
        if "error" in answer:
            break
    raise RuntimeError(f"no clip of {prompt!r}")


def _cpu(process: psutil.Process) -> float:
    """User and system seconds so far, to 10 ms."""
    times = process.cpu_times()
    return times.user + times.system


def _peak(pid: int) -> float:
    """MiB. Not ``ru_maxrss``: that begins with the parent's peak."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
