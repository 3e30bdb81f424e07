"""Turns a text into one with placeholders for what is meant letter for letter, and a translation back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from translation.normalise import EMOJI

LONGEST = 200
"""Characters a quotation may have; a quotation mark without its partner quotes nothing."""

_QUOTES = ('" "', "“ ”", "„ “", "„ ”", "« »", "‹ ›", "「 」", "『 』", "﹁ ﹂", "《 》", "〈 〉", "＂ ＂", "` `")
_SINGLE_QUOTES = ("' '", "‘ ’")
_NO_WORD_BEFORE, _NO_WORD_AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_NUMBER = rf"{_NO_WORD_BEFORE}(?<![0-9][.,:])[0-9]{{1,9}}(?:[.,:/x×*][0-9]{{1,9}})"
"""To be followed by how many more parts it may have."""
_SPACED_UNITS = "fps|px|mp|[mckn]m|km/h|kph|mph|m/s|kg|mg|ms|secs?|mins?|k?hz|[ap]m|ev|bit|ml|ft|inch|°[cf]?|℃|℉|%|‰"
_GLUED_UNITS = "k|p|m|g|s|h|d|x|l"
"""Letters that are words or initials of their own where a space comes before them."""
_JARGON = (
    "pov|fpv|ugc|cgi|vfx|hdr10?|dslr|imax|arri(?: alexa)?|gopro|go pro|steadicam|cinemascope|technicolor|uhd|fhd|hd|raw"
    "|kodak portra(?: [0-9]{3})?|unreal engine(?: [0-9])?|octane(?: render)?|blender|lo-?fi|bokeh|dutch angle"
    "|dolly zoom|vertigo effect|rack focus|pull focus|tilt[- ]shift|lens flare|whip pan|crash zoom|bullet time"
    "|match cut|jump cut|smash cut|crane shot|jib shot|drone shot|tracking shot|establishing shot"
    "|over[- ]the[- ]shoulder|one[- ]take|golden hour|blue hour|rim light(?:ing)?|chiaroscuro|film grain|anamorphic"
)


def _quoted() -> str:
    patterns = []
    for begin, end in map(str.split, _QUOTES):
        patterns.append(f"{begin}[^{begin}{end}\n]{{1,{LONGEST}}}{end}")
    for begin, end in map(str.split, _SINGLE_QUOTES):
        # An apostrophe looks the same: it opens no quotation after a letter, and closes none before one.
        inside = rf"(?![\s'])[^{begin}\n]{{1,{LONGEST}}}?(?<!\s)"
        patterns.append(f"{_NO_WORD_BEFORE}{begin}{inside}{end}{_NO_WORD_AFTER}")
    return "|".join(patterns)


_PATTERNS = (
    _quoted(),
    f"<[^<>\n]{{1,{LONGEST}}}>",
    rf"(?:https?://|www\.)[^\s<>\"'“”，。；！？）】」、]{{2,{LONGEST}}}",
    r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}",
    r"(?<!\w)@(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?|\w{1,32}(?![^\s，。,.!！?？:：、]))",
    r"#[^\s#，。,]{1,40}#|#\w[\w-]{0,60}(?![^\s，。,.!！?？:：、)）])|#[A-Za-z0-9_]{1,60}",
    r"(?<![\w-])--[a-z][a-z-]{1,20}(?: [0-9][0-9.:]{0,12})?(?![\w-])",
    rf"{_NO_WORD_BEFORE}(?:f/[0-9]{{1,2}}(?:\.[0-9])?|iso ?[0-9]{{2,6}}|(?:{_JARGON})){_NO_WORD_AFTER}",
    rf"{_NUMBER}{{0,4}}(?: ?(?:{_SPACED_UNITS})|(?:{_GLUED_UNITS})){_NO_WORD_AFTER}",
    rf"{_NUMBER}{{1,4}}{_NO_WORD_AFTER}",
    f"(?:{EMOJI.pattern})+",
)
_PROTECTED = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
_PLACEHOLDER = re.compile("< ?k ?([0-9]{1,4}) ?>", re.IGNORECASE)
_MOST = 10_000
"""Placeholders have four digits at most; a text with more spans is protected so far."""


def protect(text: str) -> tuple[str, tuple[str, ...]]:
    """Put ``<k0>``, ``<k1>``, … for what a translation must copy, and give that back beside the text.

    Protected are quotations in every style, tags (``<lora:…>``), links, @names, #tags, ``--flags``, numbers with a unit
    or more than one part (35mm, 4k, 16:9, 1.5; a plain 3 is translated with what it counts), the English jargon of
    camera and pictures, and emoji. A ``<k0>`` in the text is a tag itself, so ``restore`` always gives the text back.
    """
    spans: list[str] = []

    def put(found: re.Match[str]) -> str:
        spans.append(found[0])
        return f"<k{len(spans) - 1}>"

    return _PROTECTED.sub(put, text, count=_MOST), tuple(spans)


def restore(text: str, spans: Sequence[str]) -> str:
    """The text with its spans back in place of their placeholders, which may have been spaced or capitalised.

    A placeholder that stands for none of ``spans`` stays as it is.
    """

    def back(found: re.Match[str]) -> str:
        return spans[int(found[1])] if int(found[1]) < len(spans) else found[0]

    return _PLACEHOLDER.sub(back, text)


def open_text(text: str) -> str:
    """The text with a space in place of each protected span: what is said in the writer's own words."""
    return _PROTECTED.sub(" ", text)


def lost(text: str, spans: Sequence[str]) -> tuple[str, ...]:
    """Those spans whose placeholder is not in the text: what the translator dropped."""
    kept = {int(found[1]) for found in _PLACEHOLDER.finditer(text)}
    return tuple(span for number, span in enumerate(spans) if number not in kept)
