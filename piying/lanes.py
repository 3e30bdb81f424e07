"""Turns the models that may be used into the worker classes a process renders, and how many clips of each at once."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence

from core.catalogue.catalogue import Catalogue
from core.payments import SUBSCRIBER
from piying.engines import LOCAL_LANES, check_pulled
from piying.mistake import Mistake
from piying.settings import JobSettings, Settings
from storage.liveness import STABLE_PREFIX, Executor
from storage.queue import QueueSettings

HOSTED = "hosted"
"""The class whose jobs wait for a vendor and need next to nothing here."""


def own_classes(catalogue: Catalogue) -> tuple[str, ...]:
    """Those that any machine can render: they need no GPU."""
    return tuple(name for name in catalogue.worker_classes if not _needs_gpu(catalogue, name))


def chosen_classes(settings: Settings, catalogue: Catalogue, names: Sequence[str]) -> tuple[str, ...]:
    """The classes that an operator named, each once.

    Raises:
        Mistake: there is no such class, one process cannot render them all, or a model of theirs has no weights here.
    """
    known = catalogue.worker_classes
    if unknown := [name for name in names if name not in known]:
        raise Mistake(f"no worker class {', '.join(unknown)}: there is {', '.join(known)} (PIYING_MODELS enables more)")
    chosen = tuple(dict.fromkeys(names))
    on_gpu = [name for name in chosen if _needs_gpu(catalogue, name)]
    if len(on_gpu) > 1:
        raise Mistake(
            f"one worker renders one class that needs a GPU, not {' and '.join(on_gpu)}: start a worker for each"
        )
    for name in on_gpu:
        check_pulled(settings, catalogue, name)
    return chosen


def make_executor(name: str | None, lanes: dict[str, int]) -> Executor:
    """A process as the others see it; ``name`` is that of one which comes back under it."""
    unique = f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
    return Executor(f"{STABLE_PREFIX}{name}" if name else unique, lanes)


def lanes_of(jobs: JobSettings, catalogue: Catalogue, worker_classes: Sequence[str]) -> dict[str, int]:
    """Clips of each class at once. A GPU's share its stages; on a CPU each has a core; at a vendor they wait."""
    return {name: _lanes(jobs, catalogue, name) for name in worker_classes}


def queue_settings(jobs: JobSettings) -> QueueSettings:
    """The queue's pace, and the head start of those who pay."""
    boost = {"premium": jobs.premium_boost, SUBSCRIBER: jobs.premium_boost}
    return QueueSettings(jobs.poll, jobs.beat, jobs.dead_after, boost)


def _lanes(jobs: JobSettings, catalogue: Catalogue, worker_class: str) -> int:
    if _needs_gpu(catalogue, worker_class):
        return LOCAL_LANES
    return jobs.hosted_lanes if worker_class == HOSTED else jobs.lanes


def _needs_gpu(catalogue: Catalogue, worker_class: str) -> bool:
    return any(card.engine == "local" for card in catalogue.cards if card.worker_class == worker_class)
