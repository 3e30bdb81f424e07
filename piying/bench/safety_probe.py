"""A process of its own that opens the classifier; prints CPU-seconds to the first verdict, and the MiB it added."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np  # noqa: F401 - not part of what is measured

from core.safety.classifier import Classifier


def main() -> None:
    """See above."""
    before, start = _resident(), time.process_time()
    Classifier().judge("a cat on a roof")
    print(time.process_time() - start, _resident() - before)


def _resident() -> float:
    """MiB, where the system tells; else 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
