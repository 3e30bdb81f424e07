"""Turns English clauses whose subject lacks its article or does not agree with its verb into such as do.

What a phrase table strings together reads "man open a door, two cats is running". Only nouns and verbs that are known
are touched, and only where a clause begins with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from translation.english import Word


_MARKS = frozenset(',.!?;:)("')
_LEADS = frozenset(("then", "suddenly", "and", "while", "as", "finally", "where", "but"))
_ARTICLES = frozenset(("a", "an", "the", "one", "this", "that", "another", "each", "every"))
_MANY = frozenset(("two", "three", "four", "five", "six", "several", "many", "some", "these", "those", "both"))
_NUMBERS = (_MANY - {"some", "these", "those"}) | {"seven", "eight", "nine", "ten"}
_MANY_DIGITS = re.compile("[2-9]|[1-9][0-9]")
_PREPOSITIONS = frozenset(("in", "on", "with", "from", "under", "near", "behind", "into", "onto", "over", "through"))
_UNCOUNTED = frozenset(("hair", "paper", "water", "ice", "sea", "space", "television", "chocolate", "lemon", "sun"))
_MASS = frozenset((
    "water", "sand", "snow", "rain", "wind", "smoke", "sunlight", "moonlight", "candlelight", "fog", "mist", "steam",
    "hair", "lightning", "lava", "music", "dust", "honey", "grass", "milk", "juice", "oil", "blood", "mud", "light",
))  # fmt: skip
"""Subjects without an article."""
_NO_DEEDS_AFTER_BEING = frozenset((
    "open", "clean", "close", "light", "set", "cut", "hit", "put", "read", "spread", "split", "burst", "slow", "warm",
    "fish", "box", "lead", "cast", "back", "calm",
))  # fmt: skip
"""Verbs, and qualities or participles as well: the door is open."""
_DOUBLED = re.compile("[^aeiou]*(?:qu)?[aeiou][bdgmnprt]")
_STOPPING = """
in on at of with and by from under near behind to into onto over through is are was it he she they his her their its
who which that as for while then there looking wearing holding no not your my our you i we him them
"""
_STOP_WORDS = frozenset(_STOPPING.split())
_RELATIVES = frozenset(("who", "which", "that", "what", "when", "or"))
_MOST_WORDS = 3
"""Of a subject before its noun, the article left out."""


@dataclass(frozen=True)
class Grammar:
    """``plurals``: of each noun that can be counted. ``thirds``: runs, of run."""

    plurals: Mapping[str, str] = field(default_factory=dict)
    thirds: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def many(self) -> frozenset[str]:
        """Every plural that is not also the singular."""
        return frozenset(plural for noun, plural in self.plurals.items() if plural != noun)

    @cached_property
    def singles(self) -> Mapping[str, str]:
        """Cat, of cats."""
        return {plural: noun for noun, plural in self.plurals.items() if plural != noun}

    @cached_property
    def bases(self) -> Mapping[str, str]:
        """Run, of runs."""
        return {third: base for base, third in self.thirds.items()}

    @cached_property
    def doing(self) -> frozenset[str]:
        """Running, of run; but not of play, that takes basketball without an article."""
        return frozenset(_doing(base) for base in self.thirds if base not in self.plurals and base != "play")


@dataclass(frozen=True)
class Subject:
    """``end`` is where its verb begins."""

    end: int
    is_many: bool
    is_bare: bool
    """A single thing without an article."""


def read_grammar(path: Path) -> Grammar:
    """A file of lines: n or v, the word, its plural or third person; nothing where it is not there."""
    found: dict[str, dict[str, str]] = {"n": {}, "v": {}}
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            kind, word, form = line.split("\t")
            found[kind][word] = form
    return Grammar(found["n"], found["v"])


def agreed(words: Sequence[Word], grammar: Grammar) -> list[Word]:
    """The same words with articles added and verbs put right."""
    done: list[Word] = []
    for clause in _clauses(words):
        counted = _several(_single(clause, grammar), grammar)
        led = _mended(_articled(counted, grammar), grammar, is_first=not done)
        done += _once_finite(led, grammar)
    return done


def _clauses(words: Sequence[Word]) -> Iterator[list[Word]]:
    clause: list[Word] = []
    for word in words:
        clause.append(word)
        if not word.copied and word.text in _MARKS:
            yield clause
            clause = []
    yield clause


def _single(clause: Sequence[Word], grammar: Grammar) -> list[Word]:
    """A cat, and not a cats; a woman is, and not are."""
    done: list[Word] = []
    for place, word in enumerate(clause):
        before = [] if word.copied else [found.text for found in done[-_MOST_WORDS:]]
        after = clause[place + 1].text if place + 1 < len(clause) else ""
        places = [number for number, text in enumerate(before) if text in {"a", "an"}]
        before = before[places[-1] + 1 :] if places else []
        is_led = bool(places) and not _STOP_WORDS.intersection(before)
        if is_led and word.text in grammar.singles and not _is_noun(after, grammar):
            word = replace(word, text=grammar.singles[word.text])  # noqa: PLW2901
        elif is_led and word.text == "are" and before[-1:] and before[-1] in grammar.plurals and _is_alone(done):
            word = replace(word, text="is")  # noqa: PLW2901
        done.append(word)
    return done


def _several(clause: Sequence[Word], grammar: Grammar) -> list[Word]:
    """Two old men, and not two old man; 3 penguins."""
    done: list[Word] = []
    for place, word in enumerate(clause):
        follows = clause[place + 1] if place + 1 < len(clause) else None
        ends = follows is None or follows.copied or _ends_noun(follows) or follows.text.endswith("ing")
        if ends and _is_single(word, grammar) and _is_counted(done[-_MOST_WORDS:]):
            word = replace(word, text=grammar.plurals[word.text])  # noqa: PLW2901
        done.append(word)
    return done


def _is_counted(before: Sequence[Word]) -> bool:
    """Whether the words before a noun are a number and qualities."""
    for word in reversed(before):
        if word.text in _NUMBERS or (word.copied and _MANY_DIGITS.fullmatch(word.text)):
            return True
        if word.copied or word.text in _STOP_WORDS or not word.text.isalpha():
            return False
    return False


def _articled(clause: Sequence[Word], grammar: Grammar) -> list[Word]:
    """Raises a sword, and not raises sword; on a wall."""
    done: list[Word] = []
    for place, word in enumerate(clause):
        after = clause[place + 1] if place + 1 < len(clause) else None
        is_bare = bool(done) and not done[-1].copied and _takes_thing(done[-1].text, grammar)
        is_bare = is_bare and not _is_led(done[-_MOST_WORDS:-1], grammar)
        if is_bare and _is_single(word, grammar) and (after is None or _ends_noun(after)):
            done.append(replace(word, text="a"))
        done.append(word)
    return done


def _is_led(before: Sequence[Word], grammar: Grammar) -> bool:
    """Whether what stands before is a noun phrase that goes on: a burning, of a burning flame."""
    for word in reversed(before):
        if word.copied or word.text in _ARTICLES or word.text in _MANY:
            return True
        if word.text in _STOP_WORDS or word.text in _MARKS or _is_noun(word.text, grammar):
            return False
    return False


def _takes_thing(text: str, grammar: Grammar) -> bool:
    """A preposition, or a verb that is no noun as well."""
    is_third = grammar.bases.get(text, "play") != "play" and text not in grammar.many
    return text in _PREPOSITIONS or is_third or text in grammar.doing


def _is_single(word: Word, grammar: Grammar) -> bool:
    return not word.copied and grammar.plurals.get(word.text, word.text) != word.text and word.text not in _UNCOUNTED


def _ends_noun(word: Word) -> bool:
    return not word.copied and (word.text in _MARKS or word.text in _STOP_WORDS)


def _is_alone(words: Sequence[Word]) -> bool:
    return all(word.text != "and" for word in words)


def _once_finite(clause: Sequence[Word], grammar: Grammar) -> list[Word]:
    """The camera follows a bee flying, and not is flying."""
    done: list[Word] = []
    is_finite = bool(clause) and clause[0].text.endswith("ing") and not clause[0].copied
    for place, word in enumerate(clause):
        after = clause[place + 1].text if place + 1 < len(clause) else ""
        is_being = word.text in {"is", "are"} and not word.copied
        if done and done[-1].text in {"is", "are"} and _is_deed(word, grammar):
            word = replace(word, text=_doing(word.text))  # noqa: PLW2901
        if is_finite and is_being and after.endswith("ing") and place > 1:
            continue
        if word.text in _LEADS or word.text in _RELATIVES:
            is_finite = False
        is_finite = is_finite or is_being or (word.text in grammar.bases and word.text not in grammar.many)
        done.append(word)
    return done


def _is_deed(word: Word, grammar: Grammar) -> bool:
    """A bare verb, that cannot follow "is"."""
    return (
        not word.copied
        and word.text in grammar.thirds
        and not _is_noun(word.text, grammar)
        and word.text not in _NO_DEEDS_AFTER_BEING
    )


def _doing(verb: str) -> str:
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1] if _DOUBLED.fullmatch(verb) else ''}ing"


def _mended(clause: list[Word], grammar: Grammar, *, is_first: bool) -> list[Word]:
    start = 0
    while start < len(clause) and not clause[start].copied and clause[start].text in _LEADS:
        start += 1
    subject = _subject(clause, start, grammar)
    if subject is None or subject.end >= len(clause) or clause[subject.end].copied:
        return clause
    verb = clause[subject.end].text
    found = _inflected(verb, grammar, is_many=subject.is_many)
    if found is None:
        return clause
    words = [*clause[: subject.end], replace(clause[subject.end], text=found), *clause[subject.end + 1 :]]
    if subject.is_bare:
        words.insert(start, replace(clause[start], text="a" if is_first else "the"))
    return words


def _inflected(verb: str, grammar: Grammar, *, is_many: bool) -> str | None:
    """The form that goes with the subject; None for what is no verb."""
    if verb in {"is", "are"}:
        return "are" if is_many else "is"
    if verb in {"has", "have"}:
        return "have" if is_many else "has"
    if verb in grammar.thirds and verb not in grammar.plurals:
        return verb if is_many else grammar.thirds[verb]
    base = grammar.bases.get(verb)
    if base is not None:
        return base if is_many else verb
    return verb if verb.endswith("ing") and len(verb) > 4 and verb not in grammar.plurals else None


def _subject(clause: Sequence[Word], start: int, grammar: Grammar) -> Subject | None:
    """A noun with what stands before it, or two joined by "and"."""
    one = _noun_phrase(clause, start, grammar)
    if one is None or one.end >= len(clause) or clause[one.end].text != "and":
        return one
    other = _noun_phrase(clause, one.end + 1, grammar)
    return None if other is None or one.is_bare or other.is_bare else Subject(other.end, is_many=True, is_bare=False)


def _noun_phrase(clause: Sequence[Word], start: int, grammar: Grammar) -> Subject | None:
    first = clause[start].text if start < len(clause) and not clause[start].copied else ""
    is_led = first in _ARTICLES or first in _MANY
    if first in _STOP_WORDS and not is_led:
        return None
    place = start + is_led
    for end in range(place, min(place + _MOST_WORDS, len(clause))):
        word = clause[end]
        if word.copied or not word.text.isalpha() or (end > place and word.text in _STOP_WORDS):
            return None
        if word.text in _MASS and end + 1 < len(clause) and _may_be_deed(clause[end + 1], grammar):
            return Subject(end + 1, is_many=False, is_bare=False)
        if _is_noun(word.text, grammar) and not (end + 1 < len(clause) and _is_noun(clause[end + 1].text, grammar)):
            is_many = word.text in grammar.many or first in _MANY
            return Subject(end + 1, is_many, not is_led and not is_many and end - place < _MOST_WORDS - 1)
    return None


def _may_be_deed(word: Word, grammar: Grammar) -> bool:
    return not word.copied and (word.text in grammar.thirds or word.text in grammar.bases)


def _is_noun(word: str, grammar: Grammar) -> bool:
    return word in grammar.plurals or word in grammar.many
