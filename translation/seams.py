"""Turns a text and the stretches to take out of it into the tidy rest."""

from __future__ import annotations

from collections.abc import Sequence

_SPACES = " \t\n\r"
_MARKS = ",.;:!?、。|/·•~–—_…+&-"
_BRACKETS = "()[]{}【】"

PUNCTUATION = _MARKS.replace("-", "") + _BRACKETS
"""What sets words apart, where full-width forms were made narrow; a hyphen joins."""
SEPARATORS = _SPACES + _MARKS + _BRACKETS

_WIDE = {mark: chr(ord(mark) + 0xFEE0) for mark in _MARKS + _BRACKETS if mark < "\x7f"}
_SOFT = _SPACES + "\u3000" + _MARKS + "".join(_WIDE[mark] for mark in _MARKS if mark in _WIDE)
_FULL_STOPS = ".!?。…！？．"
_PAIRS = {"()", "[]", "{}", "【】", "（）", "［］", "｛｝"}


def cut(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    """``text`` without the stretches (in order, disjoint).

    Where one was, one separator stays in the middle of the text, none at its start, a full stop at most at its end.
    Brackets that held nothing else go too.
    """
    bounds = [0, *(bound for stretch in stretches for bound in stretch), len(text)]
    kept = [""]
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        left, seam, right = _seam(kept.pop(), text[start:end]) if start or kept != [""] else ("", "", text[start:end])
        kept += [left + (seam if left or any(kept) else ""), right]
    return "".join(kept)


def _seam(left: str, right: str) -> tuple[str, str, str]:
    """What stays of both sides, and what goes between; from the inside outwards, since brackets may be nested deep."""
    end, start = _bare_end(left, len(left)), _bare_start(right, 0)
    gap_end, gap_start = len(left), 0
    while left[max(0, end - 1) : end] + right[start : start + 1] in _PAIRS:
        gap_end, gap_start = end - 1, start + 1
        end, start = _bare_end(left, gap_end), _bare_start(right, gap_start)
    gaps = left[end:gap_end], right[gap_start:start]
    return left[:end], _separator(*gaps) if start < len(right) else _full_stop(gaps[0]), right[start:]


def _bare_end(text: str, end: int) -> int:
    while end and text[end - 1] in _SOFT:
        end -= 1
    return end


def _bare_start(text: str, start: int) -> int:
    while start < len(text) and text[start] in _SOFT:
        start += 1
    return start


def _separator(left: str, right: str) -> str:
    for wanted in (_FULL_STOPS, _MARKS + "".join(_WIDE.values())):
        for gap in (left, right):
            if set(gap) & set(wanted):
                return gap
    return left or right


def _full_stop(gap: str) -> str:
    return gap[: len(gap) - len(gap.lstrip(_FULL_STOPS))]
