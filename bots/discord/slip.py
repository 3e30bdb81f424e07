"""Turns a job into the message that shows how it stands."""

from __future__ import annotations

from collections.abc import Iterator

from discord import ButtonStyle
from discord.ui import Button, LayoutView

from bots.commands import Commands
from bots.discord.answering import panel
from bots.discord.gallery import button
from bots.discord.press import Press
from bots.presenter import (
    chips,
    is_delivering,
    notes_on,
    percent_of,
    present_note,
    present_place,
    present_progress,
    present_state,
)
from bots.rewording import present_wording
from bots.units import cut
from core.types import Job, JobState, Progress, QueuePlace
from core.wording import Rewordings
from translation.localiser import Localiser

_BAR = 12
_LONGEST_WORDS = 1500
_LABEL = 80
"""The most characters of a button's label (OpenAPI)."""


def slip(localiser: Localiser, job: Job, standing: str, commands: Commands, above: str = "") -> LayoutView:
    """Its code and what was understood, what the engine reads, what to know of it, and how it stands."""
    facts = " · ".join((job.code, *(chip.text for chip in chips(localiser, job))))
    words = "\n".join(present_wording(localiser, job, commands.rewordings).lines)
    notes = [present_note(localiser, note) for note in notes_on(localiser, job)]
    text = "\n".join(filter(None, (facts, cut(words, _LONGEST_WORDS), *notes, standing)))
    return panel(text, buttons_of(localiser, job, commands.rewordings), above=above)


def end_slip(localiser: Localiser, job: Job, above: str = "") -> LayoutView:
    """Its code, and how it ended; of one that failed or was cancelled how to ask again."""
    text = f"{job.code} · {present_state(localiser, job)}"
    return panel(text, [button(localiser.text("button-again"), Press("again", job.code))], above=above)


def standing_of(localiser: Localiser, job: Job, progress: Progress | None, place: QueuePlace | None) -> str:
    """How an unfinished job stands."""
    if job.state is JobState.RUNNING and progress and not is_delivering(job):
        return f"{bar(percent_of(progress))}\n{present_progress(localiser, progress)}"
    return present_place(localiser, place) if place else present_state(localiser, job)


def bar(percent: int) -> str:
    """A picture of how much is done."""
    done = percent * _BAR // 100
    return "▰" * done + "▱" * (_BAR - done)


def buttons_of(localiser: Localiser, job: Job, rewordings: Rewordings) -> list[Button[LayoutView]]:
    """What its user can do about an unfinished job; none where it is too late."""
    if job.state.ended or is_delivering(job):
        return []
    return list(_choices(localiser, job, rewordings))


def _choices(localiser: Localiser, job: Job, rewordings: Rewordings) -> Iterator[Button[LayoutView]]:
    yield button(localiser.text("button-cancel"), Press("cancel", job.code), ButtonStyle.danger)
    for choice in present_wording(localiser, job, rewordings).choices:
        yield button(cut(choice.label, _LABEL), Press(choice.kind, job.code, choice.translator))
