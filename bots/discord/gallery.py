"""Turns a job and its clip's file into the message that shows it: the video, whose it is, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, File, MediaGalleryItem
from discord.ui import ActionRow, Button, Container, LayoutView, MediaGallery, TextDisplay

from bots.discord.plain import plain, plain_line
from bots.discord.press import Press
from bots.presenter import engine_label, notes_on, present_note
from bots.units import cut
from core.types import Job, Locale
from translation.localiser import Localiser

_LONGEST_PROMPT, _LONGEST_ABOUT = 1200, 1800
_SMALL = "-# "
_USE = "again", "take", "longer", "remix"
_ABOUT = "share", "details", "report"


@dataclass(frozen=True)
class Look:
    """How a clip is shown. ``user`` is named where others look on, 0 where nobody does.

    ``before`` is said first. ``may_publish``: it is in an announcement channel, whose followers may get it.
    """

    locales: Sequence[Locale]
    user: int = 0
    is_covered: bool = False
    may_publish: bool = False
    before: str = ""


def gallery(job: Job, file: File, look: Look) -> LayoutView:
    """The whole message; the file goes with it."""
    item = MediaGalleryItem(file, description=file.description, spoiler=look.is_covered)
    parts: list[Any] = [MediaGallery(item), TextDisplay(_typed(job, look)), TextDisplay(_about(job, look))]
    box: Container[LayoutView] = Container(*parts, *_rows(job, look))
    return sent(*([TextDisplay[LayoutView](look.before)] if look.before else []), box)


def sent(*items: Any) -> LayoutView:
    """A view that is only there to be sent: the library keeps nothing of it, for every press is read anew."""
    view = LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def button(label: str, press: Press, style: ButtonStyle = ButtonStyle.secondary) -> Button[LayoutView]:
    """One that comes back as a press."""
    return Button(label=label, custom_id=press.pack(), style=style)


def _typed(job: Job, look: Look) -> str:
    words = plain_line(job.prompt, _LONGEST_PROMPT)
    return ": ".join(filter(None, (f"<@{look.user}>" if look.user else "", words))) or plain(job.code)


def _about(job: Job, look: Look) -> str:
    """Its code and what made it, and what to know of it, in each of the languages."""
    localisers = [Localiser(locale) for locale in dict.fromkeys(look.locales)]
    labels = dict.fromkeys(engine_label(localiser, job.spec) for localiser in localisers)
    notes = [present_note(localiser, note) for localiser in localisers for note in notes_on(localiser, job)]
    lines = cut("\n".join((f"{job.code} · {' / '.join(labels)}", *notes)), _LONGEST_ABOUT // 2).splitlines()
    return "\n".join(f"{_SMALL}{plain(line)}" for line in lines if line.strip())[:_LONGEST_ABOUT]


def _rows(job: Job, look: Look) -> Iterator[ActionRow[LayoutView]]:
    localiser = Localiser(job.locale)
    for verbs in (_USE, (*_ABOUT, *(["publish"] if look.may_publish else []))):
        yield ActionRow(*(button(localiser.text(f"button-{verb}"), Press(verb, job.code)) for verb in verbs))
