"""Turns a film's job into the codes of the clips that it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from core.types import Job

JOINED = "joined"
"""The note on a film; its detail ``clips`` are the codes of what it is made of, in their order."""


def parts_of(job: Job) -> Sequence[str]:
    """The codes, in their order; none of what is no film."""
    told = next((str(note.details["clips"]) for note in job.notes if note.code == JOINED), "")
    return told.split(", ") if told else ()


def films_with(job: Job, jobs: Sequence[Job]) -> list[Job]:
    """Of an account's ``jobs``, oldest first, the films that a clip is in, also by way of another film."""
    codes, found = {job.code}, []
    for film in jobs:
        if codes & set(parts_of(film)):
            codes.add(film.code)
            found.append(film)
    return found
