"""Turns English words into stems: ``running``, ``runs`` and ``run`` share one."""

from __future__ import annotations

import re

_WORD = re.compile("[a-z]+|[0-9]+")
_SHORTEST = 3
_ENDINGS = ("ing", "ies", "es", "ed", "s", "y", "e")
_EMPTY_WORDS = """
a an the of in on at to is are be and or with by for from into it its this that he she they one not no as up down out
who which what his her their him them you your we our my me i do does been was were has have had
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_IRREGULAR = {"men": "man", "women": "woman", "people": "person", "children": "child", "mice": "mouse", "feet": "foot",
              "teeth": "tooth", "leaves": "leaf", "wolves": "wolf", "knives": "knife", "geese": "goose"}  # fmt: skip


def stems(text: str) -> frozenset[str]:
    """The stems of the words that mean something by themselves."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY)


def stem(word: str) -> str:
    """Enough of a lower-case word to know it again."""
    word = _IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] else word
