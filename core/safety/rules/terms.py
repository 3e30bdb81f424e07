"""Turns lists of terms into patterns that find them fast: English by whole words, Chinese anywhere, and in pinyin."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_SHORTEST_RUN = 3
"""Letters of a term that is looked for inside spelled-out letters, where nobody sees where words begin."""
_BEFORE, _AFTER = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_GAP = "[ '.*_·-]{0,3}"
_INNOCENT_RUNS = (
    "scunthorpe", "therapist", "grape", "drape", "scrape", "skyscraper", "trapeze", "peacock", "cockatoo", "cockpit",
    "cocktail", "hancock", "shuttlecock", "analy[sz]", "canal", "banal", "assassin", "class", "grass", "glass", "bass",
    "pass", "mass", "essex", "sussex", "middlesex", "sextant", "transparent", "parapet", "title", "button", "document",
    "cucumber", "circumstance", "matsushita", "mishit", "snigger", "penistone", "arsenal", "wisdom",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A term found, and where it begins."""

    start: int
    words: str


class Terms:
    """What one list looks for, as regular expressions over folded text; ``pinyin`` has Chinese terms with readings.

    What is ``innocent`` is blotted out before anything is looked for. Patterns are made when first needed.
    """

    def __init__(
        self,
        english: Iterable[str] = (),
        chinese: Iterable[str] = (),
        pinyin: Iterable[tuple[str, str]] = (),
        innocent: Iterable[str] = (),
    ) -> None:
        self.english, self.pinyin, self.innocent = tuple(english), tuple(pinyin), tuple(innocent)
        self.chinese = tuple(dict.fromkeys((*chinese, *(term for term, _ in self.pinyin))))

    @classmethod
    def of(cls, *lists: Mapping[str, Any]) -> Terms:
        """The terms of all lists together, each as a table of a data file."""
        english, chinese, innocent = (
            [term for one in lists for term in one.get(key, ())] for key in ("en", "zh", "innocent")
        )
        return cls(english, chinese, [pair for one in lists for pair in one.get("pinyin", {}).items()], innocent)

    @classmethod
    def all(cls, lists: Iterable[Terms]) -> Terms:
        """What any of the lists looks for, the innocent too: for a first look."""
        lists = tuple(lists)
        return cls(
            (term for one in lists for term in one.english),
            (term for one in lists for term in one.chinese),
            (pair for one in lists for pair in one.pinyin),
        )

    def find(self, text: str) -> str | None:
        """The first that a folded text has."""
        text = self._innocent.sub(_blot, text) if self.innocent else text
        return next((found[0] for pattern in self._patterns if (found := pattern.search(text))), None)

    def spans(self, text: str) -> list[Span]:
        """All that a folded text has."""
        text = self._innocent.sub(_blot, text) if self.innocent else text
        return [Span(found.start(), found[0]) for pattern in self._patterns for found in pattern.finditer(text)]

    def find_in_run(self, run: str) -> str | None:
        """The first that letters without gaps have in them."""
        found = self._anywhere.finditer(self._innocent_run.sub(_blot, run)) if self._anywhere else ()
        return next((one[0] for one in found if len(one[0]) >= _SHORTEST_RUN), None)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        found = (
            _compiled(self.english, _BEFORE, _AFTER),
            _compiled(self.chinese),
            _compiled((_read(term, reading) for term, reading in self.pinyin), _BEFORE, _AFTER),
            _compiled((_begun(term, reading) for term, reading in self.pinyin), "", "(?![a-z])"),
        )
        return tuple(pattern for pattern in found if pattern)

    @cached_property
    def _innocent(self) -> re.Pattern[str]:
        english = _compiled((term for term in self.innocent if term.isascii()), _BEFORE, _AFTER)
        chinese = _compiled(term for term in self.innocent if not term.isascii())
        return re.compile("|".join(pattern.pattern for pattern in (english, chinese) if pattern))

    @cached_property
    def _innocent_run(self) -> re.Pattern[str]:
        own = (_closed(term) for term in self.innocent if term.isascii() and "(?" not in term)
        return re.compile("|".join((*_INNOCENT_RUNS, *own)))

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        return _compiled((*map(_closed, self.english), *(reading.replace(" ", "") for _, reading in self.pinyin)))


def _closed(term: str) -> str:
    return term.replace("[ -]?", "").replace("[ -]*", "").replace(" ?", "").replace("(?= )", "").replace(" ", "")


def _blot(found: re.Match[str]) -> str:
    return "\ufffc" * len(found[0])


def _read(term: str, reading: str) -> str:
    """``luo li``, ``luoli``, ``luo2-li4``, ``luo莉``."""
    first, *rest = reading.split(" ")
    pairs = zip(term[1:], rest, strict=True)
    return f"{first}[1-5]?" + "".join(f"{_GAP}(?:{char}|{syllable}[1-5]?)" for char, syllable in pairs)


def _begun(term: str, reading: str) -> str:
    """Chinese at first, then Chinese or its reading: ``裸ti``. Between Chinese characters a gap means something."""
    pairs = zip(term[1:], reading.split(" ")[1:], strict=True)
    return term[0] + "".join(f"(?:{char}|{_GAP}{syllable}[1-5]?)" for char, syllable in pairs)


def _compiled(terms: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str] | None:
    unfolded = tuple(dict.fromkeys(_unfolded(terms)))
    if not unfolded:
        return None
    firsts = {_first(term) for term in unfolded}
    # Most places of a text begin no term: they are passed at once.
    ahead = "" if None in firsts else f"(?=[{''.join(re.escape(first or '') for first in sorted(map(str, firsts)))}])"
    return re.compile(f"{before}{ahead}(?:{_tree(unfolded)}){after}")


def _tree(terms: Iterable[str]) -> str:
    """Alternatives by their letters, so that each letter of a text is read once."""
    groups: defaultdict[str | None, list[str]] = defaultdict(list)
    for term in terms:
        groups[_first(term)].append(term)
    branches = [*groups.pop(None, [])]
    branches += [first + _rest([term[1:] for term in group]) for first, group in groups.items() if first]
    return "|".join(branches)


def _rest(rests: list[str]) -> str:
    return rests[0] if len(rests) == 1 else f"(?:{_tree(rests)})"


def _first(term: str) -> str | None:
    """The letter that a term begins with, if it begins with one."""
    if not term or term[0] in "([\\.?*+|{^$" or term[1:2] in {"?", "*", "+", "{"} or "|" in _outside(term):
        return None
    return term[0]


def _unfolded(terms: Iterable[str]) -> Iterator[str]:
    """``[裸露]体`` as two terms, so that each begins with a letter."""
    for term in terms:
        if found := re.match(r"\[([^\]^\\-]+)\](?![?*+{])", term):
            yield from (first + term[found.end() :] for first in found[1])
        else:
            yield term


def _outside(term: str) -> str:
    """What stands in no bracket."""
    while (inner := re.sub(r"\([^()]*\)|\[[^\]]*\]", "", term)) != term:
        term = inner
    return term
