"""Turns a text into the several forms in which its words may hide: together, apart, in digits, drawn out."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST = 24
"""Forms of one text. A plain one has one or two; a text that is every trick at once is not read in every mixture."""

_HAN = "[\u3400-\u9fff\U00020000-\U000323af]"
_ONE_HAN = re.compile(_HAN)
_PAUSE = "。，！？；：,!?;:"
"""Between sentences words do not go on."""
_APART = re.compile(rf"(?<={_HAN})(?:[^\w{_PAUSE}]|_){{1,8}}(?={_HAN})")
_DIGITS_APART = re.compile(_APART.pattern.replace("[\u3400", "[0-9\u3400"))
_COUNTED = re.compile("[0-9]{1,4}(?:st|nd|rd|th|yo|yrs?|y|k|p|fps|mm|s|sui)")
_POINTED = re.compile(rf"(?<=[a-z])(?:[^\w\s{_PAUSE}]|_){{1,3}}(?=[a-z])")
_SPELLED = re.compile(
    rf"(?<![a-z0-9])[a-z0-9@$]{{1,2}}(?:(?:[^\w{_PAUSE}]|_){{1,3}}[a-z0-9@$]{{1,2}}(?![a-z0-9])){{2,}}"
)
_BETWEEN = re.compile(r"[^a-z0-9@$]+")
_DISGUISED = re.compile(
    r"(?<![a-z0-9@$!|])(?=[a-z0-9@$!|]*[0-9@$!|])(?=[a-z0-9@$!|]*[a-z@$])[a-z0-9@$!|]{2,40}(?![0-9@$|])"
)
_SIGNS = str.maketrans("03456789@$", "oeasgtbgas")
_EITHER = re.compile("[1!|]")
_READINGS = ("i", "l", "il", "li")
_DRAWN = re.compile(rf"([a-z])\1{{2,}}|({_HAN})\2+")
_DOUBLED = re.compile(r"(?<![a-z])([a-z])\1+([a-z])\2")
_LATIN = re.compile("[a-z]{2,}")
_RUN = re.compile(r"([a-z])\1*")
_LOOK_ALIKE = str.maketrans("абеѕіјкмнорстхуһԁԛԝӏѵαβεικνορτυχγ", "abesijkmhopctxyhdqwlvabeikvoptuxy")
_MASKED = re.compile(r"(?<![a-z])(?=[a-z*#]*[*#])[a-z][a-z*#]*[a-z](?![a-z])")
_OFTEN_MASKED = (
    "porn", "sex", "sexy", "nude", "nudes", "naked", "child", "children", "loli", "teen", "kid", "kids", "girl",
    "rape", "raped", "fuck", "fucked", "fucking", "pussy", "dick", "cock", "penis", "vagina", "hentai", "incest",
    "anal", "minor", "shota", "underage", "preteen", "pedo", "blowjob", "suicide", "cocaine", "heroin",
)  # fmt: skip
_OTHER_LETTERS = re.compile("[\u0370-\u03ff\u0400-\u052f]")


@dataclass(frozen=True)
class Forms:
    """``words`` are whole texts, the plain one first; ``runs`` are spelled-out letters put together, without gaps."""

    words: tuple[str, ...]
    runs: tuple[str, ...]


def fold(text: str) -> str:
    """One spelling for what looks the same: narrow, lower case, no accents, nothing invisible, single spaces."""
    plain = text.lower() if text.isascii() and text.isprintable() else "".join(map(_folded, text))
    return " ".join(plain.split())


def forms(plain: str) -> Forms:
    """All forms of a folded text, at most ``MOST``."""
    scripts = _distinct([plain], _in_latin)
    runs = tuple(_BETWEEN.sub("", found[0]) for text in scripts for found in _SPELLED.finditer(text))
    words = [plain]
    for reading in (_in_latin, _unmasked, _joined, _undisguised, _shortened):
        words = _distinct(words, reading)
    read = (form for run in runs for form in _distinct(_distinct([run], _undisguised), _shortened))
    return Forms(tuple(words), tuple(dict.fromkeys(read))[:MOST])


def _distinct(words: Iterable[str], reading: Callable[[str], Iterator[str]]) -> list[str]:
    words = list(words)
    return list(dict.fromkeys((*words, *(form for word in words for form in reading(word)))))[:MOST]


def _joined(text: str) -> Iterator[str]:
    """Chinese without gaps; English without points in words, or with words of what is spelled out."""
    together = _APART.sub("", text)
    yield together
    if _ONE_HAN.search(text):
        yield _DIGITS_APART.sub("", text)
    yield _POINTED.sub("", together)
    yield _SPELLED.sub(lambda found: _BETWEEN.sub("", found[0]), together)


def _undisguised(text: str) -> Iterator[str]:
    """Digits and signs as the letters they look like: ``p0rn``, ``$3x``. ``1`` is an i or an l."""
    if not _DISGUISED.search(text):
        return
    for reading in _READINGS:
        yield _DISGUISED.sub(lambda found, reading=reading: _spelled(found[0], reading), text)  # type: ignore[misc]


def _spelled(word: str, reading: str) -> str:
    if _COUNTED.fullmatch(word):
        return word
    letters = iter(reading * len(word))
    return _EITHER.sub(lambda _: next(letters), word.translate(_SIGNS))


def _unmasked(text: str) -> Iterator[str]:
    """``p*rn``: words that are often written with a letter left out."""
    if _MASKED.search(text):
        yield _MASKED.sub(_completed, text)


def _completed(word: re.Match[str]) -> str:
    pattern = re.compile(re.sub("[*#]", "[a-z]", word[0]))
    return next((known for known in _OFTEN_MASKED if pattern.fullmatch(known)), word[0])


def _shortened(text: str) -> Iterator[str]:
    """Letters that are drawn out once or twice; words whose letters are all repeated as often."""
    if _DRAWN.search(text):
        yield _DRAWN.sub(lambda found: found[1] or found[2], text)
        yield _DRAWN.sub(lambda found: (found[1] or found[2]) * 2, text)
        yield _DRAWN.sub(lambda found: found[2] or found[1] * (len(found[0]) // 3), text)
    if _DOUBLED.search(text):
        yield _LATIN.sub(_divided, text)


def _divided(word: re.Match[str]) -> str:
    """``nnuuddee`` as ``nude``, ``sssccchhhoooooolll`` as ``school``."""
    runs = [(found[1], len(found[0])) for found in _RUN.finditer(word[0])]
    by = math.gcd(*(length for _, length in runs))
    return word[0] if by == 1 else "".join(letter * (length // by) for letter, length in runs)


def _in_latin(text: str) -> Iterator[str]:
    """Greek and Cyrillic letters as the Latin ones that they look like."""
    if _OTHER_LETTERS.search(text):
        yield text.translate(_LOOK_ALIKE)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cs", "Co"}:
        return ""
    if not char.isprintable():
        return " "
    return "".join(_letter(one) for one in unicodedata.normalize("NFKD", char).casefold())


def _letter(char: str) -> str:
    return "" if unicodedata.category(char) in {"Mn", "Me", "Cf"} else char
