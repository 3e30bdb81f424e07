"""Turns a built-in translator and lines into what its start cost and its memory: a fresh process that prints both."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path


def load(name: str) -> Callable[[], Callable[[str], str]]:
    """What makes a built-in translator; its code is imported here, and its tables are opened there."""
    if name == "phrase":
        from translation.phrase import PhraseTranslator

        return lambda: PhraseTranslator().translate
    from translation.gloss import Gloss

    return lambda: Gloss().translate


def peak_memory() -> float:
    """The most that this process was ever resident, in MiB; 0 where the system does not say."""
    # Not getrusage: that also counts what the parent had before it became this process.
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def _main() -> None:
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    make = load(sys.argv[1])
    begin = time.process_time()
    translate = make()
    translate("一只猫")
    spent = time.process_time() - begin
    for line in sys.stdin:
        translate(line)
    print(spent, peak_memory())


if __name__ == "__main__":
    _main()
