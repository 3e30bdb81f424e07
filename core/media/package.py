"""Turns headers and raw frames on standard input into clips with posters, and says what came of each.

The child of ``core.media.packager``, as ``python -m core.media.package``: encoding has a process of its own, so that it
neither waits for nor holds up the interpreter that keeps a GPU busy.

A clip comes as one line of JSON (``path``, ``poster``, ``width``, ``height``, ``fps``, ``num_frames``, ``metadata``,
``crf``, ``threads``, ``marks``), then its frames (raw rgb24), then a second line: ``{"samples", "channels", "rate"}``
with that much raw float32 after it, or ``null`` where there is no sound. The answer on standard output is one line:
``{"width", "height", "seconds", "size_bytes", "frames"}``, where ``frames`` is the SHA-256 over all bytes of the
frames as they came, without their marks, or ``{"error"}`` with a code of ``core.errors``. After an error the process
exits, since what its parent is still writing is of no use; so it does when its input ends.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from core.errors import PiyingError
from core.media.encode import Encoder
from core.media.marks import Marks
from core.media.probe import probe
from core.media.thumbnail import poster


def main() -> None:
    """Package clips until the input ends."""
    answers = _take_stdout()
    frames = sys.stdin.buffer
    while line := frames.readline():
        answer = _answer(json.loads(line), frames)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if "error" in answer:
            break


def _take_stdout() -> BinaryIO:
    """Keep standard output for answers; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _answer(header: dict[str, Any], source: BinaryIO) -> dict[str, Any]:
    try:
        return _package(header, source)
    except EOFError:
        # The parent is gone: nobody reads this, and the unfinished file is removed already.
        return {"error": "engine-fault"}
    except PiyingError as error:
        traceback.print_exc()
        return {"error": error.code}
    except OSError as error:
        traceback.print_exc()
        return {"error": "storage-full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "engine-fault"}
    except Exception:  # noqa: BLE001 - whatever it is, the parent must hear that there is no clip
        traceback.print_exc()
        return {"error": "engine-fault"}


def _package(header: dict[str, Any], source: BinaryIO) -> dict[str, Any]:
    path, digest = Path(header["path"]), hashlib.sha256()
    names = ("width", "height", "fps", "metadata", "crf", "threads")
    frame = np.empty((header["height"], header["width"], 3), np.uint8)
    marks, wishes = Marks(**header["marks"]), {name: header[name] for name in names}
    with Encoder(path, has_sound=True, marks=marks, **wishes) as encoder:
        for _ in range(header["num_frames"]):
            _fill(frame, source)
            digest.update(frame.data)
            encoder.write(frame)
        sound = json.loads(_line(source))
        if sound:
            encoder.add_sound(_read_sound(sound, source), sound["rate"])
    poster(path, Path(header["poster"]))
    info = probe(path)
    return {
        "width": info.width,
        "height": info.height,
        "seconds": info.seconds,
        "size_bytes": info.size_bytes,
        "frames": digest.hexdigest(),
    }


def _read_sound(sound: dict[str, int], source: BinaryIO) -> np.ndarray:
    samples = np.empty((sound["samples"], sound["channels"]), np.float32)
    _fill(samples, source)
    return samples


def _line(source: BinaryIO) -> bytes:
    line = source.readline()
    if not line:
        raise EOFError
    return line


def _fill(array: np.ndarray, source: BinaryIO) -> None:
    left = array.data.cast("B") if array.size else memoryview(b"")
    while left:
        count = source.readinto(left)  # type: ignore[attr-defined]  # BufferedReader has it, BinaryIO does not say so
        if not count:
            raise EOFError
        left = left[count:]


if __name__ == "__main__":
    main()
