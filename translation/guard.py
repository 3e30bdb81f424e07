"""Turns a prompt and its English translation into the reasons not to use the translation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Literal

from translation.spans import open_text, protect
from translation.views import flatten, simplify, view

Fault = Literal[
    "empty", "untranslated", "instruction", "too-short", "too-long", "repeated", "span-lost", "number-lost", "noun-lost"
]
"""Why a translation is of no use, the plainest first."""

Coverage = Callable[[str, str], float]
"""The share, 0 to 1, of the nouns of a Chinese text that a gloss finds again in its translation; 1 if it has none."""

LEAST, MOST, SLACK = 0.35, 0.85, 4
"""Words for each character of Chinese or word of English in the source, give or take ``SLACK`` words. Of the human
translations of VBench-2, Tatoeba and a sample of YouMind's prompts 98.2, 99.7 and 99.9 % lie within."""
LEAST_COVERAGE = 0.3
"""Low, since a good translation has other words for many nouns. With the built-in gloss 0.9 % of the human translations
of VBench-2 and of YouMind's held-out prompts have fewer, and 88 % of translations of another prompt; were a third
asked for, it would be 1.7 % of the human ones."""
MOST_IN_A_ROW = 3
"""A word or phrase so many times in a row is stuttering, unless the source stutters too (哈哈哈哈)."""

_HAN = re.compile("[\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_NOT_ENGLISH = re.compile(
    "[\u3005\u3007\u3041-\u30fa\u30fd-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af]"
)
_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+(?:['’.-][A-Za-z0-9\u00c0-\u024f]+)*")
_WHOLE_NUMBER = re.compile(r"(?<![\w.,:/])[0-9]{1,9}(?![.,:/]?[0-9])")
_LOOSE = re.compile("[\\s\"'`“”„‘’«»‹›「」『』﹁﹂《》〈〉]+")
_KEYED = re.compile(r"\"\s*:")
_PLACEHOLDER = re.compile("< ?k ?[0-9]{1,4} ?>", re.IGNORECASE)
_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_ANSWER = (
    r"(?:sure|certainly|of course|okay)\b[,!.:]",
    r"(?:i am|i['’]m|as) an? (?:ai|(?:large )?language model)\b",
    r"i(?:['’]m| am) (?:sorry,? but i|unable to)",
    r"i (?:can(?:['’]t|not| not)|won['’]t) (?:assist|help with|translate|fulfil|comply|provide|do that)",
    r"please (?:provide|enter|send|share) (?:me )?(?:the|your|a|some) (?:text|chinese|sentence|prompt|content)",
    r"(?:the )?(?:english )?(?:translation|translated text)(?: is)?\s*[:：]|english\s*[:：]|```",
    r"here(?:['’]s| is| are)\b[^.\n]{0,40}\b(?:translat|english|version|prompt)\w*",
    "(?:以下|这)是.{0,12}(?:翻译|译文)|(?:翻译|译文)(?:如下|结果)?\\s*[:：]|好的[，,。]",
)
"""How an assistant begins, which should have translated."""
_ASIDE = (
    r"\n\W*(?:note|explanation)\s*[:：]",
    r"\btranslator['’]s note\b|\bin this translation\b|\b(?:translates to|can be translated as|is the translation)\b",
    r"</?think>|<\|",
)
_INSTRUCTION = re.compile(rf"^\W*(?:{'|'.join(_ANSWER)})|{'|'.join(_ASIDE)}", re.IGNORECASE)


def find_faults(
    source: str, target: str, coverage: Coverage | None = None, *, least: float = LEAST_COVERAGE
) -> tuple[Fault, ...]:
    """All that is wrong with ``target`` as the English of ``source``; nothing where it may be used.

    An empty one has that one fault. Without ``coverage`` nobody looks for lost nouns; a surer gloss may ask for more
    than ``LEAST_COVERAGE`` of them.
    """
    if _is_wordless(target) and not _is_wordless(source):
        return ("empty",)
    instructs = _instructs(source, target)
    source, target = view(source).simplified, flatten(target)
    own, english = open_text(source), open_text(target)
    checks: dict[Fault, bool] = {
        "untranslated": bool(_NOT_ENGLISH.search(english)),
        "instruction": instructs,
        "too-short": len(_WORD.findall(target)) + SLACK < LEAST * _size(source),
        "too-long": len(_WORD.findall(target)) - SLACK > MOST * _size(source),
        "repeated": _stutters(_words(english)) > max(MOST_IN_A_ROW, _stutters(_tokens(own))) or _is_doubled(english),
        "span-lost": _loses_spans(source, target),
        "number-lost": not _numbers(own) <= _numbers_told(target),
        "noun-lost": coverage is not None and coverage(own, english) < least,
    }
    return tuple(fault for fault, found in checks.items() if found)


def _is_wordless(text: str) -> bool:
    return not any(map(str.isalnum, text))


def _instructs(source: str, target: str) -> bool:
    """An assistant's answer; not if the source itself reads so (a sign: "Translation: …")."""
    return bool(_INSTRUCTION.search(target)) and not _INSTRUCTION.search(source)


def _size(text: str) -> int:
    return len(_HAN.findall(text)) + len(_WORD.findall(_HAN.sub(" ", text)))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _tokens(text: str) -> list[str]:
    return [found[0].lower() for found in re.finditer(f"{_HAN.pattern}|{_WORD.pattern}", text)]


def _stutters(tokens: Sequence[str]) -> int:
    """The most times that a phrase of up to eight tokens stands in a row."""
    return max((_in_a_row(tokens, size) for size in range(1, 9)), default=0)


def _in_a_row(tokens: Sequence[str], size: int) -> int:
    repeats = [tokens[at] == tokens[at - size] for at in range(size, len(tokens))]
    longest = max((len(list(run)) for same, run in groupby(repeats) if same), default=0)
    return 1 + longest // size


def _is_doubled(text: str) -> bool:
    """The same sentence twice."""
    words = _words(text)
    half = len(words) // 2
    return half >= 4 and words[:half] == words[half : 2 * half] and len(words) - 2 * half <= 1


def _loses_spans(source: str, target: str) -> bool:
    """Whether something meant letter for letter is gone, or a placeholder came through.

    In JSON, and where a prompt is quoted as a whole, quotation marks say nothing of the kind.
    """
    spans = () if _KEYED.search(source) or _is_wordless(open_text(source)) else protect(source)[1]
    return any(_closed(span) not in _closed(target) for span in spans) or _odd_placeholder(source, target)


def _closed(text: str) -> str:
    """Without spaces, and without quotation marks, whose style may change; in simplified characters, as the source."""
    return simplify(_LOOSE.sub("", flatten(text))).lower()


def _odd_placeholder(source: str, target: str) -> bool:
    return bool(_PLACEHOLDER.search(target)) and not _PLACEHOLDER.search(source)


def _numbers(text: str) -> set[int]:
    return {int(found) for found in _WHOLE_NUMBER.findall(_PLACEHOLDER.sub(" ", text))}


def _numbers_told(text: str) -> set[int]:
    words = set(_words(text))
    told = {number for number, word in enumerate(_NUMBER_WORDS.split()) if word in words}
    digits = {int(digits) for digits in re.findall("[0-9]{1,9}", text.replace(",", ""))}
    return told | digits | ({1} if words & {"a", "an", "single"} else set()) | ({2} if "pair" in words else set())
