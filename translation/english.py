"""Turns English words and marks, as a translator strings them together, into text with spaces and capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MARKS = str.maketrans("。，、！？；：（）【】", ".,,!?;:()[]")
_NO_SPACE_BEFORE = re.compile(r"^(?:[,.!?;:)\]}%…]|'s|n't)$")
_NO_SPACE_AFTER = frozenset("([{")
_VOWEL = re.compile(r"(?!(?:uni(?!n|m)|use|usu|one|once|eu|ufo|u\b))(?:[aeiou]|hour|honest|heir)", re.IGNORECASE)
_ENDS = frozenset(".!?")
_ARTICLES = frozenset(("a", "an", "the"))
_NUMERALS = frozenset(
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "many", "few"]
)


@dataclass(frozen=True, slots=True)
class Word:
    """``copied`` words are written as they are."""

    text: str
    copied: bool = False


def write(words: Iterable[Word], plurals: dict[str, int] | None = None) -> str:
    """One text, its sentences with capitals. ``plurals`` is a vocabulary to take plural forms from."""
    ready = _repaired(
        [word if word.copied else Word(word.text.translate(_MARKS)) for word in words if word.text], plurals or {}
    )
    return _joined(_capitalised(ready))


def _repaired(words: Sequence[Word], vocabulary: dict[str, int]) -> list[Word]:
    kept: list[Word] = []
    for word in words:
        last = kept[-1] if kept else None
        if word.copied or last is None:
            kept.append(word)
            continue
        if word.text == last.text and (word.text in _ARTICLES or word.text in ",.:" or word.text.isalpha()):
            continue
        if (last.text in _ARTICLES and word.text in _ARTICLES) or (
            last.text == "," and word.text in _ENDS and not last.copied
        ):
            kept[-1] = word
        elif last.text in _NUMERALS and _plural(word.text) in vocabulary and not word.text.endswith("s"):
            kept.append(Word(_plural(word.text)))
        else:
            kept.append(word)
    return [_with_article(word, after) for word, after in zip(kept, [*kept[1:], Word("")], strict=True)]


def _plural(word: str) -> str:
    return f"{word}s"


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
