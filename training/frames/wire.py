"""Turns numbered fields into the bytes of a protobuf message, and back (https://protobuf.dev/programming-guides/encoding/).

Written here, since the bytes of a message from a library may change with the library.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Field:
    """One field as it was read: what it holds, and ``whole``, all of its bytes."""

    number: int
    content: bytes
    whole: bytes

    @property
    def value(self) -> int:
        """The whole number it holds."""
        return _read_varint(self.content, 0)[0]


def message(number: int, content: bytes) -> bytes:
    """A field of bytes, of text, or of another message."""
    return _key(number, _BYTES) + _varint(len(content)) + content


def text(number: int, content: str) -> bytes:
    """A field of text."""
    return message(number, content.encode())


def whole(number: int, value: int) -> bytes:
    """A field with a whole number; a negative one is written as its 64-bit complement."""
    return _key(number, _VARINT) + _varint(value & (1 << 64) - 1)


def real(number: int, value: float) -> bytes:
    """A field with a number of 32 bits."""
    return _key(number, _FIXED32) + struct.pack("<f", value)


def fields(content: bytes) -> Iterator[Field]:
    """The fields of a message in their order.

    Raises:
        ValueError: it is no message.
    """
    start = 0
    while start < len(content):
        key, inside = _read_varint(content, start)
        end = _end(content, inside, key & 7)
        if key & 7 == _BYTES:
            length, inside = _read_varint(content, inside)
            end = inside + length
        yield Field(key >> 3, content[inside:end], content[start:end])
        start = end


def _end(content: bytes, start: int, wire: int) -> int:
    ends = {_VARINT: _read_varint(content, start)[1], _FIXED64: start + 8, _BYTES: start, _FIXED32: start + 4}
    if wire not in ends:
        raise ValueError(f"no protobuf message: wire type {wire}")
    return ends[wire]


def _read_varint(content: bytes, start: int) -> tuple[int, int]:
    value, end = 0, start
    while end < len(content):
        value |= (content[end] & 0x7F) << 7 * (end - start)
        end += 1
        if content[end - 1] < 0x80:
            break
    return value, end


def _key(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])
