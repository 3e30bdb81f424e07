"""Turns a prompt and its translation into what speaks against it, in either language."""

from __future__ import annotations

import re

from translation.copying import unkeyed
from translation.detect import detect
from translation.guard import Coverage, find_faults
from translation.ports import Guard
from translation.spans import open_text, protect
from translation.views import simplify, view

_BY_SIZE = {"too-short", "too-long"}
"""Nobody here knows how long English should be for languages other than Chinese."""
_COMMANDS = re.compile("<|@|https?:|www\\.|--", re.IGNORECASE)
_NO_QUOTES = str.maketrans(dict.fromkeys('"“”', " "))
_MOST, _SLACK = 4, 20
"""Chinese has fewer characters than English has words times this, give or take the slack."""


def make_guard(coverage: Coverage | None = None) -> Guard:
    """The guard of ``translation.guard`` for English, and a plain one for Chinese."""

    def judge(source: str, text: str, target: str) -> tuple[str, ...]:
        source, text = _unquoted(source, text)
        added = ("span-added",) if adds(source, text) else ()
        found = _find_in_chinese(source, text) if target == "zh" else _find_in_english(source, text, coverage)
        return found + added

    return judge


def _unquoted(source: str, text: str) -> tuple[str, str]:
    """Both without the quotation marks of JSON, which a translator may have made curly."""
    open_source = unkeyed(source)
    is_keyed = open_source != source
    return open_source, text.translate(_NO_QUOTES) if is_keyed else unkeyed(text)


def adds(source: str, text: str) -> bool:
    """Whether there are links, tags, names or flags in the text that the source has not: nobody asked for them."""
    return not _commands(text) <= _commands(source)


def _commands(text: str) -> set[str]:
    return set(filter(_COMMANDS.match, protect(view(text).plain)[1]))


def _find_in_english(source: str, text: str, coverage: Coverage | None) -> tuple[str, ...]:
    # The guard compares what is quoted with the simplified source.
    faults = find_faults(source, simplify(text), coverage)
    is_measured = detect(source).language in {"zh", "en"}
    return faults if is_measured else tuple(fault for fault in faults if fault not in _BY_SIZE)


def _find_in_chinese(source: str, text: str) -> tuple[str, ...]:
    if not any(map(str.isalnum, text)):
        return ("empty",)
    is_chinese = detect(open_text(text)).language in {"zh", "none"}
    is_long = len(text) > _SLACK + _MOST * max(len(source.split()), len(source) // 4)
    return (() if is_chinese else ("untranslated",)) + (("too-long",) if is_long else ())
