"""A process of its own that opens the classifier; prints CPU-seconds to a verdict, and its most memory in MiB."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np  # noqa: F401 - not part of what is measured

from core.safety.classifier import Classifier

TEXTS = ("a cat on a roof", "屋顶上的猫", "an old lighthouse in a storm, waves", "雨夜里的老灯塔，海浪，电影感")


def main() -> None:
    """See above."""
    start = time.process_time()
    classifier = Classifier()
    classifier.judge(TEXTS[0])
    load = time.process_time() - start
    for text in TEXTS:
        classifier.judge(text)
    print(load, _peak())


def _peak() -> float:
    """0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
