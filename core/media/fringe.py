"""Turns the parts of a signed file that C2PA leaves out of its hashes into whether they are as we write them."""

from __future__ import annotations

import re
from pathlib import Path

_START = 1 << 20
"""The manifest lies before the pictures, and is far smaller."""
_PAD = re.compile(rb"\x63padY(..)", re.DOTALL)
"""The filler behind a signature: CBOR's text ``pad``, then a string of bytes with its length in two."""


def first_box(path: Path) -> str:
    """The payload of the file's first box (``ftyp``, as hexadecimal digits), of which its readers believe much."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(4), "big")
        return file.read(max(0, min(size, 256) - 4)).hex()


def is_filler_whole(path: Path) -> bool:
    """Whether there is the filler that our signatures end with, and nothing but zeros in it."""
    with path.open("rb") as file:
        start = file.read(_START)
    pads = [start[pad.end() : pad.end() + int.from_bytes(pad[1], "big")] for pad in _PAD.finditer(start)]
    return bool(pads) and not any(map(any, pads))
