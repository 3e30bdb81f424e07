"""A task that can be waited for: turns a spec into the moments at which its clip got from stage to stage."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict
from pathlib import Path

from core.engines.child import Cancelled, Task
from core.types import Clip, GenerationSpec, Progress


class Order(Task):
    """``began`` and ``ended`` are on the performance counter; so is ``reached``, when each stage was first told of.

    ``cpu`` is what this process had used by then.
    """

    def __init__(self, spec: GenerationSpec, folder: Path) -> None:
        super().__init__({"job": 0, "spec": asdict(spec), "folder": str(folder)}, lambda _message: None)
        self.reached: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._over = threading.Event()
        self._error: BaseException | None = None
        self.began, self.ended = time.perf_counter(), 0.0

    def report(self, progress: Progress) -> None:
        """How far it is."""
        super().report(progress)
        self.reached.setdefault(progress.stage, time.perf_counter())
        self.cpu.setdefault(progress.stage, time.process_time())

    def finish(self, clip: Clip) -> None:
        """The clip is made."""
        super().finish(clip)
        self.clip = clip
        self._end(None)

    def fail(self, error: BaseException) -> None:
        """It will not be made."""
        super().fail(error)
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        self.ended, self._error = time.perf_counter(), error
        self._over.set()

    def was_cancelled(self) -> bool:
        """Once it has ended: whether by its cancel."""
        self._over.wait()
        return isinstance(self._error, Cancelled)

    def wait(self) -> float:
        """Seconds that the clip took.

        Raises:
            BaseException: none came of it; what the engine failed with.
        """
        self._over.wait()
        if self._error:
            raise self._error
        return self.ended - self.began
