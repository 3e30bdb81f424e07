"""Turns Chinese into English word by word, from a dictionary: rough, but nothing that was named is missing.

The floor below every other translator, and the measure of what a better translation must still mention.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from translation.english import Word, write
from translation.segment import segment
from translation.source import COPIES, Token, class_name, read
from translation.stems import stems
from translation.weights import FOLDER, UNKNOWN_COST, Lexicon, shipped

FIRST = FOLDER / "gloss.tsv"
CURATED_COST = 8.0
"""Less than any two words cost, so that 慢动作 is not cut."""


class Gloss:
    """Chinese, and Chinese mixed with English, to English. Safe from any thread."""

    def __init__(self, lexicon: Lexicon | None = None, first: Path = FIRST) -> None:
        self._lexicon = lexicon or shipped_lexicon()
        self._curated = _read(first)
        extra = {word: CURATED_COST for word in self._curated if word not in self._lexicon.costs}
        self._costs = {**self._lexicon.costs, **extra}

    def translate(self, text: str) -> str:
        """One word or a few for every word; what is in no dictionary is glossed by its characters, or stays."""
        return write(word for token in self._cut(text) for word in self._words(token))

    def nouns(self, text: str) -> list[tuple[str, frozenset[str]]]:
        """The things named in a Chinese text: each word, and the stems of which a translation should have one."""
        senses = self._lexicon.senses
        return [
            (token.text, frozenset(senses[token.text].split(" "))) for token in self._cut(text) if token.text in senses
        ]

    def coverage(self, text: str, translation: str) -> float:
        """The share of the things named in ``text`` that ``translation`` mentions; 1 where none is named."""
        nouns = self.nouns(text)
        said = stems(translation)
        return sum(bool(wanted & said) for _, wanted in nouns) / len(nouns) if nouns else 1.0

    def _cut(self, text: str) -> list[Token]:
        return segment(read(text), self._costs, UNKNOWN_COST)

    def _words(self, token: Token) -> list[Word]:
        if class_name(token) in COPIES:
            return [Word(token.text, copied=True)]
        if token.kind != "han":
            return [Word(token.text)]
        if token.text in self._curated or token.text in self._lexicon.meanings:
            return [Word(word) for word in self._meaning(token.text).split(" ") if word]
        if len(token.text) == 1:
            return [Word(token.text)]
        return [word for char in token.text for word in self._words(Token(char, "han"))]

    def _meaning(self, word: str) -> str:
        curated = self._curated.get(word)
        return self._lexicon.meanings.get(word, "") if curated is None else curated


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    return shipped().lexicon


def _read(path: Path) -> Mapping[str, str]:
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))
