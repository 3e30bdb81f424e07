"""Turns options in plain words (竖屏 6秒, vertical 6s) into typed options, and the prompt into what is left of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache, reduce

from core.types import Options
from translation.option_tokens import FILM, HAN_FILM, Strength, Token
from translation.option_words import scan
from translation.seams import PUNCTUATION, SEPARATORS, cut
from translation.views import simplify

ROUNDS = 6
"""Taking options out may push others together; a text that still yields some after so many rounds is left as typed."""

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_USUAL = {"4:3": "16:9", "5:4": "16:9", "3:2": "16:9", "21:9": "16:9", "3:4": "9:16", "4:5": "9:16", "2:3": "9:16"}
"""What a word for the way a picture lies means by itself, beside figures that lie the same way."""
_REMEMBERED = 256
"""Prompts: one is read when it is taken, and again for what is shown of it."""
_REACH = 40
"""Characters around a token that are looked at."""
_JOINT = re.compile(rf"[{re.escape(SEPARATORS)}的]{{0,12}}(?:(?:and|with|plus) |[和并且])?[ ]?", re.IGNORECASE)
_QUOTED = re.compile(
    '"[^"]{1,120}"|“[^”]{1,120}”|‘[^’]{1,120}’|「[^」]{1,120}」|『[^』]{1,120}』|《[^》]{1,120}》|<[^<>]{1,120}>'
)
_HAN = re.compile("[\u3400-\u9fff]")
_ARTICLE = re.compile(r"\b(?:an?|the) $", re.IGNORECASE)
_OPENING = re.compile(
    rf"(?:(?:^|[{re.escape(PUNCTUATION)}\n]) ?"
    "((?:please )?(?:(?:make|create|generate|render|give|i want)(?: me)? )?an? (?:short |quick |brief )?"
    "|请?(?:[帮给为]我)?(?:(?:生成|制作|创建|[做来拍画])一?[个段条部支]?|一[个段条部支]))|( (?:in|as) an? ))$",
    re.IGNORECASE,
)
_AT_START = re.compile(rf"(?:^|[{re.escape(PUNCTUATION)}\n]) ?$")
_HAS_FILM = re.compile(f"(?<![a-z]){FILM}(?![a-z])|{HAN_FILM}", re.IGNORECASE)
# What is no film but named as one; the word stays, since it tells the model something.
_KIND_NEXT = re.compile(
    r" (?:seamless |cinematic )?(?:time-?lapse|slow-motion|loop|shot|scene|sequence|ad|advert|commercial|trailer)\b"
    "|的?(?:广告|宣传片|预告片|延时|慢动作|循环|镜头|航拍)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"(?:(?:^|[{re.escape(PUNCTUATION)}\n]) ?((?:要求|参数|设置|规格|settings|options|params|specs)[:是为]? ?)|(#))$",
    re.IGNORECASE,
)
_FILM_NEXT = re.compile(f" ?(?:short )?{FILM}(?![a-z0-9])|的?{HAN_FILM}", re.IGNORECASE)
_PLACE = re.compile("(?: for (?:tiktok|reels|instagram|shorts|youtube)(?![a-z0-9]))?", re.IGNORECASE)
_ABOUT = re.compile(",? (?:of|about|showing)(?= )|[,: ]{0,2}(?:内容[是为]?|关于)", re.IGNORECASE)


@lru_cache(maxsize=_REMEMBERED)
def read_options(text: str) -> tuple[str, Options]:
    """Take the options out of a prompt: what is left of it, and what they say. Of contradicting options the last wins.

    What is left consists of the prompt's own characters in their order; only the space and punctuation around what was
    taken are tidied, and a prompt without options comes back as it was, as does one with hundreds of them (``scan``).
    Reading what is left finds nothing more. Values are not judged here: 90 seconds are 90.0.
    """
    rest, found = text, Options()
    for _ in range(ROUNDS):
        taken = _read_once(rest)
        if not taken:
            return rest, found
        rest = cut(rest, [(part.start, part.end) for part in taken])
        found = _overlay(reduce(_overlay, (part.options for part in taken)), found)
    return text, Options()


def _overlay(below: Options, above: Options) -> Options:
    values = {name: value for name, value in vars(above).items() if value is not None}
    if above.ratio and above.ratio == _USUAL.get(below.ratio or ""):
        # 3:4 竖屏: the second word only says again how the picture stands.
        del values["ratio"]
    return replace(below, **values)


def _read_once(text: str) -> list[Token]:
    narrow = hide_quotations(narrowed(text))
    end = len(narrow.rstrip(SEPARATORS))
    taken: list[Token] = []
    for cluster in _clusters(narrow, scan(narrow)):
        framed = _framed(narrow, cluster)
        taken += [framed] if framed else _standing(narrow, cluster, end)
    return [_with_label(narrow, token) for token in taken]


def _with_label(text: str, token: Token) -> Token:
    """要求：竖屏 and #竖屏: what only says that an option comes goes with it."""
    found = _LABEL.search(text, max(0, token.start - _REACH), token.start)
    return replace(token, start=found.start(found.lastindex or 0)) if found else token


def narrowed(text: str) -> str:
    """The text in half-width and simplified characters, each in the place of its own."""
    simple = simplify(text.translate(_NARROW))
    return simple if len(simple) == len(text) else text.translate(_NARROW)


def hide_quotations(text: str) -> str:
    """Quotations and tags are meant letter for letter."""
    return _QUOTED.sub(lambda found: "\0" * len(found[0]), text)


def _clusters(text: str, tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens with nothing but separators between them."""
    clusters: list[list[Token]] = []
    for token in tokens:
        if clusters and _JOINT.fullmatch(text, clusters[-1][-1].end, token.start):
            clusters[-1].append(token)
        else:
            clusters.append([token])
    return clusters


def _framed(text: str, cluster: Sequence[Token]) -> Token | None:
    """The whole of "a 6-second vertical video of" or 生成一段6秒的竖屏视频, where the options stand inside a phrase.

    "4K video of" opens a prompt, too.
    """
    start, end = cluster[0].start, cluster[-1].end
    opening = _OPENING.search(text, max(0, start - _REACH), start)
    film = _FILM_NEXT.match(text, end)
    options = reduce(_overlay, (token.options for token in cluster))
    if opening and _KIND_NEXT.match(text, end):
        return Token(start, end, Strength.SURE, options)
    if not (film or _HAS_FILM.search(text, start, end)):
        return None
    end = _end_of_place(text, film.end() if film else end)
    about = _ABOUT.match(text, end)
    if not opening and not (about and _AT_START.search(text, max(0, start - _REACH), start)):
        return None
    return Token(
        opening.start(opening.lastindex or 0) if opening else start,
        about.end() if about else end,
        Strength.SURE,
        options,
    )


def _end_of_place(text: str, start: int) -> int:
    """Where "for TikTok" ends, which tells nothing that the shape does not."""
    found = _PLACE.match(text, start)
    return found.end() if found else start


class _Side(Enum):
    """What borders on a token."""

    EDGE, PUNCT, OPTION, SPACE, GLUED = range(5)


_APART = frozenset({_Side.EDGE, _Side.PUNCT, _Side.OPTION})


@dataclass(frozen=True)
class _Site:
    left: _Side
    right: _Side
    tail: bool
    """Nothing but options from here to the end."""
    han: bool
    named: bool
    """With an article it is a thing: a vertical video."""


def _standing(text: str, cluster: Sequence[Token], end: int) -> list[Token]:
    """Those that count as options where they stand, judged from the last to the first."""
    taken: list[Token] = []
    tail, run = cluster[-1].end >= end, False
    padded = [None, *cluster, None]
    for before, token, after in reversed(list(zip(padded, cluster, padded[2:], strict=False))):
        stands = _stands(token, _site(text, token, before, after, tail))
        if stands:
            taken.append(_merged(token, taken.pop()) if run else token)
        tail, run = tail and stands, stands
    return taken[::-1]


def _merged(first: Token, last: Token) -> Token:
    return Token(first.start, last.end, Strength.SURE, _overlay(first.options, last.options))


def _site(text: str, token: Token, before: Token | None, after: Token | None, tail: bool) -> _Site:
    left = text[before.end if before else max(0, token.start - _REACH) : token.start]
    right = text[token.end : after.start if after else token.end + _REACH]
    return _Site(
        _side(left[::-1], before, at_edge=token.start <= _REACH),
        _side(right, after, at_edge=token.end + _REACH >= len(text)),
        tail,
        bool(_HAN.search(text, token.start, token.end)),
        bool(_ARTICLE.search(text, max(0, token.start - 5), token.start)),
    )


def _side(outward: str, neighbour: Token | None, *, at_edge: bool) -> _Side:
    gap = outward[: len(outward) - len(outward.lstrip(SEPARATORS))]
    if set(gap) & set(PUNCTUATION + "\n"):
        return _Side.PUNCT
    if neighbour and neighbour.strength > Strength.FREE:
        return _Side.OPTION
    if at_edge and not neighbour and len(gap) == len(outward):
        return _Side.EDGE
    return _Side.SPACE if gap else _Side.GLUED


def _stands(token: Token, site: _Site) -> bool:
    near = _APART | {_Side.SPACE} if site.han else _APART
    apart = site.left in near and site.right in near
    if token.strength is Strength.SURE or site.named:
        return not site.named or token.strength is Strength.SURE
    if token.strength is Strength.WEAK:
        return site.tail and site.left in {_Side.PUNCT, _Side.OPTION}
    if token.strength is Strength.FREE:
        return apart or (site.tail and site.left is _Side.SPACE and site.right is _Side.OPTION)
    leads = token.strength is Strength.BRIEF and site.left is _Side.EDGE and site.right is _Side.SPACE
    return apart or site.tail or leads
