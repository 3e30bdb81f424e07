"""What one transaction keeps of clips that their owners show to everybody, and of the votes on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.types import Job

REMIX = "remix-of"
"""The note on a job that was made out of somebody's clip; its detail ``job`` is that clip's code."""
HIDING = ("covered", "unlabelled")
"""Notes on a job whose clip is shown to nobody but its chat: it may disturb, or says nowhere that AI made it."""
LONGEST_TITLE = 80
"""Characters."""


class Period(StrEnum):
    """The clips that came into the showcase in the last day, week (7 days) or month (30 days)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def seconds(self) -> float:
        """How long it is."""
        return 86400.0 * {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 30}[self]


@dataclass(frozen=True)
class Entry:
    """That the clip of ``job`` (an id) is shown. ``title`` may be empty; ``remix``: others may build on it.

    ``card`` and ``cover`` are keys in the clip store: a small JPEG for pages of many, and a larger one.
    """

    job: str
    code: str
    account: str
    title: str
    remix: bool
    shown_at: float
    card: str
    cover: str
    votes: int = 0


@dataclass(frozen=True)
class Exhibit:
    """An entry that can be seen now, with its job."""

    entry: Entry
    job: Job


@dataclass(frozen=True)
class Mark:
    """A place between two entries of a list: after the one with these values. New entries do not move it."""

    shown_at: float
    code: str
    votes: int = 0


class Exhibits(Protocol):
    """The showcase in one transaction.

    Seen is an entry whose clip was delivered and is still there, whose owner is not blocked, and whose job has none of
    the notes in ``HIDING``.
    """

    def put(self, entry: Entry) -> None:
        """In place of the one there was, whose moment and votes stay."""

    def entry(self, job_id: str) -> Entry | None:
        """Whether or not it can be seen."""

    def take_back(self, job_id: str) -> bool:
        """With its votes; False where there was none."""

    def find(self, code: str) -> Exhibit | None:
        """One that can be seen."""

    def newest(self, *, limit: int, after: Mark | None = None) -> Sequence[Exhibit]:
        """Those that can be seen, newest first, from a mark on."""

    def top(self, *, limit: int, since: float = 0.0, after: Mark | None = None) -> Sequence[Exhibit]:
        """Those shown since the moment, most votes first, and the newest of as many votes."""

    def vote(self, job_id: str, account: str, *, now: float) -> bool:
        """Count a vote; False where there is no entry, or the account has voted for it before."""

    def take_vote_back(self, job_id: str, account: str) -> bool:
        """False where there was none."""
