"""Turns tokens that may mean several things into tokens that mean one, by their neighbours."""

from __future__ import annotations

from dataclasses import replace

from core.engines.scene.lexicon import Lexicon, Sense
from core.engines.scene.tokens import Token

# What a word can be that is named rather than done.
NOUNS = ("sprite", "undrawn", "fact")
# After these a noun comes.
OPENING = frozenset(
    ("determiner", "number", "adjective", "colour", "size", "preposition", "of", "possessive", "anew", "aside")
)
# After these something is done.
ACTING = frozenset(("sprite", "undrawn", "pronoun", "auxiliary", "adverb", "unknown", "emoji", "motion"))
MODIFIERS = frozenset(("adjective", "colour", "size", "number", "anew", "determiner"))
# Where two readings that are not nouns compete, the earlier wins.
RANK = (
    "negation", "nobody", "setting", "unit", "aside", "position", "camera", "clause", "motion", "shift", "direction",
    "preposition", "side", "determiner", "of", "colour", "size", "number", "amount", "lens", "plural", "adverb", "be",
    "adjective", "pronoun", "auxiliary", "verb", "style", "likeness", "measure", "anew", "possessive", "fact",
    "undrawn", "sprite",
)  # fmt: skip
TURNING = frozenset(("turn", "turns", "turning", "turned"))  # a light that turns red does not spin
NEAR = 4  # tokens looked back upon
WEATHERED = frozenset(("with", "during", "of", "amid", "without"))
SIDES = frozenset(["向", "往", "朝", "朝着", "向着", "到", "至", "由左", "冲向"])


def settle(tokens: list[Token], lexicon: Lexicon) -> None:
    """Give every token its one kind, from left to right."""
    for index, token in enumerate(tokens):
        if token.kind in ("number", "mark", "other"):
            continue
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if len({sense.kind for sense in token.senses}) == 1:
            token.take(token.senses[0].kind)
        elif token.senses:
            token.take(_chosen(token, before, after, tokens[max(0, index - NEAR) : index], lexicon))
        elif token.kind != "other":
            token.kind = "unknown"
        _side(token, before)
        if token.kind == "motion" and token.text in TURNING and after is not None and after.can("colour"):
            token.kind = "be"
        _snow(token, tokens[max(0, index - NEAR) : index])
    _keep_company(tokens, lexicon)


def _keep_company(tokens: list[Token], lexicon: Lexicon) -> None:
    """A mouse beside a keyboard is no animal."""
    rules = [(token, lexicon.company[token.text]) for token in tokens if token.text in lexicon.company]
    if not rules:
        return
    said = {word for token in tokens for word in (token.text, *token.text.split())}
    for token, meanings in rules:
        for sprite, others in meanings:
            if token.kind == "sprite" and not others.isdisjoint(said):
                token.kind, token.value = ("sprite", sprite) if sprite else ("undrawn", "")
                token.sense = replace(sense_of(token), kind=token.kind, value=token.value, colour=None)


def _snow(token: Token, past: list[Token]) -> None:
    """Decide that "in the snow" is a place, "with snow" the weather."""
    while past and past[-1].kind in MODIFIERS:
        past = past[:-1]
    if token.text == "snow" and past and past[-1].kind == "preposition" and past[-1].text not in WEATHERED:
        token.value = "place=snow"


def _chosen(token: Token, before: Token | None, after: Token | None, past: list[Token], lexicon: Lexicon) -> str:
    kinds = [sense.kind for sense in token.senses]
    if token.han:
        return _chosen_chinese(kinds, before, after)
    nouns = [kind for kind in NOUNS if kind in kinds]
    others = [kind for kind in RANK if kind in kinds and kind not in NOUNS]
    if not nouns or not others:
        return _pair(nouns or others, before, after)
    return nouns[0] if _is_thing(token, nouns[0], others[0], before, after, past, lexicon) else others[0]


def _is_thing(
    token: Token, noun: str, other: str, before: Token | None, after: Token | None, past: list[Token], lexicon: Lexicon
) -> bool:
    """Whether a word that may name a thing, or something else, names the thing."""
    if other in ("colour", "adjective", "number", "size"):
        many = next(sense.plural for sense in token.senses if sense.kind == noun)
        return many or not _describes(before, after)
    if other == "style" and noun == "sprite":
        return before is not None and before.kind in ("number", "determiner")
    if other == "preposition":
        return after is None or not after.can("determiner", "sprite", "number")
    return _named(token, before, after, past, lexicon)


def _pair(kinds: list[str], before: Token | None, after: Token | None) -> str:
    """Between two nouns, or between two readings of which none is one."""
    if "direction" in kinds and "motion" in kinds:  # "racing left" and "the man left the room"
        leaving = before is not None and before.kind == "sprite" and after is not None and after.can("determiner")
        return "motion" if leaving else "direction"
    if "fact" in kinds and "sprite" in kinds:
        return "fact"
    opened = before is not None and before.kind in OPENING
    if "style" in kinds and "motion" in kinds and opened:
        return "style"
    if "aside" in kinds and "verb" in kinds and before is not None and before.kind in ("pronoun", "auxiliary"):
        return "verb"
    return kinds[0]


def _describes(before: Token | None, after: Token | None) -> bool:
    """Whether a word that may be a colour or a thing is the colour: "orange cat", "is orange"."""
    if after is not None and after.kind not in ("mark", "other", "number"):
        known = after.can("sprite", "undrawn", "size", "colour", "adjective")
        if known or (not after.senses and not after.text.endswith(("ing", "ed", "ly"))):
            return True
    return before is not None and before.kind in ("be", "adverb")


def _named(token: Token, before: Token | None, after: Token | None, past: list[Token], lexicon: Lexicon) -> bool:
    """Whether a word that may be a thing or an action ("duck", "flies") is the thing."""
    form = next((sense.form for sense in token.senses if sense.form), "base")
    if before is None or before.kind in ("mark", "other", "clause", "style"):
        starts = after is not None and after.can("determiner", "preposition", "pronoun", "direction")
        return not (starts and token.text in lexicon.sets["imperative"] and form == "base")
    opened = len(past) > 1 and past[-2].kind in OPENING and not before.text.endswith("s")
    if before.kind in ("unknown", "undrawn") and form == "base" and opened:
        return True  # a SpaceX rocket
    if before.text == "to":
        return not (after is not None and after.can("determiner"))
    if before.text == "and" and len(past) > 1:
        return past[-2].kind not in ("motion", "verb", "adverb", "direction") and form != "ing"
    return before.kind in OPENING or before.kind == "verb" or before.kind not in ACTING


def _chosen_chinese(kinds: list[str], before: Token | None, after: Token | None) -> str:
    if "motion" in kinds and "auxiliary" in kinds:  # 跑过来 and 过来
        return "auxiliary" if before is not None and before.kind in ("motion", "verb") else "motion"
    if "lens" in kinds:
        return "sprite" if before is not None and before.kind in ("number", "colour") else "lens"
    if "side" in kinds and before is not None and before.text in SIDES:
        return "side"
    if "unit" in kinds and len(kinds) > 1 and not (before is not None and before.kind == "number"):
        kinds = [kind for kind in kinds if kind != "unit"]
    if "fact" in kinds:
        return "fact"
    if "sprite" in kinds:
        describing = after is not None and after.can("sprite")
        return next((k for k in kinds if describing and k in ("adjective", "size")), "sprite")
    return next(kind for kind in RANK if kind in kinds)


def _side(token: Token, before: Token | None) -> None:
    """右侧 is a direction after 向 or 飞向, else only a place in the picture."""
    if token.kind != "side":
        return
    heading = before is not None and (
        before.text in SIDES or (before.kind == "motion" and before.text[-1:] in "向往到")
    )
    token.kind = "direction" if heading else "preposition"


def sense_of(token: Token) -> Sense:
    """The sense taken; a bare one where the token has none."""
    return token.sense or Sense(token.kind, token.value)
