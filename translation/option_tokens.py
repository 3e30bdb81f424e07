"""Turns what all patterns of options share into one place: what a token is, and the parts it is spelled with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from core.types import Options
from translation.numerals import HAN_DIGIT


class Strength(IntEnum):
    """How little help from its surroundings a token needs to count as an option."""

    WEAK = 1
    """portrait, landscape, square: at the end, after a comma or another option."""
    FREE = 2
    """vertical, 方形, six seconds: between commas, too."""
    PLAIN = 3
    """6 seconds, vertical video: at the end without a comma, too."""
    BRIEF = 4
    """6s, 6秒: first, with only a space after it, too."""
    SURE = 5
    """竖屏, 9:16, 720p, seed 42: anywhere."""


@dataclass(frozen=True)
class Token:
    """The stretch ``text[start:end]``, which would set ``options``."""

    start: int
    end: int
    strength: Strength
    options: Options


Reader = Callable[[re.Match[str]], Options | None]
"""What a match sets; None if it is no option after all."""

Entry = tuple[str, Strength, Reader]

FILM = "(?:video|clip|animation|movie|film)"
HAN_FILM = "(?:短视频|视频|短影片|影片|短片|动画)"
SHAPE = "(vertical|portrait|horizontal|landscape|square)"
SAY = "[ ]?(?:[:=为是]{0,2}|改[成为]|设[成为]|调[到成为]|换成)[ ]?"
BEGIN, END = r"(?<![a-z0-9_])", r"(?![a-z0-9_])"
UNSIGNED = "(?<![.$-])"
DIGITS = r"(?<![0-9])(?<![0-9][.:])[0-9]{1,6}(?:\.[0-9]{1,2})?"
HAN_NUMBER = f"(?<!{HAN_DIGIT})(?:{HAN_DIGIT}{{1,5}}(?:点{HAN_DIGIT}{{1,2}})?|半)"


def window(end: int) -> tuple[int, int]:
    """The few characters before a token that tell whether it is part of the story."""
    return max(0, end - 16), end
