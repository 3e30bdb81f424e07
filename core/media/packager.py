"""Turns frames of a model into a finished clip, by a process that encodes while the next frames are made.

::

    session = packager.begin(Package(path, poster, width=832, height=480, fps=16, num_frames=81, metadata={}))
    for frame in frames:
        session.write(frame)
    packed = session.finish(audio, sample_rate)
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Self

import numpy as np

from core.errors import EngineFault
from core.media.marks import Marks

COMMAND = (sys.executable, "-m", "core.media.package")
_PIPE_BYTES = 1 << 20
"""The most that Linux gives without asking: a 480p frame goes through in one go."""


@dataclass(frozen=True)
class Package:
    """What a clip is to be: sizes in pixels, ``metadata`` as MP4 keys. The bytes depend on ``crf`` and ``threads``.

    Two threads encode nearly twice as fast as one, at 832x480 and two free cores; they change nothing from run to run.
    ``marks`` are burnt in after the frames' digest is taken.
    """

    path: Path
    poster: Path
    width: int
    height: int
    fps: float
    num_frames: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    crf: int = 20
    threads: int = 2
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True)
class Packed:
    """What came of it, in pixels, seconds and bytes; ``frames`` is the SHA-256 (hex) over all bytes of the frames."""

    width: int
    height: int
    seconds: float
    size_bytes: int
    frames: str


class Packager:
    """Keeps one packaging process, started for the first clip and anew after a crash or a cancel.

    One clip at a time: ``begin`` waits until the one before has ended. Any thread may call anything.
    """

    def __init__(self) -> None:
        self._turn, self._change = threading.Lock(), threading.Lock()
        self._process: _Process | None = None
        self._session: Session | None = None

    def start(self) -> None:
        """Start the process ahead of the first clip, which then need not wait for it.

        Raises:
            OSError: no process can be started.
        """
        with self._change:
            self._running()

    def begin(self, package: Package) -> Session:
        """Begin a clip.

        Raises:
            EngineFault: ``engine-fault``: the process died at once.
            OSError: no process can be started.
        """
        self._turn.acquire()
        try:
            with self._change:
                session = self._session = Session(package, self._running(), self._ended)
        except BaseException:
            self._turn.release()
            raise
        session.open()
        return session

    def cancel(self) -> None:
        """Drop the clip in hand, if there is one, at once."""
        session = self._session
        if session:
            session.cancel()

    def close(self) -> None:
        """Let the process go; a clip in hand is dropped."""
        self.cancel()
        with self._change:
            self._drop_process()

    def _ended(self, *, keep: bool) -> None:
        with self._change:
            self._session = None
            if not keep:
                self._drop_process()
        self._turn.release()

    def _running(self) -> _Process:
        if self._process is None or not self._process.alive:
            self._drop_process()
            self._process = _Process()
        return self._process

    def _drop_process(self) -> None:
        if self._process:
            self._process.end()
            self._process = None


class Session:
    """One clip on its way into the process, from ``Packager.begin`` to ``finish`` or ``cancel``.

    As a context manager it is cancelled at the end of the block unless it was finished.
    """

    def __init__(self, package: Package, process: _Process, ended: Callable[..., None]) -> None:
        self._package, self._process, self._ended = package, process, ended
        self._shape, self._left = (package.height, package.width, 3), package.num_frames
        self._end_once = threading.Lock()

    def open(self) -> None:
        """Send the header; the packager's part."""
        self._send(_line(asdict(replace(self._package, metadata=dict(self._package.metadata)))))

    def write(self, frame: np.ndarray) -> None:
        """Hand over one frame, HxWx3 uint8 RGB; blocks while the encoder is behind.

        Raises:
            ValueError: a frame of another shape, or one too many.
            EngineFault: no clip will come of it: ``storage-full``, or ``engine-fault`` where the process died or the
                clip was cancelled.
        """
        if frame.shape != self._shape or frame.dtype != np.uint8 or not self._left:
            raise ValueError(f"expected {self._left} more frames {self._shape}, not {frame.shape} {frame.dtype}")
        self._left -= 1
        self._send(np.ascontiguousarray(frame).data.cast("B"))

    def finish(self, audio: np.ndarray | None = None, sample_rate: int = 0) -> Packed:
        """End the clip, with sound (samples x 1 or 2 channels float32 in -1..1) or silent, and wait for the file.

        Raises:
            ValueError: frames are missing.
            EngineFault: as for ``write``; ``clip-invalid`` where the finished file cannot be read.
        """
        if self._left:
            raise ValueError(f"{self._left} frames are missing")
        self._send_sound(audio, sample_rate)
        answer = self._process.answer()
        if "error" in answer:
            raise self._failed(answer)
        self._end(keep=True)
        return Packed(**answer)

    def cancel(self) -> None:
        """Drop the clip at once; whoever writes or waits gets ``engine-fault``. After the end it does nothing."""
        self._process.kill()
        self._end(keep=False)

    def _send_sound(self, audio: np.ndarray | None, sample_rate: int) -> None:
        if audio is None:
            self._send(_line(None))
            return
        sound = np.ascontiguousarray(audio, np.float32)
        samples, channels = sound.shape
        self._send(_line({"samples": samples, "channels": channels, "rate": sample_rate}))
        self._send(sound.data.cast("B") if samples else b"")

    def _send(self, data: bytes | memoryview) -> None:
        try:
            self._process.send(data)
        except BrokenPipeError:
            # It has exited, and mostly said why.
            raise self._failed(self._process.answer()) from None

    def _failed(self, answer: Mapping[str, Any]) -> EngineFault:
        self._end(keep=False)
        return EngineFault(answer.get("error"))

    def _end(self, *, keep: bool) -> None:
        if self._end_once.acquire(blocking=False):
            self._ended(keep=keep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._end_once.locked():
            self.cancel()


class _Process:
    """The child and the two pipes to it."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        # numpy's threads would spin at their start, and are never needed here.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        self._child = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, bufsize=0, env=environment)  # noqa: S603 - our own words
        self._talking = threading.Lock()
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # Where many pipes are in use an unprivileged one must stay as it is, and does.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._input.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def send(self, data: bytes | memoryview) -> None:
        with self._talking:
            left = memoryview(data)
            while left:
                if self._input.closed:
                    raise BrokenPipeError
                left = left[os.write(self._input.fileno(), left) :]

    def answer(self) -> dict[str, Any]:
        """The next line, or what stands for the last word of one that died without any."""
        with self._talking:
            line = b"" if self._output.closed else self._output.readline()
        answer: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {"error": "engine-fault"}
        return answer

    def kill(self) -> None:
        self._child.kill()

    def end(self) -> None:
        """Kill it, which frees whoever is talking to it, and close the pipes once nobody does."""
        self._child.kill()
        self._child.wait()
        with self._talking:
            self._input.close()
            self._output.close()

    @property
    def _input(self) -> IO[bytes]:
        assert self._child.stdin is not None
        return self._child.stdin

    @property
    def _output(self) -> IO[bytes]:
        assert self._child.stdout is not None
        return self._child.stdout


def _line(message: object) -> bytes:
    return json.dumps(message, default=str).encode() + b"\n"
