"""Turns a Matroska file's element headers into the certainty that it is whole; refuses one built to exhaust a demuxer.

Elements: RFC 8794, sections 4 to 6 (EBML); RFC 9559, section 5 (Matroska and WebM).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import EngineFault

MAGIC = b"\x1a\x45\xdf\xa3"
"""What every such file begins with."""
MAX_ELEMENTS = 200_000
"""Two minutes of 60 pictures and 400 packets of sound a second are 55,000 blocks, at most each in its own group."""
MAX_TABLES = 1 << 20
"""Bytes of everything but pictures and sound; a demuxer makes some hundred bytes of an element of two."""
_HEADER, _SEGMENT, _CLUSTER, _TRACKS, _GROUP = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1654AE6B, 0xA0
_BLOCKS = frozenset({0xA1, 0xA3})
_FILLER = frozenset({0xEC, 0xBF})
_TABLES = frozenset({0x114D9B74, 0x1549A966, _TRACKS, 0x1C53BB6B, 0x1043A770, 0x1254C367, 0x1941A469})
# Parts of a cluster, which stand in a row with the clusters where a cluster does not say how long it is.
_IN_CLUSTER = frozenset({0xE7, 0x5854, 0xA7, 0xAB, 0xA3, _GROUP})
_OPEN = frozenset({_SEGMENT, _CLUSTER})


@dataclass(frozen=True)
class Element:
    """One element; its payload lies from ``start`` to ``end`` in the file. ``end`` is None where it is not told."""

    kind: int
    start: int
    end: int | None


def require_whole(path: Path) -> None:
    """Walk through the file's headers; pictures and sound are stepped over.

    Raises:
        EngineFault: ``clip-invalid``: no Matroska, cut short, or built to exhaust memory.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        header = _read_element(file, 0, size)
        _require(header.kind == _HEADER and header.end is not None, "not Matroska")
        kinds, tables = set(), 0
        for number, element in enumerate(_elements(file, header.end or size, size)):
            _require(number < MAX_ELEMENTS, "too many elements")
            kinds.add(element.kind)
            if element.end is not None and element.kind not in _BLOCKS | _FILLER | {_SEGMENT, _CLUSTER, _GROUP}:
                tables += element.end - element.start
            _require(tables <= MAX_TABLES, "tables too large")
    _require({_SEGMENT, _CLUSTER, _TRACKS} <= kinds, "not Matroska with pictures")


def _elements(file: BinaryIO, at: int, end: int) -> Iterator[Element]:
    """All down to the parts of a block's group, in the order of the file."""
    while at < end:
        element = _read_element(file, at, end)
        _require(element.kind in _TABLES | _FILLER | _IN_CLUSTER | _OPEN, "damaged")
        yield element
        if element.kind == _GROUP:
            yield from _parts(file, element)
        at = element.start if element.kind in _OPEN or element.end is None else element.end


def _parts(file: BinaryIO, group: Element) -> Iterator[Element]:
    at, end = group.start, group.end or group.start
    while at < end:
        part = _read_element(file, at, end)
        yield part
        at = part.end or end


def _read_element(file: BinaryIO, at: int, limit: int) -> Element:
    kind, start = _read_number(file, at, keeps_marker=True, longest=4)
    size, start = _read_number(file, start, keeps_marker=False, longest=8)
    if size is None:
        _require(kind in _OPEN, "of unknown length")
        return Element(kind or 0, start, None)
    _require(start + size <= limit, "cut short or damaged")
    return Element(kind or 0, start, start + size)


def _read_number(file: BinaryIO, at: int, *, keeps_marker: bool, longest: int) -> tuple[int | None, int]:
    """A number of variable length and where it ends; None for a size that is not told."""
    file.seek(at)
    data = file.read(8)
    _require(bool(data) and data[0] != 0, "cut short or damaged")
    length = 9 - data[0].bit_length()
    _require(length <= longest and len(data) >= length, "cut short or damaged")
    number = int.from_bytes(data[:length], "big")
    if keeps_marker:
        return number, at + length
    payload = number & ((1 << 7 * length) - 1)
    return (None if payload == (1 << 7 * length) - 1 else payload), at + length


def _require(sound: bool, detail: str) -> None:
    if not sound:
        raise EngineFault("clip-invalid", detail=detail)
