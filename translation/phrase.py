"""Turns a Chinese prompt into English with phrases learnt from translated texts: no network, a few milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

from translation.english import Word, write
from translation.search import Choice, search
from translation.segment import segment
from translation.source import COPIES, Token, class_name, read
from translation.syntax import arranged
from translation.weights import UNKNOWN_COST, Weights, shipped

LONGEST_PHRASE = 5
_MEMORY = 60_000
"""Scores of the language model that are remembered between two prompts, at most."""


class PhraseTranslator:
    """Chinese, and Chinese mixed with English, to English. Not for use from two threads at once."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped()
        self._scores: dict[int, float] = {}

    @property
    def version(self) -> str:
        """Changes when a translation may."""
        return f"phrase-{self._weights.version}"

    def translate(self, text: str) -> str:
        """English for a prompt in either script. Quotations, tags, names, numbers and Latin words are copied.

        A text without a Chinese character comes back with nothing but its spaces tidied.
        """
        if len(self._scores) > _MEMORY:
            self._scores.clear()
        tokens = read(text)
        if not any(token.kind == "han" for token in tokens):
            return " ".join(text.split())
        weights = self._weights
        words = segment(tokens, weights.lexicon.costs, UNKNOWN_COST)
        path = search(self.choices(arranged(words, weights.lexicon)), self._score)
        return write((word for choice in path for word in choice.shown), weights.ids, weights.grammar)

    def choices(self, words: Sequence[Token]) -> list[list[Choice]]:
        """What each stretch of the source may become; every single word becomes something."""
        names = [class_name(word) for word in words]
        return [self._from(words, names, place) for place in range(len(words))]

    def _from(self, words: Sequence[Token], names: Sequence[str], start: int) -> list[Choice]:
        found: list[Choice] = []
        last = min(len(words), start + LONGEST_PHRASE)
        for end in range(start + 1, last + 1):
            if end == start + 1 and names[start] in COPIES:
                found.append(self._copy(words[start], names[start], end))
                continue
            for ids, score in self._weights.table.options(names[start:end]):
                found.append(Choice(end, ids, score, self._shown(ids, words[start:end])))
            if end == start + 1 and not any(choice.words for choice in found):
                found.append(self._unknown(words[start], end))
        return found

    def _shown(self, ids: Sequence[int], source: Sequence[Token]) -> tuple[Word, ...]:
        copies = {class_name(token): token.text for token in source if class_name(token) in COPIES}
        names = (self._weights.words[number] for number in ids)
        return tuple(Word(copies[name], copied=True) if name in copies else Word(name) for name in names)

    def _copy(self, token: Token, name: str, end: int) -> Choice:
        ids = self._weights.ids
        number = ids[name] if name == "#" else ids.get(token.text, ids[name])
        return Choice(end, (number,), self._weights.settings.copied, (Word(token.text, copied=True),))

    def _unknown(self, token: Token, end: int) -> Choice:
        """The dictionary's word for it, or for each of its characters; a mark stays."""
        meanings = self._weights.lexicon.meanings
        if token.kind != "han":
            texts = [token.text]
        elif token.text in meanings:
            texts = meanings[token.text].split(" ")
        else:
            texts = [word for char in token.text for word in meanings.get(char, "").split(" ") if word]
        ids = tuple(self._weights.ids.get(text, 1) for text in texts)
        return Choice(end, ids, self._weights.settings.unknown, tuple(map(Word, texts)))

    def _score(self, before: int, last: int, word: int) -> float:
        key = before << 32 | last << 16 | word
        score = self._scores.get(key)
        if score is None:
            score = self._scores[key] = self._weights.settings.language * self._weights.language.score(
                before, last, word
            )
        return score
