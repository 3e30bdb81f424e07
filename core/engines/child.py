"""The child of ``core.engines.process``: turns jobs on standard input into clips and reports on standard output."""

from __future__ import annotations

import errno
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from core.engines.process import READY
from core.errors import PiyingError
from core.types import Clip, GenerationSpec, Progress

Make = Callable[[GenerationSpec, Path, Callable[[Progress], None]], Clip]
"""Makes a clip in a folder, reporting as it goes."""

_NICENESS = 5
"""A busy machine's chat answers first."""


def serve(make: Make) -> None:
    """Make clips until the input ends; then exit at once, even in the middle of one."""
    os.nice(_NICENESS)
    answers = _take_stdout()
    print(json.dumps(READY), file=answers, flush=True)
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    while True:
        _answer(make, json.loads(jobs.get()), answers)


def _take_stdout() -> TextIO:
    """Keep standard output for answers; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _read(jobs: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        jobs.put(line)
    # The parent is gone or has let us go; nothing here is worth finishing.
    os._exit(0)


def _answer(make: Make, job: dict[str, Any], answers: TextIO) -> None:
    def say(**message: object) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        clip = make(GenerationSpec(**job["spec"]), Path(job["folder"]), lambda progress: say(progress=asdict(progress)))
        say(clip=asdict(clip) | {"path": clip.path.name, "poster": clip.poster.name})
    except PiyingError as error:
        say(error=error.code, details=error.details)
    except OSError as error:
        traceback.print_exc()
        say(error="storage-full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "engine-fault")
    except Exception:  # noqa: BLE001 - a bug in one clip must not take the child and the next clip with it
        traceback.print_exc()
        say(error="engine-fault")
