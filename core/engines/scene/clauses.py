"""Turns the tokens around a verb into an answer: does it speak of the noun before it or of the one after it?"""

from __future__ import annotations

from core.engines.scene.lexicon import Lexicon
from core.engines.scene.meaning import MODIFIERS, sense_of
from core.engines.scene.tokens import Token

NAMED = ("sprite", "undrawn", "emoji")
REACH = 8  # tokens from a Chinese verb to the 的 of its relative clause
# What stands before a finite or progressive verb, never before a participle used as an adjective.
ACTOR = frozenset(("sprite", "undrawn", "pronoun", "be", "adverb", "auxiliary", "emoji", "possessive"))
BREAKS = frozenset(("mark", "conjunction", "clause"))
# What has the colour of the whole animal; hair and eyes have their own.
COAT = frozenset(("fur", "coat", "feathers", "scales", "skin", "body", "mane", "color", "colour", "colors", "colours"))
FIELDS = frozenset(("田", "花田", "花海", "林", "field", "fields", "garden", "orchard", "farm"))
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
    return coloured or (after is not None and after.text in COAT)


def planted(tokens: list[Token], index: int) -> bool:
    """Whether the place at ``index`` is full of what is named before it: 向日葵田, "an apple orchard"."""
    named = tokens[index - 1] if index else None
    beside = named is not None and named.kind == "sprite" and tokens[index].start - named.end < 2
    return beside and tokens[index].text in FIELDS


def existential(tokens: list[Token], index: int) -> bool:
    """Whether the Chinese verb at ``index`` brings in somebody new: 周围漂浮着五颗星星."""
    start = index
    while start and tokens[start - 1].kind in ("preposition", "fact"):
        start -= 1
    if start == index or not tokens[index].han or (start and tokens[start - 1].kind != "mark"):
        return False
    after = [token for token in tokens[index + 1 : index + 3] if token.kind != "auxiliary"]
    return bool(after) and after[0].kind == "number"


def astir(tokens: list[Token], index: int, lexicon: Lexicon) -> bool:
    """Whether the verb is done by what is never drawn on its own: "with steam rising"."""
    noun = index - 1
    while noun >= 0 and tokens[noun].kind in ("adverb", "auxiliary", "be"):
        noun -= 1
    if (
        noun < 0
        or tokens[noun].text not in lexicon.sets["astir"]
        or tokens[noun].kind not in ("style", "fact", "filler", "verb")
    ):
        return False
    opener = next((t for t in reversed(tokens[:noun]) if t.kind not in MODIFIERS), None)
    aside = opener is not None and opener.kind == "preposition" and not tokens[index].han
    return not aside or sense_of(tokens[index]).form == "ing"


def ungreen(tokens: list[Token], index: int) -> Token | None:
    """The colour said of the field at ``index`` where it is another than fields are drawn in: 金黄的田野."""
    back = 2 if index and tokens[index - 1].kind == "of" else 1
    if index < back or tokens[index].value != "place=meadow":
        return None
    colour = tokens[index - back]
    return colour if colour.kind == "colour" and colour.value not in ("green", "lime") else None


def relative_ahead(tokens: list[Token], index: int) -> bool:
    """Whether the verb the direction at ``index`` belongs to describes the noun after it: 向右奔跑的马."""
    near = range(index + 1, min(index + 4, len(tokens)))
    verb = next((other for other in near if tokens[other].kind == "motion"), None)
    return verb is not None and tokens[index].han and relative(tokens, verb, acting=True) is not None
