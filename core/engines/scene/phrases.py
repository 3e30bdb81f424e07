"""Turns settled tokens into things: which nouns are drawn, which are parts of others, which are unknown."""

from __future__ import annotations

from itertools import pairwise

from core.engines.scene.lexicon import Lexicon
from core.engines.scene.meaning import MODIFIERS, OPENING
from core.engines.scene.movement import load_traits
from core.engines.scene.sprites import load_sprites
from core.engines.scene.tokens import Token

THINGS = ("sprite", "undrawn")
NAMES = ("sprite", "undrawn", "unknown")
# Endings that tell an adjective or an adverb from a noun.
QUALITY = ("ly", "ful", "ous", "less", "able", "ible", "esque", "ed")
NO_NOUN_AFTER = frozenset(
    (
        *("地", "得", "正在", "正", "开始", "不停地", "一边", "会", "能", "想"),
        *(
            "很",
            "非常",
            "十分",
            "特别",
            "太",
            "真",
            "更",
            "最",
            "极其",
            "有点",
            "越来越",
            "显得",
            "变得",
            "超级",
            "无比",
        ),
    )
)
HEADS = "车船灯刀包鞋帽"  # 冰淇淋车 is no car
DISHES = "饼面饭糕粥汤酥丸串煲卷堡酱粉肉丝"  # 鸡蛋灌饼 is a dish, 丧尸围城 is none
# What may be the first half of a Chinese name for a thing, and of a name for somebody.
MAKING = ("adjective", "verb", "motion", "style", "filler")
DOING = ("verb", "motion", "sprite", "style")
SHORTEST = 2  # letters of a word worth reporting
# After these a single character may name a thing: 一只锅, 打着伞.
ASKING = OPENING | {"mark", "other", "conjunction", "motion", "verb", "clause", "negation", "style"}
# Single characters of these groups may stand alone; 锅 or 票 need something before them that asks for a noun.
ALIVE = frozenset(("nature",))
KIND = "kind"  # marks an undrawn word that only tells the kind of the thing beside it


def name_things(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens with compounds joined. What is unknown becomes "undrawn" where it is a noun, else "filler"."""
    _torn_words(tokens)
    tokens = _joined_unknowns(tokens)
    _torn_ends(tokens, lexicon)
    _doubtful_characters(tokens)
    tokens = _joined_unknowns(tokens)
    _containers(tokens, lexicon)
    _materials(tokens)
    _unknown_words(tokens, lexicon)
    return _compounds(tokens, lexicon)


def _touching(left: Token, right: Token) -> bool:
    return right.start == left.end


def _joined_unknowns(tokens: list[Token]) -> list[Token]:
    """Unknown characters side by side are one unknown word."""
    result: list[Token] = []
    for token in tokens:
        last = result[-1] if result else None
        both = last is not None and last.kind == token.kind == "unknown" and last.han and token.han
        if last is not None and both and _touching(last, token):
            last.text, last.end = last.text + token.text, token.end
        else:
            result.append(token)
    return result


def _torn_words(tokens: list[Token]) -> None:
    """A single character of no list makes its neighbour a part of the same unknown word: 细 in 细胞, 管 in 血管."""
    before: Token | None = None
    for left, right in pairwise(tokens):
        both = left.han and right.han and _touching(left, right) and len(left.text) == len(right.text) == 1
        alone = before is None or before.kind != "unknown" or not _touching(before, left)
        before = left
        if both and left.kind == "adjective" and right.kind == "unknown":
            left.kind = "unknown"
        elif both and alone and left.kind == "unknown" and right.kind == "adjective":
            left.kind = "filler"
        elif both and left.kind == "unknown" and right.kind == "measure":
            right.kind = "unknown"


def _torn_ends(tokens: list[Token], lexicon: Lexicon) -> None:
    """Behind unknown characters a verb that lacks its object is the end of their word: 缠 in 量子纠缠."""
    for left, right, after in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
        torn = left.kind == "unknown" and left.han and len(left.text) > 1 and _touching(left, right)
        needs_object = right.kind == "verb" and len(right.text) == 1 and right.text not in lexicon.sets["objectless"]
        stub = after is not None and after.kind == "unknown" and len(after.text) == 1 and _touching(right, after)
        if torn and needs_object and (stub or after is None or after.kind in ("mark", "conjunction")):
            right.kind = "unknown"


def _doubtful_characters(tokens: list[Token]) -> None:
    """A single character that names a thing may be half of an unknown word: 猫 in 猫鼬 is not a cat."""
    for index, token in enumerate(tokens):
        if not (token.han and token.kind in ("sprite", "fact") and token.end - token.start == 1):
            continue
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        torn = any(
            other is not None
            and other.kind == "unknown"
            and other.han
            and (_touching(token, other) or _touching(other, token))
            for other in (before, after)
        )
        alive = token.kind == "fact" or load_sprites()[token.value].group in ALIVE
        asked = before is None or before.kind in ASKING or before.text in ("有", "了", "着")
        if torn or not (alive or asked or token.text == "人"):
            head = before is not None and before.kind == "sprite" and _touching(before, token) and token.text in HEADS
            token.kind = "unknown" if torn else "undrawn" if head else "filler"


def _containers(tokens: list[Token], lexicon: Lexicon) -> None:
    """A plate of sushi is sushi, three plates of it are three; a glass of water is the glass."""
    for index, (token, link) in enumerate(pairwise(tokens)):
        if token.text not in lexicon.sets["container"] or link.text != "of":
            continue
        content = next((t for t in tokens[index + 2 : index + 5] if t.kind not in MODIFIERS), None)
        link.kind = "filler"
        if content is not None and content.kind == "fact":
            content.kind = "filler"
        elif content is not None and content.kind in NAMES:
            token.kind = "filler"


def _materials(tokens: list[Token]) -> None:
    """A dragon made of ice does not stand on ice."""
    for before, token in pairwise(tokens):
        if before.text in ("made of", "made from", "made out of") and token.kind == "fact":
            token.kind = "undrawn"


def _unknown_words(tokens: list[Token], lexicon: Lexicon) -> None:
    for index, token in enumerate(tokens):
        if token.kind != "unknown":
            continue
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        noun = _is_chinese_noun(token, before, after, lexicon) if token.han else _is_noun(token, before, after)
        token.kind = "undrawn" if noun else "filler"


def _is_chinese_noun(token: Token, before: Token | None, after: Token | None, lexicon: Lexicon) -> bool:
    """Whether Chinese characters that no list has name something, by their neighbours."""
    ended = after is None or after.kind in ("mark", "conjunction")
    if after is not None and (after.kind == "likeness" or after.text in ("着", "了", "过", "起来", "地", "得")):
        return False
    if before is not None and before.text in NO_NOUN_AFTER:
        return False
    if before is not None and before.measured and after is not None and after.kind == "of":  # 一只慈祥的猫
        return False
    if before is not None and before.kind == "sprite" and _touching(before, token):
        return token.text in lexicon.sets["suffix"] or (len(token.text) > 1 and token.text[-1] in DISHES)
    if len(token.text) > 1:
        return not token.text.endswith("地")
    object_of = before is not None and before.kind == "verb" and token.text in lexicon.sets["suffix"]
    return before is not None and ((object_of and ended) or before.measured or before.kind in ("of", "colour"))


def _is_noun(token: Token, before: Token | None, after: Token | None) -> bool:
    """Whether an English word that no list has is a noun, by its ending and its neighbours."""
    word, previous = token.text, before.kind if before is not None else "mark"
    opened = previous in OPENING and previous != "preposition"
    if len(word) < SHORTEST or not word[0].isalpha() or (word.endswith(QUALITY) and not (token.capital and before)):
        return False
    if word.endswith("ing") and len(word) > 4:
        return opened and not (after is not None and after.kind in NAMES and not after.han)
    if before is not None and before.text == "to":
        return after is None or after.kind not in ("determiner", "number")
    if before is not None and previous == "sprite":
        return not word.endswith("s") and not _plural(before)
    return opened or previous not in ("pronoun", "auxiliary", "be", "aside")


def _plural(token: Token) -> bool:
    return token.sense is not None and token.sense.plural


def _compounds(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """In a row of names the last is the thing: "coffee machine" is no coffee, "toy car" is a car."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if _only_a_look(token, after, lexicon):
            token.kind = "filler"
        elif result:
            _compound(token, result, lexicon)
        result.append(token)
    return result


def _compound(token: Token, result: list[Token], lexicon: Lexicon) -> None:
    """Settle what ``token`` is to the word before it."""
    last = result[-1]
    if _is_epithet(last, token, lexicon) or _is_called(last, token):
        token.kind = "filler"
    elif _is_role(last, token, lexicon):
        token.kind, token.value = "undrawn", KIND
    elif _tells_kind(last, token, first=len(result) == 1):
        last.value = KIND
    elif last.kind in THINGS and token.kind in THINGS:
        if _one_thing(result[-2] if len(result) > 1 else None, last, token, lexicon):
            result.pop()
            token.start = last.start if token.kind == "undrawn" else token.start
            if token.han:
                _swallow(token, result)
    elif token.han:
        _finish_name(token, result, lexicon)


def _finish_name(token: Token, result: list[Token], lexicon: Lexicon) -> None:
    """拳击手 is somebody who boxes, 时光机 a machine: what stands before such an ending is part of the name."""
    if token.text in lexicon.sets["suffix"] and token.kind != "motion":
        _swallow(token, result)
        _head(token, result, MAKING)
    elif token.text in lexicon.sets["agent"] and result[-1].end - result[-1].start > 1:
        _head(token, result, DOING)


def _head(token: Token, result: list[Token], kinds: tuple[str, ...]) -> None:
    named = token.kind == "filler" and result and result[-1].kind in kinds
    if named and result[-1].han and _touching(result[-1], token):
        token.kind, token.start = "undrawn", result.pop().start


def _swallow(token: Token, result: list[Token]) -> None:
    """苹果手机壳: what stands before its head, unparted, is part of the same name."""
    while result and _named(result[-1]) and result[-1].han and _touching(result[-1], token):
        token.kind, token.start = "undrawn", result.pop().start


def _named(token: Token) -> bool:
    return token.kind == "sprite" or token.value == KIND


def _is_epithet(named: Token, token: Token, lexicon: Lexicon) -> bool:
    """兔子先生 is one rabbit, and so is a rabbit mom."""
    return _titled(named, token) and token.text in lexicon.sets["epithet"]


def _is_called(named: Token, token: Token) -> bool:
    """My dog Max is a dog."""
    unknown = token.kind == "undrawn" and token.sense is None and token.capital
    return unknown and not named.capital and not token.han and _titled(named, token, people=True)


def _is_role(named: Token, token: Token, lexicon: Lexicon) -> bool:
    """A dog astronaut is drawn as a dog, and what it should look like is reported."""
    person = token.kind == "sprite" and load_sprites()[token.value].group == "people"
    return _titled(named, token) and ((person and not token.han) or (token.han and token.text in lexicon.sets["role"]))


def _tells_kind(named: Token, token: Token, *, first: bool) -> bool:
    """Of 一双耐克球鞋 and "a Starbucks cup" the thing is drawn and counted, and the make is reported."""
    known = named.kind == "undrawn" and (named.sense is not None or (named.capital and not first))
    beside = _touching(named, token) if token.han else token.start - named.end == 1
    return known and beside and named.han == token.han and token.kind == "sprite"


def _titled(named: Token, token: Token, *, people: bool = False) -> bool:
    """Whether ``token`` stands right after one animal (or somebody), as a title or a trade does."""
    groups = (*ALIVE, "people") if people else ALIVE
    animal = named.kind == "sprite" and load_sprites()[named.value].group in groups
    beside = _touching(named, token) if token.han else token.start - named.end == 1 and not _plural(named)
    return animal and named.han == token.han and beside and named.value not in load_traits().rooted


def _only_a_look(token: Token, after: Token | None, lexicon: Lexicon) -> bool:
    """猫咪图案 shows no cat, and Wes Anderson style no Wes Anderson; but a Nike advertisement shows a Nike."""
    if after is None:
        return False
    styled = after.kind == "style" and after.text in lexicon.sets["lookalike"] and after.start - token.end < 2
    return (token.kind == "sprite" and after.kind == "likeness") or (token.kind == "undrawn" and styled)


def _one_thing(opener: Token | None, first: Token, second: Token, lexicon: Lexicon) -> bool:
    if first.han != second.han or not (first.text[0].isalnum() and second.text[0].isalnum()):
        return False
    if first.han:
        return second.kind == "undrawn" and _touching(first, second)
    if _plural(first) and not (second.kind == "undrawn" and first.kind == "undrawn"):
        return False
    opened = opener is not None and opener.kind in OPENING
    return opened or second.kind == "undrawn" or second.text in lexicon.sets["headed"]
