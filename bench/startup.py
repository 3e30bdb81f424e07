"""Turns fresh processes into seconds and memory of importing Piying, and of a bot without work."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from bench.fresh import ROOT, clean_environment
from bench.report import Row, Skipped

SECONDS_REACH = 1.0
MEMORY_REACH = 120
REPEATS = 5
IDLE_SECONDS = 8
_LEARNING = ("libtorch", "/torch/", "/diffusers/")


def rows() -> Iterator[Row]:
    if not Path("/proc/self/maps").exists():
        raise Skipped("memory and libraries are read from /proc (Linux)")
    for module, reach in (("piying", SECONDS_REACH), ("piying.wiring", None)):
        found = [_import(module) for _ in range(REPEATS)]
        note = f"a fresh interpreter, its own start included; median of {REPEATS}"
        seconds, cpu = (median(one[key] for one in found) for key in ("seconds", "cpu"))
        yield Row(f"import {module}", seconds, "s", reach, f"{note}; {cpu:.2f} CPU-s")
        yield Row(f"import {module}, memory", median(one["mib"] for one in found), "MiB", MEMORY_REACH, note)
    yield from _bot()


def _import(module: str) -> dict[str, float]:
    code = (
        f"import {module}, json, time; status = open('/proc/self/status').read();"
        "print(json.dumps({'mib': int(status.split('VmRSS:')[1].split()[0]) / 1024, 'cpu': time.process_time()}))"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean_environment(), cwd=ROOT
    )
    seconds = time.perf_counter() - started
    return {"seconds": seconds, **json.loads(done.stdout)}


def _bot() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="piying-bench-") as folder:
        first, again = _start_bot(folder), [_start_bot(folder) for _ in range(REPEATS)]
    note = "`piying bot console` until it prints its address"
    cpu, seconds = (median(one[key] for one in again) for key in ("cpu", "seconds"))
    fastest = min(one["seconds"] for one in again)
    times = f"median of {REPEATS} with a database, the fastest {fastest:.2f} s; {cpu:.2f} CPU-s"
    yield Row("bot, start", seconds, "s", SECONDS_REACH, f"{note}; {times}")
    yield Row("bot, first start", first["seconds"], "s", note=f"{note}; once, with the tables to make")
    idle = f"resident after {IDLE_SECONDS} s without a message; median of {REPEATS}; no torch is loaded"
    yield Row("bot, memory", median(one["mib"] for one in again), "MiB", MEMORY_REACH, idle)


def _start_bot(folder: str) -> dict[str, float]:
    environment = clean_environment(PIYING_DATA_FOLDER=folder, PIYING_CONSOLE__PORT="0")
    command = [sys.executable, "-m", "piying", "bot", "console"]
    started = time.perf_counter()
    bot = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    try:
        assert bot.stdout
        if not bot.stdout.readline().startswith("http"):
            raise RuntimeError(f"the bot did not start: {bot.communicate()[1][-2000:]}")
        seconds, watched = time.perf_counter() - started, psutil.Process(bot.pid)
        cpu = watched.cpu_times()
        time.sleep(IDLE_SECONDS)
        _check_libraries(bot.pid)
        return {"seconds": seconds, "cpu": cpu.user + cpu.system, "mib": watched.memory_info().rss / 2**20}
    finally:
        bot.terminate()
        bot.communicate()


def _check_libraries(pid: int) -> None:
    maps = Path(f"/proc/{pid}/maps").read_text()
    loaded = [name for name in _LEARNING if name in maps]
    if loaded:
        raise RuntimeError(f"a bot process has loaded {loaded}")
