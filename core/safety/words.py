"""Turns a text into a verdict by the built-in word list."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from core.types import Category, Verdict

if TYPE_CHECKING:
    import numpy as np

_HAN = "[\u3400-\u9fff\U00020000-\U000323af]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})[\s.*_|/+~·•-]{{1,8}}(?={_HAN})")


class ListModerator:
    """``core.ports.Moderator``: a short word list in Chinese and English, and no look at frames.

    It knows some 160 expressions and nothing of what a text means: it stops plain requests, not determined ones. Width,
    case, accents, zero-width characters and spaces between Chinese characters make no difference to it. Traditional
    characters, pinyin, misspellings and paraphrase pass. The expressions are in ``data/words.toml``.
    """

    name = "built-in word list"

    def __init__(self) -> None:
        data = tomllib.loads((files("core.safety") / "data" / "words.toml").read_text("utf-8"))
        self._rules = [(Category(entry["name"]), _Words.of([entry])) for entry in data["category"]]
        self._minors = _Words.of([data["minors"]])
        sexual = (entry for entry in data["category"] if entry["name"] == Category.SEXUAL)
        self._beside_minors = _Words.of([data["beside_minors"], *sexual])

    async def review_text(self, text: str) -> Verdict:
        """Minors and sex in one text before all else, then the first category with an expression in the text."""
        plain = _plain(text)
        if self._minors.within(plain) and self._beside_minors.within(plain):
            return Verdict(allowed=False, category=Category.MINORS)
        for category, words in self._rules:
            if words.within(plain):
                return Verdict(allowed=False, category=category)
        return Verdict(allowed=True)

    async def review_frames(self, frames: Sequence[np.ndarray]) -> Verdict:  # noqa: ARG002 - nothing here can look at them
        """Let all frames pass, and say that nobody looked."""
        return Verdict(allowed=True, reviewed=False)


@dataclass(frozen=True)
class _Words:
    chinese: re.Pattern[str]
    english: re.Pattern[str]

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> _Words:
        entries = list(entries)
        chinese, english = ("|".join(term for entry in entries for term in entry[key]) for key in ("zh", "en"))
        return cls(re.compile(chinese), re.compile(f"(?<![a-z0-9])(?:{english})(?![a-z0-9])"))

    def within(self, plain: str) -> bool:
        return bool(self.english.search(plain) or self.chinese.search(plain))


def _plain(text: str) -> str:
    """One spelling for what looks the same: narrow, lower case, no accents, nothing invisible, Chinese without gaps."""
    decomposed = unicodedata.normalize("NFKD", text)
    visible = "".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cs", "Co"})
    spaced = " ".join("".join(char if char.isprintable() else " " for char in visible).casefold().split())
    return _BETWEEN_HAN.sub("", spaced)
