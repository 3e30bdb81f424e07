"""Turns a prompt into the language it is written in, by counting scripts, and into segments of one language each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from translation.function_words import is_english
from translation.spans import open_text

Language = Literal["zh", "en", "ja", "ko", "other", "none"]

KANA_SHARES = (0.4, 0.2, 0.12)
"""Japanese has kana among its characters at this share or more: with no hiragana, one, or several of them. Chinese
writes names in katakana (初音ミク在唱歌) and a lone の for style."""

_HAN = "\u3005\u3007\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HIRAGANA = re.compile("[\u3041-\u3096]")
_HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_LATIN_WORD = re.compile(f"[{_LATIN}]+")
_RUN = re.compile(
    f"(?P<han>[{_HAN}]+)|(?P<kana>[{_KANA}]+)|(?P<hangul>[{_HANGUL}]+)|(?P<latin>[{_LATIN}]+)|(?P<foreign>[^\\W\\d_])"
)


@dataclass(frozen=True)
class Detection:
    """``language`` leads; ``mixed`` where another script takes part too. ``none``: there is not a letter in it."""

    language: Language
    mixed: bool


@dataclass(frozen=True)
class Segment:
    """A stretch of a prompt in one language. ``none`` is the only segment of a prompt without letters."""

    text: str
    language: Language


@dataclass(frozen=True)
class _Counts:
    han: int
    kana: int
    hiragana: int
    hangul: int
    words: tuple[str, ...]
    foreign: int

    @property
    def english(self) -> int:
        """Latin words of two letters or more: the D of 3D and the T of T恤 speak no English."""
        return sum(len(word) > 1 for word in self.words)


def detect(text: str) -> Detection:
    """Judge by script, so that no prompt with Chinese in it passes for plain English.

    Latin letters are taken for English unless function words or accents tell another language (``is_english``). Where
    Chinese and English mix, Chinese leads when it has at least as many characters as English has words. What is quoted
    does not make a prompt Japanese, say, when the words around it are Chinese or English.
    """
    narrow = unicodedata.normalize("NFKC", text)
    whole = _judge(narrow)
    if whole.language in {"zh", "en", "none"}:
        return whole
    own = _judge(open_text(narrow)).language
    return replace(whole, language=own) if own in {"zh", "en"} else whole


def segments(text: str) -> tuple[Segment, ...]:
    """The prompt in segments; together they are the prompt, letter for letter.

    What is in no script (spaces, marks, digits, emoji) goes with what stands before it, at the start with what follows,
    and so does a single Latin letter beside Chinese (the T of T恤).
    """
    found: list[Segment] = []
    start = 0
    leading = detect(text).language
    for begin, language in _languages(text, leading):
        if not found or found[-1].language != language:
            if found:
                found[-1] = replace(found[-1], text=text[start:begin])
                start = begin
            found.append(Segment("", language))
    if not found:
        return (Segment(text, "none"),) if text else ()
    found[-1] = replace(found[-1], text=text[start:])
    return tuple(found)


def _languages(text: str, leading: Language) -> list[tuple[int, Language]]:
    """Where each run of letters begins, and its language."""
    narrow = "".join(map(_narrow, text))
    latin: Language = "en" if is_english(_LATIN_WORD.findall(narrow)) else "other"
    by_script: dict[str, Language] = {
        "han": "ja" if leading == "ja" else "zh", "kana": "ja", "hangul": "ko", "latin": latin, "foreign": "other",
    }  # fmt: skip
    has_han = bool(re.search(f"[{_HAN}]", narrow))
    runs = [
        found for found in _RUN.finditer(narrow) if not (has_han and found.lastgroup == "latin" and len(found[0]) == 1)
    ]
    return [(found.start(), by_script[str(found.lastgroup)]) for found in runs]


def _narrow(char: str) -> str:
    """One character for one, so that places in the text stay what they are."""
    return char if char.isascii() else unicodedata.normalize("NFKC", char)[:1] or char


def _judge(text: str) -> Detection:
    counts = _count(text)
    scripts = (counts.han + counts.kana, counts.hangul, counts.english, counts.foreign)
    return Detection(_leader(counts), sum(map(bool, scripts)) > 1)


def _count(text: str) -> _Counts:
    sizes = dict.fromkeys(("han", "kana", "hangul", "latin", "foreign"), 0)
    words = []
    for found in _RUN.finditer(text):
        sizes[str(found.lastgroup)] += len(found[0])
        if found.lastgroup == "latin":
            words.append(found[0])
    hiragana = len(_HIRAGANA.findall(text))
    return _Counts(sizes["han"], sizes["kana"], hiragana, sizes["hangul"], tuple(words), sizes["foreign"])


def _leader(counts: _Counts) -> Language:
    latin = sum(map(len, counts.words))
    if counts.foreign > latin + 2 * (counts.han + counts.kana + counts.hangul):
        return "other"
    if _is_japanese(counts):
        return "ja"
    if counts.hangul > counts.han and counts.hangul >= counts.english:
        return "ko"
    if counts.han and counts.han >= counts.english:
        return "zh"
    if not counts.words:
        return "other" if counts.foreign else "ko" if counts.hangul else "none"
    return "en" if is_english(counts.words) else "other"


def _is_japanese(counts: _Counts) -> bool:
    written = counts.han + counts.kana
    share = KANA_SHARES[min(counts.hiragana, len(KANA_SHARES) - 1)]
    return counts.kana > 0 and counts.kana >= share * written and written >= counts.english
