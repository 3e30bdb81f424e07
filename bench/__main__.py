"""Turns names of subjects into measured rows: ``python -m bench [NAME…]``; all of them without a name.

A subject is a module of this package with ``rows()``. One that this machine cannot measure says why; one that breaks is
reported, the others go on, and the exit status is 1.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from bench.report import Row, Skipped, show, store

SUBJECTS = (
    "startup",
    "intake",
    "enqueue",
    "scene",
    "local",
    "hosted",
    "encode",
    "path",
    "translation",
    "frames",
    "provenance",
    "telegram",
    "discord",
    "gallery",
)


def measure(subject: str) -> list[Row]:
    """The subject's rows, or one that says why there are none."""
    try:
        return list(import_module(f"bench.{subject}").rows())
    except Skipped as reason:
        return [Row(subject, None, note=f"skipped: {reason}")]


def main(chosen: Sequence[str]) -> int:
    unknown = sorted(set(chosen) - set(SUBJECTS))
    if unknown:
        print(f"no subject {', '.join(unknown)}: there is {', '.join(SUBJECTS)}", file=sys.stderr)
        return 2
    found: list[Row] = []
    broken = False
    for subject in chosen or SUBJECTS:
        print(f"measuring {subject} ...", file=sys.stderr, flush=True)
        load = os.getloadavg()[0]
        try:
            rows = measure(subject)
        except Exception as error:  # noqa: BLE001 - the other subjects are worth measuring still
            traceback.print_exc()
            broken, rows = True, [Row(subject, None, note=f"broken: {error!r}")]
        store(subject, rows, load)
        found += rows
    show(found)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
