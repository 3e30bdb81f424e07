"""Turns a file being written into a file that is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Yield the path to write to; at the end of the block it is on disk under ``target``, or gone if the block raised.

    The name is fixed (``target`` + ``.part``), so that what a killed process left is overwritten, never collected.

    Raises:
        OSError: the disk is full or refuses; ``errno`` says which.
    """
    part = target.with_name(target.name + ".part")
    try:
        yield part
        sync(part)
        part.replace(target)
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
