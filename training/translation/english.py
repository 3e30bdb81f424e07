"""Turns English text into tokens, with the capitals of sentences and titles taken off."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.:/×x]\d+)*(?:[A-Za-z]{1,4}(?![A-Za-z]))?%?"
    r"|'s(?![^\W_])|n't(?![^\W_])|[^\W\d_]+(?:[-./:&+_][^\W_]+|'(?!s(?![^\W_]))[^\W_]+)*|\S"
)
_STARTS = frozenset(".!?:")
_QUOTES = str.maketrans("’‘“”", "''\"\"")
TITLE = 0.6


def tokenise(text: str) -> list[str]:
    """Words, numbers, ``'s`` and punctuation marks, in the case they came in."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).translate(_QUOTES))


class Truecaser:
    """Knows how each word is written in the middle of a sentence."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for tokens in texts:
            if not is_title(tokens):
                for before, token in itertools.pairwise(tokens):
                    if before not in _STARTS and before not in '"(':
                        forms[token.lower()][token] += 1
        self._form = {lower: counts.most_common(1)[0][0] for lower, counts in forms.items()}

    def truecase(self, tokens: Sequence[str]) -> list[str]:
        """The same words as in running text."""
        if is_title(tokens):
            return [self._form.get(token.lower(), token) for token in tokens]
        begins = [True, *(token in _STARTS or token == '"' for token in tokens)]
        return [
            self._form.get(token.lower(), token.lower()) if begin and token[:1].isupper() else token
            for token, begin in zip(tokens, begins, strict=False)
        ]


def is_title(tokens: Sequence[str]) -> bool:
    """Whether Most Words Begin Like This, or ALL ARE LIKE THIS."""
    words = [token for token in tokens if token[0].isalpha() and len(token) > 3]
    return len(words) > 1 and sum(word[0].isupper() for word in words) >= TITLE * len(words)
