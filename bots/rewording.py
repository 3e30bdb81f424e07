"""Turns a prompt's wording into what is shown of it and what its user can do about it, the same on every platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.intake import Quote
from core.types import DIRECTOR, ORIGINAL, USER, Fallback, Job, Translation, Wording
from core.wording import Rewordings
from translation.localiser import Localiser

Kind = Literal["original", "edit", "translate", "rewrite"]
_LANGUAGES = frozenset({"en", "zh"})


@dataclass(frozen=True)
class Choice:
    """A button. ``kind`` is the method of Commands that it leads to; ``translator`` is whom ``translate`` asks."""

    kind: Kind
    label: str
    translator: str = ""


@dataclass(frozen=True)
class Words:
    """``text`` is what the engine reads where that is not the prompt as typed, else its English; "" where it is both.

    ``title`` says what the text is and who wrote it, ``remarks`` what should be known of it; ``language`` is the text's
    (ISO 639-1), "" where it is unknown. ``is_read``: the engine reads this text, so that it can be sent as it stands.
    ``warnings`` are those of the remarks that speak against it.
    """

    title: str
    text: str
    remarks: tuple[str, ...]
    choices: tuple[Choice, ...]
    language: str = ""
    is_read: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What is shown, for a platform that has nothing but text; none where there is nothing to be said."""
        return tuple(filter(None, (self.title, self.text, *self.remarks)))


def present_wording(localiser: Localiser, item: Job | Quote, rewordings: Rewordings) -> Words:
    """Both texts are seen: the prompt is the user's message, and this is the other one."""
    wording = item.wording
    if wording is None or item.spec.clips:
        return Words("", "", (), ())
    choices = tuple(_choices(localiser, wording.revised, rewordings))
    shown = _shown(wording)
    if shown is None:
        return Words("", "", (), choices)
    title = localiser.text(f"wording-{_sort(wording)}", translator=translator_name(localiser, shown.translator))
    warnings = tuple(_warnings(localiser, shown))
    remarks = (*warnings, *_english(localiser, wording, shown))
    return Words(title, shown.text, remarks, choices, _language(wording, shown), shown is wording.revised, warnings)


def record_wording(wording: Wording | None) -> dict[str, Any] | None:
    """The same for programs, with codes in place of sentences; ``translator`` is None where nothing was translated."""
    if wording is None:
        return None
    shown = _shown(wording)
    return {
        "revised": wording.revised.text,
        "english": wording.english.text,
        "translator": shown.translator if shown else None,
        "fallbacks": [asdict(fallback) for fallback in shown.fallbacks] if shown else [],
        "doubts": list(shown.doubts) if shown else [],
    }


def translator_name(localiser: Localiser, name: str) -> str:
    """What users call a translator."""
    return localiser.text(f"translator-{name}")


def _shown(wording: Wording) -> Translation | None:
    revised, english = wording.revised, wording.english
    if revised.translated or revised.translator in {USER, DIRECTOR}:
        return revised
    return english if english.translated else None


def _language(wording: Wording, shown: Translation) -> str:
    # The English was made of the revised text, and so knows what language that is in.
    language = "en" if shown is wording.english else wording.english.source_language
    return language if language in _LANGUAGES else ""


def _sort(wording: Wording) -> str:
    """Which title: by who wrote the engine's text, or that this is only the English of it."""
    revised = wording.revised
    if revised.translated:
        return "translated"
    return revised.translator if revised.translator in {USER, DIRECTOR, ORIGINAL} else "english"


def _warnings(localiser: Localiser, shown: Translation) -> Iterator[str]:
    for doubt in shown.doubts[:1]:
        yield localiser.text("wording-doubtful", why=localiser.text(f"translation-{doubt}"))
    for fallback in shown.fallbacks:
        yield _fallback(localiser, fallback)


def _english(localiser: Localiser, wording: Wording, shown: Translation) -> Iterator[str]:
    if shown is not wording.english and wording.english.translated:
        yield localiser.text("wording-in-english", text=wording.english.text)


def _fallback(localiser: Localiser, fallback: Fallback) -> str:
    details = {
        "translator": translator_name(localiser, fallback.translator),
        "why": localiser.text(f"translation-{fallback.reason}"),
    }
    if fallback.text:
        return localiser.text("wording-not-used", text=fallback.text, **details)
    return localiser.text("wording-fallback", **details)


def _choices(localiser: Localiser, revised: Translation, rewordings: Rewordings) -> Iterator[Choice]:
    is_typed = revised.translator in {"none", ORIGINAL}
    if not is_typed:
        yield Choice("original", localiser.text("wording-use-original"))
    if revised.translator != "none":
        yield Choice("edit", localiser.text("wording-edit"))
        for name in rewordings.translators:
            if name != revised.translator:
                label = localiser.text("wording-translate-again", translator=translator_name(localiser, name))
                yield Choice("translate", label, name)
    if rewordings.can_rewrite:
        again = "wording-rewrite-again" if revised.translator == DIRECTOR else "wording-rewrite"
        yield Choice("rewrite", localiser.text(again))
