"""The legal moves of a job."""

from __future__ import annotations

from collections.abc import Mapping

from core.types import JobState

_FROM: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset(),
    JobState.RUNNING: frozenset({JobState.QUEUED}),
    JobState.SUCCEEDED: frozenset({JobState.QUEUED, JobState.RUNNING}),
    JobState.FAILED: frozenset({JobState.QUEUED, JobState.RUNNING}),
    JobState.CANCELLED: frozenset({JobState.QUEUED, JobState.RUNNING}),
}


def sources(state: JobState) -> frozenset[JobState]:
    """The states from which a job may move to ``state``.

    ``succeeded`` may follow ``queued``: the note that it runs is best effort, the clip is not.
    """
    return _FROM[state]
