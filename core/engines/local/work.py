"""A job on its way through the stages, and the threads that are the stages."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.engines.child import Task
from core.engines.local.family import Embeds, Footage, Latents, Shot
from core.engines.local.model import LocalModel
from core.engines.local.residency import Part


@dataclass
class Work:
    """One job on its way through the stages."""

    task: Task
    shot: Shot
    model: LocalModel
    parts: Mapping[str, Part] = field(default_factory=dict)
    pipe: Any = None
    embeds: Embeds = field(default_factory=dict)
    latents: Latents | None = None
    frames: Sequence[np.ndarray] = ()
    footage: Footage | None = None
    alone: bool = False
    tiled: bool = False
    record: Mapping[str, str | int | float] = field(default_factory=dict)
    step_began: float = 0.0

    @property
    def shape(self) -> str:
        """Jobs of one shape take alike in time and memory."""
        spec = self.shot.spec
        return f"{spec.model} {spec.width}x{spec.height}x{spec.num_frames}"

    def name(self, stage: str) -> str:
        """What the stage's time and memory are remembered under."""
        return f"{stage} {self.shape}"

    def let_go(self) -> None:
        """Drop what it was made of. The pipeline's watch knows the job: else all of it waited for the collector."""
        self.parts, self.pipe, self.embeds = {}, None, {}
        self.latents, self.frames, self.footage = None, (), None


class Stage:
    """A thread that takes one job after another and hands each on to the next stage, if there is one.

    A job that fails or was cancelled goes to ``ended`` with its error, and the stage to its next job. A job that has
    ended lets go of what it was made of.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Work], None],
        ended: Callable[[Work, BaseException], None],
        following: Stage | None = None,
    ) -> None:
        self._work, self._ended, self._following = work, ended, following
        self._waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, work: Work) -> None:
        """It is this job's turn once those before it are done."""
        self._waiting.put(work)

    def _run(self) -> None:
        while True:
            self._take(self._waiting.get())

    def _take(self, work: Work) -> None:
        try:
            work.task.check()
            self._work(work)
        except Exception as error:  # noqa: BLE001 - one job's fault must not take the stage and the next job along
            self._ended(work, error)
        else:
            if self._following:
                self._following.put(work)
                return
        work.let_go()
