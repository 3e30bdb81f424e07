"""Turns English into Chinese word by word, by CC-CEDICT read backwards."""

from __future__ import annotations

import re
from pathlib import Path

from translation.views import flatten, simplify
from translation.weights import UNKNOWN_COST, read_lexicon

_WORD = re.compile("[a-z']+")
_LITTLE = re.compile("an?|the|of|to|is|are|was|were|be|been|being|it|its|his|her|their|this|that|as|by|and|or")
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("'s", ""))


class Glosser:
    """Of all Chinese words that mean an English one, the commonest."""

    def __init__(self, data: Path) -> None:
        costs = read_lexicon().costs
        self._chinese: dict[str, tuple[float, str]] = {}
        for line in (data / "translation" / "cedict_glosses.tsv").read_text("utf-8").splitlines():
            chinese, _, english = line.partition("\t")
            word = english.strip().lower().removeprefix("to ")
            if _WORD.fullmatch(word):
                simple = simplify(flatten(chinese))
                candidate = (costs.get(simple, UNKNOWN_COST), simple)
                self._chinese[word] = min(self._chinese.get(word, candidate), candidate)

    def gloss(self, english: str) -> str:
        """The Chinese of the words that have one, "" where that is less than half of them."""
        words = [word for word in _WORD.findall(english.lower()) if not _LITTLE.fullmatch(word)]
        found = [chinese for word in words if (chinese := self._find(word))]
        return "".join(found) if 2 * len(found) >= len(words) > 0 else ""

    def _find(self, word: str) -> str:
        forms = [word, *(word[: -len(end)] + mended for end, mended in _ENDINGS if word.endswith(end))]
        return next((self._chinese[form][1] for form in forms if form in self._chinese), "")
