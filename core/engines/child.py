"""The child of ``core.engines.process``: turns jobs on standard input into clips and reports on standard output."""

from __future__ import annotations

import errno
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

from core.engines.process import READY
from core.errors import PiyingError
from core.types import Clip, GenerationSpec, Progress

Make = Callable[[GenerationSpec, Path, Callable[[Progress], None]], Clip]
"""Makes a clip in a folder, reporting as it goes."""

_NICENESS = 5
"""A busy machine's chat answers first."""


class Cancelled(Exception):
    """The job was withdrawn; nobody waits for what comes of it."""


class Task:
    """One job of the parent's, from its arrival to its answer. Any thread may report, and one must answer."""

    def __init__(self, job: Mapping[str, Any], say: Callable[[Mapping[str, object]], None]) -> None:
        self.spec = GenerationSpec(**job["spec"])
        self.folder = Path(job["folder"])
        self.cancelled = threading.Event()
        self.has_ended = False
        self._number, self._say = job["job"], say
        self._latest = Progress("", 0.0)
        self._reporting = threading.Lock()

    def report(self, progress: Progress) -> None:
        """How far it is. A stage that is tried again does not go back."""
        with self._reporting:
            self._latest = replace(progress, fraction=max(progress.fraction, self._latest.fraction))
            self._say({"job": self._number, "progress": asdict(self._latest)})

    def show(self, preview: str) -> None:
        """What there is so far: the name of a file in the folder."""
        with self._reporting:
            self._latest = replace(self._latest, preview=preview)
            if not self.has_ended:
                self._say({"job": self._number, "progress": asdict(self._latest)})

    def check(self) -> None:
        """Go on only while somebody waits.

        Raises:
            Cancelled: nobody does.
        """
        if self.cancelled.is_set():
            raise Cancelled

    def finish(self, clip: Clip) -> None:
        """The clip is made."""
        self.has_ended = True
        files = {"path": clip.path.name, "poster": clip.poster.name}
        self._say({"job": self._number, "clip": asdict(clip) | files})

    def fail(self, error: BaseException) -> None:
        """It will not be made; what is not ours to tell by name is printed, and told as a fault."""
        self.has_ended = True
        code, details = "engine-fault", {}
        if isinstance(error, PiyingError):
            code, details = error.code, error.details
        elif isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            code = "storage-full"
        if code == "engine-fault" and not isinstance(error, Cancelled):
            traceback.print_exception(error)
        self._say({"job": self._number, "error": code, "details": details})


def serve(make: Make) -> None:
    """Make clips one after another until the input ends; then exit at once, even in the middle of one."""
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    serve_tasks(waiting.put)
    while True:
        task = waiting.get()
        try:
            task.check()
            clip = make(task.spec, task.folder, task.report)
        except Exception as error:  # noqa: BLE001 - a bug in one clip must not take the child and the next clip with it
            task.fail(error)
        else:
            task.finish(clip)


def serve_tasks(take: Callable[[Task], None], get_ready: Callable[[], None] | None = None) -> None:
    """Begin to hand each job that arrives to ``take``, from a thread of its own; exits when the input ends.

    ``get_ready`` is called where the parent tells that jobs will come.
    """
    os.nice(_NICENESS)
    answers = _take_stdout()
    lock = threading.Lock()

    def say(message: Mapping[str, object]) -> None:
        with lock:
            try:
                answers.write(json.dumps(message) + "\n")
                answers.flush()
            except BrokenPipeError:
                # The parent is gone; nothing here is worth finishing.
                os._exit(0)

    say(READY)
    threading.Thread(target=_read, args=(take, get_ready, say), daemon=True).start()


def _take_stdout() -> TextIO:
    """Keep standard output for answers; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _read(
    take: Callable[[Task], None], get_ready: Callable[[], None] | None, say: Callable[[Mapping[str, object]], None]
) -> None:
    try:
        _take_messages(take, get_ready, say)
    except Exception:  # noqa: BLE001 - whatever it is: a child that hears nothing more must not seem to be at work
        traceback.print_exc()
        os._exit(1)
    # The parent is gone or has let us go; nothing here is worth finishing.
    os._exit(0)


def _take_messages(
    take: Callable[[Task], None], get_ready: Callable[[], None] | None, say: Callable[[Mapping[str, object]], None]
) -> None:
    tasks: dict[int, Task] = {}
    for line in sys.stdin:
        message = json.loads(line)
        if "cancel" in message:
            task = tasks.get(message["cancel"])
            if task:
                task.cancelled.set()
        elif "open" in message:
            if get_ready:
                get_ready()
        else:
            tasks = {number: task for number, task in tasks.items() if not task.has_ended}
            task = tasks[message["job"]] = Task(message, say)
            take(task)
