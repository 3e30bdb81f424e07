"""Turns the bytes of a PNG or JPEG into the assurance that reading them takes time in proportion.

What these formats are made of is cheap to write and dear to read: a JPEG of 300 kB can ask for a thousand passes over
40 megapixels, a minute's work, and three million empty segments keep a parser in Python busy for seconds.
"""

from __future__ import annotations

import re
import struct

MOST_SCANS = 100
"""Passes over a progressive JPEG; encoders write some ten."""
MOST_SEGMENTS = 2000
"""Of a JPEG. Metadata of 20 MB comes in some 300 segments."""
MOST_CHUNKS = 20_000
"""Of a PNG. Encoders cut 20 MB into some 2500 chunks."""
MOST_FILL = 64
"""Bytes without meaning between two segments of a JPEG."""
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd8\xff])")
_SCAN, _END, _BARE = 0xDA, 0xD9, (0x01, 0xD9)


def require_sane(data: bytes) -> None:
    """Go on only with a file of a usual number of parts; one that is neither PNG nor JPEG is not looked into.

    Raises:
        ValueError: it has more parts than any encoder writes.
    """
    if data.startswith(_PNG):
        _require_chunks(data)
    elif data.startswith(_JPEG):
        _require_segments(data)


def _require_chunks(data: bytes) -> None:
    start = len(_PNG)
    for _ in range(MOST_CHUNKS):
        if start + 8 > len(data) or data[start + 4 : start + 8] == b"IEND":
            return
        start += 12 + struct.unpack_from(">I", data, start)[0]
    raise ValueError(f"a PNG of more than {MOST_CHUNKS} chunks")


def _require_segments(data: bytes) -> None:
    start, scans = len(_JPEG), 0
    for _ in range(MOST_SEGMENTS):
        found = _MARKER.search(data, start)
        if found is None or (scans and found[1][0] == _END):
            return
        if not scans and found.end() - start > MOST_FILL:
            raise ValueError("a JPEG with gaps between its segments")
        scans += found[1][0] == _SCAN
        if scans > MOST_SCANS:
            raise ValueError(f"a JPEG of more than {MOST_SCANS} scans")
        start = found.end() + _length(data, found.end(), found[1][0])
    raise ValueError(f"a JPEG of more than {MOST_SEGMENTS} segments")


def _length(data: bytes, start: int, marker: int) -> int:
    """Bytes of a segment after its marker."""
    if marker in _BARE or start + 2 > len(data):
        return 0
    return max(2, int(struct.unpack_from(">H", data, start)[0]))
