"""Turns a module and arguments into what it measures in a fresh process without anybody's settings."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def clean_environment(**changes: str) -> dict[str, str]:
    """The environment without anybody's Piying settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIYING_")}
    return kept | changes


def run(module: str, *arguments: object) -> Any:
    """The last line that ``python -m module FOLDER arguments`` printed, read as JSON; the folder is its to fill.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    with tempfile.TemporaryDirectory(prefix="piying-bench-", ignore_cleanup_errors=True) as folder:
        return run_command([sys.executable, "-m", module, folder, *map(str, arguments)])


def run_command(command: Sequence[str]) -> Any:
    """As ``run``, for any command."""
    done = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment(), cwd=ROOT, check=False, timeout=1800
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"{' '.join(command[:3])} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was really measured."""
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]
