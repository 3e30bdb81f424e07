"""Turns the tokens around a verb into an answer: does it speak of the noun before it or of the one after it?"""

from __future__ import annotations

from core.engines.scene.meaning import MODIFIERS
from core.engines.scene.tokens import Token

NAMED = ("sprite", "undrawn", "emoji")
REACH = 8  # tokens from a Chinese verb to the 的 of its relative clause
# What stands before a finite or progressive verb, never before a participle used as an adjective.
ACTOR = frozenset(("sprite", "undrawn", "pronoun", "be", "adverb", "auxiliary", "emoji", "possessive"))
BREAKS = frozenset(("mark", "conjunction", "clause"))
DESCRIBES = ("colour", "size", "adjective")


def participle(tokens: list[Token], index: int) -> bool:
    """Whether an English motion describes the noun after it: "flying birds", "fallen leaves"."""
    token = tokens[index]
    form = token.sense.form if token.sense else ""
    if form not in ("ing", "past") or (index and tokens[index - 1].kind in ACTOR):
        return False
    after = next((t for t in tokens[index + 1 :] if t.kind not in DESCRIBES), None)
    return after is not None and after.kind in ("sprite", "undrawn")


def relative(tokens: list[Token], index: int, *, acting: bool) -> int | None:
    """Where the 的 is that ties the Chinese verb at ``index`` to the noun after it: V 的 N, V 得很快的 N, V O 的 N.

    None where there is none. ``acting`` is True where somebody has been named in the clause who could be doing it.
    """
    last = min(len(tokens) - 1, index + REACH)
    for ahead in range(index + 1, last):
        token = tokens[ahead]
        if token.kind == "of":
            return ahead if noun_follows(tokens, ahead) and not _describes(tokens, index, ahead) else None
        if token.kind in BREAKS or (token.kind in ("motion", "verb") and acting):
            return None
    return None


def _describes(tokens: list[Token], verb: int, particle: int) -> bool:
    """Whether 的 belongs to an adjective before it and not to the verb; after 得 it belongs to the verb."""
    degree = any(token.text.endswith("得") for token in tokens[verb:particle])
    return tokens[particle - 1].kind in DESCRIBES and not degree


def noun_follows(tokens: list[Token], index: int) -> bool:
    """Whether what comes after ``index`` is a noun, with or without what describes it."""
    for token in tokens[index + 1 : index + 7]:
        if token.kind in NAMED:
            return True
        if token.kind not in MODIFIERS and token.kind != "of":
            return False
    return False


def afterthought(tokens: list[Token], index: int) -> bool:
    """Whether a colour is said of what has been named: "the car is red", 车是红色的, "a wolf with silver fur"."""
    after = next((t for t in tokens[index + 1 : index + 4] if t.kind not in ("of", *DESCRIBES)), None)
    if tokens[index].han:
        return after is None or after.kind in ("mark", "likeness", "auxiliary")
    coloured = index > 0 and tokens[index - 1].kind == "be"
    return coloured or (after is not None and after.kind == "style" and after.start > tokens[index].end)
