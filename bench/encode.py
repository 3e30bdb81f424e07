"""Turns the same frames into CPU seconds of our encoder and of ``diffusers.utils.export_to_video``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from bench.fresh import ROOT, run_command
from bench.media import moving_frames
from bench.process import PROMPTS
from bench.report import Row, Skipped
from core.media.encode import encode

REACH = 0.25
REPEATS = 5
WIDTH, HEIGHT, FRAMES, FPS = 854, 480, 96, 24
OTHERS = ROOT / "build" / "bench-venv"
REQUIREMENTS = Path(__file__).parent / "diffusers.txt"


def rows() -> Iterator[Row]:
    python = _diffusers_python()
    for name, frames in (("scene", _scene_frames()), ("photo-like", moving_frames(FRAMES, WIDTH, HEIGHT))):
        with tempfile.TemporaryDirectory(prefix="piying-bench-") as folder:
            stored = Path(folder) / "frames.npy"
            np.save(stored, np.stack(list(frames)))
            yield from _compare(name, python, stored)


def _compare(name: str, python: Path, stored: Path) -> Iterator[Row]:
    ours, theirs, legacy = [], [], []
    for _ in range(REPEATS):
        ours.append(run_command([sys.executable, "-m", "bench.encode", str(stored)]))
        theirs.append(_export(python, stored, "imageio"))
        legacy.append(_export(python, stored, "opencv"))
    mine, other, opencv = (median(one["cpu"] for one in found) for found in (ours, theirs, legacy))
    sizes = ", ".join(f"{found[0]['bytes'] / 1024:.0f} KiB" for found in (ours, theirs, legacy))
    note = (
        f"{FRAMES} frames of 854x480; CPU-s {mine:.2f} against {other:.2f} (opencv path {opencv:.2f}), medians of "
        f"{REPEATS}, ffmpeg's process included, imports not; files {sizes}"
    )
    yield Row(f"encode CPU / export_to_video, {name} frames", mine / other, "x", REACH, note)
    yield Row(
        f"encode CPU / export_to_video by opencv, {name} frames", mine / opencv, "x", note="MPEG-4 Part 2, no sound"
    )


def _export(python: Path, stored: Path, backend: str) -> dict[str, float]:
    found: dict[str, float] = run_command([str(python), "bench/export_frames.py", str(stored), backend])
    return found


def _scene_frames() -> Iterator[np.ndarray]:
    from core.engines.scene.drawing.film import frames
    from core.engines.scene.parser import parse

    yield from frames(parse(PROMPTS[0]), width=WIDTH, height=HEIGHT, num_frames=FRAMES, fps=FPS, seed=1)


def _diffusers_python() -> Path:
    """The interpreter of the environment that holds diffusers, made when it is not there."""
    python = OTHERS / "bin" / "python"
    wanted, installed = REQUIREMENTS.read_text(), OTHERS / "installed.txt"
    if not installed.exists() or installed.read_text() != wanted:
        venv.create(OTHERS, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "-r", str(REQUIREMENTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Skipped(f"diffusers could not be installed: {done.stderr.strip().splitlines()[-1]}")
        installed.write_text(wanted)
    return python


def measure(stored: Path) -> dict[str, float]:
    """Encode the stored frames as the product does; after two of them, as on the other side."""
    frames = np.load(stored)
    target = stored.with_suffix(".mp4")
    encode(frames[:2], target, width=WIDTH, height=HEIGHT, fps=FPS, metadata={})
    before = time.process_time()
    encode(frames, target, width=WIDTH, height=HEIGHT, fps=FPS, metadata={})
    return {"cpu": time.process_time() - before, "bytes": target.stat().st_size}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
