"""Turns reports of how jobs stand into edits of their messages: one of a job at a time, as often as is of use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bots.presenter import is_delivering
from core.types import Job, JobState, Progress

_ON_ITS_WAY = 1.5
"""Seconds in which what was begun may arrive before the last message."""
Report = tuple[Job, Progress | None]


@dataclass(frozen=True)
class Shown:
    """What a message says since ``at``; ``rest``: seconds until it is worth a look again."""

    text: str
    at: float
    rest: float


class Edits:
    """What is shown and being shown. It is forgotten with the process, and then shown again.

    A message is looked at ``every`` so many seconds, and one that stays as it is less and less, up to ``seldom``.
    """

    def __init__(self, every: float, seldom: float) -> None:
        self._every, self._seldom = every, seldom
        self._shown: dict[str, Shown] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """How many messages are being changed."""
        return len(self._tasks)

    def of(self, job: Job) -> asyncio.Task[None] | None:
        """What is changing a job's message."""
        return self._tasks.get(job.id)

    def due(self, reports: Sequence[Report], rest: Callable[[Job, Shown], float]) -> list[Report]:
        """Those of all unfinished jobs that are worth a look after their ``rest``, the most urgent first."""
        now, open_jobs = _now(), {job.id for job, _ in reports}
        self._shown = {job_id: shown for job_id, shown in self._shown.items() if job_id in open_jobs}

        def is_due(job: Job) -> bool:
            shown = self._shown.get(job.id)
            has_rested = shown is None or now - shown.at >= rest(job, shown)
            return has_rested and job.id not in self._tasks and not is_delivering(job)

        found = [report for report in reports if is_due(report[0])]
        # What is being made first, then those longest unheard of: each that waits must be looked for in the queue.
        return sorted(found, key=lambda report: (report[0].state is JobState.QUEUED, self._heard(report[0])))

    def show(self, job: Job, text: str = "", rest: float | None = None) -> None:
        """From now on its message says so, or nothing that is known."""
        self._shown[job.id] = Shown(text, _now(), self._every if rest is None else rest)

    def says(self, job: Job, text: str) -> bool:
        """Whether its message says so already, and need not be looked at for longer than before."""
        shown = self._shown.get(job.id)
        if shown is None or shown.text != text:
            return False
        self.show(job, text, min(self._seldom, 2 * shown.rest))
        return True

    def begin(self, job: Job, edit: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Change its message, while others are changed."""
        task = self._tasks[job.id] = asyncio.create_task(edit)
        task.add_done_callback(partial(self._ended, job.id))
        return task

    async def tell(self, job: Job, edit: Coroutine[Any, Any, None]) -> None:
        """Change its message and wait for that, unless what is said last comes first."""
        task = self.begin(job, edit)
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def settle(self, job: Job) -> None:
        """Nothing is shown of its progress any more: what comes next is its last message."""
        if task := self._tasks.pop(job.id, None):
            # What is on its way may arrive; what waits for its turn has nothing more to say.
            await asyncio.wait({task}, timeout=_ON_ITS_WAY)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def forget(self, job: Job) -> None:
        """It has ended."""
        self._shown.pop(job.id, None)

    async def stop(self) -> None:
        """Let go of what is being changed."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _heard(self, job: Job) -> float:
        shown = self._shown.get(job.id)
        return shown.at if shown else 0.0

    def _ended(self, job_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(job_id) is task:
            del self._tasks[job_id]


def _now() -> float:
    return asyncio.get_running_loop().time()
