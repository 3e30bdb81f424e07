"""Turns an exhibit into what people read of it: title, prompt in one or two languages, and words in place of a look."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from bots.presenter import recipe_card
from core.showcase.exhibits import Exhibit
from core.showcase.showcase import one_line
from translation.localiser import Localiser

_LONGEST_TITLE, _LONGEST_ALT, _LONGEST_PROMPT = 80, 300, 4000
_PUBLIC = ("seed", "model", "recipe", "size", "length")
"""What of the recipe card is everybody's: not what it cost, and not when its maker was at work."""
_LANGUAGES = frozenset({"zh", "en"})
_HELD = "\u200c\u200d\n"


@dataclass(frozen=True)
class Words:
    """A text and its language (ISO 639-1), empty where nobody knows it."""

    text: str
    language: str


def title_of(localiser: Localiser, exhibit: Exhibit) -> str:
    """Its owner's title, or the beginning of the prompt, or its code where the words are gone."""
    named = one_line(exhibit.entry.title or exhibit.job.prompt, _LONGEST_TITLE)
    return named or localiser.text("gallery-untitled", code=exhibit.entry.code)


def alt_of(localiser: Localiser, exhibit: Exhibit) -> str:
    """What is to be seen, and that a machine made it; in the language of the page where the prompt is known in it."""
    found = prompts_of(exhibit)
    ours = [one.text for one in found if localiser.locale.startswith(one.language or "?")]
    text = next(iter([*ours, *(one.text for one in found)]), title_of(localiser, exhibit))
    return localiser.text("gallery-alt", prompt=one_line(text, _LONGEST_ALT))


def prompts_of(exhibit: Exhibit) -> list[Words]:
    """As it was typed, and in other languages where that is known."""
    job = exhibit.job
    if not (typed := readable(job.prompt)):
        return []
    wording = job.wording
    if wording is None:
        return [Words(typed, "")]
    read = wording.english.source_language
    language = wording.revised.source_language if wording.revised.translated else read
    # Of each language the first: without their options, the words in that of the prompt are the prompt again.
    found = ((language, typed), (read, readable(wording.revised.text)), ("en", readable(wording.english.text)))
    known: dict[str, str] = {}
    for name, text in found:
        known.setdefault(name, text)
    return [Words(text, name if name in _LANGUAGES else "") for name, text in known.items() if text]


def recipe_of(localiser: Localiser, exhibit: Exhibit) -> list[tuple[str, str]]:
    """How it was made: pairs of a name and a value."""
    public = {localiser.text(f"card-{name}") for name in _PUBLIC}
    return [(name, value) for name, value in recipe_card(localiser, exhibit.job) if name in public]


def readable(text: str) -> str:
    """Without characters that turn, hide or break what is around them; lines stay."""
    kept = (char for char in text if char in _HELD or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs", "Cn"})
    return "".join(kept).strip()[:_LONGEST_PROMPT]


def iso(moment: float) -> str:
    """A moment as RFC 3339 has it, in UTC and whole seconds."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
