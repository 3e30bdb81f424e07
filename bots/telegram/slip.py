"""Turns a job into the text and the buttons of its receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bots.commands import Commands
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
from bots.telegram.press import Press
from bots.telegram.units import MESSAGE
from bots.units import cut
from core.types import Job, JobState, Progress, QueuePlace
from core.wording import Rewordings
from translation.localiser import Localiser

_BAR = 12
_IN_A_ROW = 2
_LONGEST_WORDS = 2500
_NO_KEYBOARD = InlineKeyboardMarkup([])


def write_slip(localiser: Localiser, job: Job, standing: str, commands: Commands) -> str:
    """Its code and what was understood, what the engine reads, what to know of it, and how it stands."""
    facts = " · ".join((job.code, *(chip.text for chip in chips(localiser, job))))
    words = "\n".join(present_wording(localiser, job, commands.rewordings).lines)
    notes = [present_note(localiser, note) for note in notes_on(localiser, job)]
    return cut("\n".join(filter(None, (facts, cut(words, _LONGEST_WORDS), *notes, "", standing))), MESSAGE)


def end_text(localiser: Localiser, job: Job) -> str:
    """Its code, and how it ended."""
    return f"{job.code} · {present_state(localiser, job)}"


def standing(localiser: Localiser, job: Job, progress: Progress | None, place: QueuePlace | None) -> str:
    """How an unfinished job stands."""
    if job.state is JobState.RUNNING and progress and not is_delivering(job):
        return f"{bar(percent_of(progress))}\n{present_progress(localiser, progress)}"
    return present_place(localiser, place) if place else present_state(localiser, job)


def bar(percent: int) -> str:
    """A picture of how much is done."""
    done = percent * _BAR // 100
    return "▰" * done + "▱" * (_BAR - done)


def buttons_of(localiser: Localiser, job: Job, rewordings: Rewordings) -> InlineKeyboardMarkup:
    """What its user can do about an unfinished job; none where it is too late."""
    if is_delivering(job) or job.state is JobState.SUCCEEDED:
        return _NO_KEYBOARD
    if job.state.ended:
        return rows([button(localiser.text("button-again"), Press("again", job.code))])
    return rows(list(_choices(localiser, job, rewordings)))


def _choices(localiser: Localiser, job: Job, rewordings: Rewordings) -> Iterator[InlineKeyboardButton]:
    yield button(localiser.text("button-cancel"), Press("cancel", job.code))
    for choice in present_wording(localiser, job, rewordings).choices:
        yield button(choice.label, Press(choice.kind, job.code, choice.translator))


def button(label: str, press: Press) -> InlineKeyboardButton:
    """One that comes back as a press."""
    return InlineKeyboardButton(label, callback_data=press.pack())


def rows(buttons: Sequence[InlineKeyboardButton], width: int = _IN_A_ROW) -> InlineKeyboardMarkup:
    """Buttons, so many in a row."""
    return InlineKeyboardMarkup([buttons[start : start + width] for start in range(0, len(buttons), width)])
