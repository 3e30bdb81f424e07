"""Turns a text, or two that say the same, into findings by the built-in rules."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from core.safety.denied import without_denied
from core.safety.findings import Finding
from core.safety.rules.folding import Forms, fold, forms
from core.safety.rules.fragment import fragment_of
from core.safety.rules.minors import Minors
from core.safety.rules.readings import Reading, forgiven
from core.safety.rules.terms import Terms
from core.types import Category

NAME, VERSION = "rules", "3"
"""The version of how lists are read; that of the lists themselves is their hash."""

_FILES = ("minors", "sexual", "harm", "names", "readings")

_MENTIONED = {Category.REAL_PERSON: 0.5, Category.IP: 0.5, Category.HORROR: 0.5}
"""A name alone is harmless more often than not: it acts, and no more. What is done to it others judge."""


@dataclass(frozen=True)
class Text:
    """A text as it was written, as it reads (``plain``), and in all its ``forms``."""

    original: str
    plain: str
    forms: Forms


@dataclass(frozen=True)
class _Lists:
    categories: tuple[tuple[Category, Terms], ...]
    politicians: Terms
    beside: Terms
    minors: Minors
    readings: tuple[Reading, ...]
    anything: Terms
    """All that leads anywhere: most texts have nothing of it."""


class Rules:
    """``core.safety.panel.TextModerator``, the first of all: lists of words in both languages, 12 categories.

    ``read`` gives a text in one width, script and simplified characters (``translation.views``). Each form of what that
    gives is looked through: Chinese without gaps, spelled-out, leet and drawn-out words, pinyin. ``characters`` says
    what a text that is pinyin as a whole may stand for (``core.safety.apart``), "" of any other; that is looked through
    too, but nobody's words are pointed at: it is a guess.
    """

    name = NAME
    limit: int | None = None

    def __init__(self, read: Callable[[str], str] = str, characters: Callable[[str], str] | None = None) -> None:
        self._read, self._characters = read, characters

    @property
    def version(self) -> str:
        """Of the rules and of their lists."""
        return _version()

    async def review(self, text: str) -> tuple[Finding, ...]:
        """See the protocol."""
        return self.find([text])

    def find(self, texts: Sequence[str]) -> tuple[Finding, ...]:
        """All findings in texts that say the same, minors first: who in the one and what in the other is together."""
        lists = _lists()
        typed = [self._text(text) for text in texts]
        read = [*typed, *self._guessed(texts)]
        suspects = [text for text in read if _in_forms(lists.anything, text.forms)]
        if not suspects:
            return ()
        # What is refused for minors shuts its account out at once: no guess is enough for that.
        found = lists.minors.find([text.forms for text in typed])
        minors = (
            [] if found is None else [_finding(Category.MINORS, found.rule, found.words, read[found.index], self._read)]
        )
        meant = [replace(text, forms=_meant(lists, text, read)) for text in suspects]
        return (*minors, *self._others(lists, meant))

    def _others(self, lists: _Lists, texts: Iterable[Text]) -> Iterator[Finding]:
        seen = set()
        for text in texts:
            for category, rule, words in _matches(lists, text):
                if category not in seen:
                    seen.add(category)
                    yield _finding(category, rule, words, text, self._read)

    def _guessed(self, texts: Sequence[str]) -> Iterator[Text]:
        guesses = filter(None, map(self._characters, texts)) if self._characters else ()
        for guess in guesses:
            yield replace(self._text(guess), original="")

    def _text(self, text: str) -> Text:
        plain = fold(self._read(text))
        return Text(text, plain, forms(plain))


def _meant(lists: _Lists, text: Text, read: Sequence[Text]) -> Forms:
    """What a text is judged by, but for minors: without what it denies, or what was put into English wrongly."""
    others = [other.plain for other in read if other is not text]
    words = (without_denied(forgiven(words, others, lists.readings)) for words in text.forms.words)
    return Forms(tuple(dict.fromkeys(words)), text.forms.runs)


def _matches(lists: _Lists, text: Text) -> Iterator[tuple[Category, str, str]]:
    for category, terms in lists.categories:
        if words := _in_forms(terms, text.forms):
            yield category, str(category), words
    if politician := _in_forms(lists.politicians, text.forms):
        yield Category.REAL_PERSON, "politicians", politician
        if _in_forms(lists.beside, text.forms):
            yield Category.POLITICAL, "beside-politicians", politician


def _in_forms(terms: Terms, texts: Forms) -> str | None:
    found = (terms.find(text) for text in texts.words)
    in_runs = (terms.find_in_run(run) for run in texts.runs)
    return next((words for group in (found, in_runs) for words in group if words), None)


def _finding(category: Category, rule: str, words: str, text: Text, read: Callable[[str], str]) -> Finding:
    fragment = fragment_of(text.original, words, text.plain, lambda part: fold(read(part)))
    return Finding(category, _MENTIONED.get(category, 1.0), NAME, rule, fragment)


def chinese_terms() -> tuple[str, ...]:
    """All Chinese terms of the lists, such as can be written in characters alone."""
    return _lists().anything.chinese


@cache
def _version() -> str:
    return f"{VERSION}-{hashlib.sha256(''.join(_texts()).encode()).hexdigest()[:8]}"


@cache
def _texts() -> tuple[str, ...]:
    return tuple((files("core.safety.rules") / "data" / f"{name}.toml").read_text("utf-8") for name in _FILES)


@cache
def _lists() -> _Lists:
    data: dict[str, Any] = {}
    for text in _texts():
        data |= tomllib.loads(text)
    readings = tuple(Reading.of(chinese, english) for chinese, english in data["mistranslated"].items())
    for name in ("sexual", "non-consent"):
        # Innocent beside a minor is innocent by itself.
        data[name]["innocent"] += data["explicit"]["innocent"]
    categories = tuple((category, Terms.of(data[category])) for category in Category if category in data)
    people = (Category.REAL_PERSON, Terms.of(data["people"]))
    politicians, minors = Terms.of(data["politicians"]), Minors(data)
    anything = Terms.all((*(terms for _, terms in categories), people[1], politicians, *minors.telling))
    return _Lists((*categories, people), politicians, Terms.of(data["beside-politicians"]), minors, readings, anything)
