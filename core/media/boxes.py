"""Turns an MP4's box headers into the order of its parts, and refuses files built to exhaust a demuxer.

Boxes: ISO/IEC 14496-12, 4.2; sample tables 8.6 and 8.7; movie fragments 8.8.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import EngineFault

MAX_BOXES = 20_000
MAX_DEPTH = 8
# A demuxer keeps some tens of bytes a sample, so this bounds it to about 100 MB; an hour at 60 fps has 216,000.
MAX_SAMPLES = 1_000_000
PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
# Boxes that state a number of samples, and where in the payload. A stated number costs the file nothing.
SAMPLE_COUNTS = {b"stsz": 8, b"stz2": 8, b"trun": 4}
# Boxes made of (count, value) runs, which demuxers unroll.
RUNS = frozenset({b"stts", b"ctts"})


@dataclass(frozen=True)
class Box:
    """One box; its payload lies from ``start`` to ``end`` in the file. ``depth`` 1 is the top level."""

    kind: bytes
    start: int
    end: int
    depth: int


def read_order(path: Path) -> list[bytes]:
    """The kinds of the top-level boxes in order, once every table is known to be of a sane size.

    Reads headers and run tables only, never the samples.

    Raises:
        EngineFault: ``clip-invalid``: no MP4, cut short, or built to exhaust memory.
        OSError: the file cannot be read.
    """
    order = []
    with path.open("rb") as file:
        whole = Box(b"", 0, os.fstat(file.fileno()).st_size, 0)
        for number, box in enumerate(_descend(file, whole)):
            _require(number < MAX_BOXES, "too many boxes")
            _require(_samples(file, box) <= MAX_SAMPLES, "too many samples")
            if box.depth == 1:
                order.append(box.kind)
    _require(b"moov" in order and b"mdat" in order, "not an MP4 with pictures")
    return order


def _descend(file: BinaryIO, parent: Box) -> Iterator[Box]:
    at = parent.start
    while at < parent.end:
        box = _read_box(file, at, parent)
        at = box.end
        # A compressed index (QuickTime's cmov) says itself how far it inflates.
        _require(box.kind != b"cmov" and box.depth <= MAX_DEPTH, "an index nobody writes today")
        yield box
        if box.kind in PARENTS:
            yield from _descend(file, box)


def _read_box(file: BinaryIO, at: int, parent: Box) -> Box:
    size, kind = struct.unpack(">I4s", _read(file, at, 8))
    start = at + 8
    if size == 1:
        (size,) = struct.unpack(">Q", _read(file, start, 8))
        start += 8
    end = at + size if size else parent.end
    _require(start <= end <= parent.end, "cut short or damaged")
    return Box(kind, start, end, parent.depth + 1)


def _samples(file: BinaryIO, box: Box) -> int:
    """How many samples a box claims to describe; 0 for boxes that claim nothing."""
    if box.kind in SAMPLE_COUNTS:
        (count,) = struct.unpack(">I", _read(file, box.start + SAMPLE_COUNTS[box.kind], 4))
        return int(count)
    if box.kind in RUNS:
        _require(box.end - box.start <= 8 + 8 * MAX_SAMPLES, "too many samples")
        table = _read(file, box.start + 8, box.end - box.start - 8)
        return sum(count for count, _ in struct.iter_unpack(">II", table[: len(table) // 8 * 8]))
    return 0


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size) if size > 0 else b""
    _require(len(data) == size, "cut short")
    return data


def _require(sound: bool, detail: str) -> None:
    if not sound:
        raise EngineFault("clip-invalid", detail=detail)
