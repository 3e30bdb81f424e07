"""Turns text into the plainer forms in which words are looked up: one width, one script a word, simplified."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from translation.normalise import EMOJI, normalise

GROWTH = 4
"""No view is longer than so many times the text. A sign that stands for more letters (㌖, ﷺ) stays as it is."""

_PASSES = 3
"""One is enough for all but one character (薴 is 苧, and that is 苎)."""
_LETTERS = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff]+")
_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУҮԚԜавеѕіјкмнорстхуԁһԛԝӏүѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορτυχικγϲϳ",
    "ABESIJKMHOPCTXYYQWabesijkmhopctxydhqwlyvABEZHIKMNOPTYXavoptuxikycj",
)
_PARTICLE = re.compile("(?<![名显原编拙土昭卓论译遗巨专撰])著(?!名(?![字牌])|作(?![品业])|称|述|者|书立说)")
"""Taiwan writes 看著 for 看着; 名著 and 著名 have their 著 everywhere."""
_REGIONAL = str.maketrans("簷痺睪暱鲇腭", "檐痹睾昵鲶颚")
"""What Taiwan writes and OpenCC leaves, and two fish and jaws that are one again once they have been traditional."""
_HAN_TEXT = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
"""Phrases are of nothing else; and OpenCC does not take the halves of surrogate pairs."""


@dataclass(frozen=True)
class Views:
    """One text four times. ``original`` is as sent; ``clean`` for people and models; the others to look words up in.

    ``clean`` has nothing that cannot be seen (``normalise``), ``plain`` has one width and no look-alikes as well, and
    ``simplified`` no traditional characters either.
    """

    original: str
    clean: str
    plain: str
    simplified: str


def view(text: str) -> Views:
    """All views of a text. Each is at most ``GROWTH`` times as long."""
    clean = normalise(text)
    plain = flatten(clean)
    return Views(text, clean, plain, simplify(plain))


def flatten(clean: str) -> str:
    """Compatibility forms (NFKC) outside emoji, and Latin letters for those that only look so.

    ``Ｃａｔ`` is ``Cat``; ``ｃ`` + Cyrillic ``а`` + ``t`` is ``cat``. A word is changed only where that makes it Latin
    throughout and it had a Latin letter already: Привет stays. Flattening again changes nothing.
    """
    if clean.isascii():
        return clean
    parts = EMOJI.split(clean)
    parts[::2] = map(_compatible, parts[::2])
    return _LETTERS.sub(_one_script, normalise("".join(parts)))


def simplify(text: str) -> str:
    """Traditional Chinese in simplified characters, by OpenCC, phrase by phrase (乾隆 keeps its 乾).

    Of any region: 枱 of Hong Kong is 台, 著 of Taiwan is 着 unless it is a work.
    """
    for _ in range(_PASSES):
        simpler = _HAN_TEXT.sub(lambda found: _simplified(found[0]), text)
        if simpler == text:
            break
        text = simpler
    return text


def _simplified(text: str) -> str:
    return _PARTICLE.sub("着", _converter().convert(text).translate(_REGIONAL))


@cache
def _converter() -> OpenCC:
    # Takes every traditional character that t2s takes, and Hong Kong's own too.
    return OpenCC("hk2s")


def _compatible(text: str) -> str:
    if all(len(_decomposed(char)) <= GROWTH for char in set(text)):
        return unicodedata.normalize("NFKC", text)
    return "".join(char if len(_decomposed(char)) > GROWTH else _decomposed(char) for char in text)


def _decomposed(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _one_script(word: re.Match[str]) -> str:
    latin = word[0].translate(_LOOK_ALIKE)
    is_disguised = latin != word[0] and any(map(_is_latin, word[0])) and all(map(_is_latin, latin))
    return latin if is_disguised else word[0]


def _is_latin(char: str) -> bool:
    return char < "\u0250" or "\u1e00" <= char <= "\u1eff"
