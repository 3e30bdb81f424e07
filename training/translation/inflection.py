"""Turns an English word into its other forms."""

from __future__ import annotations

import re

_PLURALS = {
    "man": "men", "woman": "women", "person": "people", "child": "children", "mouse": "mice", "sheep": "sheep",
    "fish": "fish", "deer": "deer", "goose": "geese", "wolf": "wolves", "leaf": "leaves", "knife": "knives",
    "tooth": "teeth", "foot": "feet", "scarf": "scarves",
}  # fmt: skip
_MEN = ("herman", "tleman", "owman", "iceman", "ireman", "sman")
_PARTICIPLES = {"lie": "lying", "die": "dying", "tie": "tying", "be": "being"}
_DOUBLED = re.compile(r"[^aeiou]*(?:qu)?[aeiou][bdgmnprt]$")
_THIRD = {"be": "is", "have": "has"}


def plural(noun: str) -> str:
    """``box of toys`` is ``boxes of toys``."""
    head, of, rest = noun.partition(" of ")
    *before, last = head.split(" ")
    many = _PLURALS.get(last) or (f"{last[:-3]}men" if last.endswith(_MEN) else _with_s(last))
    return " ".join([*before, many]) + of + rest


def third(phrase: str) -> str:
    """``carry a box`` is ``carries a box``."""
    verb, space, rest = phrase.partition(" ")
    return _THIRD.get(verb, _with_s(verb) if not verb.endswith("o") else f"{verb}es") + space + _owned(rest)


def doing(phrase: str) -> str:
    """``run away`` is ``running away``."""
    verb, space, rest = phrase.partition(" ")
    if verb in _PARTICIPLES:
        form = _PARTICIPLES[verb]
    elif verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        form = f"{verb[:-1]}ing"
    else:
        form = f"{verb}{verb[-1] if _DOUBLED.fullmatch(verb) else ''}ing"
    return form + space + _owned(rest)


def with_article(noun: str) -> str:
    """``a dog``, ``an owl``."""
    is_open = noun[0].lower() in "aeiou" and not noun.startswith(("uni", "one", "eu"))
    return f"{'an' if is_open else 'a'} {noun}"


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}s"


def _owned(text: str) -> str:
    return text.replace("one's", "their")
