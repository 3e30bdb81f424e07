"""Turns what somebody wears into what is reported: it cannot be put on them, and lying beside them it was not asked."""

from __future__ import annotations

from core.engines.scene.lexicon import Lexicon
from core.engines.scene.movement import load_traits
from core.engines.scene.sprites import load_sprites
from core.engines.scene.tokens import Token

DRESSED = frozenset(("nature", "people", "faces"))
STOPS = frozenset(".;!?。；！？\n")  # a list of clothes goes on after a comma
NEAR = 4  # tokens between a verb and its object


def undress(tokens: list[Token], lexicon: Lexicon) -> None:
    """Make every sprite "undrawn" that is the object of a verb of wearing, or clothes in or with which somebody is."""
    worn = ""  # what the next thing may be to count as worn: "things", "clothes" or nothing at all
    somebody = False
    for index, token in enumerate(tokens):
        if token.kind in ("verb", "motion"):
            worn = _worn(tokens, index, lexicon)
        elif token.kind == "preposition":
            worn = "clothes" if token.text in ("in", "with") and somebody else ""
        elif token.text == "as" and somebody and index + 1 < len(tokens) and tokens[index + 1].text in ("a", "an"):
            worn = "role"
        elif token.kind == "clause" or token.text in STOPS:
            worn, somebody = "", False
        elif token.kind == "of" and index and tokens[index - 1].kind in ("sprite", "undrawn"):
            worn = ""
        elif token.kind in ("sprite", "undrawn"):
            wears = token.kind == "undrawn" or _alive(token)
            if token.kind == "sprite" and ((worn and _fits(token, worn)) or _coloured_by(tokens, index)):
                token.kind, worn = "undrawn", "clothes"
            elif wears and worn != "things":
                worn, somebody = "", True
            worn = worn and "clothes"


def _worn(tokens: list[Token], index: int, lexicon: Lexicon) -> str:
    """What the verb at ``index`` makes of its object. 围着 circles, but 围着围巾 wears."""
    token = tokens[index]
    if token.text not in lexicon.sets["worn"]:
        return ""
    if token.kind == "motion":
        thing = next((other for other in tokens[index + 1 : index + NEAR] if other.kind == "sprite"), None)
        if thing is None or not _clothes(thing):
            return ""
        token.kind = "verb"
    return "costume" if token.text.endswith(" as") else "things"


def _fits(token: Token, worn: str) -> bool:
    if worn == "role":
        return load_sprites()[token.value].group == "people"
    return worn == "costume" or _clothes(token) or (worn == "things" and not _alive(token))


def _coloured_by(tokens: list[Token], index: int) -> bool:
    """Whether clothes tell somebody from others: 红裙子的女孩."""
    if not (tokens[index].han and _clothes(tokens[index]) and index + 2 < len(tokens)):
        return False
    return tokens[index + 1].kind == "of" and tokens[index + 2].kind == "sprite" and _alive(tokens[index + 2])


def _clothes(token: Token) -> bool:
    return token.value in load_traits().clothes


def _alive(token: Token) -> bool:
    traits = load_traits()
    grouped = load_sprites()[token.value].group in DRESSED and token.value not in traits.rooted
    return grouped or token.value in traits.dressed
