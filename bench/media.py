"""Turns moving synthetic frames into CPU seconds, peak memory and bytes of each media operation, as a Markdown table.

Run: ``python -m bench.media`` (two minutes; ``python -m bench.media encode fit`` for some rows only). Each operation
runs in a process of its own; memory is its peak above what importing costs (Linux only). The picture is a textured
sheet that pans and turns under a drifting light with slight grain: neither still nor noise.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from core.media.encode import encode
from core.media.fit import fit
from core.media.frames import sample_frames
from core.media.probe import probe, verify
from core.media.thumbnail import thumbnail

FPS = 24
SIZES = ((854, 480, 96), (854, 480, 480), (1280, 720, 121))


def moving_frames(count: int, width: int, height: int) -> Iterator[np.ndarray]:
    """The same frames every time."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    waves = random.uniform(-60, 60, (10, 2))
    grain = random.normal(0, 2, (height, width)).astype(np.float32)
    for index in range(count):
        u, v = x + 0.01 * index - 0.004 * index * y, y + 0.004 * index * x
        sheet = sum(np.sin(a * u + b * v) * 240 / (10 + abs(a) + abs(b)) for a, b in waves)
        light = np.exp(-30 * ((x - 0.8 - 0.5 * np.sin(index / 16)) ** 2 + (y - 0.5) ** 2))
        grey = 120 + sheet + np.roll(grain, index * 3, 1)
        yield np.clip(np.stack([grey + 90 * light, grey * 0.9 + 40 * light, 255 - grey], -1), 0, 255).astype(np.uint8)


def stored_frames(raw: Path, width: int, height: int) -> Iterator[np.ndarray]:
    """Frames from a file, one at a time, so that making them costs the measured process nothing."""
    with raw.open("rb") as file:
        while data := file.read(width * height * 3):
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)


def operations(folder: Path, width: int, height: int) -> dict[str, Callable[[], object]]:
    """What is measured, by name; each leaves or reads files in ``folder``."""
    clip, small = folder / "clip.mp4", folder / "small.mp4"

    def encoded(preset: str, name: str) -> Callable[[], object]:
        frames = stored_frames(folder / "raw", width, height)
        path = folder / name
        return lambda: encode(frames, path, width=width, height=height, fps=FPS, metadata={}, preset=preset)

    return {
        "encode": encoded("veryfast", "clip.mp4"),
        "encode-medium": encoded("medium", "medium.mp4"),
        "probe": lambda: probe(clip),
        "verify": lambda: verify(clip),
        "fit": lambda: fit(clip, small, clip.stat().st_size // 2),
        "thumbnail": lambda: thumbnail(clip, folder / "thumbnail.jpg"),
        "sample": lambda: sample_frames(clip, 8, max_side=384),
    }


def measure(name: str, folder: Path, width: int, height: int) -> dict[str, float]:
    """Run one operation in this process."""
    work = operations(folder, width, height)[name]
    # A child starts with its parent's peak; 5 sets it back to what is in use now (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before, cpu, wall = peak_mib(), time.process_time(), time.perf_counter()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "mib": peak_mib() - before}


def peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def row(name: str, folder: Path, width: int, height: int, count: int) -> str:
    """Measure in a fresh process."""
    command = [sys.executable, "-m", "bench.media", "--one", name, str(folder), str(width), str(height)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    made = {"encode": "clip.mp4", "encode-medium": "medium.mp4", "fit": "small.mp4", "thumbnail": "thumbnail.jpg"}
    size = f"{(folder / made[name]).stat().st_size / 1024:.0f}" if name in made else ""
    times = f"{found['cpu']:.2f} | {found['wall']:.2f}"
    return f"| {name} | {width}x{height}x{count} | {times} | {found['mib']:.0f} | {size} |"


def main(chosen: list[str]) -> None:
    print("| operation | clip | CPU s | wall s | peak MiB | KiB |\n|---|---|---|---|---|---|")
    for width, height, count in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with (folder / "raw").open("wb") as file:
                file.writelines(frame.tobytes() for frame in moving_frames(count, width, height))
            for operation in operations(folder, width, height):
                if operation == "encode" or not chosen or operation in chosen:
                    print(row(operation, folder, width, height, count), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))))
    else:
        main(sys.argv[1:])
