"""Turns English words and marks, as a translator strings them together, into text with spaces and capitals."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from translation.agreement import Grammar, agreed

_MARKS = str.maketrans("。，、！？；：（）【】", ".,,!?;:()[]")
_NO_SPACE_BEFORE = re.compile(r"^(?:[,.!?;:)\]}%…]|'s|n't)$")
_NO_SPACE_AFTER = frozenset("([{")
_VOWEL = re.compile(r"(?!(?:uni(?!n|m)|use|usu|one|once|eu|ufo|u\b))(?:[aeiou]|hour|honest|heir)", re.IGNORECASE)
_ENDS = frozenset(".!?")
_ARTICLES = frozenset(("a", "an", "the"))
_STOPS = frozenset(",.!?;:)")
_ALWAYS_DANGLING = frozenset(("of", "with", "from", "and"))
_DANGLING = _ARTICLES | _ALWAYS_DANGLING | {"in", "on", "at", "to", "by", "into", "is", "are"}
_NUMERALS = frozenset(
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "many", "few"]
)


_AFTER_NOUN = frozenset(
    ["in", "on", "at", "of", "with", "and", "are", "is", "by", "from", "under", "near", "behind", "who", "then", "next"]
)
_PLURALS = {
    "man": "men", "woman": "women", "person": "people", "child": "children", "mouse": "mice", "sheep": "sheep",
    "fish": "fish", "wolf": "wolves", "leaf": "leaves", "people": "people", "men": "men", "women": "women",
    "children": "children",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """``copied`` words are written as they are."""

    text: str
    copied: bool = False


def write(words: Iterable[Word], vocabulary: Container[str] = (), grammar: Grammar | None = None) -> str:
    """One text, its sentences with capitals. A plural that is put for a singular must be in ``vocabulary``."""
    plain = [word if word.copied else Word(word.text.translate(_MARKS)) for word in words if word.text]
    kept = _without_tails(_counted(_merged(plain), vocabulary))
    kept = kept if grammar is None else agreed(kept, grammar)
    return _joined(_capitalised([_with_article(word, after) for word, after in _neighbours(kept)]))


def _merged(words: Sequence[Word]) -> list[Word]:
    """One of two equal words, articles or marks in a row: of articles and marks the last."""
    kept: list[Word] = []
    for word in words:
        last = kept[-1] if kept and not kept[-1].copied and not word.copied else Word("")
        if word.text == last.text and (word.text in _STOPS or word.text.isalpha()):
            continue
        if (last.text in _ARTICLES and word.text in _ARTICLES) or (last.text == "," and word.text in _ENDS):
            kept[-1] = word
        else:
            kept.append(word)
    return kept


def _counted(words: Sequence[Word], vocabulary: Container[str]) -> list[Word]:
    """With nouns in the plural after a numeral: "two cat are", "three man on"."""
    counted: list[Word] = []
    for word, after in _neighbours(words):
        last = counted[-1].text if counted else ""
        ends = not after.text[:1].isalpha() or after.text in _AFTER_NOUN or after.text.endswith("ing")
        many = _PLURALS.get(word.text, f"{word.text}s")
        if last in _NUMERALS and ends and not word.copied and many in vocabulary and not word.text.endswith("s"):
            counted.append(Word(many))
        else:
            counted.append(word)
    return counted


def _neighbours(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    return zip(words, [*words[1:], Word("")], strict=False)


def _without_tails(words: Sequence[Word]) -> list[Word]:
    """Without an article, and what leads up to it, that has no noun after it: "a city in the, at night"."""
    kept: list[Word] = []
    for word in [*words, Word(".")]:
        if not word.copied and word.text in _STOPS:
            tail = len(kept)
            while tail and not kept[tail - 1].copied and kept[tail - 1].text in _DANGLING:
                tail -= 1
            if any(dangling.text in _ARTICLES or dangling.text in _ALWAYS_DANGLING for dangling in kept[tail:]):
                del kept[tail:]
        kept.append(word)
    return kept[:-1]


def _with_article(word: Word, after: Word) -> Word:
    if word.copied or word.text not in {"a", "an", "A", "An"} or not after.text[:1].isalpha():
        return word
    article = "an" if _VOWEL.match(after.text) else "a"
    return Word(article.capitalize() if word.text[0] == "A" else article)


def _capitalised(words: Sequence[Word]) -> list[Word]:
    begins = True
    done: list[Word] = []
    for word in words:
        if begins and not word.copied and word.text[0].isalpha():
            word = Word(word.text[0].upper() + word.text[1:])  # noqa: PLW2901
        done.append(word)
        if word.text[0].isalnum() or word.copied:
            begins = False
        elif word.text in _ENDS:
            begins = True
    return done


def _joined(words: Sequence[Word]) -> str:
    text = ""
    open_quote = False
    glued = True
    for word in words:
        closes = word.text == '"' and open_quote and not word.copied
        tight = glued or closes or (not word.copied and bool(_NO_SPACE_BEFORE.match(word.text)))
        text += word.text if tight else f" {word.text}"
        if word.text == '"' and not word.copied:
            open_quote = not open_quote
        glued = not word.copied and (word.text in _NO_SPACE_AFTER or (word.text == '"' and open_quote))
    return text
